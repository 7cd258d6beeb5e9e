"""A flag asks somebody who is here, has a due date, and climbs when nobody answers."""

from datetime import timedelta

import pytest

from journeys import commands
from journeys.commands.escalation import flags_to_climb
from journeys.limits import LIMITS
from journeys.models import Flag
from journeys.tasks import keep_daily
from tests.cast import Cast, deliver, scan
from tests.journeys.reading import current, last_event_id
from tests.journeys.scan.looking import flag_of, give, new_journey
from workspace import clock
from workspace.activity.commands.jobs import enqueue, work_on, work_on_waiting
from workspace.activity.models import Event, EventSubject
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

OWNER, LEAD, HEAD, EXECUTIVE, ADMINISTRATOR = (
    Flag.Level.OWNER, Flag.Level.LEAD, Flag.Level.HEAD, Flag.Level.EXECUTIVE, Flag.Level.ADMINISTRATOR
)  # fmt: skip


def climb() -> None:
    work_on(enqueue("journeys.climb").pk)


def leave(cast: Cast, *people: str) -> None:
    for person in people:
        organisation.deactivate_person(getattr(cast, person), actor=cast.administrator)


# --- Who is asked first ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gone", "asked", "level"),
    [
        ((), "billing_lead", OWNER),
        (("billing_lead",), "service_head", HEAD),
        (("billing_lead", "service_head"), "executive", EXECUTIVE),
        (("billing_lead", "service_head", "executive"), "administrator", ADMINISTRATOR),
    ],
)
def test_the_first_one_on_the_ladder_who_is_here_is_asked(
    cast: Cast, gone: tuple[str, ...], asked: str, level: int
) -> None:
    leave(cast, *gone)
    with clock.at(clock.now() + timedelta(days=200)):
        flag = flag_of("unattested", cast.receipt)
    assert (flag.asked, flag.asked_level) == (getattr(cast, asked), level)


def test_a_lead_is_asked_before_a_deputy_and_a_deputy_before_the_head(cast: Cast) -> None:
    commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)
    leave(cast, "member")
    with clock.at(clock.now() + timedelta(days=200)):
        assert flag_of("unattested", cast.shop_window).asked == cast.shops_lead
    commands.attest_ownership(current(cast.shop_window), mine=True, actor=cast.shops_lead)
    leave(cast, "shops_lead")
    with clock.at(clock.now() + timedelta(days=200)):
        assert flag_of("unattested", cast.shop_window).asked == cast.shops_deputy


def test_an_unowned_touchpoint_asks_the_head_of_its_unit(cast: Cast) -> None:
    flag = flag_of("no-owner", cast.till)
    assert (flag.asked, flag.asked_level) == (cast.service_head, HEAD)


@pytest.mark.parametrize(("severity", "days"), [(4, 2), (3, 5), (2, 10), (1, 20)])
def test_a_flag_is_due_as_soon_as_its_severity_demands(cast: Cast, severity: int, days: int) -> None:
    desk = commands.create_system("Cash desk", actor=cast.administrator)
    commands.change_touchpoint(cast.till, system=desk, actor=cast.administrator)
    _journey, steps = new_journey(cast, *[cast.retail] * 16)
    give(steps, cast.shops, cast.member, cast)
    subject = {
        4: ("no-owner", cast.till),
        3: ("no-owner", cast.ask_a_seller),
        2: ("no-technology-owner", desk),
        1: ("overloaded-owner", cast.member),
    }
    flag = flag_of(*subject[severity])
    assert flag.severity == severity
    assert flag.due_on == clock.today() + timedelta(days=days)


# --- Climbing --------------------------------------------------------------------------------------------------------


def test_a_flag_climbs_from_owner_to_lead_to_head_to_the_executives(cast: Cast) -> None:
    commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)
    commands.attest_ownership(current(cast.shop_window), mine=False, actor=cast.member)
    flag = flag_of("unattested", cast.shop_window)
    path = [(flag.asked, flag.asked_level)]
    moment = clock.now()
    for _ in range(4):
        moment += timedelta(days=LIMITS.patience_days[flag.severity], minutes=1)
        with clock.at(moment):
            climb()
        flag.refresh_from_db()
        path.append((flag.asked, flag.asked_level))
    assert path == [
        (cast.member, OWNER),
        (cast.shops_lead, LEAD),
        (cast.retail_head, HEAD),
        (cast.executive, EXECUTIVE),
        (cast.executive, EXECUTIVE),
    ]


@pytest.mark.parametrize(
    ("rule", "touchpoint", "severity", "days"), [("no-owner", "till", 4, 2), ("no-owner", "ask_a_seller", 3, 5)]
)
def test_a_flag_climbs_when_its_time_is_over_and_not_before(
    cast: Cast, rule: str, touchpoint: str, severity: int, days: int
) -> None:
    flag = flag_of(rule, getattr(cast, touchpoint))
    assert flag.severity == severity
    assert flag.asked_at is not None
    with clock.at(flag.asked_at + timedelta(days=days) - timedelta(seconds=1)):
        assert flag not in flags_to_climb()
        climb()
    flag.refresh_from_db()
    assert flag.asked_level == HEAD
    with clock.at(flag.asked_at + timedelta(days=days)):
        assert flag in flags_to_climb()
        climb()
    flag.refresh_from_db()
    assert (flag.asked, flag.asked_level) == (cast.executive, EXECUTIVE)


