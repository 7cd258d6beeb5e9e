"""Histories name what their events are about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sprints import commands
from sprints.models import Label
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.activity import registry
from workspace.activity.models import Event
from workspace.activity.queries.history import readable

pytestmark = pytest.mark.django_db

NOUNS = (
    "team", "column", "sprint", "story", "label", "initiative", "comment", "attachment", "approval", "item",
    "membership", "absence",
)  # fmt: skip


def name_all(code: str, ids: list[int]) -> Any:
    noun = registry.noun(code)
    assert noun is not None
    return noun.name_all(ids)


@pytest.mark.parametrize("code", NOUNS)
def test_every_noun_names_its_things_with_one_statement(
    squad: Squad, code: str, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(1):
        assert name_all(code, [0]) == {}


def test_names_and_pages(squad: Squad, cast: Cast) -> None:
    named = name_all("team", [squad.team.pk])[squad.team.pk]
    assert (named.text, named.url) == ("Growth", "/teams/GROW/")
    assert name_all("column", [squad.doing.pk])[squad.doing.pk].text == "Doing"
    named = name_all("sprint", [squad.later.pk])[squad.later.pk]
    assert (named.text, named.url) == ("Sprint 2 · GROW", "/teams/GROW/?sprint=2")
    named = name_all("story", [squad.banner.pk])[squad.banner.pk]
    assert (named.text, named.url) == ("GROW-1 · Banner for the spring sale", "/stories/GROW-1/")
    membership = squad.team.memberships.get(person=cast.member)
    assert name_all("membership", [membership.pk])[membership.pk].text == "Mia Member → Growth"
    day = date(2026, 3, 2)
    absence = commands.enter_absence(cast.member, starts_on=day, ends_on=day, actor=cast.member)
    assert name_all("absence", [absence.pk])[absence.pk].text == "Mia Member: 2026-03-02 – 2026-03-02"
    label = Label.objects.create(team=squad.team, name="Spring")
    assert name_all("label", [label.pk])[label.pk].text == "Spring"


def test_a_deleted_story_keeps_its_name_and_has_no_page(squad: Squad, cast: Cast) -> None:
    commands.delete_story(squad.banner, actor=cast.shops_lead)
    named = name_all("story", [squad.banner.pk])[squad.banner.pk]
    assert (named.text, named.url) == ("GROW-1 · Banner for the spring sale", "")


def test_the_life_of_a_team_can_be_read(squad: Squad, cast: Cast) -> None:
    owner = cast.shops_lead
    commands.remove_column(squad.doing, to=squad.todo, actor=owner)
    commands.remove_member(squad.team, person=cast.member, actor=owner)
    commands.close_sprint(squad.sprint, actor=owner)
    commands.remove_sprint(squad.later, actor=owner)
    sentences = [str(entry.sentence) for entry in readable(list(Event.objects.filter(scope=squad.team.scope)))]
    assert not [sentence for sentence in sentences if "{" in sentence]
    told = "\n".join(sentences)
    assert "removed the column Doing" in told
    assert "3 stories were not done" in told
    assert "removed the planned sprint 2" in told
