"""The kinds of event, each declared once: its sentence, its icon, and what its data refers to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of event.

    `sentence` is a translatable text with named places: `{actor}`, and any key of the event's data. `refs` says
    which data keys hold an id of which noun (a list of ids is allowed), so that a reader can put names in their place.
    A `personal` kind is nobody's business but the person's own, and the administrators'. `for_guests` names what
    guests read of it in the log, of things that are shared with them; None: they never learn that it happened.
    """

    code: str
    sentence: str | Promise
    icon: str = "circle"
    refs: Mapping[str, str] = field(default_factory=dict)
    personal: bool = False
    for_guests: frozenset[str] | None = None


ACTOR = "actor"
"""Among what guests read of a kind: who did it."""

_kinds: dict[str, Kind] = {}


def declare(code: str, sentence: str | Promise, *, icon: str = "circle", personal: bool = False, **refs: str) -> str:
    """Declare a kind of event and return its code. Raises ValueError when the code is taken."""
    if code in _kinds:
        raise ValueError(f"event kind {code!r} is declared twice")
    _kinds[code] = Kind(code, sentence, icon, refs, personal)
    return code


def tell_guests(codes: Iterable[str], *keys: str) -> None:
    """Let guests read of these kinds that it happened, and these keys of the data; ACTOR is who did it."""
    for code in codes:
        _kinds[code] = replace(_kinds[code], for_guests=frozenset(keys))


def kind(code: str) -> Kind:
    """The kind with this code; a plain one for a kind that an older release declared."""
    return _kinds.get(code) or Kind(code, code)


def is_declared(code: str) -> bool:
    """Whether some app has declared this kind."""
    return code in _kinds


def all_kinds() -> tuple[Kind, ...]:
    """Every declared kind, by code."""
    return tuple(_kinds[code] for code in sorted(_kinds))
