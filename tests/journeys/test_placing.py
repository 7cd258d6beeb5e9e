"""Where a touchpoint stands: beside another, or at a step of its own, and what that means for those behind it."""

from __future__ import annotations

from itertools import groupby
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Crossing, Stage, Touchpoint
from tests.cast import Cast
from tests.journeys.reading import data_of, last_event_id
from tests.journeys.scan.looking import new_journey
from workspace.errors import NotAllowed, RuleBroken, StaleWrite

pytestmark = pytest.mark.django_db


def order(stage: Stage) -> list[set[str]]:
    """What stands in a stage, step by step."""
    rows = Touchpoint.objects.filter(stage=stage).order_by("step").values_list("step", "name")
    return [{name for _step, name in group} for _step, group in groupby(rows, key=lambda row: row[0])]


def line(cast: Cast, count: int) -> tuple[Stage, list[Touchpoint]]:
    """A stage with so many steps, one touchpoint each: Step 1, Step 2, …"""
    journey, touchpoints = new_journey(cast, *[cast.retail] * count)
    return journey.stages.get(), touchpoints


def test_a_touchpoint_goes_before_another_as_a_step_of_its_own(cast: Cast) -> None:
    stage, (first, second, third) = line(cast, 3)
    commands.place_touchpoint(third, stage=stage, next_to=first.pk, actor=cast.shops_lead)
    assert order(stage) == [{"Step 3"}, {"Step 1"}, {"Step 2"}]
    commands.place_touchpoint(third, stage=stage, step=9, actor=cast.shops_lead)
    assert order(stage) == [{"Step 1"}, {"Step 2"}, {"Step 3"}]
    active = Crossing.objects.filter(journey=stage.journey, active=True)
    assert set(active.values_list("source", "target")) == {(first.pk, second.pk), (second.pk, third.pk)}


def test_beside_another_it_is_an_alternative(cast: Cast) -> None:
    stage, (first, second, third) = line(cast, 3)
    commands.place_touchpoint(third, stage=stage, next_to=second.pk, beside=True, actor=cast.shops_lead)
    assert order(stage) == [{"Step 1"}, {"Step 2", "Step 3"}]
    active = Crossing.objects.filter(journey=stage.journey, active=True)
    assert set(active.values_list("source", "target")) == {(first.pk, second.pk), (first.pk, third.pk)}


def test_into_another_stage_and_its_end(cast: Cast) -> None:
    commands.place_touchpoint(cast.till, stage=cast.choose, actor=cast.shops_lead)
    assert order(cast.choose) == [{"Ask a seller", "Compare online"}, {"Till"}]
    assert order(cast.pay) == [{"Receipt"}]
    told = data_of("touchpoint.placed")[-1]
    assert (told["old_stage"], told["stage"], told["step"]) == (cast.pay.pk, cast.choose.pk, 2)
    assert told["old_before"] == [cast.receipt.pk]
    assert cast.crossing(cast.compare_online, cast.till).active
    assert cast.crossing(cast.till, cast.receipt).active


def test_only_the_touchpoint_itself_and_its_step_are_changed(cast: Cast) -> None:
    stage, touchpoints = line(cast, 3)
    versions = dict(Touchpoint.objects.values_list("pk", "version"))
    commands.place_touchpoint(touchpoints[2], stage=stage, step=1, actor=cast.shops_lead)
    assert dict(Touchpoint.objects.values_list("pk", "version")) == versions, "who edits one of them is not disturbed"


def test_where_it_stands_already_nothing_happens(cast: Cast) -> None:
    stage, (first, second, third) = line(cast, 3)
    before = last_event_id()
    commands.place_touchpoint(second, stage=stage, next_to=third.pk, actor=cast.shops_lead)
    commands.place_touchpoint(second, stage=stage, step=2, actor=cast.shops_lead)
    commands.place_touchpoint(third, stage=stage, actor=cast.shops_lead)
    assert last_event_id() == before
    commands.place_touchpoint(first, stage=stage, next_to=second.pk, beside=True, actor=cast.shops_lead)
    before = last_event_id()
    commands.place_touchpoint(first, stage=stage, next_to=second.pk, beside=True, actor=cast.shops_lead)
    assert last_event_id() == before


def test_a_stage_of_another_journey_is_refused(cast: Cast) -> None:
    stage, _touchpoints = line(cast, 1)
    with pytest.raises(RuleBroken, match="The only stage belongs to another journey"):
        commands.place_touchpoint(cast.till, stage=stage, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="belongs to another journey"):
        commands.move_touchpoint(cast.till, stage=stage, step=1, actor=cast.administrator)


@pytest.mark.parametrize("step", [0, -1, 2**31])
def test_a_step_that_cannot_be_is_refused(cast: Cast, step: int) -> None:
    with pytest.raises(RuleBroken, match=f"There is no step {step}"):
        commands.place_touchpoint(cast.till, stage=cast.use, step=step, actor=cast.administrator)
    with pytest.raises(RuleBroken, match=f"There is no step {step}"):
        commands.change_touchpoint(cast.till, step=step, actor=cast.administrator)
    with pytest.raises(RuleBroken, match=f"There is no step {step}"):
        commands.add_touchpoint(cast.use, name="X", business_unit=cast.retail, step=step, actor=cast.administrator)


