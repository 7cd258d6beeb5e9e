"""A flag is seen, snoozed or waived, and speaks again when its silence is over."""

from datetime import date, timedelta

import pytest

from journeys import commands
from journeys.models import Flag, Waiver
from tests.cast import Cast, scan
from tests.journeys.reading import data_of
from tests.journeys.scan.looking import flag_of
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken

REASON = "Reorganising until summer."


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def silence(flag: Flag, how: str, cast: Cast, *, days: int = 30) -> None:
    command = commands.snooze_flag if how == "snoozed" else commands.waive_flag
    command(flag, until=in_days(days), reason=REASON, actor=cast.service_head)


def state_of(flag: Flag) -> str:
    flag.refresh_from_db()
    return flag.state


def test_an_acknowledged_flag_stays_so_through_every_scan(cast: Cast) -> None:
    flag = flag_of("no-owner", cast.till)
    commands.acknowledge_flag(flag, actor=cast.service_head)
    scan()
    assert state_of(flag) == Flag.State.ACKNOWLEDGED
    commands.change_touchpoint(cast.till, volume=12401, actor=cast.administrator)
    assert state_of(flag) == Flag.State.ACKNOWLEDGED
    assert flag.evidence["volume"] == 12401
    with pytest.raises(RuleBroken, match="acknowledged already"):
        commands.acknowledge_flag(flag, actor=cast.service_head)


@pytest.mark.parametrize("who", ["member", "retail_head", "shops_lead", "guest"])
def test_a_flag_is_answered_only_by_those_whom_it_concerns(cast: Cast, who: str) -> None:
    flag = flag_of("no-owner", cast.till)
    for answer in (
        lambda: commands.acknowledge_flag(flag, actor=getattr(cast, who)),
        lambda: commands.snooze_flag(flag, until=in_days(3), reason=REASON, actor=getattr(cast, who)),
        lambda: commands.waive_flag(flag, until=in_days(3), reason=REASON, actor=getattr(cast, who)),
        lambda: commands.end_silence(flag, actor=getattr(cast, who)),
    ):
        with pytest.raises(NotAllowed):
            answer()
    assert state_of(flag) == Flag.State.OPEN


def test_a_gap_at_a_boundary_is_answered_by_the_heads_of_both_units(cast: Cast) -> None:
    flag = flag_of("boundary-gap", cast.crossing(cast.compare_online, cast.till))
    commands.acknowledge_flag(flag, actor=cast.retail_head)
    commands.snooze_flag(flag, until=in_days(2), reason=REASON, actor=cast.service_head)


@pytest.mark.parametrize("how", ["snoozed", "waived"])
def test_a_silenced_flag_is_silent_until_its_day_and_speaks_then(cast: Cast, how: str) -> None:
    flag = flag_of("no-owner", cast.till)
    silence(flag, how, cast)
    with clock.at(clock.now() + timedelta(days=29)):
        scan()
    assert state_of(flag) == how
    assert flag not in Flag.objects.speaking()
    with clock.at(clock.now() + timedelta(days=30)):
        scan()
    assert state_of(flag) == Flag.State.OPEN
    assert (flag.silence, flag.silent_until, flag.silence_reason) == ("", None, "")
    assert not Waiver.objects.filter(ended_at__isnull=True).exists()
    assert {"rule": "no-owner", "count": 1} in data_of("flags.reopened")


@pytest.mark.parametrize("how", ["snoozed", "waived"])
def test_what_is_put_right_while_silent_closes(cast: Cast, how: str) -> None:
    flag = flag_of("no-owner", cast.till)
    silence(flag, how, cast)
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    assert state_of(flag) == Flag.State.RESOLVED


@pytest.mark.parametrize("how", ["snoozed", "waived"])
def test_what_breaks_again_before_the_end_is_silent_again(cast: Cast, how: str) -> None:
    flag = flag_of("no-owner", cast.till)
    silence(flag, how, cast)
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    commands.release_ownership(cast.till, reason="x", actor=cast.billing_lead)
    assert state_of(flag) == how
    assert flag.silence_reason == REASON
    scan()
    assert state_of(flag) == how
    with clock.at(clock.now() + timedelta(days=30)):
        scan()
    assert state_of(flag) == Flag.State.OPEN


@pytest.mark.parametrize("how", ["snoozed", "waived"])
def test_what_breaks_again_after_the_end_speaks_at_once_and_can_be_silenced_anew(cast: Cast, how: str) -> None:
    flag = flag_of("no-owner", cast.till)
    silence(flag, how, cast)
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    with clock.at(clock.now() + timedelta(days=30)):
        commands.release_ownership(cast.till, reason="x", actor=cast.billing_lead)
        assert state_of(flag) == Flag.State.OPEN
        assert flag.silence == ""
        assert not Waiver.objects.filter(flag=flag, ended_at__isnull=True).exists()
        silence(flag, "waived", cast)
        assert state_of(flag) == Flag.State.WAIVED


def test_a_waiver_is_a_row_that_ends_when_the_next_decision_is_made(cast: Cast) -> None:
    flag = flag_of("no-owner", cast.till)
    for how in ("waived", "waived", "snoozed"):
        silence(flag, how, cast)
    waivers = Waiver.objects.filter(flag=flag)
    assert waivers.count() == 2
    assert not waivers.filter(ended_at__isnull=True).exists()
    silence(flag, "waived", cast)
    assert waivers.get(ended_at__isnull=True).granted_by == cast.service_head
    commands.end_silence(flag, actor=cast.service_head)
    assert not waivers.filter(ended_at__isnull=True).exists()
    assert state_of(flag) == Flag.State.OPEN
    with pytest.raises(RuleBroken, match="not silenced"):
        commands.end_silence(flag, actor=cast.service_head)


@pytest.mark.parametrize("command", [commands.snooze_flag, commands.waive_flag])
@pytest.mark.parametrize(("days", "reason"), [(30, " "), (0, REASON), (-1, REASON), (400, REASON), (None, REASON)])
def test_a_silence_without_reason_or_end_is_refused(cast: Cast, command, days: int | None, reason: str) -> None:
    flag = flag_of("no-owner", cast.till)
    with pytest.raises(RuleBroken):
        command(flag, until=in_days(days) if days is not None else None, reason=reason, actor=cast.service_head)
    assert state_of(flag) == Flag.State.OPEN
    assert not Waiver.objects.exists()


def test_a_closed_flag_is_not_answered(cast: Cast) -> None:
    flag = flag_of("no-owner", cast.ask_a_seller)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="closed already"):
        commands.acknowledge_flag(flag, actor=cast.executive)


def test_a_flag_that_gets_worse_is_due_sooner_and_one_that_gets_better_keeps_its_day(cast: Cast) -> None:
    flag = flag_of("no-owner", cast.ask_a_seller)
    assert flag.due_on == in_days(5)
    with clock.at(clock.now() + timedelta(days=1)):
        commands.change_touchpoint(cast.ask_a_seller, moment_of_truth=True, actor=cast.administrator)
        flag.refresh_from_db()
        assert (flag.severity, flag.due_on) == (Flag.Severity.CRITICAL, in_days(2))
        worse = flag.due_on
        commands.change_touchpoint(cast.ask_a_seller, moment_of_truth=False, actor=cast.administrator)
        flag.refresh_from_db()
        assert (flag.severity, flag.due_on) == (Flag.Severity.HIGH, worse)
