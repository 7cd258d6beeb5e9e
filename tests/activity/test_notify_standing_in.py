"""Who stands in for an absent lead or head hears what these would, as long as the absence lasts, and for whom."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys import commands as journeys
from journeys.commands.reminding import remind_of_attestations
from journeys.models import Flag, Ownership
from journeys.queries.audiences.standings import standings_of
from tests.cast import Cast, deliver, scan
from tests.journeys.test_standing_in import away
from tests.pages.reading import text_of
from workspace import clock
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Notification
from workspace.activity.queries.notifications import lines_of
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(cast: Cast) -> None:
    """What the founding of the company told is read and forgotten."""
    deliver()
    Notification.objects.all().delete()


def heard(group: str) -> dict[str, str]:
    """For whom each person was told of this group; "" for themselves."""
    deliver()
    rows = Notification.objects.filter(group=group).select_related("person", "on_behalf_of").order_by("id")
    return {row.person.name.split()[0]: row.on_behalf_of.name.split()[0] if row.on_behalf_of else "" for row in rows}


def claim_the_till(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)


# --- Claims ----------------------------------------------------------------------------------------------------------


def test_the_delegate_of_an_absent_head_decides_and_hears_of_it(cast: Cast) -> None:
    away(cast.service_head, cast.care_lead)
    claim_the_till(cast)

    assert heard("claims") == {"Sven": "", "Cara": "Sven"}


@pytest.mark.parametrize(("starts", "ends"), [(1, 3), (-3, -1)])
def test_nobody_stands_in_before_or_after_the_absence(cast: Cast, starts: int, ends: int) -> None:
    away(cast.service_head, cast.care_lead, starts=starts, ends=ends)
    claim_the_till(cast)

    assert heard("claims") == {"Sven": ""}


def test_the_absence_is_looked_at_when_it_is_told(cast: Cast) -> None:
    away(cast.service_head, cast.care_lead, ends=0)
    claim_the_till(cast)
    with clock.at(clock.now() + timedelta(days=1)):
        assert heard("claims") == {"Sven": ""}


def test_a_delegate_of_a_delegate_hears_nothing(cast: Cast) -> None:
    away(cast.service_head, cast.care_lead)
    away(cast.care_lead, cast.other_member)
    claim_the_till(cast)

    assert heard("claims") == {"Sven": "", "Cara": "Sven"}


@pytest.mark.parametrize("how", ["left", "guest"])
def test_a_delegate_who_cannot_be_asked_hears_nothing(cast: Cast, how: str) -> None:
    away(cast.service_head, cast.care_lead)
    if how == "left":
        Person.objects.filter(pk=cast.care_lead.pk).update(left_on=clock.today())
    else:
        Person.objects.filter(pk=cast.care_lead.pk).update(role=Person.Role.GUEST)
    claim_the_till(cast)

    assert heard("claims") == {"Sven": ""}


def test_who_claims_is_not_asked_to_decide_for_whom_they_stand_in(cast: Cast) -> None:
    away(cast.service_head, cast.shops_deputy)
    claim_the_till(cast)

    assert heard("claims") == {"Sven": ""}


def test_who_is_asked_themselves_is_asked_once_and_for_nobody(cast: Cast) -> None:
    away(cast.shops_lead, cast.shops_deputy)
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, reason="Ours", actor=cast.online_lead)

    assert heard("claims") == {"Liam": "", "Dora": ""}


def test_the_answer_to_a_claim_reaches_who_stands_in_for_whoever_made_it(cast: Cast) -> None:
    claim = journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    away(cast.shops_lead, cast.member)
    journeys.deny_claim(claim, reason="It is ours", actor=cast.service_head)

    assert heard("claim-answers") == {"Liam": "", "Mia": "Liam"}


# --- Ownership, handoffs, confirming ---------------------------------------------------------------------------------


def test_of_a_transfer_both_sides_hear_with_those_who_stand_in(cast: Cast) -> None:
    away(cast.billing_lead, cast.other_member)
    journeys.transfer_ownership(cast.receipt, department=cast.care, actor=cast.executive)

    assert heard("ownership") == {"Bela": "", "Omar": "Bela", "Cara": ""}


def test_nobody_hears_for_an_absent_lead_of_what_that_lead_did(cast: Cast) -> None:
    away(cast.shops_lead, cast.member)
    journeys.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)

    assert heard("ownership") == {"Dora": ""}


def test_the_other_side_of_a_handoff_hears_with_who_stands_in(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    away(cast.care_lead, cast.member)
    journeys.propose_handoff(cast.crossing(cast.compare_online, cast.till), what="The basket", actor=cast.online_lead)

    assert heard("handoffs") == {"Cara": "", "Mia": "Cara"}


def test_ownership_to_confirm_is_put_to_who_stands_in(cast: Cast) -> None:
    long_ago = clock.now() - timedelta(days=170)
    Ownership.objects.filter(department=cast.billing).update(attested_at=long_ago, held_from=long_ago)
    away(cast.billing_lead, cast.other_member)
    remind_of_attestations()

    assert heard("attestations") == {"Bela": "", "Omar": "Bela"}


def test_a_call_for_another_owner_reaches_who_stands_in_for_head_and_leads(cast: Cast) -> None:
    away(cast.service_head, cast.other_member)
    away(cast.care_lead, cast.member)
    journeys.call_for_owner(
        cast.receipt, reason="We cannot", ends_on=clock.today() + timedelta(days=30), actor=cast.billing_lead
    )

    assert {**heard("calls"), "Bela": ""} == {"Sven": "", "Omar": "Sven", "Cara": "", "Mia": "Cara", "Bela": ""}


# --- Flags -----------------------------------------------------------------------------------------------------------


def test_flags_that_ask_an_absent_head_are_put_to_the_delegate_who_may_answer_them(cast: Cast, client: Client) -> None:
    away(cast.service_head, cast.other_member)
    Flag.objects.all().delete()
    scan()
    deliver()

    asked = Flag.objects.speaking().filter(asked=cast.service_head)
    rows = Notification.objects.filter(person=cast.other_member, on_behalf_of=cast.service_head)
    assert sum(row.count for row in rows) == asked.count() > 0
    client.force_login(cast.other_member)
    assert str(asked.count()) in text_of(client.get("/flags/?asked=me"))
    journeys.acknowledge_flag(cast.flag("no-owner", cast.till), actor=cast.other_member)


def test_flags_that_ask_an_absent_executive_are_put_to_nobody_else(cast: Cast) -> None:
    """What an executive decides is not lent."""
    for person in (cast.service_head, cast.retail_head):
        organisation.deactivate_person(person, actor=cast.administrator)
    away(cast.executive, cast.other_member)
    scan()
    deliver()

    assert Notification.objects.filter(person=cast.executive, group="flags").exists()
    assert not Notification.objects.filter(person=cast.other_member).exists()


# --- What it says ----------------------------------------------------------------------------------------------------


def test_the_list_and_the_letter_say_for_whom(cast: Cast, client: Client, settings: object) -> None:
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}  # type: ignore[attr-defined]
    away(cast.service_head, cast.care_lead)
    claim_the_till(cast)
    deliver()
    work_on_waiting()

    client.force_login(cast.care_lead)
    assert "For Sven Service : Liam Lead claimed Till for Shops." in text_of(client.get("/notifications/"))
    (letter,) = [letter for letter in mail.outbox if letter.to == [cast.care_lead.email]]
    assert letter.subject == "For Sven Service: Liam Lead claimed Till for Shops."
    (own,) = [letter for letter in mail.outbox if letter.to == [cast.service_head.email]]
    assert own.subject == "Liam Lead claimed Till for Shops."


def test_of_somebody_who_was_erased_only_the_name_is_gone(cast: Cast) -> None:
    away(cast.service_head, cast.care_lead)
    claim_the_till(cast)
    deliver()
    organisation.deactivate_person(cast.service_head, actor=cast.administrator)
    organisation.erase_person(cast.service_head, actor=cast.administrator)

    (line,) = lines_of(Notification.objects.filter(person=cast.care_lead, group="claims").select_related("event"))
    assert "Sven" not in line.text
    assert "claimed Till" in line.text


# --- Standings, many at once -----------------------------------------------------------------------------------------


def test_many_standings_are_what_each_one_is(cast: Cast) -> None:
    away(cast.shops_lead, cast.member)
    away(cast.service_head, cast.member)
    away(cast.retail_head, cast.shops_lead)
    away(cast.billing_lead, cast.shops_deputy, starts=1)
    people = list(Person.objects.all())
    found = standings_of([person.pk for person in people])

    assert found == {person.pk: standing_of(person) for person in people if person.works_here and not person.is_guest}


def test_standings_of_many_take_as_many_statements_as_those_of_few(cast: Cast) -> None:
    away(cast.shops_lead, cast.member)

    def cost(people: list[Person]) -> int:
        with CaptureQueriesContext(connection) as captured:
            standings_of([person.pk for person in people])
        return len(captured)

    assert cost([cast.member]) == cost(list(Person.objects.all())) == 4
