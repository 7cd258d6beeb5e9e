"""The readable history of an object, of several, or of the whole organisation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspace.activity import kinds, registry
from workspace.activity.models import Event, EventSubject

LISTED = 3  # so many names of a list are written out


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a history: personal events are for the person whom they are about, and for those who may read all."""

    person_id: int | None = None
    reads_all: bool = False

    def may_read(self) -> Q:
        """The condition on events that this reader may know of."""
        if self.reads_all:
            return Q()
        personal = [kind.code for kind in kinds.all_kinds() if kind.personal]
        if self.person_id is None:
            return ~Q(kind__in=personal)
        return ~Q(kind__in=personal) | Q(subject_kind="person", subject_id=self.person_id) | Q(actor=self.person_id)


ANYBODY = Reader()


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a history, ready to be shown. `url` is the first page that its sentence leads to, "" if to none."""

    id: int
    at: datetime
    kind: str
    icon: str
    sentence: SafeString
    url: str = ""


def history_of(
    subjects: Mapping[str, Iterable[int]], *, limit: int = 50, before: int | None = None, reader: Reader = ANYBODY
) -> list[Entry]:
    """The newest entries about any of `subjects` (ids by noun), newest first: 1 query, and 1 per noun named."""
    own, bulk = Q(), Q()
    for noun, ids in subjects.items():
        listed = list(ids)
        if listed:
            own |= Q(subject_kind=noun, subject_id__in=listed)
            bulk |= Q(subject_kind=noun, subject_id__in=listed)
    if not own:
        return []
    events = Event.objects.filter(own | Q(id__in=EventSubject.objects.filter(bulk).values("event_id")))
    if before is not None:
        events = events.filter(id__lt=before)
    return readable(events.filter(reader.may_read()).newest_first()[:limit])


FOR = "for"
"""Where an event says for whom somebody acted who stood in for them: a list of people."""


def recent_history(*, limit: int = 50, before: int | None = None, reader: Reader = ANYBODY) -> list[Entry]:
    """The newest entries of the whole organisation, newest first."""
    events = Event.objects.all() if before is None else Event.objects.filter(id__lt=before)
    return readable(events.filter(reader.may_read()).newest_first()[:limit])


def readable(events: Iterable[Event]) -> list[Entry]:
    """The entries of these events, in their order, with every id replaced by its present name: 1 query per noun."""
    listed = list(events)
    names = _names(listed)
    return [_entry(event, names) for event in listed]


def _refs(event: Event) -> Iterable[tuple[str, str, Sequence[Any]]]:
    """Each place of the event's sentence that holds ids, with its noun; what no place asks for is not looked up."""
    declared = kinds.kind(event.kind)
    sentence = str(declared.sentence)
    refs = {key: noun for key, noun in declared.refs.items() if f"{{{key}}}" in sentence}
    if event.subject_id is not None and "{subject}" in sentence:
        yield "subject", event.subject_kind, [event.subject_id]
    for key, noun in refs.items():
        value = event.data.get(key)
        if isinstance(value, list):
            yield key, noun, value
        elif value is not None:
            yield key, noun, [value]


def _names(events: Sequence[Event]) -> dict[str, Mapping[int, registry.Named]]:
    wanted: dict[str, set[Any]] = defaultdict(set)
    for event in events:
        if event.actor_id is not None:
            wanted["person"].add(event.actor_id)
            wanted["person"].update(event.data.get(FOR) or ())
        for _key, noun, ids in _refs(event):
            wanted[noun].update(ids)
    return registry.name_all(wanted)


def _link(noun: str, ids: Sequence[Any], names: Mapping[str, Mapping[Any, registry.Named]]) -> SafeString:
    known = names.get(noun, {})
    parts = []
    for subject_id in ids[:LISTED]:
        named = known.get(subject_id)
        if named is None:
            parts.append(format_html("{}", _("(deleted)")))
        elif named.url:
            parts.append(format_html('<a href="{}">{}</a>', named.url, named.text))
        else:
            parts.append(format_html("<b>{}</b>", named.text))
    more = len(ids) - LISTED
    if more > 0:
        parts.append(format_html("{}", ngettext("%(n)d more", "%(n)d more", more) % {"n": more}))
    if not parts:
        return format_html("{}", _("nobody"))
    joined = parts[0]
    for part in parts[1:]:
        joined = format_html("{}, {}", joined, part)
    return joined


class _Places(dict[str, Any]):
    """Sentence places; a place that the event has no value for reads as a dash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _entry(event: Event, names: Mapping[str, Mapping[Any, registry.Named]]) -> Entry:
    declared = kinds.kind(event.kind)
    places = _Places({key: value for key, value in event.data.items() if value not in (None, "")})
    if event.actor_id is None:
        places["actor"] = format_html("<b>{}</b>", _("Throughline"))
    else:
        places["actor"] = _link("person", [event.actor_id], names)
        if behalf := event.data.get(FOR):
            places["actor"] = format_html(
                _("{actor} (for {people})"), actor=places["actor"], people=_link("person", behalf, names)
            )
    url = ""
    for key, noun, ids in _refs(event):
        places[key] = _link(noun, ids, names)
        url = url or _first_page(noun, ids, names)
    # format_html escapes every value that is not already safe; the sentence itself comes from our own catalogue.
    sentence = SafeString(
        str(declared.sentence).format_map(_Places({k: format_html("{}", v) for k, v in places.items()}))
    )
    return Entry(event.id, event.at, event.kind, declared.icon, sentence, url)


def _first_page(noun: str, ids: Sequence[Any], names: Mapping[str, Mapping[Any, registry.Named]]) -> str:
    known = names.get(noun, {})
    return next((known[pk].url for pk in ids[:LISTED] if pk in known and known[pk].url), "")
