"""Many people at the same moment: one wins, everybody gets a clear answer, and nothing half done stays."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from journeys import commands
from journeys.commands import scanning
from journeys.models import Claim, Flag, Handoff, Ownership, Scan, Touchpoint
from journeys.queries.catalogue import rules
from tests.activity.together import at_once, errors
from tests.cast import Cast, deliver, scan
from tests.journeys.reading import data_of, owner
from tests.journeys.scan.brute_force import crossings_by_definition, local_picture, picture, stored_crossings
from workspace import clock
from workspace.activity.commands.jobs import LeaseLost, work_on
from workspace.activity.models import Event, EventSubject, Job
from workspace.errors import NotAllowed, Refusal, RuleBroken, StaleWrite
from workspace.organisation import commands as organisation
from workspace.organisation.models import Department, Person

pytestmark = pytest.mark.django_db(transaction=True)


def many_departments(cast: Cast, n: int) -> list[tuple[Department, Person]]:
    """Departments of Retail, each with its lead."""
    found = []
    for number in range(n):
        department = organisation.create_department(
            f"Team {number}", unit=cast.retail, code=f"T{number}", actor=cast.administrator
        )
        lead = organisation.create_person(
            f"lead{number}@example.com", name=f"Lead {number}", department=department, actor=cast.administrator
        )
        organisation.add_lead(department, person=lead, actor=cast.administrator)
        found.append((department, lead))
    return found


def claim(touchpoint: Touchpoint, department: Department, lead: Person, **options: Any) -> Callable[[], Claim]:
    return partial(commands.claim_touchpoint, touchpoint, department=department, actor=lead, **options)


def test_twenty_departments_claim_at_once_and_exactly_one_owns_it(cast: Cast) -> None:
    teams = many_departments(cast, 20)
    results = at_once(*(claim(cast.ask_a_seller, *team) for team in teams))
    assert errors(results) == []
    assert sorted({result.state for result in results}) == [Claim.State.ACCEPTED, Claim.State.WAITING]
    (won,) = [result for result in results if result.state == Claim.State.ACCEPTED]
    assert Ownership.objects.current().accountable().get(touchpoint=cast.ask_a_seller).department == won.department
    assert Claim.objects.waiting().filter(touchpoint=cast.ask_a_seller).count() == 19
    assert cast.flag("no-owner", cast.ask_a_seller).state == Flag.State.RESOLVED
    assert cast.flag("contested", cast.ask_a_seller).evidence == {"claims": 19}


def test_twenty_who_expected_to_own_at_once_are_told_who_does(cast: Cast) -> None:
    teams = many_departments(cast, 20)
    results = at_once(*(claim(cast.ask_a_seller, *team, at_once=True) for team in teams))
    winner = owner(cast.ask_a_seller)
    assert winner is not None
    refused = errors(results)
    assert len(refused) == 19
    for error in refused:
        assert isinstance(error, StaleWrite)
        assert f"{winner.name} became owner of Ask a seller" in error.reason
    assert len(data_of("ownership.started")) == 4  # three of the company, and this one


def test_a_department_is_archived_while_it_claims_and_never_begins_to_own_archived(cast: Cast) -> None:
    for department, lead in many_departments(cast, 6):
        touchpoint = commands.add_touchpoint(
            cast.choose, name=f"For {department.name}", business_unit=cast.retail, actor=cast.administrator
        )
        claimed, archived = at_once(
            claim(touchpoint, department, lead),
            partial(organisation.archive_department, department, actor=cast.administrator),
        )
        assert isinstance(archived, Department)
        if isinstance(claimed, Exception):
            assert isinstance(claimed, RuleBroken)
            assert "archived" in claimed.reason
            assert owner(touchpoint) is None
        else:  # the claim was first: it owned before it was archived
            held = Ownership.objects.current().get(touchpoint=touchpoint)
            made = Event.objects.get(kind="ownership.started", subject_id=touchpoint.pk)
            closed = Event.objects.get(kind="department.archived", subject_id=department.pk)
            assert held.department == department
            assert made.pk < closed.pk


def test_somebody_leaves_while_they_are_made_accountable(cast: Cast) -> None:
    for number in range(6):
        person = organisation.create_person(
            f"p{number}@example.com", name=f"P {number}", department=cast.shops, actor=cast.administrator
        )
        named, left = at_once(
            partial(commands.set_accountable_person, cast.shop_window, person=person, actor=cast.shops_lead),
            partial(organisation.deactivate_person, person, actor=cast.administrator),
        )
        assert isinstance(left, Person)
        if isinstance(named, Exception):
            assert isinstance(named, RuleBroken)
            assert Ownership.objects.current().get(touchpoint=cast.shop_window).person != person
        commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)


def test_two_approvals_at_once_make_one_owner(cast: Cast) -> None:
    first = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    second = commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    results = at_once(*(partial(commands.approve_claim, waiting, actor=cast.executive) for waiting in (first, second)))
    (refused,) = errors(results)
    assert isinstance(refused, RuleBroken)
    winner = owner(cast.till)
    assert winner in (cast.shops, cast.online)
    assert winner is not None
    assert "superseded already" in refused.reason
    assert winner.name in refused.next_step
    states = set(Claim.objects.filter(touchpoint=cast.till).values_list("state", flat=True))
    assert states == {Claim.State.ACCEPTED, Claim.State.SUPERSEDED}


def test_an_approval_and_a_denial_of_one_claim_do_not_both_happen(cast: Cast) -> None:
    waiting = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    results = at_once(
        partial(commands.approve_claim, waiting, actor=cast.service_head),
        partial(commands.deny_claim, waiting, reason="No.", actor=cast.executive),
        partial(commands.withdraw_claim, waiting, actor=cast.shops_lead),
    )
    assert len(errors(results)) == 2
    assert all(isinstance(error, RuleBroken) for error in errors(results))
    kinds = ("claim.accepted", "claim.denied", "claim.withdrawn")
    assert Event.objects.filter(kind__in=kinds).count() == 1
    waiting.refresh_from_db()
    assert (owner(cast.till) == cast.shops) is (waiting.state == Claim.State.ACCEPTED)


def test_a_head_does_not_approve_what_becomes_contested_at_the_same_moment(cast: Cast) -> None:
    waiting = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    approved, rival = at_once(
        partial(commands.approve_claim, waiting, actor=cast.service_head),
        claim(cast.till, cast.online, cast.online_lead),
    )
    assert isinstance(rival, Claim)
    assert rival.state == Claim.State.WAITING
    if isinstance(approved, Exception):
        assert isinstance(approved, NotAllowed)
        assert owner(cast.till) is None
    else:
        assert owner(cast.till) == cast.shops


@pytest.mark.parametrize("create", [commands.create_persona, commands.create_system])
def test_a_name_is_given_once_when_two_give_it_at_once(cast: Cast, create: Callable[..., object]) -> None:
    results = at_once(*[partial(create, "The same", actor=cast.administrator)] * 8)
    refused = errors(results)
    assert [type(error) for error in refused] == [RuleBroken] * 7


def test_a_handoff_is_not_accepted_by_an_owner_who_was_one_a_moment_ago(cast: Cast) -> None:
    commands.retire_touchpoint(cast.till, actor=cast.administrator)
    handoff = commands.propose_handoff(
        cast.crossing(cast.compare_online, cast.receipt), what="x", actor=cast.online_lead
    )
    at_once(
        partial(commands.accept_handoff, handoff, actor=cast.billing_lead),
        partial(commands.transfer_ownership, cast.receipt, department=cast.care, actor=cast.executive),
    )
    handoff.refresh_from_db()
    assert handoff.state == Handoff.State.VOID


def test_two_who_rearrange_a_journey_at_once_leave_its_crossings_in_order(cast: Cast) -> None:
    for _round in range(3):
        results = at_once(
            *(
                partial(
                    commands.add_touchpoint,
                    stage,
                    name="New",
                    business_unit=cast.retail,
                    actor=cast.administrator,
                )
                for stage in (cast.notice, cast.choose, cast.choose, cast.pay)
            )
        )
        assert errors(results) == []
        assert stored_crossings() == crossings_by_definition()
    steps = list(Touchpoint.objects.filter(stage=cast.choose, name="New").values_list("step", flat=True))
    assert len(set(steps)) == len(steps) == 6


# --- Scans -----------------------------------------------------------------------------------------------------------


def told_twice() -> list[tuple[str, int]]:
    """Flags that two events in a row opened."""
    seen: dict[int, str] = {}
    twice = []
    for event in Event.objects.filter(kind__in=["flags.opened", "flags.reopened", "flags.resolved"]).order_by("id"):
        for flag_id in EventSubject.objects.filter(event=event).values_list("subject_id", flat=True):
            is_open = event.kind != "flags.resolved"
            if seen.get(flag_id, "") == str(is_open):
                twice.append((event.kind, flag_id))
            seen[flag_id] = str(is_open)
    return twice


def forget_flags() -> None:
    """No flag and no event of one."""
    EventSubject.objects.all().delete()
    Flag.objects.all().delete()


def test_two_full_scans_at_once_raise_every_flag_once(cast: Cast) -> None:
    deliver()
    scan()
    quiet = picture()
    forget_flags()
    jobs = [commands.request_scan(key=key, actor=None) for key in ("one", "two")]
    assert errors(at_once(*(partial(work_on, job.pk) for job in jobs))) == []
    assert [Job.objects.get(pk=job.pk).state for job in jobs] == [Job.State.DONE] * 2
    assert picture() == quiet
    assert told_twice() == []
    assert Event.objects.filter(kind="scan.finished").count() == 3


@pytest.mark.parametrize("after", [0, 1, 7, 14])
def test_a_scan_that_dies_is_resumed_where_it_stopped(cast: Cast, after: int) -> None:
    deliver()
    scan()
    quiet = picture()
    forget_flags()
    job = commands.request_scan(actor=None)

    class PulledThePlug(BaseException):
        """Nothing catches this: the process is gone."""

    def pull_the_plug(step: object) -> None:
        nonlocal after
        after -= 1
        if after < 0:
            raise PulledThePlug

    with pytest.raises(PulledThePlug):
        work_on(job.pk, watch=pull_the_plug)
    job.refresh_from_db()
    assert job.state == Job.State.RUNNING
    assert work_on(job.pk) is None  # the lease still holds
    with clock.at(clock.now() + timedelta(hours=1)):
        assert work_on(job.pk) is not None
    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert picture() == quiet
    assert told_twice() == []
    assert Scan.objects.count() == 2
    assert set(Scan.objects.latest("pk").results) == {rule.code for rule in rules()}


def test_a_rule_that_breaks_in_the_middle_of_its_work_leaves_nothing_of_it(cast: Cast) -> None:
    scan()
    quiet = picture()
    forget_flags()
    job = commands.request_scan(actor=None)
    begun = scanning.full_scan(Job.objects.get(pk=job.pk))
    with pytest.raises(LeaseLost):
        next(begun)  # nobody holds the lease: the first chunk refuses to write
    assert picture() == {}
    work_on(job.pk)
    assert picture() == quiet


def test_claims_while_a_scan_runs_end_in_the_flags_of_a_quiet_one(cast: Cast) -> None:
    teams = many_departments(cast, 4)
    touchpoints = [
        commands.add_touchpoint(cast.choose, name=f"T {n}", business_unit=cast.retail, actor=cast.administrator)
        for n in range(4)
    ]
    forget_flags()
    job = commands.request_scan(actor=None)

    def claim_some(team: tuple[Department, Person]) -> None:
        for touchpoint in touchpoints:
            commands.claim_touchpoint(touchpoint, department=team[0], actor=team[1])

    results = at_once(partial(work_on, job.pk), deliver, *(partial(claim_some, team) for team in teams))
    assert errors(results) == []
    deliver()
    settled = local_picture()
    scan()
    assert local_picture() == settled
    assert not {flag for flag in settled if flag[0] == "no-owner"} & {("no-owner", t.pk) for t in touchpoints}


# --- A refusal leaves nothing ----------------------------------------------------------------------------------------


def test_a_command_that_fails_late_leaves_nothing(cast: Cast) -> None:
    waiting = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    organisation.archive_department(cast.shops, actor=cast.administrator)
    before = Event.objects.count()
    with pytest.raises(Refusal):
        commands.approve_claim(waiting, actor=cast.service_head)

    def deny_and_fail() -> None:
        commands.deny_claim(waiting, reason="Closed.", actor=cast.service_head)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        deny_and_fail()
    waiting.refresh_from_db()
    assert waiting.state == Claim.State.WAITING
    assert Event.objects.count() == before
