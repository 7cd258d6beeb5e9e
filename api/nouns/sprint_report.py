"""What a sprint comes to: as it was frozen when it closed, as it stands while it is open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from sprints.models import Sprint, Story
from sprints.queries.sprint_page import KIND_TITLES, Reported, days_left_of, reported

WENT_TO = ("backlog", "sprint", "deleted")


class CountShape(serializers.Serializer[Any]):
    """How many stories are of a kind, and their points; one without an estimate counts none."""

    stories = serializers.IntegerField()
    points = serializers.FloatField()


class ReportedStoryShape(serializers.Serializer[Any]):
    """A story of the report. Code and title are those of today, null where it is deleted for good, or deleted."""

    example = {"code": "GROW-42"}

    story = serializers.IntegerField(help_text="Its id.")
    code = serializers.CharField(allow_null=True)
    title = serializers.CharField(allow_null=True)
    points = serializers.FloatField(
        allow_null=True, help_text="When the sprint closed, or now. Null: without an estimate, or removed."
    )
    committed_points = serializers.FloatField(allow_null=True, help_text="When the sprint started.")
    counts_as = serializers.ListField(child=serializers.ChoiceField(choices=list(KIND_TITLES)))
    went_to = serializers.ChoiceField(
        choices=WENT_TO, allow_null=True, help_text="Where it went out of the sprint; null: it stays."
    )
    to_sprint = serializers.IntegerField(allow_null=True, help_text="The sprint to which it went.")


class ReportShape(serializers.Serializer[Any]):
    """What a sprint comes to. A planned one has `planned` alone, the others all but that."""

    sprint = serializers.IntegerField()
    team = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Sprint.State.choices)
    is_frozen = serializers.BooleanField(help_text="Whether it was written down when the sprint closed.")
    made_at = serializers.DateTimeField(allow_null=True)
    made_by = serializers.IntegerField(allow_null=True, help_text="Who closed the sprint.")
    days_left = serializers.IntegerField(help_text="Until it ends, today and its last day counted.")
    planned = CountShape(allow_null=True, help_text="In a sprint that has not started.")
    committed = CountShape(allow_null=True, help_text="In it when it started, with the points of that moment.")
    done = CountShape(allow_null=True, help_text="In a column of done.")
    unfinished = CountShape(allow_null=True, help_text="In any other column.")
    added = CountShape(allow_null=True, help_text="Not in it when it started.")
    removed = CountShape(allow_null=True, help_text="In it when it started, and not any more.")
    unplanned = CountShape(allow_null=True, help_text="Came as an interruption.")
    stories = ReportedStoryShape(many=True)


def report_of(sprint: Sprint) -> dict[str, Any]:
    """The report as it goes on the wire; `sprint` comes with its team. At most 4 statements."""
    told = reported(sprint)
    report = told.report
    return {
        "sprint": sprint.pk,
        "team": sprint.team_id,
        "state": sprint.state,
        "is_frozen": report is not None,
        "made_at": report.made_at if report is not None else None,
        "made_by": report.made_by_id if report is not None else None,
        "days_left": days_left_of(sprint),
        **{kind: _count(told, kind) for kind in KIND_TITLES},
        "stories": [_story(row, told.stories.get(row["id"]), sprint.team.key) for row in told.data["stories"]],
    }


def _count(told: Reported, kind: str) -> dict[str, Any] | None:
    counted = told.data.get(kind)
    return counted and {"stories": counted["stories"], "points": _number(counted["points"]) or 0}


def _number(points: str | None) -> float | None:
    return float(points) if points else None


def _story(row: Mapping[str, Any], story: Story | None, key: str) -> dict[str, Any]:
    to = row["to"]
    is_there = story is not None and story.deleted_at is None
    return {
        "story": row["id"],
        "code": f"{key}-{story.number}" if story is not None else None,
        "title": story.title if story is not None and is_there else None,
        "points": _number(row["points"]),
        "committed_points": _number(row["committed_points"]),
        "counts_as": row["is"],
        "went_to": (to if isinstance(to, str) else "sprint") or None,
        "to_sprint": to if isinstance(to, int) else None,
    }
