"""The demo organisation is alive whatever day it is loaded on: each test holds on a Sunday, a leap day, a workday."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import models, transaction
from django.http import HttpRequest

from journeys.models import (
    Claim,
    CoverageSnapshot,
    Flag,
    Handoff,
    Journey,
    Ownership,
    OwnershipCall,
    Touchpoint,
    Waiver,
)
from journeys.queries.catalogue import rules
from journeys.queries.directory import directory
from journeys.queries.home import Window
from journeys.queries.home.calls import calls_of_home
from journeys.queries.home.handoffs import acceptable
from sprints.models import Absence, Approval, Comment, Membership, Sprint, SprintReport, Story, Team
from workspace import clock
from workspace.activity.models import Delivery, Event, Job, Webhook, WebhookDelivery
from workspace.demo import cast
from workspace.demo.loading import load, sign_ins
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person, Token
from workspace.organisation.queries.people import standing_of

pytestmark = pytest.mark.django_db  # or no database is made for these tests where they run alone

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
    for code in {rule.code for rule in rules()}:
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


def test_each_end_of_a_call_for_another_owner_can_be_seen(today: date) -> None:
    assert set(OwnershipCall.objects.values_list("state", flat=True)) == set(OwnershipCall.State.values)
    assert not OwnershipCall.objects.open().filter(ends_on__lte=today).exists(), "each open one can still be answered"
    lead, head = (Person.objects.get(email=cast.SIGN_INS[n][1]) for n in (3, 2))
    offered = calls_of_home(standing_of(lead), Window(), directory())
    assert any(row.is_offered for row in offered), "the lead who signs in could take one at once"
    asked = calls_of_home(standing_of(head), Window(), directory())
    assert any(row.may_transfer for row in asked), "the head who signs in is asked about one that nobody answered"


def test_one_agreed_handoff_is_not_kept_and_another_is_kept_again(today: date) -> None:
    broken = Handoff.objects.get(broken_at__isnull=False)
    flag = Flag.objects.speaking().get(rule="unaccepted-handoff", crossing=broken.crossing_id)
    assert (flag.severity, flag.evidence["broken_handoff"]) == (Flag.Severity.HIGH, broken.pk)
    deputy = Person.objects.get(email=cast.SIGN_INS[4][1])
    assert acceptable(standing_of(deputy)).filter(pk=broken.pk).exists(), "the deputy who signs in is asked to confirm"
    mended = Event.objects.get(kind="handoff.mended")
    assert mended.subject_id is not None
    assert Handoff.objects.get(pk=mended.subject_id).state == Handoff.State.ACCEPTED


def test_a_lead_is_away_and_their_delegate_acts_for_them(today: date) -> None:
    absent = Person.objects.get(email=f"ines.carvalhal@{cast.DOMAIN}")
    assert Absence.objects.filter(person=absent, starts_on__lt=today, ends_on__gt=today).exists()
    assert absent.delegate is not None
    (department,) = Department.objects.filter(leads__person=absent)
    standing = standing_of(absent.delegate)
    assert standing.leads_department(department.pk)
    assert standing.acts_for(departments=[department.pk]) == [absent.pk]
    done = Event.objects.filter(actor=absent.delegate, data__for=[absent.pk]).values_list("kind", flat=True)
    assert set(done) == {"claim.made", "ownership.attested"}


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
        person = authenticate(HttpRequest(), username=email, password=cast.PASSWORD)
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


def test_the_guest_sees_the_journey_that_the_agency_works_on_and_no_other(today: date) -> None:
    guest = Person.objects.get(email=cast.SIGN_INS[-1][1])
    (journey,) = Journey.objects.visible_to(guest)
    assert Touchpoint.objects.visible_to(guest).filter(external_id="CL-01").get().stage.journey == journey


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


# --- Teams -----------------------------------------------------------------------------------------------------------


def test_four_teams_mix_departments_of_several_units(today: date) -> None:
    teams = Team.objects.all()
    assert len(teams) == 4
    for team in teams:
        people = Person.objects.filter(memberships__team=team, department__isnull=False).select_related("department")
        assert len({person.department_id for person in people}) >= 3, team
        assert len({person.department.unit_id for person in people if person.department}) >= 3, team
        assert set(team.memberships.values_list("role", flat=True)) == set(Membership.Role.values), team


def test_each_team_is_in_the_middle_of_its_third_sprint(today: date) -> None:
    for team in Team.objects.all():
        first, second, active, planned = team.sprints.order_by("number")
        assert [first.state, second.state, active.state, planned.state] == ["closed", "closed", "active", "planned"]
        assert active.starts_on <= today <= active.ends_on < planned.starts_on
        for sprint in (first, second):
            report = SprintReport.objects.get(sprint=sprint).data
            assert report["done"]["stories"] > report["unfinished"]["stories"] > 0
        assert active.commitments.count() == 6  # with what was left over
        categories = Counter(active.stories.present().values_list("column__category", flat=True))
        assert categories["doing"] >= 2, categories
        assert categories["todo"] >= 1, categories
        assert planned.stories.count() == 3
        assert team.stories.present().filter(sprint=None).count() >= 12
        assert active.stories.exclude(blocked_reason="").count() == 1
        assert active.stories.exclude(unplanned_reason="").count() == 1
        assert team.labels.count() >= 4
        assert team.stories.filter(initiative__isnull=False).exists()
        assert team.stories.filter(item_count__gt=0, ticked_count__gt=0).exists()
        assert team.stories.filter(due_on__gte=today, publish_on__gte=today).exists()
    assert Absence.objects.filter(ends_on__gte=today, person__memberships__isnull=False).exists()


def test_people_talk_about_stories_and_ask_each_other(today: date) -> None:
    for team in Team.objects.all():
        said = Comment.objects.filter(story__team=team)
        assert said.filter(mentions__isnull=False).exists()
        assert said.count() >= 4
    inside, outside = Approval.objects.filter(state=Approval.State.WAITING).order_by("outside_email")
    assert inside.person is not None
    assert inside.person.works_here
    assert outside.outside_email.endswith(".example")
    assert outside.ends_at is not None
    assert outside.ends_at > clock.now()


def test_stories_work_on_some_of_what_hurts_and_not_on_all(today: date) -> None:
    neglected = set(Flag.objects.speaking().filter(rule="neglected").values_list("touchpoint__external_id", flat=True))
    assert {"EN-10", "EN-13", "HP-09"} <= neglected
    assert not neglected & {"HP-08", "WS-17", "BR-09", "CL-09"}
    blind = Flag.objects.speaking().filter(rule="blind-spot")
    assert 5 <= blind.count() < 20


def test_the_agency_sees_the_team_of_the_club_alone(today: date) -> None:
    guest = Person.objects.get(email=cast.SIGN_INS[-1][1])
    (team,) = Team.objects.visible_to(guest)
    assert team.key == "CLUB"


# --- Programs --------------------------------------------------------------------------------------------------------


def test_a_webhook_has_a_log_and_sends_nothing_from_a_demo(today: date) -> None:
    hook = Webhook.objects.get()
    assert hook.owner == Person.objects.get(email=cast.SIGN_INS[0][1])
    assert (hook.state, hook.failing_since) == (Webhook.State.PAUSED, None)
    assert "another server" in hook.reason
    states = Counter(WebhookDelivery.objects.values_list("state", flat=True))
    assert states["delivered"] > 20
    assert states["failed"] > 0
    assert states["pending"] == 4, "the sprints that were planned since"
    assert not WebhookDelivery.objects.filter(made_at__gt=clock.now()).exists()


def test_tokens_are_in_force_limited_and_past_their_end(today: date) -> None:
    assert Token.objects.in_force(clock.now()).count() == 2
    assert Token.objects.get(limits__noun=Team.NOUN).used_at is not None
    assert Token.objects.filter(ends_at__lte=clock.now()).count() == 1


# --- Again -----------------------------------------------------------------------------------------------------------


def everything() -> dict[str, list[dict[str, object]]]:
    """Every row of what a load writes."""
    written: list[type[models.Model]] = [
        Person, Department, Touchpoint, Ownership, Flag, CoverageSnapshot, Event, Job, Team, Sprint, Story, Comment
    ]  # fmt: skip
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in written}


def test_a_second_load_changes_nothing_and_says_so(today: date) -> None:
    before, out, err = everything(), StringIO(), StringIO()
    call_command("load_demo", stdout=out, stderr=err)
    assert everything() == before
    assert "nothing was changed" in err.getvalue()
    assert cast.PASSWORD in out.getvalue()
