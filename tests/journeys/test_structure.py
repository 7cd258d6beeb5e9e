"""Building journeys: what others did in the meantime stays, and nothing is added to what is archived."""

from typing import Any

import pytest

from journeys import commands
from journeys.models import Journey, System
from tests.cast import Cast
from tests.journeys.reading import data_of, last_event_id
from tests.journeys.scan.looking import new_journey
from workspace.errors import NotAllowed, RuleBroken


def test_a_change_keeps_what_somebody_else_has_changed(cast: Cast) -> None:
    stale = Journey.objects.get(pk=cast.journey.pk)
    commands.change_journey(cast.journey, name="Buying coffee", actor=cast.administrator)
    changed = commands.change_journey(stale, description="From shop to cup.", actor=cast.administrator)
    assert (changed.name, changed.description) == ("Buying coffee", "From shop to cup.")
    assert changed.version == cast.journey.version + 1


def test_a_journey_is_archived_once(cast: Cast) -> None:
    stale = Journey.objects.get(pk=cast.journey.pk)
    commands.archive_journey(cast.journey, actor=cast.administrator)
    first = cast.journey.archived_at
    before = last_event_id()
    with pytest.raises(RuleBroken, match="archived already"):
        commands.archive_journey(stale, actor=cast.administrator)
    stale.refresh_from_db()
    assert stale.archived_at == first
    assert last_event_id() == before


def test_the_technology_owner_before_is_the_one_who_was_it(cast: Cast) -> None:
    system = commands.create_system("Desk", actor=cast.administrator)
    stale = System.objects.get(pk=system.pk)
    commands.set_technology_owner(system, person=cast.member, actor=cast.administrator)
    now = commands.set_technology_owner(stale, person=cast.care_lead, actor=cast.administrator)
    assert data_of("system.technology_owner_set")[-1]["old_person"] == cast.member.pk
    assert now.version == system.version + 1


def test_nothing_is_added_to_an_archived_journey(cast: Cast) -> None:
    _, (new, _other) = new_journey(cast, cast.retail, cast.service)
    commands.archive_journey(Journey.objects.get(pk=cast.journey.pk), actor=cast.administrator)
    before = last_event_id()
    with pytest.raises(RuleBroken, match=r"is archived.*open"):
        commands.add_stage(cast.journey, name="After", actor=cast.administrator)
    with pytest.raises(RuleBroken, match=r"is archived.*open"):
        commands.add_touchpoint(cast.pay, name="Coupon", business_unit=cast.retail, actor=cast.administrator)
    with pytest.raises(RuleBroken, match=r"is archived.*open"):
        commands.change_touchpoint(new, stage=cast.pay, actor=cast.administrator)
    assert last_event_id() == before


@pytest.mark.parametrize("field", ["foo", "unmatched_owner"])
def test_a_field_that_there_is_not_is_a_mistake_of_the_caller(cast: Cast, field: str) -> None:
    wrong: dict[str, Any] = {field: 1}
    with pytest.raises(TypeError, match="a touchpoint has no"):
        commands.change_touchpoint(cast.till, actor=cast.administrator, **wrong)
    with pytest.raises(TypeError, match="a touchpoint has no"):
        commands.change_touchpoint(cast.till, actor=cast.member, **wrong)
    with pytest.raises(NotAllowed):
        commands.change_touchpoint(cast.till, name="Tills", actor=cast.member)
