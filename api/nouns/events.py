"""The log: what happened, in the order in which it was committed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.filters import OF_LISTS, StrictFilters, check_parameters, filters_of, moment, number, reference, text
from api.kernel.nouns import NounView
from api.kernel.paging import limit_of
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Hung, Made, Shape, plan_of, rows_of
from api.kernel.values import WordSet
from api.kernel.wanted import Included
from api.nouns.of_teams import NamesView, scopes_of
from workspace.activity import kinds, registry
from workspace.activity.queries.feed import AT_ONCE, about, data_told, events_for, newest_place, subjects_after
from workspace.activity.queries.feed import subjects_told as read_subjects
from workspace.organisation.models import Person

NEWEST = "newest"
"""In `since`: from the end on."""
THE_WHOLE = "organisation"
"""What an event is about that concerns the whole: it has no name of its own in the registry."""


def _data(ids: Collection[int], viewer: Person) -> Mapping[int, Mapping[str, Any]]:
    return data_told(ids, viewer)


def _subjects(ids: Collection[int], _viewer: Person) -> Mapping[int, Sequence[int] | None]:
    return read_subjects(ids)


def _subject(kind: str, pk: int | None) -> dict[str, Any]:
    return {"kind": kind, "id": pk}


class SubjectShape(serializers.Serializer[Any]):
    """What an event is about: a kind of thing, and which; the id is null where it is about many."""

    example = {"kind": "story"}

    kind = serializers.CharField(help_text="Such as `story`.")
    id = serializers.IntegerField(allow_null=True)


class EventShape(Shape):
    """Something that happened."""

    seq = serializers.IntegerField(help_text="Its place in the order of commits: what `since` goes by.")
    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.IntegerField(source="told_actor", allow_null=True, help_text="Null: the house itself.")
    kind = serializers.CharField(help_text="Such as `story.moved`.")
    subject = SubjectShape()
    subjects = serializers.ListField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text="Of an event about many things, their ids; null above 100: then ask `subjects/`.",
    )
    subject_version = serializers.IntegerField(allow_null=True)
    scope = serializers.CharField(allow_blank=True, help_text="To what it belongs, such as `team:7`.")
    data = serializers.DictField(  # type: ignore[assignment]
        help_text="Ids, and old and new values."
    )

    parts = {
        "subject": Made(_subject, ("subject_kind", "subject_id")),
        "subjects": Hung(_subjects),
        "data": Hung(_data, dict),
    }


class ListedEventShape(EventShape):
    """Something that happened, with the fields that were asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False


class EventsShape(serializers.Serializer[Any]):
    """Events in their order. `next` is always there: it goes on behind these, now or on another day."""

    example = {"next": "https://example.com/api/v1/events/?since=1042"}

    items = ListedEventShape(many=True)
    next = serializers.CharField(help_text="Where to go on, also when there is nothing newer yet.")
    more = serializers.BooleanField(help_text="Whether there is something behind these already.")


class SubjectsShape(serializers.Serializer[Any]):
    """The ids of the things that an event is about."""

    example = {"next": None}

    items = serializers.ListField(child=serializers.IntegerField())
    next = serializers.CharField(allow_null=True)


def _thing(told: str) -> tuple[str, int | None]:
    """What a value of the filter `subject` names: `story`, or `story:7`. Raises a problem."""
    noun, colon, pk = told.strip().partition(":")
    known = {one.code for one in registry.nouns()} | {THE_WHOLE}
    if noun not in known or (colon and not (pk.isascii() and pk.isdigit() and len(pk) < 19)):
        said = _("Name a kind of thing, such as “story”, or one thing, such as “story:7”. Known are: %(known)s.")
        raise not_valid(Wrong("subject", _("This names nothing."), told, said % {"known": ", ".join(sorted(known))}))
    return noun, int(pk) if colon else None