def test_next_to_one_that_has_gone_is_refused(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="not in this stage any more"):
        commands.place_touchpoint(cast.till, stage=cast.use, next_to=cast.receipt.pk, actor=cast.administrator)


def test_neither_members_nor_archived_journeys(cast: Cast) -> None:
    with pytest.raises(NotAllowed, match="You cannot change journeys"):
        commands.place_touchpoint(cast.till, stage=cast.use, actor=cast.member)
    commands.archive_journey(cast.journey, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="is archived"):
        commands.place_touchpoint(cast.till, stage=cast.use, actor=cast.administrator)


def test_adding_makes_room_or_stands_beside(cast: Cast) -> None:
    stage, (first, second) = line(cast, 2)

    def add(name: str, *, beside: bool) -> None:
        commands.add_touchpoint(
            stage, name=name, business_unit=cast.retail, beside=beside, next_to=second.pk, actor=cast.shops_lead
        )  # fmt: skip

    add("Between", beside=False)
    add("Or", beside=True)
    assert order(stage) == [{first.name}, {"Between"}, {second.name, "Or"}]


def test_the_cost_does_not_grow_with_the_stage(cast: Cast) -> None:
    def cost(count: int) -> int:
        stage, touchpoints = line(cast, count)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            commands.place_touchpoint(touchpoints[-1], stage=stage, step=1, actor=cast.shops_lead)
        assert order(stage)[0] == {touchpoints[-1].name}
        return len(queries)

    assert cost(4) == cost(24)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_moved_the_order_is_as_asked(cast: Cast, seed: int) -> None:
    chance = Random(seed)
    journey, touchpoints = new_journey(cast, *[cast.retail] * 5)
    stages = [journey.stages.get(), commands.add_stage(journey, name="Then", actor=cast.administrator)]
    wanted: dict[int, list[set[str]]] = {stages[0].pk: [{one.name} for one in touchpoints], stages[1].pk: []}
    for _turn in range(25):
        one, stage, beside = chance.choice(touchpoints), chance.choice(stages), chance.random() < 0.4
        others = list(Touchpoint.objects.filter(stage=stage).exclude(pk=one.pk).order_by("pk"))
        other = chance.choice([*others, None])
        commands.place_touchpoint(
            one, stage=stage, next_to=other.pk if other else None, beside=beside, actor=cast.administrator
        )
        for pk in wanted:
            wanted[pk] = [rest for step in wanted[pk] if (rest := step - {one.name})]
        steps = wanted[stage.pk]
        at = next((place for place, step in enumerate(steps) if other and other.name in step), len(steps))
        if other and beside:
            steps[at] = steps[at] | {one.name}
        else:
            steps.insert(at, {one.name})
        assert {each.pk: order(each) for each in stages} == wanted


def test_a_field_that_somebody_else_changed_meanwhile_is_told(cast: Cast) -> None:
    seen = cast.till.version
    commands.change_touchpoint(cast.till, emotion=-1, business_unit=cast.retail, actor=cast.executive)
    merged = commands.change_touchpoint(cast.till, name="Tills", base_version=seen, actor=cast.shops_lead)
    assert (merged.name, merged.emotion) == ("Tills", -1), "who change different fields do not disturb each other"
    with pytest.raises(StaleWrite, match="Eve Executive changed “Tills” in the meantime: Emotion is “−1” now") as stale:
        commands.change_touchpoint(cast.till, emotion=2, base_version=seen, actor=cast.shops_lead)
    assert stale.value.version == merged.version
    with pytest.raises(StaleWrite, match="Business unit is “Retail” now"):
        commands.change_touchpoint(cast.till, business_unit=cast.service, base_version=seen, actor=cast.administrator)
    commands.change_touchpoint(cast.till, emotion=2, base_version=merged.version, actor=cast.shops_lead)


def test_emotion_seven_is_refused(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match=r"Emotion 7 is out of range\. It goes from −2 to \+2\."):
        commands.change_touchpoint(cast.till, emotion=7, actor=cast.administrator)


def test_a_journey_is_changed_field_by_field_too(cast: Cast) -> None:
    seen = cast.journey.version
    commands.change_journey(cast.journey, name="Buying coffee", actor=cast.executive)
    changed = commands.change_journey(cast.journey, description="Beans.", base_version=seen, actor=cast.shops_lead)
    assert (changed.name, changed.description) == ("Buying coffee", "Beans.")
    with pytest.raises(StaleWrite, match="Eve Executive changed “Buying coffee” in the meantime"):
        commands.change_journey(cast.journey, name="Coffee", base_version=seen, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="“past” is no state"):
        commands.change_journey(cast.journey, state="past", actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="Lena Leaver does not work here"):
        commands.change_journey(cast.journey, accountable=cast.leaver, actor=cast.shops_lead)
