"""What is sent to create, change and move stories, and what the ids in it name."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.kernel.inputs import Input
from api.kernel.problems import Wrong, not_valid
from api.nouns.of_teams import nothing_named
from api.nouns.story_shapes import HORIZONS, KINDS
from api.nouns.teams import BASE
from journeys.models import Touchpoint
from sprints.commands import KEEP
from sprints.commands.moving import Keep
from sprints.models import Column, Initiative, Label, Sprint
from sprints.rules.stories import MOST_POINTS, TEXT_LIMITS
from workspace.organisation.models import Person

LARGEST = 2**63 - 1
_CODE = re.compile(r"([A-Za-z][A-Za-z0-9]{0,9})-(\d{1,9})")


def story_key(text: str) -> Mapping[str, Any] | None:
    """What names a story, as a filter: its id (4711) or its code (GROW-42); None for what can name none."""
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return {"pk": int(text)}
    code = _CODE.fullmatch(text)
    return {"team__key": code[1].upper(), "number": int(code[2])} if code else None


def _id(**kwargs: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=1, max_value=LARGEST, **kwargs)


def _ids(help_text: str) -> serializers.ListField:
    return serializers.ListField(child=_id(), max_length=200, required=False, help_text=help_text)


def _text(name: str, help_text: str = "") -> serializers.CharField:
    return serializers.CharField(
        max_length=TEXT_LIMITS[name], allow_blank=True, trim_whitespace=False, required=False, help_text=help_text
    )


@extend_schema_field({"type": "number", "minimum": 0, "maximum": float(MOST_POINTS), "multipleOf": 0.5})
class Points(serializers.DecimalField):
    """Points, described as the number that is read; what is no half is refused by the rule."""


class StoryFields(Input):
    """The fields of a story that somebody fills in."""

    title = serializers.CharField(max_length=TEXT_LIMITS["title"], required=False)
    kind = serializers.ChoiceField(choices=KINDS, required=False)
    description = _text("description", "Markdown.")
    points = Points(
        max_digits=5, decimal_places=1, min_value=0, allow_null=True, required=False, help_text="In halves."
    )
    channel = _text("channel")
    due_on = serializers.DateField(allow_null=True, required=False)
    publish_on = serializers.DateField(allow_null=True, required=False)
    horizon = serializers.ChoiceField(choices=HORIZONS, allow_blank=True, required=False)
    blocked_reason = _text("blocked_reason")
    unplanned_reason = _text("unplanned_reason", "Empty: it is planned work.")
    hypothesis = _text("hypothesis")
    metric = _text("metric")
    result = _text("result")
    initiative = _id(allow_null=True, required=False)
    assignees = _ids("People who work on it; members of the team.")
    labels = _ids("Labels on it, of the team.")
    touchpoints = _ids("Touchpoints that it works on.")


class NewStory(StoryFields):
    """A story that is to be: at the end of the order, unless it is put next to another."""

    example_without = ("before",)

    team = _id()
    title = serializers.CharField(max_length=TEXT_LIMITS["title"])
    external_id = serializers.CharField(
        max_length=TEXT_LIMITS["external_id"], allow_null=True, required=False, help_text="Its name elsewhere."
    )
    column = _id(allow_null=True, required=False, help_text="Null, or nothing: the first one of to do.")
    sprint = _id(allow_null=True, required=False, help_text="Null, or nothing: the backlog.")
    after = _id(allow_null=True, required=False, help_text="Put it behind this story.")
    before = _id(allow_null=True, required=False, help_text="Put it before this story, unless there is an `after`.")


class ChangedStory(StoryFields):
    """What can be changed of a story; where it is, is changed by a move."""

    base_version = serializers.IntegerField(min_value=1, required=False, help_text=BASE)


class Move(Input):
    """Where a story is to go. What is not said of column and sprint stays as it is.

    `after` wins over `before`. A neighbour that is not there any more counts for nothing; without one the story goes to
    the end of its target.
    """

    example_without = ("before",)

    column = _id(required=False)
    sprint = _id(allow_null=True, required=False, help_text="Null: into the backlog.")
    after = _id(allow_null=True, required=False, help_text="Put it behind this story.")
    before = _id(allow_null=True, required=False, help_text="Put it before this story.")


class _Named(Input):
    """One of several stories."""

    story = serializers.CharField(max_length=24, help_text="Its id, or its code.")

    def validate_story(self, told: str) -> Mapping[str, Any]:
        """What it names, as a filter."""
        key = story_key(told)
        if key is None:
            raise serializers.ValidationError(_("“%(value)s” is no id and no code of a story.") % {"value": told})
        return key


class OneChanged(_Named, StoryFields):
    """A story, and what is changed of it."""

    base_version = serializers.IntegerField(
        min_value=1, allow_null=True, help_text="The version that the change was made for; null: any."
    )


class OneMoved(_Named, Move):
    """A story, and where it is to go."""


def with_places(queryset: QuerySet[Any], given: Mapping[str, Any], team: str) -> QuerySet[Any]:
    """The rows, and what is known of the column and the sprint that `given` names, of the team at this path."""
    if given.get("column") is not None:
        columns = Column.objects.filter(pk=given["column"], team=OuterRef(team)).order_by()
        queryset = queryset.annotate(is_column_there=Exists(columns))
    if given.get("sprint") is not None:
        sprints = Sprint.objects.filter(pk=given["sprint"], team=OuterRef(team)).order_by()
        queryset = queryset.annotate(sprint_number=Subquery(sprints.values("number")[:1]))
    return queryset


def places_in(row: Any, given: Mapping[str, Any], team_id: int) -> tuple[Column | None, Sprint | Keep | None]:
    """The column and the sprint that are named, for a command that reads them under its lock: 0 statements.

    Raises a problem for those that the team does not have.
    """
    column, sprint = None, None
    if (column_id := given.get("column")) is not None:
        if not row.is_column_there:
            raise nothing_named("column", column_id, Column._meta.verbose_name)
        column = Column(pk=column_id, team_id=team_id)
    if (sprint_id := given.get("sprint")) is not None:
        if row.sprint_number is None:
            raise nothing_named("sprint", sprint_id, Sprint._meta.verbose_name)
        sprint = Sprint(pk=sprint_id, team_id=team_id, number=row.sprint_number)
    return column, sprint if "sprint" in given else KEEP


def check_named(given: Mapping[str, Any], team_id: int, viewer: Person) -> None:
    """Raise a problem for ids that name nothing a story of the team can have; for whoever was refused already.

    1 statement for each field that holds ids.
    """
    there: dict[str, QuerySet[Any]] = {
        "initiative": Initiative.objects.all(),
        "assignees": Person.objects.all(),
        "labels": Label.objects.filter(team=team_id),
        "touchpoints": Touchpoint.objects.visible_to(viewer),
    }
    wrong = []
    for name, queryset in there.items():
        told = given.get(name) or ()
        ids: Collection[int] = [told] if isinstance(told, int) else told
        found = set(queryset.filter(pk__in=ids).order_by().values_list("pk", flat=True)) if ids else set()
        missing = sorted(set(ids) - found)
        if missing:
            named = ", ".join(map(str, missing))
            wrong.append(Wrong(name, _("There is none with the id %(ids)s.") % {"ids": named}, named))
    if wrong:
        raise not_valid(*wrong)
