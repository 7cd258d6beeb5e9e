"""A scan changes what has changed and nothing else, and what a command touches is settled around it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import CoverageSnapshot, Crossing, Flag, Scan, Touchpoint
from journeys.queries.catalogue import local_rules, rules
from tests.cast import Cast, deliver, grow, scan
from tests.journeys.reading import data_of, kinds_since, last_event_id
from tests.journeys.scan.brute_force import crossings_by_definition, picture, stored_crossings
from tests.journeys.scan.looking import flagged, new_journey
from workspace import clock
from workspace.activity.models import Event, EventSubject
from workspace.organisation import commands as organisation


def test_a_second_scan_changes_nothing(cast: Cast) -> None:
    grow(cast, by=2)
    scan()
    flags = list(Flag.objects.order_by("pk").values())
    assert len(flags) > 20
    before = last_event_id()
    scan()
    assert list(Flag.objects.order_by("pk").values()) == flags
    assert kinds_since(before) == ["scan.finished"]


def test_a_second_scan_on_the_next_day_changes_nothing_either(cast: Cast) -> None:
    scan()
    flags = list(Flag.objects.order_by("pk").values())
    with clock.at(clock.now() + timedelta(days=1)):
        scan()
    assert list(Flag.objects.order_by("pk").values()) == flags


def test_a_scan_from_nothing_finds_what_the_commands_have_settled_step_by_step(cast: Cast) -> None:
    deliver()
    scan()
    step_by_step = picture()
    Flag.objects.all().delete()
    scan()
    assert picture() == step_by_step


def test_a_scan_tells_what_it_did_rule_by_rule(cast: Cast) -> None:
    Flag.objects.all().delete()
    before = last_event_id()
    scan()
    done = Scan.objects.latest("pk")
    assert done.state == Scan.State.DONE
    assert done.subjects == 6
    assert set(done.results) == {rule.code for rule in rules()}
    for code, counts in done.results.items():
        opened = Flag.objects.filter(rule=code).count()
        assert counts == {"opened": opened, "resolved": 0, "reopened": 0, "changed": 0}
        events = Event.objects.filter(id__gt=before, kind="flags.opened", data__rule=code)
        assert [event.data["count"] for event in events] == ([opened] if opened else [])
        named = EventSubject.objects.filter(event__in=events).values_list("subject_id", flat=True)
        assert set(named) == set(Flag.objects.filter(rule=code).values_list("pk", flat=True))


def test_a_scan_notes_the_coverage_of_the_day_once(cast: Cast) -> None:
    scan()
    noted = list(CoverageSnapshot.objects.order_by("pk").values_list("scope", "scope_id", "channel", "live", "owned"))
    assert ("all", 0, "", 6, 3) in noted
    assert ("unit", cast.retail.pk, "", 3, 2) in noted
    assert ("unit", cast.service.pk, "", 3, 1) in noted
    assert ("journey", cast.journey.pk, "", 6, 3) in noted
    assert ("channel", 0, "store", 3, 1) in noted
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    scan()
    assert CoverageSnapshot.objects.count() == len(noted)


def test_a_flag_whose_facts_change_says_so_and_stays_the_same_flag(cast: Cast) -> None:
    scan()
    flag = cast.flag("no-owner", cast.till)
    commands.change_touchpoint(cast.till, volume=5, actor=cast.administrator)
    assert ("no-owner", 1) in [(data["rule"], data["count"]) for data in data_of("flags.changed")]
    now = Flag.objects.get(pk=flag.pk)
    assert (now.state, now.opened_at, now.evidence["volume"]) == (flag.state, flag.opened_at, 5)


def test_flags_of_the_touched_touchpoint_are_settled_with_the_command_and_the_rest_right_after(cast: Cast) -> None:
    scan()
    crossing = cast.crossing(cast.shop_window, cast.ask_a_seller)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    assert cast.flag("no-owner", cast.ask_a_seller).state == Flag.State.RESOLVED
    assert Flag.objects.get(rule="boundary-gap", crossing=crossing).state == Flag.State.OPEN
    deliver()
    assert Flag.objects.get(rule="boundary-gap", crossing=crossing).state == Flag.State.RESOLVED


def test_rules_about_the_whole_are_the_full_scans_alone(cast: Cast) -> None:
    assert {rule.code for rule in rules()} - {rule.code for rule in local_rules()} == {"siloed-unit", "coverage-drop"}
    scan()
    assert flagged("coverage-drop") == {cast.retail.pk, cast.service.pk}
    for touchpoint in (cast.till, cast.fault_line):
        commands.claim_touchpoint(touchpoint, department=cast.care, actor=cast.care_lead)
    deliver()
    assert Flag.objects.get(rule="coverage-drop", subject_id=cast.service.pk).state == Flag.State.OPEN
    scan()
    assert Flag.objects.get(rule="coverage-drop", subject_id=cast.service.pk).state == Flag.State.RESOLVED


def test_settling_after_a_claim_does_not_look_at_the_rest_of_the_company(cast: Cast) -> None:
    def statements() -> int:
        commands.release_ownership(cast.receipt, reason="x", actor=cast.executive)
        commands.claim_touchpoint(cast.receipt, department=cast.billing, actor=cast.billing_lead)
        with CaptureQueriesContext(connection) as queries:
            deliver()
        return len(queries)

    scan()
    deliver()
    small = statements()
    grow(cast, by=5)
    deliver()
    deliver()  # of the flags that the first one has raised
    assert statements() == small


# --- Around a change -------------------------------------------------------------------------------------------------


def test_a_step_that_comes_between_takes_the_crossing_over_it_away(cast: Cast) -> None:
    _journey, (first, second) = new_journey(cast, cast.retail, cast.retail)
    commands.assign_ownership(first, department=cast.shops, actor=cast.executive)
    deliver()
    over = cast.crossing(first, second)
    assert Flag.objects.get(rule="boundary-gap", crossing=over).state == Flag.State.OPEN
    commands.change_touchpoint(second, step=3, actor=cast.administrator)
    deliver()
    between = commands.add_touchpoint(
        second.stage, name="Between", step=2, business_unit=cast.retail, actor=cast.administrator
    )
    deliver()
    assert not Crossing.objects.get(pk=over.pk).active
    assert Flag.objects.get(rule="boundary-gap", crossing=over).state == Flag.State.RESOLVED
    commands.retire_touchpoint(between, actor=cast.administrator)
    deliver()
    assert Crossing.objects.get(pk=over.pk).active
    assert Flag.objects.get(rule="boundary-gap", crossing=over).state == Flag.State.OPEN


def test_a_delegate_who_leaves_leaves_an_owner_behind(cast: Cast) -> None:
    organisation.set_delegate(cast.shops_lead, delegate=cast.care_lead, actor=cast.shops_lead)
    for person in (cast.shops_lead, cast.shops_deputy):
        organisation.deactivate_person(person, actor=cast.administrator)
    deliver()
    assert not Flag.objects.filter(rule="inactive-owner").exists()
    organisation.deactivate_person(cast.care_lead, actor=cast.administrator)
    deliver()
    assert cast.flag("inactive-owner", cast.shop_window).state == Flag.State.OPEN
    organisation.reactivate_person(cast.care_lead, actor=cast.administrator)
    deliver()
    assert cast.flag("inactive-owner", cast.shop_window).state == Flag.State.RESOLVED


def test_an_archived_journey_takes_its_flags_with_it(cast: Cast) -> None:
    desk = commands.create_system("Desk", actor=cast.administrator)
    commands.change_touchpoint(cast.till, system=desk, actor=cast.administrator)
    deliver()
    assert Flag.objects.unresolved().exists()
    commands.archive_journey(cast.journey, actor=cast.administrator)
    deliver()
    assert not Flag.objects.unresolved().filter(rule__in=[rule.code for rule in local_rules()]).exists()


# --- Crossings -------------------------------------------------------------------------------------------------------


def names(pairs: set[tuple[int, int]]) -> set[tuple[str, str]]:
    by_id = dict(Touchpoint.objects.values_list("pk", "name"))
    return {(by_id[source], by_id[target]) for source, target in pairs}


def test_alternatives_cross_into_each_of_the_next_step_and_stages_follow_each_other(cast: Cast) -> None:
    assert names(stored_crossings()) == {
        ("Shop window", "Ask a seller"), ("Shop window", "Compare online"),
        ("Ask a seller", "Till"), ("Compare online", "Till"), ("Till", "Receipt"), ("Receipt", "Fault line"),
    }  # fmt: skip
    assert stored_crossings() == crossings_by_definition()


@pytest.mark.parametrize("lifecycle", ["draft", "retired"])
def test_what_is_not_live_is_stepped_over_stages_included(cast: Cast, lifecycle: str) -> None:
    for touchpoint in (cast.ask_a_seller, cast.compare_online):
        commands.change_touchpoint(touchpoint, lifecycle=lifecycle, actor=cast.administrator)
    assert names(stored_crossings()) == {("Shop window", "Till"), ("Till", "Receipt"), ("Receipt", "Fault line")}


def test_a_crossing_that_comes_back_is_the_same_row(cast: Cast) -> None:
    before = cast.crossing(cast.till, cast.receipt)
    commands.retire_touchpoint(cast.receipt, actor=cast.administrator)
    assert not Crossing.objects.get(pk=before.pk).active
    commands.change_touchpoint(cast.receipt, lifecycle="live", actor=cast.administrator)
    assert Crossing.objects.get(pk=before.pk).active
    assert Crossing.objects.filter(source=cast.till, target=cast.receipt).count() == 1


def test_a_touchpoint_that_moves_to_another_journey_leaves_both_in_order(cast: Cast) -> None:
    other, (one, two) = new_journey(cast, cast.retail, cast.retail)
    commands.change_touchpoint(cast.receipt, stage=other.stages.get(), step=1, actor=cast.administrator)
    assert stored_crossings() == crossings_by_definition()
    assert ("Till", "Fault line") in names(stored_crossings())
    assert {(one.pk, two.pk), (cast.receipt.pk, two.pk)} <= stored_crossings()
