"""Undoing acts on journeys: what they wrote goes back, unless somebody has gone on from there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from journeys import commands
from journeys.models import Crossing, Journey, Ownership, Stage, Touchpoint
from tests.cast import Cast
from tests.journeys.scan.looking import new_journey
from tests.journeys.test_placing import line, order
from workspace.activity.commands.undoing import undo_act
from workspace.activity.queries.undoing import newest_undoable
from workspace.errors import NotAllowed, RuleBroken, StaleWrite
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db


def mine(person: Person) -> int:
    """What this person did last."""
    newest = newest_undoable(person.pk)
    assert newest is not None
    return newest


def undo(person: Person) -> str:
    return undo_act(mine(person), actor=person)


def places() -> dict[int, tuple[int, int]]:
    return {pk: (stage, step) for pk, stage, step in Touchpoint.objects.values_list("pk", "stage", "step")}


def crossings() -> set[tuple[int, int]]:
    return set(Crossing.objects.filter(active=True).values_list("source", "target"))


def names(journey: Journey) -> list[str]:
    return list(journey.stages.present().order_by("position", "pk").values_list("name", flat=True))


@pytest.mark.parametrize("beside", [True, False])
def test_a_touchpoint_goes_back_with_all_the_others(cast: Cast, beside: bool) -> None:
    stage, (first, second, third, *_rest) = line(cast, 5)
    commands.place_touchpoint(second, stage=stage, next_to=third.pk, beside=True, actor=cast.administrator)
    before = places(), crossings()
    commands.place_touchpoint(third, stage=stage, next_to=first.pk, beside=beside, actor=cast.shops_lead)
    assert (places(), crossings()) != before
    assert undo(cast.shops_lead) == "“Step 3” is back where it was."
    assert (places(), crossings()) == before


def test_into_another_stage_and_back(cast: Cast) -> None:
    before = places(), crossings()
    commands.place_touchpoint(cast.till, stage=cast.choose, next_to=cast.ask_a_seller.pk, actor=cast.shops_lead)
    undo(cast.shops_lead)
    assert (places(), crossings()) == before


def test_act_by_act(cast: Cast) -> None:
    stage, touchpoints = line(cast, 4)
    before = order(stage)
    for one in touchpoints[1:]:
        commands.place_touchpoint(one, stage=stage, step=1, actor=cast.shops_lead)
    for _act in touchpoints[1:]:
        undo(cast.shops_lead)
    assert order(stage) == before


def test_what_others_did_around_it_stays(cast: Cast) -> None:
    stage, (first, second, third, fourth) = line(cast, 4)
    commands.place_touchpoint(third, stage=stage, next_to=first.pk, actor=cast.shops_lead)
    commands.place_touchpoint(fourth, stage=stage, next_to=third.pk, actor=cast.executive)
    assert order(stage) == [{"Step 4"}, {"Step 3"}, {"Step 1"}, {"Step 2"}]
    undo(cast.shops_lead)
    assert order(stage) == [{"Step 4"}, {"Step 1"}, {"Step 2"}, {"Step 3"}]
    assert second.stage == stage


def test_a_move_that_somebody_has_followed_up_stays(cast: Cast) -> None:
    stage, (first, _second, third) = line(cast, 3)
    commands.place_touchpoint(third, stage=stage, next_to=first.pk, actor=cast.shops_lead)
    commands.place_touchpoint(third, stage=stage, next_to=first.pk, beside=True, actor=cast.executive)
    with pytest.raises(StaleWrite, match="Eve Executive has moved “Step 3” since"):
        undo(cast.shops_lead)


def test_a_stage_that_is_gone_takes_nothing_back(cast: Cast) -> None:
    commands.place_touchpoint(cast.fault_line, stage=cast.pay, actor=cast.shops_lead)
    commands.remove_stage(cast.use, actor=cast.executive)
    with pytest.raises(RuleBroken, match="“Use” was removed"):
        undo(cast.shops_lead)


def test_an_edit_goes_back_field_by_field(cast: Cast) -> None:
    system = commands.create_system("Desk", actor=cast.administrator)
    commands.change_touchpoint(
        cast.receipt, name="Bill", emotion=None, moment_of_truth=True, system=system, actor=cast.shops_lead
    )
    act = mine(cast.shops_lead)
    commands.change_touchpoint(cast.receipt, pain_point="Late", actor=cast.executive)
    assert undo_act(act, actor=cast.shops_lead) == "“Receipt” is as it was."
    now = Touchpoint.objects.get(pk=cast.receipt.pk)
    assert (now.name, now.emotion, now.moment_of_truth, now.system) == ("Receipt", 0, False, None)
    assert now.pain_point == "Late"


def test_an_edit_of_the_same_field_since_is_kept_and_told(cast: Cast) -> None:
    commands.change_touchpoint(cast.receipt, emotion=1, actor=cast.shops_lead)
    commands.change_touchpoint(cast.receipt, emotion=2, actor=cast.executive)
    with pytest.raises(StaleWrite, match="Eve Executive has changed “Receipt” since: Emotion is “2” now"):
        undo(cast.shops_lead)
    assert Touchpoint.objects.get(pk=cast.receipt.pk).emotion == 2


def test_retired_and_back(cast: Cast) -> None:
    before = crossings()
    commands.retire_touchpoint(cast.till, actor=cast.shops_lead)
    assert not cast.till.flags.unresolved().filter(rule="no-owner").exists()
    undo(cast.shops_lead)
    assert crossings() == before
    assert cast.till.flags.unresolved().filter(rule="no-owner").exists()


def test_another_unit_and_back_with_the_approval_of_its_head(cast: Cast) -> None:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=cast.service_head)
    kept = Ownership.objects.current().get(touchpoint=cast.till)
    assert kept.outside_approved_by == cast.service_head
    third = organisation.create_unit("Logistics", actor=cast.administrator)
    commands.change_touchpoint(cast.till, business_unit=third, actor=cast.administrator)
    assert not Ownership.objects.current().get(touchpoint=cast.till).outside_approved
    undo(cast.administrator)
    back = Ownership.objects.current().get(touchpoint=cast.till)
    assert (back.pk, back.outside_approved, back.outside_approved_by) == (kept.pk, True, cast.service_head)


def test_what_was_added_goes(cast: Cast) -> None:
    before = crossings()
    added = commands.add_touchpoint(
        cast.pay, name="Coupon", business_unit=cast.retail, beside=False, next_to=cast.till.pk, actor=cast.shops_lead
    )
    assert undo(cast.shops_lead) == "“Coupon” is off the journey again: it is retired."
    assert Touchpoint.objects.get(pk=added.pk).lifecycle == "retired"
    assert crossings() == before


@pytest.mark.parametrize(
    ("goes_on", "who"),
    [
        (lambda cast, it: commands.change_touchpoint(it, name="Voucher", actor=cast.executive), "Eve Executive"),
        (lambda cast, it: commands.claim_touchpoint(it, department=cast.online, actor=cast.online_lead), "Online"),
    ],
)
def test_what_somebody_went_on_with_stays(cast: Cast, goes_on: Callable[[Cast, Touchpoint], object], who: str) -> None:
    added = commands.add_touchpoint(cast.pay, name="Coupon", business_unit=cast.retail, actor=cast.shops_lead)
    goes_on(cast, added)
    with pytest.raises(StaleWrite, match=f"{who}.* has gone on with"):
        undo(cast.shops_lead)
    assert Touchpoint.objects.get(pk=added.pk).lifecycle == "live"


def test_stages_are_undone(cast: Cast) -> None:
    before = names(cast.journey), crossings()
    stage = commands.add_stage(cast.journey, name="Return", actor=cast.shops_lead)
    commands.rename_stage(stage, name="Bring back", actor=cast.shops_lead)
    commands.move_stage(stage, before=cast.notice, actor=cast.shops_lead)
    commands.remove_stage(stage, actor=cast.shops_lead)
    told = [undo(cast.shops_lead) for _act in range(4)]
    assert told == [
        "The stage “Bring back” is there again.",
        "“Bring back” is back where it was.",
        "The stage is called “Return” again.",
        "The stage “Return” is removed again.",
    ]
    assert (names(cast.journey), crossings()) == before


def test_a_removed_stage_comes_back_to_its_place(cast: Cast) -> None:
    stage = commands.add_stage(cast.journey, name="Return", actor=cast.administrator)
    commands.move_stage(stage, after=cast.notice, actor=cast.administrator)
    commands.remove_stage(stage, actor=cast.shops_lead)
    commands.move_stage(cast.use, before=cast.notice, actor=cast.executive)
    undo(cast.shops_lead)
    assert names(cast.journey) == ["Use", "Notice", "Return", "Choose", "Pay"]


def test_stages_that_others_have_changed_since(cast: Cast) -> None:
    commands.rename_stage(cast.pay, name="Buy", actor=cast.shops_lead)
    commands.rename_stage(cast.pay, name="Order", actor=cast.executive)
    with pytest.raises(StaleWrite, match="Eve Executive has changed “Order” since: Name is “Order” now"):
        undo(cast.shops_lead)
    commands.move_stage(cast.use, before=cast.notice, actor=cast.online_lead)
    commands.move_stage(cast.use, before=cast.pay, actor=cast.executive)
    with pytest.raises(StaleWrite, match="Eve Executive has moved “Use” since"):
        undo(cast.online_lead)
    extra = commands.add_stage(cast.journey, name="Return", actor=cast.care_lead)
    commands.add_touchpoint(extra, name="Parcel shop", business_unit=cast.retail, actor=cast.executive)
    with pytest.raises(RuleBroken, match="“Return” still holds a touchpoint: Parcel shop"):
        undo(cast.care_lead)


def test_a_removed_stage_whose_name_was_taken_stays_away(cast: Cast) -> None:
    stage = commands.add_stage(cast.journey, name="Return", actor=cast.administrator)
    commands.remove_stage(stage, actor=cast.shops_lead)
    commands.add_stage(cast.journey, name="return", actor=cast.executive)
    with pytest.raises(RuleBroken, match="has a stage “return” already"):
        undo(cast.shops_lead)
    assert not Stage.objects.present().filter(pk=stage.pk).exists()


def test_journeys_are_undone(cast: Cast) -> None:
    persona = cast.journey.persona
    commands.change_journey(cast.journey, name="Coffee", persona=None, accountable=None, actor=cast.shops_lead)
    assert undo(cast.shops_lead) == "“Buying a coffee machine” is as it was."
    now = Journey.objects.get(pk=cast.journey.pk)
    assert (now.persona, now.accountable) == (persona, cast.executive)
    before = crossings()
    commands.archive_journey(cast.journey, actor=cast.shops_lead)
    undo(cast.shops_lead)
    assert (Journey.objects.get(pk=cast.journey.pk).archived_at, crossings()) == (None, before)
    new = commands.create_journey("Returning it", actor=cast.shops_lead)
    undo(cast.shops_lead)
    assert Journey.objects.get(pk=new.pk).archived_at is not None


def test_a_journey_that_was_worked_on_is_not_undone(cast: Cast) -> None:
    new = commands.create_journey("Returning it", actor=cast.shops_lead)
    commands.add_stage(new, name="Pack", actor=cast.executive)
    with pytest.raises(StaleWrite, match="Somebody has gone on with “Returning it”"):
        undo(cast.shops_lead)


def test_somebody_who_may_no_more_undoes_nothing(cast: Cast) -> None:
    _journey, (touchpoint,) = new_journey(cast, cast.retail)
    commands.change_touchpoint(touchpoint, name="Another", actor=cast.shops_lead)
    act = mine(cast.shops_lead)
    organisation.remove_lead(cast.shops, person=cast.shops_lead, actor=cast.administrator)
    with pytest.raises(NotAllowed):
        undo_act(act, actor=cast.shops_lead)
