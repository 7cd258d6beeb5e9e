"""Many people put a journey in order at the same moment: everything stands somewhere, and the crossings are right."""

from __future__ import annotations

from functools import partial

import pytest

from journeys import commands
from journeys.models import Stage, Touchpoint
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.journeys.scan.brute_force import crossings_by_definition, stored_crossings
from tests.journeys.scan.looking import new_journey
from workspace.errors import RuleBroken

pytestmark = pytest.mark.django_db(transaction=True)


def test_touchpoints_that_are_moved_at_once(cast: Cast) -> None:
    journey, touchpoints = new_journey(cast, *[cast.retail] * 8)
    first = journey.stages.get()
    then = commands.add_stage(journey, name="Then", actor=cast.administrator)
    moves = [
        partial(
            commands.place_touchpoint,
            touchpoint,
            stage=then if number % 2 else first,
            step=1,
            beside=number % 3 == 0,
            actor=cast.administrator,
        )
        for number, touchpoint in enumerate(touchpoints)
    ]
    edits = [
        partial(commands.change_touchpoint, touchpoint, lifecycle="draft", actor=cast.administrator)
        for touchpoint in touchpoints[:3]
    ]
    assert errors(at_once(*moves, *edits)) == []
    assert set(Touchpoint.objects.filter(stage=then)) == set(touchpoints[1::2])
    assert Touchpoint.objects.filter(stage__journey=journey, lifecycle="draft").count() == 3
    assert stored_crossings() == crossings_by_definition()


def test_a_stage_is_removed_or_something_is_put_into_it(cast: Cast) -> None:
    empty = commands.add_stage(cast.journey, name="Return", actor=cast.administrator)
    removed, placed = at_once(
        partial(commands.remove_stage, empty, actor=cast.administrator),
        partial(commands.place_touchpoint, cast.till, stage=empty, actor=cast.shops_lead),
    )
    (refusal,) = errors([removed, placed])
    assert isinstance(refusal, RuleBroken)
    is_gone = not Stage.objects.present().filter(pk=empty.pk).exists()
    assert is_gone != empty.touchpoints.exists()
    assert stored_crossings() == crossings_by_definition()


def test_one_of_many_touchpoints_is_known_by_an_id(cast: Cast) -> None:
    changed = [cast.till, cast.receipt, cast.shop_window]
    changes = [
        partial(commands.change_touchpoint, touchpoint, external_id="desk-1", actor=cast.administrator)
        for touchpoint in changed
    ]
    added = partial(
        commands.add_touchpoint, cast.pay, name="Desk", business_unit=cast.service, external_id="desk-1",
        actor=cast.administrator,
    )  # fmt: skip
    refusals = errors(at_once(*changes, added, added))
    assert [type(refusal) for refusal in refusals] == [RuleBroken] * 4
    assert all("desk-1" in str(refusal) for refusal in refusals)
    assert Touchpoint.objects.filter(external_id="desk-1").count() == 1


def test_stages_that_are_moved_and_named_at_once(cast: Cast) -> None:
    stages = [cast.notice, cast.choose, cast.pay, cast.use]
    moves = [
        partial(commands.move_stage, stage, before=stages[0], actor=cast.administrator) for stage in reversed(stages)
    ]
    adds = [partial(commands.add_stage, cast.journey, name="Return", actor=cast.shops_lead) for _time in range(3)]
    refused = errors(at_once(*moves, *adds))
    assert [type(one) for one in refused] == [RuleBroken, RuleBroken], "one name, one stage"
    positions = list(cast.journey.stages.present().values_list("position", flat=True))
    assert len(set(positions)) == len(positions) == 5
    assert stored_crossings() == crossings_by_definition()
