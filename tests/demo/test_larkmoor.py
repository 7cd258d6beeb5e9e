"""The demo organisation is alive whatever day it is loaded on: each test holds on a Sunday, a leap day, a workday."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import models, transaction

from journeys.models import Claim, CoverageSnapshot, Flag, Handoff, Ownership, Touchpoint, Waiver
from journeys.queries.catalogue import rules
from workspace import clock
from workspace.activity.models import Delivery, Event, Job
from workspace.demo import cast
from workspace.demo.loading import load, sign_ins
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person

NEEDS_SPRINTS = {"neglected", "blind-spot"}
DAYS = [date(2027, 1, 3), date(2028, 2, 29), date(2026, 9, 9)]


@pytest.fixture(
    scope="module",
    params=[pytest.param(day, id=f"{day:%A}-{day}", marks=pytest.mark.xdist_group(f"larkmoor-{day}")) for day in DAYS],
)
def today(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker) -> Iterator[date]:
    """Larkmoor, loaded on that day and looked at on it; one load for all the tests of a day."""
    day: date = request.param
    with (
        django_db_blocker.unblock(),
        clock.at(datetime(day.year, day.month, day.day, 11, 30, tzinfo=UTC)),
        transaction.atomic(),
    ):
        assert load(watch=lambda step: None)
        yield day
        transaction.set_rollback(True)


def share(on: date, *, unit: str = "") -> float:
    """The share owned on a day, of the whole or of a unit."""
    snapshots = CoverageSnapshot.objects.filter(on=on, scope="unit" if unit else "all")
    snapshot = snapshots.get(scope_id=BusinessUnit.objects.get(name=unit).pk if unit else 0)
    return snapshot.owned / snapshot.live


def test_every_rule_of_the_catalogue_asks_somebody_active(today: date) -> None:
    for code in {rule.code for rule in rules()} - NEEDS_SPRINTS:
        flags = Flag.objects.speaking().filter(rule=code).select_related("asked")
        assert flags, f"nothing breaks {code}"
        assert all(flag.asked is not None and flag.asked.works_here for flag in flags), code


def test_most_of_it_is_healthy(today: date) -> None:
    assert 0.75 <= share(today) <= 0.85
    assert [name for name in cast.UNIT_HEADS if share(today, unit=name) < 0.8] == ["Shops"]


def test_one_unit_is_a_silo(today: date) -> None:
    silo = Flag.objects.speaking().get(rule="siloed-unit")
    assert silo.unit == BusinessUnit.objects.get(name="Energy Plans")
    assert silo.evidence["internal"] > 5 * silo.evidence["external"] > 0


def test_coverage_was_noted_every_day_and_rose(today: date) -> None:
    days = list(CoverageSnapshot.objects.filter(scope="all").order_by("on").values_list("on", flat=True))
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))]
    assert days[-1] == today
    assert len(days) > 180
    months = [share(today - timedelta(days=n)) for n in (180, 150, 120, 90, 60, 30, 0)]
    assert months == sorted(months)
    assert months[-1] - months[0] > 0.15


def test_one_unit_dropped(today: date) -> None:
    drop = Flag.objects.unresolved().get(rule="coverage-drop")
    assert drop.unit == BusinessUnit.objects.get(name="Shops")
    assert share(today - timedelta(days=28), unit="Shops") - share(today, unit="Shops") > 0.2


def test_nothing_happened_in_the_future_nor_waits_for_the_worker(today: date) -> None:
    assert not Event.objects.filter(at__gt=clock.now()).exists()
    assert not Event.objects.filter(seq__isnull=True).exists()
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def test_people_act_on_working_days_only(today: date) -> None:
    moments = Event.objects.filter(actor__isnull=False).values_list("at", flat=True)
    assert {moment.weekday() for moment in moments} <= {0, 1, 2, 3, 4}


def test_each_end_of_a_claim_and_of_a_handoff_can_be_seen(today: date) -> None:
    assert set(Claim.objects.values_list("state", flat=True)) == set(Claim.State.values)
    assert set(Handoff.objects.values_list("state", flat=True)) == set(Handoff.State.values)
    assert Claim.objects.filter(state=Claim.State.DENIED, decided_by__isnull=True).exists(), "denied by date"


def test_flags_are_silenced_with_reasons_and_some_are_awake_again(today: date) -> None:
    assert set(Flag.objects.values_list("state", flat=True)) == set(Flag.State.values)
    assert Waiver.objects.filter(ended_at__isnull=True, until__gt=today).exists()
    assert Event.objects.filter(kind="flags.reopened").exists()


def test_everybody_named_in_the_story_exists_and_every_live_department_is_led(today: date) -> None:
    assert Touchpoint.objects.filter(external_id__isnull=False).count() == 91
    assert Person.objects.count() == 66
    led = DepartmentLead.objects.filter(person__is_active=True).values("department")
    assert list(Department.objects.current().exclude(pk__in=led).values_list("code", flat=True)) == ["METERING"]
    assert not Ownership.objects.current().filter(person__role=Person.Role.GUEST).exists()


def test_one_of_each_role_can_sign_in_and_nobody_else(today: date) -> None:
    for what, email in cast.SIGN_INS:
        person = authenticate(username=email, password=cast.PASSWORD)
        assert isinstance(person, Person), what
        assert person.works_here
        assert email in sign_ins()
    with_password = [person.email for person in Person.objects.all() if person.has_usable_password()]
    assert sorted(with_password) == sorted(email for _what, email in cast.SIGN_INS)
    administrator, executive, head, lead, deputy, member, guest = (
        Person.objects.get(email=email) for _what, email in cast.SIGN_INS
    )
    assert [administrator.role, executive.role, guest.role] == ["administrator", "executive", "guest"]
    assert {head.role, lead.role, deputy.role, member.role} == {"member"}
    assert BusinessUnit.objects.filter(head=head).exists()
    assert DepartmentLead.objects.filter(person=lead, is_deputy=False).exists()
    assert DepartmentLead.objects.filter(person=deputy, is_deputy=True).exists()
    assert not member.leaderships.exists()


def test_each_who_signs_in_finds_something_to_do(today: date) -> None:
    executive, head, lead, deputy, member = (Person.objects.get(email=email) for _what, email in cast.SIGN_INS[1:6])
    speaking = Flag.objects.speaking()
    assert speaking.filter(asked=executive, rule="contested").exists()
    assert speaking.filter(asked=head).count() > 5
    owned_by_lead = Ownership.objects.current().accountable().filter(department__leads__person=lead)
    assert Claim.objects.waiting().filter(touchpoint__in=owned_by_lead.values("touchpoint")).exists()
    proposed = Handoff.objects.filter(state=Handoff.State.PROPOSED, to_accepted_at__isnull=True)
    assert proposed.filter(to_department__leads__person=deputy).exists()
    assert speaking.filter(asked=member).exists()


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of what a load writes."""
    written: list[type[models.Model]] = [Person, Department, Touchpoint, Ownership, Flag, CoverageSnapshot, Event, Job]
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in written}


def test_a_second_load_changes_nothing_and_says_so(today: date) -> None:
    before, out, err = everything(), StringIO(), StringIO()
    call_command("load_demo", stdout=out, stderr=err)
    assert everything() == before
    assert "nothing was changed" in err.getvalue()
    assert cast.PASSWORD in out.getvalue()
