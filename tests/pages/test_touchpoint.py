"""A touchpoint: who owns it, who asks for it, what is agreed at its crossings, and everything one may do about it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from journeys import commands
from journeys.models import Claim, Handoff, Ownership
from tests.cast import Cast, grow, scan
from tests.pages.reading import statements, text_of
from workspace import clock


@pytest.fixture
def till(cast: Cast) -> str:
    return f"/touchpoints/{cast.till.pk}/"


def owner_of(touchpoint) -> str:
    current = Ownership.objects.current().accountable().filter(touchpoint=touchpoint).first()
    return current.department.name if current else ""


def test_tells_its_facts_and_that_nobody_owns_it(cast: Cast, client: Client, till: str) -> None:
    client.force_login(cast.member)
    page = text_of(client.get(till))
    for fact in ("Unowned in Service", "owns 1 of 2 touchpoints in this stage", "Contacts a year 12,400", "Pay, 1"):
        assert fact in page, fact
    assert "Claim" not in page, "a member leads nothing, so nothing is offered"


def test_contested_claims_stand_side_by_side(cast: Cast, client: Client, till: str) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, reason="Our counter.", actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, reason="Our cash desk.", actor=cast.online_lead)
    for who, decide, withdraw in (("member", False, False), ("service_head", False, False), ("executive", True, False)):
        client.force_login(getattr(cast, who))
        page = text_of(client.get(till))
        assert "Contested: who shall own it? Decided by an executive." in page
        assert "Our counter." in page
        assert "Our cash desk." in page
        assert ("Approve for Shops" in page, "Withdraw" in page) == (decide, withdraw), who
    client.force_login(cast.shops_deputy)
    assert text_of(client.get(till)).count("Withdraw") == 1


def test_a_claim_with_a_reason_waits_for_the_head_and_is_approved(cast: Cast, client: Client, till: str) -> None:
    client.force_login(cast.shops_lead)
    form = client.get(f"{till}claim/")
    assert "Claim this touchpoint" in text_of(form)
    assert "Shops – the head of Service, or an executive decides" in form.content.decode()
    answer = client.post(f"{till}claim/", {"department": cast.shops.pk, "reason": "Our counter."}, follow=True)
    assert "The claim of Shops on Till waits: the head of Service, or an executive decides, by" in text_of(answer)
    claim = Claim.objects.waiting().get()
    client.force_login(cast.service_head)
    assert "A claim waits Decided by the head of Service, or an executive." in text_of(client.get(till))
    client.post(f"/claims/{claim.pk}/approve/", {"reason": "Gladly."})
    assert owner_of(cast.till) == "Shops"


def test_a_claim_is_denied_with_a_reason_or_withdrawn(cast: Cast, client: Client) -> None:
    first = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    client.force_login(cast.service_head)
    assert client.post(f"/claims/{first.pk}/deny/", {"reason": " "}).status_code == 422
    assert client.post(f"/claims/{first.pk}/deny/", {"reason": "Not yet."}).status_code == 302
    second = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    client.force_login(cast.shops_deputy)
    assert client.post(f"/claims/{second.pk}/withdraw/").status_code == 302
    assert set(Claim.objects.filter(touchpoint=cast.till).values_list("state", flat=True)) == {"denied", "withdrawn"}
    again = client.post(f"/claims/{second.pk}/withdraw/")
    assert again.status_code == 422
    assert "This claim is withdrawn already." in text_of(again)


def test_assign_hand_over_name_a_person_confirm_and_release(cast: Cast, client: Client, till: str) -> None:
    client.force_login(cast.service_head)
    assert client.post(f"{till}assign/", {"department": cast.care.pk}).status_code == 302
    assert owner_of(cast.till) == "Care"
    people = text_of(client.get(till))
    assert "Hand over" in people
    assert client.post(f"{till}person/", {"person": cast.care_lead.pk}).status_code == 302
    client.force_login(cast.care_lead)
    assert client.post(f"{till}attest/", {"mine": "no"}).status_code == 302
    assert "“Not ours”" in text_of(client.get(till))
    client.force_login(cast.service_head)
    assert client.post(f"{till}transfer/", {"department": cast.billing.pk}).status_code == 302
    assert owner_of(cast.till) == "Billing"
    assert client.post(f"{till}release/", {"reason": ""}).status_code == 422
    assert client.post(f"{till}release/", {"reason": "The tills are gone."}).status_code == 302
    assert owner_of(cast.till) == ""
    past = text_of(client.get(till))
    assert "Earlier owners and claims" in past
    assert "Cara Care" in past


def test_a_handoff_is_proposed_accepted_and_declined(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    crossing = cast.crossing(cast.compare_online, cast.till)
    page = f"/touchpoints/{cast.till.pk}/"
    client.force_login(cast.online_lead)
    assert "No handoff agreed Propose a handoff" in text_of(client.get(page))
    for hours, status in (("0", 422), ("many", 422), ("24", 302)):
        data = {"what": "The basket and the name", "within_hours": hours}
        assert client.post(f"/crossings/{crossing.pk}/handoff/", data).status_code == status, hours
    handoff = Handoff.objects.get()
    assert "Handoff proposed within 24 hours The basket and the name" in text_of(client.get(page))
    assert client.post(f"/handoffs/{handoff.pk}/accept/").status_code == 422, "their side has accepted already"
    client.force_login(cast.care_lead)
    assert "Accept Decline" in text_of(client.get(page))
    assert client.post(f"/handoffs/{handoff.pk}/accept/").status_code == 302
    assert "Handoff agreed" in text_of(client.get(page))
    assert client.post(f"/handoffs/{handoff.pk}/decline/", {"reason": "Too late."}).status_code == 422


def test_history_is_told_newest_first_and_goes_on(cast: Cast, client: Client, till: str) -> None:
    client.force_login(cast.member)
    for _ in range(12):
        commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
        commands.release_ownership(cast.till, reason="Again.", actor=cast.care_lead)
    page = client.get(f"{till}history/")
    assert text_of(page).index("released") < text_of(page).index("claimed")
    assert len(page.context["entries"]) == 50
    further = client.get(f"{till}history/?before={page.context['before']}")
    assert further.context["entries"][0].id < page.context["entries"][-1].id
    assert "added the touchpoint Till" in text_of(further)
    assert client.get(f"{till}history/?before=9999999999999999999999").status_code == 200


def test_times_are_shown_in_the_viewers_zone(cast: Cast, client: Client) -> None:
    moment = clock.now().replace(month=1, day=15, hour=23, minute=30)
    Ownership.objects.filter(touchpoint=cast.receipt).update(held_from=moment, attested_at=moment)
    client.force_login(cast.member)
    type(cast.member).objects.filter(pk=cast.member.pk).update(time_zone="Asia/Tokyo")
    page = client.get(f"/touchpoints/{cast.receipt.pk}/").content.decode()
    assert f'datetime="{(moment + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")}' in page
    assert timezone.get_current_timezone_name() == "UTC", "the next request starts in the zone of the installation"


@pytest.mark.parametrize("who", ["member", "service_head", "executive"])
def test_takes_at_most_twelve_statements_however_much_there_is(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))
    journey = grow(cast, by=1, stages=3, touchpoints=20)[0]
    scan()
    few = statements(client, f"/touchpoints/{cast.till.pk}/")
    crowded = journey.stages.all()[1].touchpoints.all()[0]
    for department, lead in ((cast.online, cast.online_lead), (cast.billing, cast.billing_lead)):
        commands.claim_touchpoint(crowded, department=department, actor=lead)
    assert statements(client, f"/touchpoints/{crowded.pk}/") <= few <= 12
    assert statements(client, f"/touchpoints/{cast.till.pk}/history/") <= 12
