"""The organisation sets its own periods and targets, and switches off what it does not want to be told."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from journeys import commands
from journeys.limits import LIMITS
from journeys.models import Claim, Flag, RuleSetting, Scan
from journeys.queries.limits import limits_now
from journeys.rules.settings import SETTINGS, find_setting, is_consistent, is_setting_allowed, limits_with
from tests.cast import Cast, deliver, scan
from workspace import clock
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Event, Job
from workspace.errors import NotAllowed, RuleBroken, StaleWrite

pytestmark = pytest.mark.django_db


def open_flags(rule: str) -> int:
    return Flag.objects.unresolved().filter(rule=rule).count()


def test_every_setting_comes_with_its_default_within_its_bounds():
    assert limits_with({}) == LIMITS
    for setting in SETTINGS:
        assert is_setting_allowed(setting, setting.default), setting.key
        assert setting.of(limits_with({setting.key: setting.maximum})) == setting.maximum
    assert is_consistent(LIMITS)


@pytest.mark.parametrize(
    "value",
    ["90", "", True, None, [], {}, math.nan, math.inf, -math.inf, -1, 0, 10**30, 10**400, 7.5, 1826],
    ids=lambda value: str(value)[:12],
)
def test_a_value_that_no_period_may_be_is_refused_with_its_bounds(value):
    setting = find_setting("attest_every_days")
    assert setting is not None
    decision = is_setting_allowed(setting, value)
    assert not decision
    assert "between 7 and 1825" in str(decision.next_step)


@pytest.mark.parametrize(
    ("value", "allowed"), [(100, True), (80.5, True), (100.1, False), (101, False), (80.55, False)]
)
def test_a_percentage_has_at_most_one_decimal_and_is_at_most_a_hundred(value, allowed):
    setting = find_setting("coverage_target")
    assert setting is not None
    assert bool(is_setting_allowed(setting, value)) is allowed


def test_what_another_release_left_behind_is_not_taken():
    values = {"gone": 5, "attest_every_days": "soon", "overloaded_above": 3, "off.no-owner": "yes"}
    limits = limits_with(values)
    assert limits.overloaded_above == 3
    assert limits.attest_every_days == LIMITS.attest_every_days
    assert limits.off == frozenset()


def test_only_administrators_set_rules(cast: Cast):
    for person in (cast.executive, cast.retail_head, cast.shops_lead, cast.member, cast.guest):
        with pytest.raises(NotAllowed, match="administrator"):
            commands.set_rule_settings({"attest_every_days": 90}, actor=person)
    assert not RuleSetting.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"no_such": 1}, {"off.no-such-rule": True}, {"off.no-owner": 1}, {"off": True}, {"attest_every_days": "90"}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_no_setting_is_refused_and_nothing_else_of_it_is_written(cast: Cast, changes):
    before = Event.objects.count()
    with pytest.raises(RuleBroken):
        commands.set_rule_settings({"overloaded_above": 3} | changes, actor=cast.administrator)
    assert not RuleSetting.objects.exists()
    assert Event.objects.count() == before


def test_a_claim_is_not_denied_before_it_could_be_decided(cast: Cast):
    with pytest.raises(RuleBroken, match="can take 14"):
        commands.set_rule_settings({"decide_claim_working_days": 10}, actor=cast.administrator)
    commands.set_rule_settings({"decide_claim_working_days": 10, "deny_claim_after_days": 15}, actor=cast.administrator)


def test_a_change_is_told_with_what_was_and_what_is_and_asks_for_a_scan(cast: Cast):
    commands.set_rule_settings({"coverage_target": 90.5, "off.no-owner": True}, actor=cast.administrator)

    told = Event.objects.filter(subject_kind="rules").order_by("id").values_list("kind", "actor", "data")
    assert list(told) == [
        ("rules.changed", cast.administrator.pk, {"setting": "coverage_target", "old": 80, "new": 90.5}),
        ("rules.switched_off", cast.administrator.pk, {"rule": "no-owner", "old": False, "new": True}),
    ]
    assert limits_now().coverage_target == pytest.approx(0.905)
    assert limits_now().off == {"no-owner"}
    assert Job.objects.unfinished().filter(kind="journeys.full_scan").count() == 1


def test_back_to_the_default_leaves_no_row(cast: Cast):
    commands.set_rule_settings({"overloaded_above": 3, "off.no-owner": True}, actor=cast.administrator)
    commands.set_rule_settings({"overloaded_above": None, "off.no-owner": False}, actor=cast.administrator)
    assert not RuleSetting.objects.exists()
    assert limits_now() == LIMITS


def test_what_does_not_change_anything_is_not_told(cast: Cast):
    before = Event.objects.count()
    assert commands.set_rule_settings({"overloaded_above": 15, "off.no-owner": None}, actor=cast.administrator) == []
    assert Event.objects.count() == before
    assert not Job.objects.unfinished().exists()


def test_of_two_administrators_the_later_one_does_not_overwrite_what_they_have_not_seen(cast: Cast):
    commands.set_rule_settings({"overloaded_above": 20}, seen={"overloaded_above": 15}, actor=cast.administrator)

    with pytest.raises(StaleWrite, match="Accountable for at most: 20"):
        commands.set_rule_settings(
            {"overloaded_above": 10, "attest_every_days": 90},
            seen={"overloaded_above": 15, "attest_every_days": 180},
            actor=cast.administrator,
        )
    assert limits_now().attest_every_days == 180

    # Two that want the same, or something else, do not disturb each other.
    commands.set_rule_settings({"overloaded_above": 20}, seen={"overloaded_above": 15}, actor=cast.administrator)
    commands.set_rule_settings({"siloed_ratio": 4}, seen={"siloed_ratio": 5}, actor=cast.administrator)


def test_the_flags_of_a_rule_that_is_off_are_closed_and_the_log_says_why(cast: Cast):
    scan()
    raised = open_flags("no-owner")
    assert raised == 3

    commands.set_rule_settings({"off.no-owner": True}, actor=cast.administrator)
    work_on_waiting()

    assert open_flags("no-owner") == 0
    told = Event.objects.get(kind="flags.switched_off")
    assert told.data == {"rule": "no-owner", "count": raised}
    assert told.subjects.count() == raised
    last = Scan.objects.order_by("-id")[0]
    assert last.results["no-owner"]["resolved"] == raised
    assert open_flags("boundary-gap") > 0


def test_a_rule_that_is_off_raises_nothing_after_a_change_and_everything_when_it_is_on_again(cast: Cast):
    commands.set_rule_settings({"off.no-owner": True}, actor=cast.administrator)
    work_on_waiting()

    commands.release_ownership(cast.receipt, reason="Not ours.", actor=cast.billing_lead)
    deliver()
    assert open_flags("no-owner") == 0

    commands.set_rule_settings({"off.no-owner": False}, actor=cast.administrator)
    work_on_waiting()
    assert open_flags("no-owner") == 4


def test_flags_around_a_change_close_at_once_when_their_rule_is_off(cast: Cast):
    scan()
    commands.set_rule_settings({"off.no-owner": True}, actor=cast.administrator)

    commands.change_touchpoint(cast.till, volume=12, actor=cast.administrator)

    assert cast.flag("no-owner", cast.till).state == Flag.State.RESOLVED
    assert Event.objects.filter(kind="flags.switched_off").exists()


def test_with_every_rule_off_nothing_is_flagged(cast: Cast):
    from journeys.queries.catalogue import rules

    scan()
    commands.set_rule_settings({f"off.{rule.code}": True for rule in rules()}, actor=cast.administrator)
    work_on_waiting()
    commands.release_ownership(cast.receipt, reason="Not ours.", actor=cast.billing_lead)
    deliver()
    assert not Flag.objects.unresolved().exists()


def test_a_shorter_period_flags_what_it_concerns(cast: Cast, monkeypatch):
    scan()
    later = clock.now() + timedelta(days=40)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(clock, "today", lambda: later.date())
    scan()
    assert open_flags("unattested") == 0

    commands.set_rule_settings({"attest_every_days": 30}, actor=cast.administrator)
    work_on_waiting()

    assert open_flags("unattested") == 3


def test_claims_made_before_keep_their_days(cast: Cast):
    before = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    days = (before.due_on, before.denied_on)
    commands.set_rule_settings({"decide_claim_working_days": 2, "deny_claim_after_days": 60}, actor=cast.administrator)
    after = commands.claim_touchpoint(cast.fault_line, department=cast.shops, actor=cast.shops_lead)

    kept = Claim.objects.get(pk=before.pk)
    assert (kept.due_on, kept.denied_on) == days
    assert after.denied_on == clock.today() + timedelta(days=60)
    assert after.due_on < kept.due_on


def test_patience_and_the_longest_silence_are_what_was_set(cast: Cast):
    scan()
    commands.set_rule_settings({"longest_snooze_days": 5, "patience_critical": 30}, actor=cast.administrator)
    flag = cast.flag("no-owner", cast.fault_line)
    with pytest.raises(RuleBroken, match="too far away"):
        commands.snooze_flag(flag, until=clock.today() + timedelta(days=6), reason="Busy.", actor=cast.service_head)
    assert limits_now().patience_days == {4: 30, 3: 5, 2: 10, 1: 20}
