"""What can be shared with guests: higher apps say it in `AppConfig.ready()`, and who may share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from workspace.organisation.rules.decisions import Decision
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Shareable:
    """A noun that guests can be invited to. Its name and page are those of the activity app's noun of the same code.

    `may_share` decides about the thing with an id, with one statement; it raises Unknown where there is none.
    """

    noun: str
    may_share: Callable[[Standing, int], Decision]


_shareable: dict[str, Shareable] = {}


def add_shareable(shareable: Shareable) -> None:
    """Let things of this noun be shared."""
    _shareable[shareable.noun] = shareable


def may_share(standing: Standing, noun: str, subject_id: int) -> Decision:
    """Whether a thing may be shared. Raises LookupError for a noun that nobody has added."""
    return _shareable[noun].may_share(standing, subject_id)