def test_climbing_is_told_once_for_all_who_climb_to_the_same_person(cast: Cast) -> None:
    flags = [flag_of("no-owner", cast.ask_a_seller), flag_of("no-owner", cast.fault_line)]
    before = last_event_id()
    with clock.at(clock.now() + timedelta(days=6)):
        climb()
    (event,) = Event.objects.filter(kind="flags.escalated", id__gt=before, data__person=cast.executive.pk)
    told = set(EventSubject.objects.filter(event=event).values_list("subject_id", flat=True))
    assert {flag.pk for flag in flags} <= told
    assert event.data["count"] == len(told)


def test_an_acknowledged_flag_climbs_too_but_a_silent_or_closed_one_does_not(cast: Cast) -> None:
    seen, snoozed, closed = (
        flag_of("no-owner", touchpoint) for touchpoint in (cast.till, cast.fault_line, cast.ask_a_seller)
    )
    commands.acknowledge_flag(seen, actor=cast.service_head)
    in_two_months = clock.today() + timedelta(days=60)
    commands.snooze_flag(snoozed, until=in_two_months, reason="Reorganising.", actor=cast.service_head)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    with clock.at(clock.now() + timedelta(days=30)):
        climb()
    three = Flag.objects.filter(pk__in=[seen.pk, snoozed.pk, closed.pk])
    assert dict(three.values_list("pk", "asked_level")) == {seen.pk: EXECUTIVE, snoozed.pk: HEAD, closed.pk: HEAD}


def test_somebody_asked_who_has_left_is_replaced_at_once_on_the_same_rung_if_possible(cast: Cast) -> None:
    flag = flag_of("no-owner", cast.till)
    leave(cast, "service_head")
    organisation.set_unit_head(cast.service, head=cast.care_lead, actor=cast.administrator)
    climb()
    flag.refresh_from_db()
    assert (flag.asked, flag.asked_level) == (cast.care_lead, HEAD)


def test_administrators_are_asked_when_nobody_else_is_left(cast: Cast) -> None:
    flag = flag_of("no-owner", cast.till)
    leave(cast, "service_head", "executive")
    climb()
    flag.refresh_from_db()
    assert (flag.asked, flag.asked_level) == (cast.administrator, ADMINISTRATOR)
    assert not flags_to_climb().filter(pk=flag.pk).exists()


def test_whoever_is_asked_already_is_not_asked_again_one_rung_higher(cast: Cast) -> None:
    organisation.set_unit_head(cast.retail, head=cast.shops_lead, actor=cast.administrator)
    commands.attest_ownership(current(cast.shop_window), mine=False, actor=cast.shops_lead)
    flag = flag_of("unattested", cast.shop_window)
    assert flag.asked == cast.shops_lead  # accountable, lead of the department, and head of the unit
    with clock.at(clock.now() + timedelta(days=6)):
        climb()
    flag.refresh_from_db()
    assert (flag.asked, flag.asked_level) == (cast.executive, EXECUTIVE)


def test_a_flag_about_who_is_asked_at_the_very_top_stops_climbing(cast: Cast) -> None:
    organisation.set_unit_head(cast.service, head=cast.executive, actor=cast.administrator)
    commands.release_ownership(cast.receipt, reason="x", actor=cast.executive)
    flag = flag_of("no-owner", cast.receipt)
    assert (flag.asked, flag.asked_level) == (cast.executive, HEAD)
    before = last_event_id()
    with clock.at(clock.now() + timedelta(days=6)):
        climb()
        flag.refresh_from_db()
        assert flag.asked == cast.executive
        assert not flags_to_climb().filter(pk=flag.pk).exists()
    assert Event.objects.filter(kind="flags.escalated", id__gt=before).count() <= 1


def test_every_flag_that_speaks_asks_somebody_who_is_here(cast: Cast) -> None:
    leave(cast, "billing_lead", "shops_lead", "online_lead")
    scan()
    leave(cast, "retail_head")
    climb()
    speaking = Flag.objects.speaking()
    assert speaking.count() > 5
    assert speaking.exclude(asked__in=Person.objects.active()).count() == 0


def test_a_flag_that_comes_to_concern_another_department_asks_that_one(cast: Cast) -> None:
    commands.retire_touchpoint(cast.till, actor=cast.administrator)
    crossing = cast.crossing(cast.compare_online, cast.receipt)
    flag = flag_of("unaccepted-handoff", crossing)
    assert flag.asked == cast.online_lead
    with clock.at(clock.now() + timedelta(days=11)):
        climb()
        flag.refresh_from_db()
        assert flag.asked == cast.retail_head
        commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
        deliver()
    flag.refresh_from_db()
    assert (flag.state, flag.department) == (Flag.State.OPEN, cast.shops)
    assert (flag.asked, flag.asked_level) == (cast.shops_lead, LEAD)


# --- The beat --------------------------------------------------------------------------------------------------------


def test_every_day_brings_a_scan_denials_and_climbing(cast: Cast) -> None:
    scan()
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    with clock.at(clock.now() + timedelta(days=15)):
        keep_daily()
        keep_daily()
        assert work_on_waiting() == 3
        claim.refresh_from_db()
        assert claim.state == "denied"
        assert Flag.objects.get(rule="no-owner", touchpoint=cast.till).asked_level == EXECUTIVE
        keep_daily()
        assert work_on_waiting() == 0
