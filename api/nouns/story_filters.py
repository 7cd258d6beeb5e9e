"""What stories can be narrowed by, and put in order by."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from api.kernel.access import person_of
from api.kernel.filters import choice, day, filters_of, linked, moment, number, reference, text
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.values import NumberSet, WholeNumber, WordSet, YesNo
from api.nouns.story_forms import story_key
from api.nouns.story_shapes import CATEGORIES, HORIZONS, KINDS
from journeys.models import Touchpoint
from sprints.models import Assignment, StoryLabel, StoryTouchpoint
from sprints.queries.words import with_words

Rows = QuerySet[Any]
Parts = dict[str, filters.Filter]


def _unset(queryset: Rows, name: str, value: bool) -> Rows:
    return queryset.filter(**{name: ""}) if value else queryset.exclude(**{name: ""})


def _set(queryset: Rows, name: str, value: bool) -> Rows:
    return _unset(queryset, name, not value)


def _optional_text(name: str) -> Parts:
    """A text that is empty where it is not set."""
    return text(name) | {f"{name}__isnull": YesNo(field_name=name, method=_unset)}


def _none_of(name: str, links: type[Model]) -> Parts:
    """Whether nothing is joined to the story."""

    def empty(queryset: Rows, _name: str, value: bool) -> Rows:
        found = Exists(links._base_manager.filter(story=OuterRef("pk")))
        return queryset.filter(~found if value else found)

    return {f"{name}__isnull": YesNo(method=empty)}


def _coded(queryset: Rows, name: str, value: Any) -> Rows:
    wanted = Q()
    for code in value if isinstance(value, list) else [value]:
        key = story_key(code.strip())
        if key is None or "number" not in key:
            raise not_valid(Wrong(name, _("This is no code of a story, such as GROW-42."), code))
        wanted |= Q(**key)
    return queryset.filter(wanted)


def _worded(queryset: Rows, _name: str, value: str) -> Rows:
    return with_words(queryset, value, in_text=True)


def _as_it_is(queryset: Rows, _name: str, _value: bool) -> Rows:
    """What is seen has been chosen by it already."""
    return queryset


def _by_touchpoint(self: Any, queryset: Rows, _name: str, value: Any) -> Rows:
    """Those that work on one of the touchpoints, as far as the person sees them."""
    seen = Touchpoint.objects.visible_to(person_of(self.request)).order_by()
    seen = seen.filter(pk__in=value if isinstance(value, list) else [value])
    return queryset.filter(pk__in=StoryTouchpoint.objects.filter(touchpoint__in=seen.values("pk")).values("story"))


StoryFilters = filters_of(
    "StoryFilters",
    {"q": filters.CharFilter(method=_worded)},
    {"deleted": YesNo(method=_as_it_is, help_text="`true`: those alone that were deleted and can be restored.")},
    reference("id", "pk"),
    {"code": filters.CharFilter(method=_coded), "code__in": WordSet(field_name="code__in", method=_coded)},
    reference("team"),
    number("number"),
    text("external_id"),
    choice("kind", KINDS),
    text("title"),
    _optional_text("description"),
    reference("column"),
    choice("category", CATEGORIES, "column__category"),
    reference("sprint", is_optional=True),
    number("points", is_optional=True),
    _optional_text("channel"),
    day("due_on", is_optional=True),
    day("publish_on", is_optional=True),
    choice("horizon", HORIZONS),
    {"horizon__isnull": YesNo(field_name="horizon", method=_unset)},
    _optional_text("blocked_reason"),
    {"is_blocked": YesNo(field_name="blocked_reason", method=_set)},
    _optional_text("unplanned_reason"),
    {"is_unplanned": YesNo(field_name="unplanned_reason", method=_set)},
    _optional_text("hypothesis"),
    _optional_text("metric"),
    _optional_text("result"),
    reference("initiative", is_optional=True),
    linked("assignee", Assignment._base_manager.all, "story", "person"),
    _none_of("assignee", Assignment),
    linked("label", StoryLabel._base_manager.all, "story", "label"),
    _none_of("label", StoryLabel),
    {"touchpoint": WholeNumber(method="by_touchpoint"), "touchpoint__in": NumberSet(method="by_touchpoint")},
    number("comment_count"),
    number("item_count"),
    number("ticked_count"),
    number("attachment_count"),
    number("waiting_approvals"),
    reference("created_by", is_optional=True),
    moment("created_at"),
    moment("in_column_since"),
    moment("started_at", is_optional=True),
    moment("done_at", is_optional=True),
    number("version"),
    by_touchpoint=_by_touchpoint,
)

ORDERINGS = {
    "id": Key("pk"),
    "team": Key("team_id"),
    "number": Key("number"),
    "rank": Key("rank"),
    "title": Key("title"),
    "points": Key("points", True),
    "due_on": Key("due_on", True),
    "publish_on": Key("publish_on", True),
    "created_at": Key("created_at"),
    "in_column_since": Key("in_column_since"),
    "started_at": Key("started_at", True),
    "done_at": Key("done_at", True),
}
