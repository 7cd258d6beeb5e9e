"""The labels of a team."""

from __future__ import annotations

from typing import Any

import pytest

from sprints import commands as sprints
from sprints.models import Label, Story, StoryLabel
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, Unknown

pytestmark = pytest.mark.django_db


@pytest.fixture
def spring(squad: Squad, cast: Cast) -> Label:
    label = sprints.create_label(squad.team, name="Spring", tone=3, actor=cast.member)
    for story in (squad.banner, squad.mail):
        StoryLabel.objects.create(story=story, label=label)
    return label


def revisions(squad: Squad) -> list[int]:
    stories = [squad.banner, squad.mail, squad.quiz]
    return [Story.objects.get(pk=story.pk).revision for story in stories]


def test_a_member_creates_changes_and_removes_labels(squad: Squad, cast: Cast, spring: Label):
    before = revisions(squad)
    label = sprints.change_label(spring, name=" Spring  sale ", tone=8, actor=cast.member)
    assert (label.name, label.tone) == ("Spring sale", 8)
    event = Event.objects.latest("id")
    assert (event.kind, event.scope) == ("label.changed", f"team:{squad.team.pk}")
    assert event.data["old"] == {"name": "Spring", "tone": 3}
    assert revisions(squad) == [before[0] + 1, before[1] + 1, before[2]]

    sprints.remove_label(label, actor=cast.member)
    assert not StoryLabel.objects.exists()
    assert revisions(squad) == [before[0] + 2, before[1] + 2, before[2]]
    event = Event.objects.latest("id")
    assert event.data == {"what": "Spring sale", "tone": 8, "stories": [squad.banner.pk, squad.mail.pk]}


def test_a_name_is_taken_whatever_the_case_of_its_letters(squad: Squad, cast: Cast, spring: Label):
    with pytest.raises(RuleBroken, match="has a label “Spring” already"):
        sprints.create_label(squad.team, name="SPRING", actor=cast.member)
    other = sprints.create_label(squad.team, name="Autumn", actor=cast.member)
    with pytest.raises(RuleBroken, match="“Spring” already"):
        sprints.change_label(other, name="spring", actor=cast.member)
    assert sprints.change_label(spring, name="SPRING", actor=cast.member).name == "SPRING"
    second = sprints.create_team("Second", key="SEC", actor=cast.shops_lead)
    assert sprints.create_label(second, name="Spring", actor=cast.shops_lead).team == second


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": " "}, "name is missing"),
        ({"name": "x" * 51}, "51 characters"),
        ({"tone": 0}, "no tone 0"),
        ({"tone": 9}, "no tone 9"),
    ],
)
def test_a_wrong_value_is_named(squad: Squad, cast: Cast, spring: Label, fields: dict[str, Any], told: str):
    with pytest.raises(RuleBroken, match=told) as refused:
        sprints.create_label(squad.team, **({"name": "New"} | fields), actor=cast.member)
    assert refused.value.next_step
    with pytest.raises(RuleBroken, match=told):
        sprints.change_label(spring, **fields, actor=cast.member)


def test_others_change_nothing(squad: Squad, cast: Cast, spring: Label):
    for act in (
        lambda actor: sprints.create_label(squad.team, name="New", actor=actor),
        lambda actor: sprints.change_label(spring, name="New", actor=actor),
        lambda actor: sprints.remove_label(spring, actor=actor),
    ):
        for actor in (cast.other_member, cast.guest, cast.executive):
            with pytest.raises(NotAllowed):
                act(actor)
    with pytest.raises(TypeError, match="has no colour"):
        sprints.change_label(spring, colour="red", actor=cast.member)


def test_what_is_so_already_or_gone_writes_nothing(squad: Squad, cast: Cast, spring: Label):
    events = Event.objects.count()
    sprints.change_label(spring, name="Spring", tone=3, actor=cast.member)
    assert Event.objects.count() == events
    stale = Label.objects.get(pk=spring.pk)
    sprints.remove_label(spring, actor=cast.member)
    with pytest.raises(Unknown):
        sprints.remove_label(stale, actor=cast.member)


def test_nothing_changes_in_an_archived_team(squad: Squad, cast: Cast, spring: Label):
    type(squad.team).objects.filter(pk=squad.team.pk).update(archived_at=clock.now())
    with pytest.raises(RuleBroken, match="archived"):
        sprints.create_label(squad.team, name="New", actor=cast.member)
    with pytest.raises(RuleBroken, match="archived"):
        sprints.remove_label(spring, actor=cast.member)
