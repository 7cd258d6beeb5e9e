"""What a story looks like on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Any

from rest_framework import serializers

from api.kernel.shapes import Made, Shape, Together, dressed, plan_of
from sprints.models import Column, Story
from sprints.queries.field_values import RELATIONS
from sprints.queries.story_links import joined_to
from workspace.organisation.models import Person

KINDS, HORIZONS, CATEGORIES = Story.Kind.choices, Story.Horizon.choices, Column.Category.choices


def _code(key: str, number: int) -> str:
    return f"{key}-{number}"


def _points(points: Decimal | None) -> float | None:
    return None if points is None else float(points)


_CODE = Made(_code, ("team__key", "number"))


def _ids(help_text: str) -> serializers.ListField:
    return serializers.ListField(child=serializers.IntegerField(), help_text=help_text)


class StoryShape(Shape):
    """A story."""

    example = {"code": "GROW-42"}

    id = serializers.IntegerField()
    code = serializers.CharField(help_text="The key of its team and its number: GROW-42.")
    team = serializers.IntegerField(source="team_id")
    number = serializers.IntegerField()
    external_id = serializers.CharField(allow_null=True, help_text="Its name in another system, once in a team.")
    kind = serializers.ChoiceField(choices=KINDS)
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True, help_text="Markdown.")
    column = serializers.IntegerField(source="column_id")
    category = serializers.ChoiceField(choices=CATEGORIES, source="column__category", help_text="Of its column.")
    sprint = serializers.IntegerField(source="sprint_id", allow_null=True, help_text="Null: it is in the backlog.")
    rank = serializers.CharField(help_text="Its place in the order of the team, compared byte by byte.")
    points = serializers.FloatField(allow_null=True)
    channel = serializers.CharField(allow_blank=True)
    due_on = serializers.DateField(allow_null=True)
    publish_on = serializers.DateField(allow_null=True)
    horizon = serializers.ChoiceField(choices=HORIZONS, allow_blank=True)
    blocked_reason = serializers.CharField(allow_blank=True)
    unplanned_reason = serializers.CharField(allow_blank=True, help_text="Empty: it is planned work.")
    hypothesis = serializers.CharField(allow_blank=True)
    metric = serializers.CharField(allow_blank=True)
    result = serializers.CharField(allow_blank=True)
    initiative = serializers.IntegerField(source="initiative_id", allow_null=True)
    assignees = _ids("People who work on it.")
    labels = _ids("Labels on it.")
    touchpoints = _ids("Touchpoints that it works on, as far as you see them.")
    comment_count = serializers.IntegerField()
    item_count = serializers.IntegerField(help_text="Lines of its checklist.")
    ticked_count = serializers.IntegerField(help_text="Lines of its checklist that are ticked.")
    attachment_count = serializers.IntegerField()
    waiting_approvals = serializers.IntegerField(help_text="Approvals that are waited for.")
    created_by = serializers.IntegerField(source="created_by_id", allow_null=True)
    created_at = serializers.DateTimeField()
    in_column_since = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField(help_text="Goes up with its fields; a move leaves it.")

    parts = {"code": _CODE, "points": Made(_points, ("points",))} | dict.fromkeys(RELATIONS, Together(joined_to))


class PlaceShape(Shape):
    """Where a story is: its column, its sprint and its place in the order."""

    example = {"code": "GROW-42"}

    id = serializers.IntegerField()
    code = serializers.CharField()
    team = serializers.IntegerField(source="team_id")
    column = serializers.IntegerField(source="column_id")
    category = serializers.ChoiceField(choices=CATEGORIES, source="column__category")
    sprint = serializers.IntegerField(source="sprint_id", allow_null=True)
    rank = serializers.CharField()
    in_column_since = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    done_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    parts = {"code": _CODE}


def told_of_story(
    story: Story, shape: type[Shape], viewer: Person, joined: Mapping[str, list[int]] | None = None
) -> dict[str, Any]:
    """A story that a command has just answered with, as it goes on the wire: 0 statements.

    Its team and its column are there already; `joined` is whom and what it is joined to.
    """
    joined = joined or {}
    plan = plan_of(shape, tuple(name for name in shape.names() if name not in joined))
    (row,) = dressed([[_value(story, column) for column in plan.columns]], plan, viewer)
    return {name: joined[name] if name in joined else row[name] for name in shape.names()}


def _value(story: Story, column: str) -> Any:
    return reduce(getattr, column.split("__"), story)
