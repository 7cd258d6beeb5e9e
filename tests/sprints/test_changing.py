"""Changing the fields of stories: what is valid, what the event keeps, and two who change the same story."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sprints import commands
from sprints.models import Initiative, Label, Membership, Story
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event, EventSubject
from workspace.errors import NotAllowed, RuleBroken, StaleWrite
from workspace.organisation import commands as organisation


def last_event() -> Event:
    return Event.objects.latest("id")


def change(squad: Squad, cast: Cast, **fields: Any) -> Story:
    return commands.change_story(squad.banner, actor=cast.member, **fields)


# --- What the event keeps --------------------------------------------------------------------------------------------


def test_a_change_keeps_old_and_new_as_ids_days_and_text(squad: Squad, cast: Cast) -> None:
    label = Label.objects.create(team=squad.team, name="Sale")
    initiative = Initiative.objects.create(name="Spring")
    story = change(
        squad,
        cast,
        points="0.5",
        due_on="2026-03-31",
        assignees=[cast.member, cast.billing_lead.pk],
        labels=[label],
        touchpoints=[str(cast.till.pk)],
        initiative=initiative,
        title="Banner",
    )
    assert (story.version, story.revision, story.points, story.due_on) == (2, 2, Decimal("0.5"), date(2026, 3, 31))
    assert story.folded_title == "banner"
    event = last_event()
    assert (event.kind, event.subject_id, event.subject_version) == ("story.changed", story.pk, 2)
    assert event.data == {
        "fields": "assignees, due_on, initiative, labels, points, title, touchpoints",
        "old": {
            "assignees": [],
            "due_on": None,
            "initiative": None,
            "labels": [],
            "points": "3",
            "title": "Banner for the spring sale",
            "touchpoints": [],
        },
        "new": {
            "assignees": sorted([cast.member.pk, cast.billing_lead.pk]),
            "due_on": "2026-03-31",
            "initiative": initiative.pk,
            "labels": [label.pk],
            "points": "0.5",
            "title": "Banner",
            "touchpoints": [cast.till.pk],
        },
    }
    row = Story.objects.get(pk=story.pk)
    assert set(row.assignees.all()) == {cast.member, cast.billing_lead}
    assert (list(row.labels.all()), list(row.touchpoints.all())) == ([label], [cast.till])


def test_what_the_event_keeps_of_the_old_can_be_given_back(squad: Squad, cast: Cast) -> None:
    change(squad, cast, points=8, due_on=date(2026, 4, 1), assignees=[cast.member], horizon="long", kind="task")
    old = last_event().data["old"]
    story = change(squad, cast, **old)
    assert (story.points, story.due_on, story.horizon, story.kind) == (Decimal(3), None, "", "story")
    assert story.assignees.count() == 0


def test_an_unchanged_value_is_no_change(squad: Squad, cast: Cast) -> None:
    before = Event.objects.count()
    story = commands.change_story(
        squad.mail, points="5.0", title=" Mail after the  first order ", assignees=[cast.member], actor=cast.member
    )
    assert (story.version, Event.objects.count()) == (1, before)
    story = commands.change_story(squad.mail, points=5, channel="email", actor=cast.member)
    assert last_event().data["fields"] == "channel"
    assert story.version == 2


def test_a_field_that_a_story_does_not_have_is_a_mistake_of_the_caller(squad: Squad, cast: Cast) -> None:
    for name in ("rank", "column", "number", "version"):
        with pytest.raises(TypeError, match=f"a story has no {name} to change"):
            change(squad, cast, **{name: 1})
    with pytest.raises(TypeError, match="rank"):
        commands.create_story(squad.team, title="X", rank="a0", actor=cast.member)


# --- What is valid ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"points": "abc"}, "“abc” is no number of points"),
        ({"points": "NaN"}, "“NaN” is no number of points"),
        ({"points": "1e3"}, "“1e3” is no number"),
        ({"points": float("inf")}, "“inf” is no number"),
        ({"points": True}, "“True” is no number"),
        ({"points": [3]}, "is no number of points"),
        ({"points": -1}, "-1 is outside"),
        ({"points": 1000}, "Points go from 0 to 999.5; 1000 is outside"),
        ({"points": 0.3}, "Points go in halves; 0.3 is between"),
        ({"title": ""}, "A story needs a title"),
        ({"title": " \n\t "}, "A story needs a title"),
        ({"title": None}, "The title is text"),
        ({"title": "x" * 301}, "The title has 301 characters; 300 fit"),
        ({"title": "a\0b"}, "a character that is no text"),
        ({"description": "a\ud800b"}, "a character that is no text"),
        ({"description": "<script>" * 262_144}, "The description has 2,097,152 characters; 50,000 fit"),
        ({"blocked_reason": "x" * 501}, "blocked by has 501 characters"),
        ({"channel": "x" * 51}, "50 fit"),
        ({"due_on": "tomorrow"}, "“tomorrow” is no day for “due on”"),
        ({"due_on": "2026-02-30"}, "“2026-02-30” is no day"),
        ({"due_on": 20260101}, "is no day"),
        ({"publish_on": "0026-01-01"}, "0026-01-01 is too far away for “publish on”"),
        ({"kind": "epic"}, "“epic” is no type of a story"),
        ({"kind": ""}, "is no type"),
        ({"horizon": "middle"}, "“middle” is no horizon"),
        ({"assignees": ["Mia"]}, "“Mia” names nothing"),
        ({"assignees": [10**30]}, "names nothing"),
        ({"labels": [999999]}, "among the labels of this team: 999999"),
        ({"touchpoints": [999999]}, "among the touchpoints"),
        ({"initiative": 999999}, "There is no initiative 999999"),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(
    squad: Squad, cast: Cast, fields: dict[str, Any], said: str
) -> None:
    events = Event.objects.count()
    with pytest.raises(RuleBroken) as refused:
        change(squad, cast, **fields)
    assert said in refused.value.reason
    assert len(str(refused.value)) < 400
    with pytest.raises(RuleBroken):
        commands.create_story(squad.team, actor=cast.member, **({"title": "New"} | fields))
    with pytest.raises(RuleBroken):
        commands.change_stories([squad.banner, squad.mail], actor=cast.member, **fields)
    assert Event.objects.count() == events
    assert Story.objects.get(pk=squad.banner.pk).version == 1
    assert Story.objects.filter(team=squad.team).count() == 7


@pytest.mark.parametrize(
    ("given", "kept"),
    [("", None), (None, None), (0, "0"), ("3", "3"), ("2.50", "2.5"), (999.5, "999.5"), (Decimal("0.5"), "0.5")],
)
def test_points_are_kept_in_halves(squad: Squad, cast: Cast, given: object, kept: str | None) -> None:
    change(squad, cast, points=100)
    story = Story.objects.get(pk=change(squad, cast, points=given).pk)
    assert story.points == (None if kept is None else Decimal(kept))
    assert last_event().data["new"]["points"] == kept


def test_the_longest_texts_fit(squad: Squad, cast: Cast) -> None:
    story = change(squad, cast, title="ß" * 300, description="é" * 50_000)
    row = Story.objects.get(pk=story.pk)
    assert (len(row.title), len(row.description)) == (300, 50_000)


def test_only_active_members_of_the_team_are_assigned(squad: Squad, cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Omar Other is not in this team"):
        change(squad, cast, assignees=[cast.member, cast.other_member])
    with pytest.raises(RuleBroken, match="Lena Leaver does not work here any more"):
        change(squad, cast, assignees=[cast.leaver])
    with pytest.raises(RuleBroken, match="Gus Guest is not in this team"):
        change(squad, cast, assignees=[cast.guest])
    Membership.objects.filter(person=cast.member).update(allocation=0)
    assert change(squad, cast, assignees=[cast.member]).assignees.count() == 1


def test_who_has_left_stays_on_a_story_that_is_changed_and_can_be_taken_off(squad: Squad, cast: Cast) -> None:
    organisation.deactivate_person(cast.member, actor=cast.administrator)
    both = partial(commands.change_story, squad.mail, actor=cast.shops_lead)
    story = both(assignees=[cast.member, cast.shops_lead])
    assert story.assignees.count() == 2
    assert list(both(assignees=[cast.shops_lead]).assignees.all()) == [cast.shops_lead]
    with pytest.raises(RuleBroken, match="does not work here"):
        both(assignees=[cast.member])


def test_a_label_of_another_team_is_refused(squad: Squad, cast: Cast) -> None:
    other = commands.create_team("Retention", key="RET", actor=cast.care_lead)
    foreign = Label.objects.create(team=other, name="Win back")
    with pytest.raises(RuleBroken, match=f"among the labels of this team: {foreign.pk}"):
        change(squad, cast, labels=[foreign])


def test_a_closed_initiative_takes_no_more_stories_but_keeps_those_it_has(squad: Squad, cast: Cast) -> None:
    initiative = Initiative.objects.create(name="Spring")
    change(squad, cast, initiative=initiative)
    Initiative.objects.update(closed_at=clock.now())
    assert change(squad, cast, initiative=initiative, points=1).initiative == initiative
    with pytest.raises(RuleBroken, match="The initiative “Spring” is closed"):
        commands.change_story(squad.mail, initiative=initiative, actor=cast.member)
    assert change(squad, cast, initiative=None).initiative is None


def test_only_members_and_administrators_change_stories(squad: Squad, cast: Cast) -> None:
    for person in (cast.other_member, cast.executive, cast.guest, cast.leaver):
        with pytest.raises(NotAllowed, match="You are not in this team"):
            commands.change_story(squad.banner, points=1, actor=person)
        with pytest.raises(NotAllowed):
            commands.change_stories([squad.banner], points=1, actor=person)


def test_a_deleted_story_is_not_changed(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.banner, actor=cast.member)
    with pytest.raises(RuleBroken, match="GROW-1 was deleted"):
        change(squad, cast, points=1)


# --- Two who change the same story -----------------------------------------------------------------------------------


def test_changes_of_different_fields_merge(squad: Squad, cast: Cast) -> None:
    change(squad, cast, points=8)
    commands.change_stories([squad.banner, squad.mail], channel="web", actor=cast.shops_lead)
    story = commands.change_story(squad.banner, base_version=1, title="Banner", actor=cast.billing_lead)
    row = Story.objects.get(pk=story.pk)
    assert (row.points, row.channel, row.title, row.version) == (Decimal(8), "web", "Banner", 4)


def test_a_field_that_somebody_else_changed_is_refused_with_what_it_is_now(squad: Squad, cast: Cast) -> None:
    change(squad, cast, points=8, title="Banner, large")
    with pytest.raises(StaleWrite) as refused:
        commands.change_story(squad.banner, base_version=1, points=5, channel="web", actor=cast.billing_lead)
    assert "GROW-1 was changed in the meantime: points is “8” now." in refused.value.reason
    assert refused.value.version == 2
    assert Story.objects.get(pk=squad.banner.pk).channel == ""


def test_a_bulk_edit_counts_for_each_of_its_stories(squad: Squad, cast: Cast) -> None:
    commands.change_stories([squad.banner, squad.mail], points=1, actor=cast.shops_lead)
    for story in (squad.banner, squad.mail):
        with pytest.raises(StaleWrite, match="points is “1” now"):
            commands.change_story(story, base_version=1, points=2, actor=cast.member)
        assert commands.change_story(story, base_version=1, metric="Clicks", actor=cast.member).version == 3


def test_the_same_value_from_two_sides_is_no_conflict(squad: Squad, cast: Cast) -> None:
    change(squad, cast, points=8)
    story = commands.change_story(squad.banner, base_version=1, points=8, actor=cast.billing_lead)
    assert story.version == 2


def test_moves_in_the_meantime_are_in_nobodys_way(squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.banner, column=squad.doing, actor=cast.shops_lead)
    assert commands.change_story(squad.banner, base_version=1, points=8, actor=cast.member).version == 2
    commands.move_story(squad.banner, column=squad.todo, actor=cast.shops_lead)
    assert commands.change_story(squad.banner, base_version=1, title="Banner", actor=cast.member).version == 3


def test_a_version_that_the_log_does_not_know_is_refused(squad: Squad, cast: Cast) -> None:
    Story.objects.filter(pk=squad.banner.pk).update(version=5)
    for base in (1, 9):
        with pytest.raises(StaleWrite):
            commands.change_story(squad.banner, base_version=base, points=8, actor=cast.member)
    assert commands.change_story(squad.banner, base_version=5, points=8, actor=cast.member).version == 6


# --- Several at once -------------------------------------------------------------------------------------------------


def test_a_bulk_edit_is_one_event_that_names_those_that_changed(squad: Squad, cast: Cast) -> None:
    before = Event.objects.count()
    stories = [squad.banner, squad.mail, squad.video]
    changed = commands.change_stories(stories, points=5, assignees=[cast.member, cast.shops_lead], actor=cast.member)
    assert [story.pk for story in changed] == [story.pk for story in stories]
    assert Event.objects.count() == before + 1
    event = last_event()
    assert (event.kind, event.data["fields"], event.data["count"]) == (
        "story.changed_together",
        "assignees, points",
        3,
    )
    both = sorted([cast.member.pk, cast.shops_lead.pk])
    assert event.data["stories"][str(squad.mail.pk)] == {
        "version": 2,
        "old": {"assignees": [cast.member.pk]},
        "new": {"assignees": both},
    }
    assert event.data["stories"][str(squad.video.pk)]["old"] == {"points": None, "assignees": []}
    for story in stories:
        row = Story.objects.get(pk=story.pk)
        assert (row.points, row.version, row.revision, row.assignees.count()) == (Decimal(5), 2, 2, 2)
    commands.change_stories([squad.banner, squad.quiz], points=5, actor=cast.member)
    assert set(EventSubject.objects.filter(event=last_event()).values_list("subject_id", flat=True)) == {squad.quiz.pk}


def test_a_bulk_edit_of_many_costs_as_few_statements_as_one_of_few(squad: Squad, cast: Cast) -> None:
    many = [commands.create_story(squad.team, title=f"S {n}", actor=cast.member) for n in range(60)]
    costs = []
    for size, points in ((6, 1), (60, 2)):
        with CaptureQueriesContext(connection) as captured:
            commands.change_stories(many[:size], points=points, assignees=[cast.member], actor=cast.member)
        costs.append(len(captured))
    assert costs[1] <= costs[0] + 2
