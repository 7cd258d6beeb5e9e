"""The stages of a journey: named, ordered, removed; the crossings follow the order."""

from __future__ import annotations

import pytest

from journeys import commands
from journeys.models import Crossing, Journey, Stage
from tests.cast import Cast, deliver
from tests.journeys.reading import data_of, last_event_id
from tests.journeys.scan.looking import new_journey
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown

pytestmark = pytest.mark.django_db


def names(journey: Journey) -> list[str]:
    return list(journey.stages.present().order_by("position", "pk").values_list("name", flat=True))


def crossings(journey: Journey) -> set[tuple[str, str]]:
    active = Crossing.objects.filter(journey=journey, active=True)
    return set(active.values_list("source__name", "target__name"))


def test_a_stage_gets_another_name(cast: Cast) -> None:
    renamed = commands.rename_stage(cast.pay, name="  At the till ", actor=cast.shops_lead)
    assert (renamed.name, renamed.version) == ("At the till", cast.pay.version + 1)
    (told,) = data_of("stage.renamed")
    assert (told["old"], told["new"]) == ({"name": "Pay"}, {"name": "At the till"})
    before = last_event_id()
    commands.rename_stage(cast.pay, name="At the till", actor=cast.shops_lead)
    assert last_event_id() == before


@pytest.mark.parametrize(("name", "told"), [("  ", "A name is missing"), ("CHOOSE", "has a stage “Choose” already")])
def test_an_empty_or_taken_name_is_refused(cast: Cast, name: str, told: str) -> None:
    before = last_event_id()
    with pytest.raises(RuleBroken, match=told):
        commands.rename_stage(cast.pay, name=name, actor=cast.administrator)
    with pytest.raises(RuleBroken, match=told):
        commands.add_stage(cast.journey, name=name, actor=cast.administrator)
    assert last_event_id() == before


def test_a_name_is_free_again_once_its_stage_is_removed(cast: Cast) -> None:
    extra = commands.add_stage(cast.journey, name="Return", actor=cast.administrator)
    commands.remove_stage(extra, actor=cast.administrator)
    again = commands.add_stage(cast.journey, name="Return", actor=cast.administrator)
    assert again.pk != extra.pk
    assert names(cast.journey) == ["Notice", "Choose", "Pay", "Use", "Return"]


def test_a_name_that_somebody_else_has_given_meanwhile_is_not_overwritten(cast: Cast) -> None:
    seen = cast.pay.version
    commands.rename_stage(cast.pay, name="Buy", actor=cast.executive)
    with pytest.raises(StaleWrite, match="Eve Executive changed “Buy” in the meantime: Name is “Buy” now") as refused:
        commands.rename_stage(cast.pay, name="Order", base_version=seen, actor=cast.shops_lead)
    assert refused.value.version == seen + 1
    assert Stage.objects.get(pk=cast.pay.pk).name == "Buy"


def test_a_stage_goes_before_or_behind_another(cast: Cast) -> None:
    commands.move_stage(cast.use, before=cast.choose, actor=cast.shops_lead)
    assert names(cast.journey) == ["Notice", "Use", "Choose", "Pay"]
    commands.move_stage(cast.use, after=cast.pay, actor=cast.shops_lead)
    assert names(cast.journey) == ["Notice", "Choose", "Pay", "Use"]
    commands.move_stage(cast.notice, actor=cast.shops_lead)
    assert names(cast.journey) == ["Choose", "Pay", "Use", "Notice"]
    before = last_event_id()
    commands.move_stage(cast.notice, after=cast.use, actor=cast.shops_lead)
    commands.move_stage(cast.notice, before=cast.notice, actor=cast.shops_lead)
    assert last_event_id() == before, "where it stands already, nothing happens"


def test_customers_cross_as_the_stages_stand(cast: Cast) -> None:
    assert ("Receipt", "Fault line") in crossings(cast.journey)
    commands.move_stage(cast.use, before=cast.pay, actor=cast.administrator)
    now = crossings(cast.journey)
    assert {("Compare online", "Fault line"), ("Fault line", "Till"), ("Till", "Receipt")} < now
    assert ("Receipt", "Fault line") not in now
    assert ("Compare online", "Till") not in now


def test_the_flags_of_crossings_follow(cast: Cast) -> None:
    deliver()
    gap = cast.crossing(cast.receipt, cast.fault_line)
    assert gap.flags.unresolved().filter(rule="boundary-gap").exists()
    commands.move_stage(cast.use, before=cast.notice, actor=cast.administrator)
    deliver()
    assert not gap.flags.unresolved().exists(), "nobody crosses there now"
    new = Crossing.objects.get(source=cast.fault_line, target=cast.shop_window)
    assert new.flags.unresolved().filter(rule="boundary-gap").exists()


