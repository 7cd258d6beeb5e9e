"""Whoever says which version they looked at names one that there is: nothing is overwritten unseen."""

from collections.abc import Callable
from typing import Any

import pytest

from sprints import commands
from sprints.models import Comment, Initiative
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.activity.models import Event
from workspace.errors import StaleWrite


def initiative_of(squad: Squad, cast: Cast) -> Initiative:
    return commands.create_initiative("Loyalty", actor=cast.shops_lead)


def comment_of(squad: Squad, cast: Cast) -> Comment:
    return commands.write_comment(squad.banner, text="One", actor=cast.shops_lead)


CHANGES: dict[str, tuple[Callable[[Squad, Cast], Any], str, Callable[..., Any], dict[str, Any]]] = {
    "story": (lambda squad, _cast: squad.banner, "GROW-1", commands.change_story, {"points": 8}),
    "team": (lambda squad, _cast: squad.team, "Growth", commands.change_team, {"sprint_days": 21}),
    "column": (lambda squad, _cast: squad.doing, "Doing", commands.change_column, {"wip_limit": 9}),
    "sprint": (lambda squad, _cast: squad.later, "Sprint 2", commands.change_sprint, {"goal": "More"}),
    "initiative": (initiative_of, "Loyalty", commands.change_initiative, {"name": "Loyal"}),
    "comment": (comment_of, "This comment", commands.change_comment, {"text": "Two"}),
}


@pytest.mark.parametrize(("make", "called", "change", "fields"), CHANGES.values(), ids=CHANGES)
def test_a_version_that_nobody_was_shown_is_not_taken_for_the_present_one(
    squad: Squad,
    cast: Cast,
    make: Callable[[Squad, Cast], Any],
    called: str,
    change: Callable[..., Any],
    fields: dict[str, Any],
) -> None:
    row = make(squad, cast)
    row.refresh_from_db()
    before = Event.objects.count()
    for told in (row.version + 1, 10**30):
        with pytest.raises(StaleWrite) as refused:
            change(row, base_version=told, actor=cast.shops_lead, **fields)
        assert f"{called} is at version {row.version}; nobody was shown a version {told} of it." in refused.value.reason
        assert "Look at it as it is now" in refused.value.next_step
        assert refused.value.version == row.version
    kept = type(row).objects.get(pk=row.pk)
    assert (Event.objects.count(), kept.version) == (before, row.version)
    assert {field: getattr(kept, field) for field in fields} != fields
