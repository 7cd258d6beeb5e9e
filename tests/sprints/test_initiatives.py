"""Initiatives: what stories of several teams are for."""

from __future__ import annotations

from typing import Any

import pytest

from sprints import commands as sprints
from sprints.models import Initiative, Story
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, StaleWrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def loyalty(squad: Squad, cast: Cast) -> Initiative:
    return sprints.create_initiative("Loyalty", description="They come back.", actor=cast.shops_lead)


def test_an_initiative_is_created_changed_closed_and_opened_again(squad: Squad, cast: Cast, loyalty: Initiative):
    Story.objects.filter(pk=squad.banner.pk).update(initiative=loyalty)
    revision = Story.objects.get(pk=squad.banner.pk).revision
    changed = sprints.change_initiative(loyalty, name="Loyal customers", base_version=1, actor=cast.executive)
    assert (changed.name, changed.version) == ("Loyal customers", 2)
    assert Story.objects.get(pk=squad.banner.pk).revision == revision + 1
    assert sprints.close_initiative(changed, actor=cast.executive).closed_at is not None
    with pytest.raises(RuleBroken, match="closed already"):
        sprints.close_initiative(changed, actor=cast.executive)
    assert sprints.reopen_initiative(changed, actor=cast.executive).closed_at is None
    with pytest.raises(RuleBroken, match="is open"):
        sprints.reopen_initiative(changed, actor=cast.executive)
    kinds = list(Event.objects.filter(subject_kind="initiative").order_by("id").values_list("kind", flat=True))
    assert kinds == ["initiative.created", "initiative.changed", "initiative.closed", "initiative.reopened"]


def test_whoever_runs_a_team_or_leads_keeps_them_and_nobody_else(squad: Squad, cast: Cast):
    sprints.add_member(squad.team, person=cast.other_member, role="scrum_master", actor=cast.shops_lead)
    for number, actor in enumerate(
        (cast.shops_lead, cast.shops_deputy, cast.service_head, cast.executive, cast.administrator, cast.other_member)
    ):
        assert sprints.create_initiative(f"Initiative {number}", actor=actor).version == 1
    one = Initiative.objects.earliest("pk")
    for act in (
        lambda actor: sprints.create_initiative("New", actor=actor),
        lambda actor: sprints.change_initiative(one, name="New", actor=actor),
        lambda actor: sprints.close_initiative(one, actor=actor),
        lambda actor: sprints.reopen_initiative(one, actor=actor),
    ):
        for actor in (cast.member, cast.guest, cast.leaver):
            with pytest.raises(NotAllowed):
                act(actor)


def test_a_change_of_another_field_merges_and_of_the_same_is_refused(squad: Squad, cast: Cast, loyalty: Initiative):
    sprints.change_initiative(loyalty, description="They come back often.", base_version=1, actor=cast.shops_lead)
    sprints.change_initiative(loyalty, name="Loyal", base_version=1, actor=cast.executive)
    with pytest.raises(StaleWrite, match="changed in the meantime") as refused:
        sprints.change_initiative(loyalty, name="Faithful", base_version=1, actor=cast.shops_lead)
    assert refused.value.version == 3
    now = Initiative.objects.get(pk=loyalty.pk)
    assert (now.name, now.description) == ("Loyal", "They come back often.")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": ""}, "name is missing"),
        ({"name": "x" * 201}, "201 characters"),
        ({"description": "x" * 20001}, "20001 characters"),
        ({"name": "LOYALTY"}, "“Loyalty” already"),
    ],
)
def test_a_wrong_value_is_named(squad: Squad, cast: Cast, loyalty: Initiative, fields: dict[str, Any], told: str):
    with pytest.raises(RuleBroken, match=told):
        sprints.create_initiative(**({"name": "New"} | fields), actor=cast.executive)
    other = sprints.create_initiative("Other", actor=cast.executive)
    with pytest.raises(RuleBroken, match=told):
        sprints.change_initiative(other, **fields, actor=cast.executive)
