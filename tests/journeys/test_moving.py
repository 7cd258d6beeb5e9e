"""What goes from one department or person to another goes at once, with its history, and as the preview had said."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from journeys import commands as journeys
from journeys.commands.moving import hand_over, move_ownerships
from journeys.models import Claim, Flag, Handoff, Ownership, Touchpoint
from journeys.queries.holdings import at_archive, at_last_lead, at_leaving, at_unit_change
from tests.cast import Cast, deliver, grow, scan
from tests.journeys.reading import current
from tests.snapshot import standing
from workspace import clock
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Event, EventSubject
from workspace.activity.queries.history import history_of
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation import commands as organisation
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.queries.consequences import of_leaving
from workspace.organisation.queries.people import standing_of
from workspace.organisation.registry import Leaving, Matter


def counts(matters: list[Matter]) -> dict[str, int]:
    return {matter.code: matter.count for matter in matters}


def breaking(rule: str) -> set[int]:
    return set(Flag.objects.unresolved().filter(rule=rule).values_list("subject_id", flat=True))


def owns(department: Department, touchpoint: Touchpoint, person: Person) -> None:
    Ownership.objects.create(touchpoint=touchpoint, department=department, person=person, held_from=clock.now())


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """The company at work: see `at_work`."""
    return standing(at_work, cast)


def at_work(cast: Cast) -> Cast:
    """Shops owns much, in both units; others claim some of it, it claims of others, and a handoff is agreed."""
    grow(cast, by=2, owned=True)
    for touchpoint in Touchpoint.objects.filter(stage__journey__name="Journey 1", business_unit=cast.service)[:2]:
        journeys.transfer_ownership(touchpoint, department=cast.shops, actor=cast.executive)
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, actor=cast.online_lead)
    journeys.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    handoff = journeys.propose_handoff(crossing, what="The leaflet", actor=cast.shops_lead)
    journeys.accept_handoff(handoff, actor=cast.online_lead)
    scan()
    deliver()
    return cast


def test_everything_goes_to_the_successor_with_its_history(busy: Cast) -> None:
    owned = set(Ownership.objects.current().filter(department=busy.shops).values_list("touchpoint", flat=True))
    before = Ownership.objects.count()
    moved = move_ownerships(busy.shops, to=busy.online, actor=busy.administrator)
    assert moved == len(owned)
    assert not Ownership.objects.current().filter(department=busy.shops).exists()
    now = Ownership.objects.current().filter(department=busy.online)
    assert owned <= set(now.values_list("touchpoint", flat=True))
    assert Ownership.objects.count() == before + len(owned)
    event = Event.objects.get(kind="ownership.moved")
    assert event.data["count"] == len(owned)
    told = EventSubject.objects.filter(event=event, subject_kind="touchpoint")
    assert set(told.values_list("subject_id", flat=True)) == owned


@pytest.mark.parametrize("successor", ["online", "care", None])
def test_what_the_preview_of_an_archive_says_is_what_happens(busy: Cast, successor: str | None) -> None:
    to = getattr(busy, successor) if successor else None
    said = counts(at_archive(busy.shops, to, standing_of(busy.administrator)))
    outside, closed = breaking("outside-unit"), breaking("closed-department")
    unagreed = breaking("unaccepted-handoff")
    owned = Ownership.objects.current().accountable().filter(department=busy.shops)
    before = set(owned.values_list("touchpoint", flat=True))
    if to is not None:
        organisation.merge_department(busy.shops, into=to, actor=busy.administrator)
    else:
        organisation.archive_department(busy.shops, actor=busy.administrator)
    deliver()
    if to is None:
        assert said["ownerless"] == len(before) == len(breaking("closed-department") - closed)
        assert Claim.objects.waiting().filter(department=busy.shops).count() == said["claims-made"]
        return
    assert said["moved"] == len(before)
    assert breaking("closed-department") == closed
    assert len(breaking("outside-unit") - outside) == said.get("outside", 0)
    assert len(breaking("unaccepted-handoff") - unagreed) == said.get("apart", 0)
    assert len(unagreed - breaking("unaccepted-handoff")) == said.get("together", 0)
    assert Claim.objects.filter(state="superseded").count() == said["superseded"] == 1
    assert Claim.objects.filter(state="withdrawn").count() == said["withdrawn"] == 1
    assert Handoff.objects.filter(state="void").count() == said["void"] == 1
    now = Ownership.objects.current().accountable().filter(department=to, touchpoint__in=before)
    named = Ownership.objects.filter(department=busy.shops, person__isnull=False, touchpoint__in=before)
    lost = named.count() - now.filter(person__isnull=False).count()
    assert lost == said.get("unnamed", 0)


def test_a_full_scan_finds_nothing_that_the_move_had_not_settled(busy: Cast) -> None:
    organisation.merge_department(busy.shops, into=busy.care, actor=busy.administrator)
    deliver()
    last = Event.objects.latest("id").pk
    scan()
    changed = Event.objects.filter(pk__gt=last, kind__startswith="flags.").exclude(kind="flags.escalated")
    assert [event.data["rule"] for event in changed if event.data["rule"] not in ("siloed-unit", "coverage-drop")] == []


def test_an_administrator_approves_no_owner_from_another_unit(busy: Cast) -> None:
    move_ownerships(busy.shops, to=busy.care, actor=busy.administrator)
    assert not current(busy.shop_window).outside_approved
    assert busy.shop_window.pk in breaking("outside-unit")


def test_an_administrator_who_heads_the_unit_does_approve(busy: Cast) -> None:
    organisation.set_unit_head(busy.retail, head=busy.administrator, actor=None)
    said = counts(at_archive(busy.shops, busy.care, standing_of(busy.administrator)))
    assert "outside" not in said
    move_ownerships(busy.shops, to=busy.care, actor=busy.administrator)
    assert current(busy.shop_window).outside_approved
    assert current(busy.shop_window).approved_by == busy.administrator


def test_people_go_along_and_answer_on(busy: Cast) -> None:
    organisation.merge_department(busy.shops, into=busy.online, actor=busy.administrator)
    busy.shops_lead.refresh_from_db()
    assert busy.shops_lead.department == busy.online
    assert current(busy.shop_window).person == busy.shops_lead


def test_who_stays_behind_answers_no_more(busy: Cast) -> None:
    """Moved without an archive the people keep their home, so none of them belongs to the new owner."""
    organisation.deactivate_person(busy.shops_lead, actor=busy.administrator)
    move_ownerships(busy.shops, to=busy.online, actor=busy.administrator)
    assert current(busy.shop_window).person is None


def test_retired_touchpoints_stay_in_the_history_of_their_owner(busy: Cast) -> None:
    journeys.retire_touchpoint(busy.shop_window, actor=busy.shops_lead)
    move_ownerships(busy.shops, to=busy.online, actor=busy.administrator)
    assert current(busy.shop_window).department == busy.shops


def test_a_part_that_the_successor_has_already_is_not_begun_twice(busy: Cast) -> None:
    def supports(department: Department, touchpoint: Touchpoint) -> None:
        Ownership.objects.create(
            touchpoint=touchpoint, department=department, kind="responsible", held_from=clock.now()
        )

    supports(busy.shops, busy.receipt)
    supports(busy.online, busy.receipt)
    supports(busy.shops, busy.compare_online)  # which the successor owns
    supports(busy.shops, busy.till)
    move_ownerships(busy.shops, to=busy.online, actor=busy.administrator)
    parts = Ownership.objects.current().filter(kind="responsible")
    assert set(parts.values_list("department", "touchpoint")) == {
        (busy.online.pk, busy.receipt.pk),
        (busy.online.pk, busy.till.pk),
    }


def test_parts_that_go_along_are_told_at_their_touchpoints(busy: Cast) -> None:
    now = clock.now()
    for touchpoint, kind in ((busy.receipt, "responsible"), (busy.receipt, "consulted"), (busy.till, "informed")):
        Ownership.objects.create(touchpoint=touchpoint, department=busy.shops, kind=kind, held_from=now)
    move_ownerships(busy.shops, to=busy.care, actor=busy.administrator)
    event = Event.objects.get(kind="ownership.parts_moved")
    assert event.data == {"old_department": busy.shops.pk, "department": busy.care.pk, "count": 3}
    told = EventSubject.objects.filter(event=event, subject_kind="touchpoint")
    assert set(told.values_list("subject_id", flat=True)) == {busy.receipt.pk, busy.till.pk}
    (entry,) = [entry for entry in history_of({"touchpoint": [busy.receipt.pk]}) if entry.kind == event.kind]
    assert strip_tags(entry.sentence) == "3 × a part in what others own went from Shops to Care, says Ada Admin."


def test_only_administrators_move_what_a_department_owns(busy: Cast) -> None:
    for person in (busy.member, busy.shops_lead, busy.retail_head, busy.executive, busy.guest):
        with pytest.raises(NotAllowed):
            move_ownerships(busy.shops, to=busy.online, actor=person)
        with pytest.raises(NotAllowed):
            hand_over(busy.shops_lead, to=busy.shops_deputy, actor=person)


def test_nothing_goes_to_a_department_that_is_archived_or_the_same(busy: Cast) -> None:
    stale = type(busy.online).objects.get(pk=busy.online.pk)
    organisation.archive_department(busy.online, actor=busy.administrator)
    for to in (stale, busy.shops):
        with pytest.raises(RuleBroken, match="cannot take over"):
            move_ownerships(busy.shops, to=to, actor=busy.administrator)
    assert current(busy.shop_window).department == busy.shops


def test_a_move_takes_statements_by_the_hundred_touchpoints_not_by_each(cast: Cast) -> None:
    def price() -> int:
        with CaptureQueriesContext(connection) as captured:
            move_ownerships(cast.shops, to=cast.online, actor=cast.administrator)
        move_ownerships(cast.online, to=cast.shops, actor=cast.administrator)
        return len(captured)

    grow(cast, by=1, owned=True)
    small = price()
    grow(cast, by=9, owned=True)
    assert price() == small


def test_thousands_of_touchpoints_go_at_once(cast: Cast) -> None:
    Touchpoint.objects.bulk_create(
        Touchpoint(stage=cast.use, name=f"Many {n}", business_unit=cast.retail, channel="web", step=n % 9)
        for n in range(2000)
    )
    now = clock.now()
    Ownership.objects.bulk_create(
        Ownership(touchpoint=touchpoint, department=cast.shops, held_from=now)
        for touchpoint in Touchpoint.objects.filter(name__startswith="Many")
    )
    with CaptureQueriesContext(connection) as captured:
        organisation.merge_department(cast.shops, into=cast.online, actor=cast.administrator)
    assert Ownership.objects.current().filter(department=cast.online).count() == 2002
    assert len(captured) < 120


def test_the_preview_of_another_unit_says_what_is_flagged_and_what_closes(busy: Cast) -> None:
    journeys.claim_touchpoint(busy.fault_line, department=busy.care, actor=busy.care_lead)
    busy.fault_line.refresh_from_db()
    said = counts(at_unit_change(busy.shops, busy.service))
    before, unagreed = breaking("outside-unit"), breaking("unaccepted-handoff")
    organisation.change_department(busy.shops, unit=busy.service, actor=busy.administrator)
    deliver()
    assert len(breaking("outside-unit") - before) == said["outside"]
    assert len(before - breaking("outside-unit")) == said.get("inside", 0)
    assert len(breaking("unaccepted-handoff") - unagreed) == said.get("apart", 0)
    assert len(unagreed - breaking("unaccepted-handoff")) == said.get("together", 0)


def test_crossings_that_come_to_lie_between_two_units_are_said_before(cast: Cast) -> None:
    """Shop window (Shops) leads to Compare online (Online Store), both in Retail, and nothing is agreed."""
    assert counts(at_unit_change(cast.shops, cast.service))["apart"] == 1
    assert counts(at_archive(cast.shops, cast.care, standing_of(cast.administrator)))["apart"] == 1
    assert "apart" not in counts(at_archive(cast.shops, cast.online, standing_of(cast.administrator)))
    organisation.change_department(cast.shops, unit=cast.service, actor=cast.administrator)
    shops = Department.objects.get(pk=cast.shops.pk)
    assert counts(at_unit_change(shops, cast.retail))["together"] == 1
    assert counts(at_archive(shops, cast.online, standing_of(cast.administrator)))["together"] == 1


def test_an_accepted_handoff_outlasts_another_unit_but_no_other_owner(busy: Cast) -> None:
    apart = counts(at_unit_change(busy.shops, busy.service)).get("apart", 0)
    brought = counts(at_archive(busy.shops, busy.care, standing_of(busy.administrator)))["apart"]
    Handoff.objects.filter(state="accepted").update(state="void")
    assert counts(at_unit_change(busy.shops, busy.service))["apart"] == apart + 1
    assert counts(at_archive(busy.shops, busy.care, standing_of(busy.administrator)))["apart"] == brought


@pytest.mark.parametrize("with_delegate", [False, True])
@pytest.mark.parametrize("with_deputy", [False, True])
def test_what_the_preview_of_leaving_says_is_what_happens(busy: Cast, with_deputy: bool, with_delegate: bool) -> None:
    lead = busy.shops_lead
    if not with_deputy:
        organisation.remove_lead(busy.shops, person=busy.shops_deputy, actor=busy.administrator)
    if with_delegate:
        lead = organisation.set_delegate(lead, delegate=busy.member, actor=busy.administrator)
    journeys.create_system("Tills", technology_owner=lead, actor=busy.administrator)
    till = busy.till
    journeys.change_touchpoint(till, system=journeys_system("Tills"), actor=busy.service_head)
    deliver()
    said = counts(at_leaving(Person.objects.get(pk=lead.pk), Leaving()))
    left, systems = breaking("inactive-owner"), breaking("no-technology-owner")
    organisation.deactivate_person(lead, actor=busy.administrator)
    deliver()
    assert len(breaking("inactive-owner") - left) == said.get("unanswered", 0)
    assert bool(said.get("unanswered")) == (not with_deputy and not with_delegate)
    assert said["systems"] == len(breaking("no-technology-owner") - systems) == 1


def journeys_system(name: str) -> object:
    from journeys.models import System

    return System.objects.get(name=name)


def test_the_last_one_of_a_department_leaves_it_closed_and_the_preview_says_so(busy: Cast) -> None:
    said = counts(at_leaving(busy.billing_lead, Leaving()))
    before = breaking("closed-department")
    organisation.deactivate_person(busy.billing_lead, actor=busy.administrator)
    deliver()
    assert len(breaking("closed-department") - before) == said["deserted"] > 0


def test_flags_that_asked_somebody_who_is_deactivated_go_to_the_next(busy: Cast) -> None:
    lead = busy.shops_lead
    assert Flag.objects.speaking().filter(asked=lead).exists()
    said = counts(at_leaving(lead, Leaving()))["flags"]
    assert said == Flag.objects.speaking().filter(asked=lead).count()
    organisation.deactivate_person(lead, actor=busy.administrator)
    deliver()
    work_on_waiting()
    assert not Flag.objects.speaking().filter(asked=lead).exists()


def test_another_answers_for_all_that_a_person_did(busy: Cast) -> None:
    system = journeys.create_system("Tills", technology_owner=busy.shops_lead, actor=busy.administrator)
    journeys.change_journey(busy.journey, accountable=busy.shops_lead, actor=busy.administrator)
    said = counts(at_leaving(busy.shops_lead, Leaving(busy.shops_deputy)))
    assert hand_over(busy.shops_lead, to=busy.shops_deputy, actor=busy.administrator) == said["taken"]
    assert said["journeys"] == said["systems"] == 1
    assert current(busy.shop_window).person == busy.shops_deputy
    busy.journey.refresh_from_db()
    system.refresh_from_db()
    assert busy.journey.accountable == system.technology_owner == busy.shops_deputy
    assert counts(at_leaving(busy.shops_lead, Leaving())).keys() <= {"flags", "claims"}


def test_whoever_takes_over_answers_only_for_their_own_department(busy: Cast) -> None:
    said = counts(at_leaving(busy.shops_lead, Leaving(busy.care_lead)))
    assert "taken" not in said
    hand_over(busy.shops_lead, to=busy.care_lead, actor=busy.administrator)
    answered = Ownership.objects.current().filter(department=busy.shops)
    assert said["unnamed"] > 0
    assert not answered.filter(person__isnull=False).exists()


@pytest.mark.parametrize("with_leads", [False, True])
def test_whoever_takes_over_the_leads_answers_for_their_departments_as_the_preview_says(
    busy: Cast, with_leads: bool
) -> None:
    """An archived department keeps its leads and has nobody who answers; an archived unit goes along."""
    lead, to = busy.shops_lead, busy.care_lead
    closed = organisation.create_department("Closed", unit=busy.retail, code="OLD", actor=None)
    organisation.add_lead(closed, person=lead, actor=None)
    owns(closed, busy.till, lead)
    organisation.archive_department(closed, actor=None)
    for name in ("Open", "Ended"):
        organisation.create_unit(name, head=lead, actor=None)
    organisation.archive_unit(BusinessUnit.objects.get(name="Ended"), actor=None)
    answered = list(Ownership.objects.current().accountable().filter(person=lead).values_list("pk", flat=True))
    matters = {matter.code: matter for matter in of_leaving(lead, Leaving(to, with_leads=with_leads))}
    said = counts(list(matters.values()))
    organisation.hand_over(lead, to=to, with_leads=with_leads, actor=busy.administrator)
    now = Ownership.objects.filter(pk__in=answered)
    taken, left = now.filter(person=to), now.filter(person=None)
    assert said.get("taken", 0) == taken.count() == (len(answered) - 1 if with_leads else 0)
    assert said["unnamed"] == left.count()
    for code, rows in (("taken", taken), ("unnamed", left)):
        if code in matters:
            names = {named.text for named in matters[code].first}
            assert names == set(rows.values_list("touchpoint__name", flat=True)), code
    assert said.get("leads", 0) == to.leaderships.exclude(department=busy.care).count()
    assert said.get("heads", 0) == to.heads.count() == (2 if with_leads else 0)


def test_only_what_goes_is_named_as_going(busy: Cast) -> None:
    """What belongs to another department is named apart, and a link to all of it is no link to some of it."""
    owns(busy.care, busy.till, busy.shops_lead)
    matters = {matter.code: matter for matter in at_leaving(busy.shops_lead, Leaving(busy.shops_deputy))}
    assert [named.text for named in matters["unnamed"].first] == ["Till"]
    assert "Till" not in [named.text for named in matters["taken"].first]
    assert matters["taken"].url == matters["unnamed"].url == ""


def test_nobody_hands_over_to_a_guest_or_somebody_who_left(busy: Cast) -> None:
    for to in (busy.guest, busy.leaver):
        with pytest.raises(RuleBroken, match="cannot be accountable"):
            hand_over(busy.shops_lead, to=to, actor=busy.administrator)


def test_a_guest_answers_for_nothing_any_more(busy: Cast) -> None:
    organisation.set_unit_head(busy.retail, head=busy.shops_lead, actor=busy.administrator)
    organisation.set_role(busy.shops_lead, role="guest", actor=busy.administrator)
    busy.retail.refresh_from_db()
    assert busy.retail.head is None
    assert not busy.shops_lead.leaderships.exists()
    assert not Ownership.objects.current().filter(person=busy.shops_lead).exists()


def test_the_last_lead_leaves_touchpoints_that_nobody_answers_for(busy: Cast) -> None:
    assert "leaderless" not in counts(at_last_lead(busy.shops, busy.shops_deputy))
    organisation.remove_lead(busy.shops, person=busy.shops_deputy, actor=busy.administrator)
    person = current(busy.shop_window).person
    assert person == busy.shops_lead
    journeys.set_accountable_person(busy.shop_window, person=busy.member, actor=busy.shops_lead)
    organisation.set_leaving_date(busy.member, on=clock.today() - timedelta(days=1), actor=busy.administrator)
    deliver()
    said = counts(at_last_lead(busy.shops, busy.shops_lead))
    before = breaking("inactive-owner")
    organisation.remove_lead(busy.shops, person=busy.shops_lead, actor=busy.administrator)
    deliver()
    assert len(breaking("inactive-owner") - before) == said["unanswered"] == 1