def test_a_stage_does_not_go_into_another_journey(cast: Cast) -> None:
    other, _touchpoints = new_journey(cast, cast.retail)
    foreign = other.stages.get()
    for where in ({"before": foreign}, {"after": foreign}):
        with pytest.raises(RuleBroken, match="The only stage belongs to another journey"):
            commands.move_stage(cast.pay, actor=cast.administrator, **where)
    assert names(cast.journey) == ["Notice", "Choose", "Pay", "Use"]


def test_a_stage_goes_only_when_nothing_is_left_in_it(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match=r"“Pay” still holds 2 touchpoints, such as Till\. Move them"):
        commands.remove_stage(cast.pay, actor=cast.administrator)
    commands.change_touchpoint(cast.fault_line, lifecycle="draft", actor=cast.administrator)
    with pytest.raises(RuleBroken, match="“Use” still holds a touchpoint: Fault line"):
        commands.remove_stage(cast.use, actor=cast.administrator)
    commands.retire_touchpoint(cast.fault_line, actor=cast.administrator)
    commands.remove_stage(cast.use, actor=cast.shops_lead)
    assert names(cast.journey) == ["Notice", "Choose", "Pay"]
    with pytest.raises(RuleBroken, match="“Use” was removed"):
        commands.remove_stage(cast.use, actor=cast.administrator)


def test_nothing_is_put_into_a_removed_stage(cast: Cast) -> None:
    commands.retire_touchpoint(cast.fault_line, actor=cast.administrator)
    commands.remove_stage(cast.use, actor=cast.administrator)
    before = last_event_id()
    for act in (
        lambda: commands.add_touchpoint(cast.use, name="Call", business_unit=cast.retail, actor=cast.administrator),
        lambda: commands.place_touchpoint(cast.till, stage=cast.use, actor=cast.administrator),
        lambda: commands.move_touchpoint(cast.till, stage=cast.use, step=1, actor=cast.administrator),
        lambda: commands.change_touchpoint(cast.fault_line, lifecycle="live", actor=cast.administrator),
        lambda: commands.rename_stage(cast.use, name="Using", actor=cast.administrator),
        lambda: commands.move_stage(cast.use, before=cast.pay, actor=cast.administrator),
        lambda: commands.move_stage(cast.pay, before=cast.use, actor=cast.administrator),
    ):
        with pytest.raises(RuleBroken, match="“Use” was removed"):
            act()
    assert last_event_id() == before


def test_an_archived_journey_keeps_its_stages(cast: Cast) -> None:
    commands.archive_journey(cast.journey, actor=cast.administrator)
    for act in (
        lambda: commands.rename_stage(cast.pay, name="Buy", actor=cast.administrator),
        lambda: commands.move_stage(cast.pay, before=cast.notice, actor=cast.administrator),
        lambda: commands.remove_stage(cast.pay, actor=cast.administrator),
    ):
        with pytest.raises(RuleBroken, match="is archived"):
            act()


def test_only_builders_change_stages(cast: Cast) -> None:
    for act in (
        lambda: commands.rename_stage(cast.pay, name="Buy", actor=cast.member),
        lambda: commands.move_stage(cast.pay, before=cast.notice, actor=cast.member),
        lambda: commands.remove_stage(cast.pay, actor=cast.guest),
    ):
        with pytest.raises(NotAllowed, match="You cannot change journeys"):
            act()


def test_a_stage_that_there_is_not(cast: Cast) -> None:
    with pytest.raises(Unknown):
        commands.rename_stage(Stage(pk=10**6, journey=cast.journey), name="Buy", actor=cast.administrator)


def test_a_restored_journey_is_lived_again(cast: Cast) -> None:
    before = crossings(cast.journey)
    commands.archive_journey(cast.journey, actor=cast.administrator)
    assert not crossings(cast.journey)
    assert not cast.till.flags.unresolved().filter(rule="no-owner").exists(), "settled at once"
    commands.restore_journey(cast.journey, actor=cast.administrator)
    assert crossings(cast.journey) == before
    assert cast.till.flags.unresolved().filter(rule="no-owner").exists()
    with pytest.raises(RuleBroken, match="is not archived"):
        commands.restore_journey(cast.journey, actor=cast.administrator)
