"""What is said before a claim is what happens then: for everybody, in every state in which a touchpoint can be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils.formats import date_format

from journeys import commands
from journeys.models import Claim, Touchpoint
from journeys.queries.directory import directory
from journeys.queries.offers import ClaimOffer, assignable
from journeys.queries.places import hold
from journeys.queries.touchpoint_page import touchpoint_page
from sprints.models import Absence
from tests.cast import Cast, scan
from tests.journeys.reading import owner
from tests.pages.reading import text_of
from workspace import clock
from workspace.errors import NotAllowed, Refusal, StaleWrite
from workspace.organisation import commands as organisation
from workspace.organisation.models import Department, Person
from workspace.organisation.queries.people import standing_of

PEOPLE = [
    "administrator", "executive", "retail_head", "service_head", "shops_lead", "shops_deputy", "online_lead",
    "billing_lead", "care_lead", "member", "other_member", "guest", "leaver",
]  # fmt: skip


@contextmanager
def then_taken_back() -> Iterator[None]:
    """What happens in here has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- The states ------------------------------------------------------------------------------------------------------


def call(cast: Cast) -> Touchpoint:
    ends_on = clock.today() + timedelta(days=9)
    commands.call_for_owner(cast.compare_online, reason="We close.", ends_on=ends_on, actor=cast.online_lead)
    return cast.compare_online


def unowned(cast: Cast) -> Touchpoint:
    return cast.ask_a_seller


def unowned_draft(cast: Cast) -> Touchpoint:
    return commands.change_touchpoint(cast.till, lifecycle="draft", actor=cast.administrator)


def claimed_once(cast: Cast) -> Touchpoint:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    return cast.till


def contested(cast: Cast) -> Touchpoint:
    commands.claim_touchpoint(claimed_once(cast), department=cast.online, actor=cast.online_lead)
    return cast.till


def owned(cast: Cast) -> Touchpoint:
    return cast.compare_online


def owned_and_claimed(cast: Cast) -> Touchpoint:
    commands.claim_touchpoint(cast.compare_online, department=cast.billing, actor=cast.billing_lead)
    return cast.compare_online


def owned_from_outside(cast: Cast) -> Touchpoint:
    commands.transfer_ownership(cast.compare_online, department=cast.care, actor=cast.executive)
    return cast.compare_online


def owned_by_a_closed_department(cast: Cast) -> Touchpoint:
    organisation.archive_department(cast.online, actor=cast.administrator)
    return cast.compare_online


def called(cast: Cast) -> Touchpoint:
    return call(cast)


def called_and_claimed_from_outside(cast: Cast) -> Touchpoint:
    commands.claim_touchpoint(call(cast), department=cast.billing, actor=cast.billing_lead)
    return cast.compare_online


def called_by_a_closed_department(cast: Cast) -> Touchpoint:
    call(cast)
    return owned_by_a_closed_department(cast)


def retired(cast: Cast) -> Touchpoint:
    return commands.retire_touchpoint(call(cast), actor=cast.administrator)


def in_an_archived_journey(cast: Cast) -> Touchpoint:
    commands.archive_journey(cast.journey, actor=cast.administrator)
    return cast.ask_a_seller


def with_everybody_away(cast: Cast) -> Touchpoint:
    """The head and the owner's lead are away, and the claimant stands in for one of them."""
    for absent, delegate in ((cast.retail_head, cast.care_lead), (cast.online_lead, cast.member)):
        organisation.set_delegate(absent, delegate=delegate, actor=absent)
        Absence.objects.create(person=absent, starts_on=clock.today(), ends_on=clock.today())
    return cast.compare_online


STATES: list[Callable[[Cast], Touchpoint]] = [
    unowned, unowned_draft, claimed_once, contested, owned, owned_and_claimed, owned_from_outside,
    owned_by_a_closed_department, called, called_and_claimed_from_outside, called_by_a_closed_department, retired,
    in_an_archived_journey, with_everybody_away,
]  # fmt: skip
every_state = pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)


def offers_to(person: Person, touchpoint: Touchpoint) -> list[ClaimOffer]:
    """What the page of the touchpoint offers this person to claim."""
    read = Touchpoint.objects.select_related("stage__journey", "business_unit", "system__technology_owner")
    page = touchpoint_page(read.get(pk=touchpoint.pk), standing_of(person), directory())
    return list(page.claims)