def _about(queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
    wanted: dict[str, set[int | None]] = {}
    for told in value if isinstance(value, list) else [value]:
        noun, pk = _thing(told)
        wanted.setdefault(noun, set()).add(pk)
    condition = Q()
    for noun, ids in wanted.items():
        condition |= about(noun, () if None in ids else [pk for pk in ids if pk is not None])
    return queryset.filter(condition)


def _of_kinds(queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
    told = [each.strip() for each in (value if isinstance(value, list) else [value])]
    for code in told:
        if not kinds.is_declared(code):
            near = get_close_matches(code, [kind.code for kind in kinds.all_kinds()], n=3) or ["story.moved"]
            said = _("Take one such as %(known)s, or an area with `kind__startswith=story.`.")
            raise not_valid(Wrong(name, _("This is no kind of event."), code, said % {"known": ", ".join(near)}))
    return queryset.filter(kind__in=told)


def _as_it_is(queryset: QuerySet[Any], _name: str, _value: Any) -> QuerySet[Any]:
    return queryset


def place_in(told: str) -> int:
    """The place that `since` names. Raises a problem."""
    if not (told.isascii() and told.isdigit() and len(told) < 19):
        said = _("Send the `seq` of the last event that you have, 0 for all, or “newest” to begin at the end.")
        raise not_valid(Wrong("since", _("This is no place in the log."), told, said))
    return int(told)


class EventsView(NounView):
    """Events: what happened, in the order in which it was committed, so that whoever goes on misses nothing."""

    noun, plural = "event", "events"
    shape = EventShape
    is_of_a_team = True
    gives = {"list": EventsShape, "subjects": SubjectsShape}
    orderings = {}
    ordering = ()
    parameters = {"subjects": {"since": serializers.CharField(help_text="The last id that you have.")}}
    includes = {"actor": Included("actor", NamesView)}
    filterset_class = filters_of(
        "EventFilters",
        {
            "since": django_filters.CharFilter(
                method=_as_it_is, help_text="A `seq`: what came after it. Or `newest`: from the end on."
            )
        },
        number("seq"),
        reference("id", "pk"),
        moment("at"),
        reference("actor", "told_actor", is_optional=True),
        text("kind"),
        {"kind": django_filters.CharFilter(method=_of_kinds), "kind__in": WordSet(method=_of_kinds)},
        {"subject": django_filters.CharFilter(method=_about), "subject__in": WordSet(method=_about)},
        number("subject_version", is_optional=True),
        text("scope"),
    )

    def visible(self) -> QuerySet[Any]:
        """What the person may know of; with a limited token, of its teams alone."""
        events: QuerySet[Any] = events_for(self.person)
        scopes = scopes_of(self.request)
        return events if scopes is None else events.filter(scope__in=scopes)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What came after `since`, in the order of commits.

        `next` is always there: it goes on behind these, also when there is nothing newer yet, now or on another day.
        `more` says whether there is something behind these already.
        """
        asked, limit = request.query_params, limit_of(request)
        known = set(self.filterset_class.known()) if self.filterset_class else set()
        check_parameters(asked, known | OF_LISTS - {"cursor", "ordering"})
        seen = self.get_queryset()
        narrowed = StrictFilters().filter_queryset(request, seen, self)
        told = asked.get("since", "0")
        since = newest_place(seen) if told == NEWEST else place_in(told)
        # Read before the page: what is placed up to here can be seen by then.
        reached = since if self._is_narrow() else newest_place(events_for(self.person))
        wanted = self.fields_read()
        plan = plan_of(self.shape, wanted if "seq" in wanted else (*wanted, "seq"))
        behind = narrowed.filter(seq__gt=since).order_by("seq")
        rows = rows_of(behind[: limit + 1], plan, self.person)
        items, more = rows[:limit], len(rows) > limit
        last = items[-1]["seq"] if items else since
        following = last if more else max(last, reached)
        body = {"items": self._cut(items), "next": self._after(following), "more": more, **self.along(items)}
        response = self.versioned(body)
        response.headers["Link"] = f'<{body["next"]}>; rel="next"'
        return response

    @action(detail=True, methods=["get"])
    def subjects(self, request: Request, pk: int) -> Response:
        """The ids of what an event about many things is about, 1,000 at once; `since` is the last id that you have."""
        event = self.one()
        ids = subjects_after(event.pk, place_in(request.query_params.get("since", "0")))
        following = self._after(ids[-1]) if len(ids) == AT_ONCE else None
        return self.versioned({"items": ids, "next": following})

    def _is_narrow(self) -> bool:
        """Whether how much happened elsewhere is nothing that the caller is to know."""
        return self.person.is_guest or bool(access_of(self.request).limits)

    def _after(self, place: int) -> str:
        asked = self.request.query_params.copy()
        asked["since"] = str(place)
        return self.request.build_absolute_uri(f"{self.request.path}?{asked.urlencode()}")