# --- What is said, and what happens ----------------------------------------------------------------------------------


@every_state
def test_what_is_offered_happens_as_it_was_said_and_nothing_else_can_be_done(cast: Cast, state) -> None:
    touchpoint, departments = state(cast), list(Department.objects.order_by("pk"))
    before = owner(touchpoint)
    deciders_known: set[int] = set()
    for who in PEOPLE:
        person: Person = getattr(cast, who)
        offers = {offer.department.id: offer for offer in offers_to(person, touchpoint)} if not person.is_guest else {}
        given = {d.id for d in assigned_instead(person, touchpoint)}
        for department in departments:
            offer = offers.get(department.pk)
            with then_taken_back():
                if offer is None:
                    if department.pk not in given:
                        with pytest.raises(Refusal):
                            commands.claim_touchpoint(touchpoint, department=department, actor=person)
                    continue
                claim = commands.claim_touchpoint(
                    touchpoint, department=department, at_once=offer.at_once, actor=person
                )
                assert claim.due_on == offer.due_on
                assert (claim.state == Claim.State.ACCEPTED) is offer.at_once, (who, department)
                assert owner(touchpoint) == (department if offer.at_once else before), (who, department)
                if not offer.at_once and department.pk not in deciders_known:
                    deciders_known.add(department.pk)
                    assert who_could_approve(cast, claim) == named(cast, offer.decided_by, claim), (who, department)


def assigned_instead(person: Person, touchpoint: Touchpoint) -> Sequence[Any]:
    """Departments to which the person may assign it: no claim is offered for them, nor needed."""
    return assignable(standing_of(person), directory(), hold(touchpoint.pk, lock=False).place)


def who_could_approve(cast: Cast, claim: Claim) -> set[str]:
    """The people whose approval the command takes."""
    found = set()
    for who in PEOPLE:
        with then_taken_back():
            try:
                commands.approve_claim(claim, actor=getattr(cast, who))
            except NotAllowed:
                continue
            found.add(who)
    return found


def named(cast: Cast, words: str, claim: Claim) -> set[str]:
    """Those whom the words name, without the claimant and whoever belongs to the department that claims."""
    found = {"executive"}
    for phrase, people in {
        "the head of Retail": {"retail_head"},
        "the head of Service": {"service_head"},
        "a lead of Online Store": {"online_lead"},
        "a lead of Care": {"care_lead"},
    }.items():
        if phrase in words:
            found |= people
    stand_ins = dict(Absence.objects.values_list("person", "person__delegate"))
    by_id = {getattr(cast, who).pk: who for who in PEOPLE}
    found |= {by_id[stand_ins[pk]] for pk, who in by_id.items() if who in found and stand_ins.get(pk)}
    waiting = Claim.objects.waiting().filter(touchpoint=claim.touchpoint_id)
    own = list(waiting.values_list("department", "claimed_by"))

    def is_own(who: str) -> bool:
        standing = standing_of(getattr(cast, who))
        return any(by in standing.acts_as or standing.belongs_to(department) for department, by in own)

    return {who for who in found if not is_own(who)}


# --- Who speaks for several departments ------------------------------------------------------------------------------


@pytest.fixture
def both_units(cast: Cast) -> Person:
    """Olga leads Online Store in Retail and Care in Service."""
    organisation.add_lead(cast.care, person=cast.online_lead, actor=cast.administrator)
    return cast.online_lead


def test_of_several_departments_each_is_held_to_what_was_said_of_it(
    cast: Cast, client: Client, both_units: Person
) -> None:
    client.force_login(both_units)
    path = f"/touchpoints/{cast.till.pk}/claim/"
    form = client.get(path)
    said = form.context["form"]["at_once"].value()
    assert "Care – yours at once" in form.content.decode()
    assert "Online Store – the head of Service, or an executive decides, by" in form.content.decode()
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    answer = client.post(path, {"department": cast.care.pk, "at_once": said})
    assert answer.status_code == 409
    assert "Billing became owner of Till in the meantime." in text_of(answer)
    assert not Claim.objects.waiting().exists()
    answer = client.post(path, {"department": cast.online.pk, "at_once": said})
    assert answer.status_code == 302, "that somebody has to decide was said, and is so"
    assert Claim.objects.waiting().get().department == cast.online


@pytest.mark.parametrize("said", ["perhaps", "1,", ",", "-3", "9" * 40])
def test_a_promise_that_no_page_has_made_is_refused(cast: Cast, client: Client, said: str) -> None:
    client.force_login(cast.care_lead)
    answer = client.post(f"/touchpoints/{cast.till.pk}/claim/", {"department": cast.care.pk, "at_once": said})
    assert answer.status_code == 422
    assert owner(cast.till) is None


def test_until_when_it_is_decided_is_said_wherever_it_can_be_claimed(cast: Cast, client: Client) -> None:
    commands.set_rule_settings({"decide_claim_working_days": 9}, actor=cast.administrator)
    scan()
    client.force_login(cast.shops_lead)
    with then_taken_back():
        day = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead).due_on
    assert day > clock.today() + timedelta(days=10), "nine working days"
    for path in ("/flags/?rule=no-owner", f"/touchpoints/{cast.till.pk}/"):
        assert f"an executive decides, by {date_format(day, 'j F')}" in text_of(client.get(path)), path
    assert (
        f"an executive decides, by {day.isoformat()}"
        in client.get(f"/touchpoints/{cast.till.pk}/claim/").content.decode()
    )


# --- What has changed since ------------------------------------------------------------------------------------------


def test_what_lies_in_another_unit_by_now_is_said_to(cast: Cast) -> None:
    commands.change_touchpoint(cast.ask_a_seller, business_unit=cast.service, actor=cast.administrator)
    with pytest.raises(StaleWrite, match="Ask a seller lies in Service by now") as told:
        commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, at_once=True, actor=cast.shops_lead)
    assert "the head of Service, or an executive decides" in told.value.next_step
    assert not Claim.objects.waiting().exists()


def test_what_needs_no_decision_by_now_is_not_claimed_before_that_is_said(cast: Cast) -> None:
    commands.change_touchpoint(cast.till, business_unit=cast.retail, actor=cast.administrator)
    with pytest.raises(StaleWrite, match="needs nobody’s decision by now"):
        commands.claim_touchpoint(cast.till, department=cast.shops, at_once=False, actor=cast.shops_lead)
    assert owner(cast.till) is None


def test_a_call_of_long_ago_does_not_explain_why_somebody_was_faster(cast: Cast) -> None:
    """Online Store once called for another owner, gave it up, and is the owner again a moment before the claim."""
    made = commands.call_for_owner(
        cast.compare_online, reason="We close.", ends_on=clock.today() + timedelta(days=9), actor=cast.online_lead
    )
    commands.withdraw_call(made, actor=cast.online_lead)
    commands.release_ownership(cast.compare_online, reason="Closed.", actor=cast.online_lead)
    commands.claim_touchpoint(cast.compare_online, department=cast.online, actor=cast.online_lead)
    with pytest.raises(StaleWrite, match="Online Store became owner of Compare online in the meantime"):
        commands.claim_touchpoint(cast.compare_online, department=cast.shops, at_once=True, actor=cast.shops_lead)


# --- Releasing -------------------------------------------------------------------------------------------------------


def test_who_releases_is_told_what_becomes_of_the_claims_that_wait(cast: Cast, client: Client) -> None:
    client.force_login(cast.online_lead)
    path = f"/touchpoints/{cast.compare_online.pk}/release/"
    assert "is claimed for" not in text_of(client.get(path))
    claims = [commands.claim_touchpoint(cast.compare_online, department=cast.shops, actor=cast.shops_lead)]
    assert "It is claimed for Shops: then the head of Retail, or an executive decides." in text_of(client.get(path))
    with then_taken_back():
        commands.release_ownership(cast.compare_online, reason="Closed.", actor=cast.online_lead)
        assert who_could_approve(cast, claims[0]) == {"executive"}, "the head of Retail is of the Shops themselves"
    claims.append(commands.claim_touchpoint(cast.compare_online, department=cast.care, actor=cast.care_lead))
    assert "It is claimed for Care, Shops: then an executive decides." in text_of(client.get(path))
