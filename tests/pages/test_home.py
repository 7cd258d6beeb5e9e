"""Home: what needs me, the worst first, each with its button; what I asked for; and what to do when nothing does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Claim, Flag, Ownership, Touchpoint
from journeys.queries.home.claims import decidable
from journeys.queries.home.flags import flags_of_home
from journeys.queries.places import hold
from journeys.rules.claims import Claimant, may_decide_claim
from tests.cast import Cast, grow, scan
from tests.pages.reading import home, statements, text_of
from tests.pages.test_home_calls import call_for_owner
from workspace import clock
from workspace.organisation.commands import add_lead, archive_department, set_unit_head
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

pytestmark = pytest.mark.usefixtures("fresh_cache")

HTMX = {"HX-Request": "true"}


def long_ago(ownership: Ownership, days: int = 200) -> Ownership:
    Ownership.objects.filter(pk=ownership.pk).update(held_from=clock.now() - timedelta(days=days))
    ownership.refresh_from_db()
    return ownership


# --- What needs me ----------------------------------------------------------------------------------------------------


def test_the_worst_flags_that_ask_me_my_departments_and_my_units(cast: Cast, client: Client) -> None:
    scan()
    page = home(client, cast.service_head)
    rows = page.context["page"].flags
    assert [row.flag.severity for row in rows] == sorted((row.flag.severity for row in rows), reverse=True)
    assert rows[0].flag.touchpoint in {cast.till, cast.fault_line}
    assert all(cast.service.pk in {row.flag.unit_id, row.flag.other_unit_id} for row in rows)
    assert f"Flags that ask you {page.context['numbers'].all_flags}" in text_of(page)
    inbox = client.get("/flags/?asked=mine")
    assert inbox.context["page"].paginator.count == page.context["numbers"].all_flags


def test_a_flag_is_answered_where_it_stands(cast: Cast, client: Client) -> None:
    page = home(client, cast.service_head).content.decode()
    flag = cast.flag("no-owner", cast.till)
    assert f'action="/flags/{flag.pk}/acknowledge/"' in page
    assert f'href="/touchpoints/{cast.till.pk}/assign/' in page
    answer = client.post(f"/flags/{flag.pk}/acknowledge/", {"next": "/"})
    assert answer.headers["Location"] == "/"


def test_claims_that_i_decide_with_their_day(cast: Cast, client: Client) -> None:
    claim = commands.claim_touchpoint(
        cast.till, department=cast.shops, reason="The counter is ours.", actor=cast.shops_lead
    )
    page = home(client, cast.service_head)
    [decision] = page.context["page"].decisions
    assert (decision.touchpoint, decision.due_on, decision.is_contested) == (cast.till, claim.due_on, False)
    text = text_of(page)
    assert "The counter is ours." in text
    assert "Approve for Shops" in text
    assert client.post(f"/claims/{claim.pk}/approve/", {"next": "/"}).headers["Location"] == "/"
    assert client.get("/").context["page"].decisions == []


def test_contested_claims_are_for_executives_alone(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    assert home(client, cast.executive).context["page"].decisions == []
    commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    assert home(client, cast.service_head).context["page"].decisions == []
    [decision] = home(client, cast.executive).context["page"].decisions
    assert decision.is_contested
    assert [asking.department.name for asking in decision.claims] == ["Shops", "Online Store"]
    assert "Approve for Online Store" in text_of(client.get("/"))


def test_an_executive_sees_what_nobody_decided_in_time(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    Claim.objects.update(due_on=clock.today() - timedelta(days=1))
    assert len(home(client, cast.executive).context["page"].decisions) == 1


def test_the_decisions_are_those_that_the_rule_allows(cast: Cast) -> None:
    """The condition in the database and the rule say the same about everybody and every claim."""
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.receipt, department=cast.care, actor=cast.care_lead)
    commands.claim_touchpoint(cast.fault_line, department=cast.shops, actor=cast.retail_head)
    commands.claim_touchpoint(cast.shop_window, department=cast.billing, actor=cast.service_head)
    commands.claim_touchpoint(cast.shop_window, department=cast.care, actor=cast.care_lead)
    add_lead(cast.billing, person=cast.retail_head, actor=cast.administrator)
    set_unit_head(cast.retail, head=cast.executive, actor=cast.administrator)
    Claim.objects.update(due_on=clock.today() - timedelta(days=1))
    waiting = list(Claim.objects.waiting())
    claimants = {
        claim.touchpoint_id: [
            Claimant(c.department_id, c.claimed_by_id) for c in waiting if c.touchpoint_id == claim.touchpoint_id
        ]
        for claim in waiting
    }
    for person in Person.objects.active().exclude(role="guest"):
        standing = standing_of(person)
        allowed = {
            claim.pk
            for claim in waiting
            if may_decide_claim(
                standing,
                hold(claim.touchpoint_id, lock=False).place,
                claimant=Claimant(claim.department_id, claim.claimed_by_id),
                waiting=claimants[claim.touchpoint_id],
            )
        }
        assert set(decidable(standing).values_list("pk", flat=True)) == allowed, person.name


def test_a_claim_that_can_only_be_denied_offers_no_approval(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    Ownership.objects.filter(department=cast.shops).update(held_until=clock.now())
    archive_department(cast.shops, actor=cast.administrator)
    text = text_of(home(client, cast.service_head))
    assert "Approve for Shops" not in text
    assert "Deny" in text


def test_attestations_are_asked_for_two_weeks_before_their_day(cast: Cast, client: Client) -> None:
    receipt = long_ago(cast.receipt.ownerships.get(), days=165)
    assert home(client, cast.billing_lead).context["page"].attestations == []
    long_ago(receipt, days=167)
    [row] = home(client, cast.billing_lead).context["page"].attestations
    assert row.ownership == receipt
    assert row.due_on - clock.today() in {timedelta(days=12), timedelta(days=13), timedelta(days=14)}
    assert home(client, cast.care_lead).context["page"].attestations == []


def test_a_rule_that_is_off_asks_for_no_confirmation(cast: Cast, client: Client) -> None:
    long_ago(cast.receipt.ownerships.get())
    commands.set_rule_settings({"off.unattested": True}, actor=cast.administrator)
    page = home(client, cast.billing_lead)
    assert page.context["counts"]["attestations"] == 0
    assert "Still ours" not in text_of(page)
    assert client.get("/?show=attestations").status_code == 200
    commands.set_rule_settings({"off.unattested": False}, actor=cast.administrator)
    assert client.get("/").context["counts"]["attestations"] == 1


def test_still_ours_is_one_press_and_not_ours_asks(cast: Cast, client: Client) -> None:
    receipt = long_ago(cast.receipt.ownerships.get())
    home(client, cast.billing_lead)
    asked = client.get(f"/touchpoints/{cast.receipt.pk}/dispute/?next=/")
    assert "Billing stays the owner of Receipt until somebody else takes it" in text_of(asked)
    answer = client.post(
        f"/touchpoints/{cast.receipt.pk}/attest/", {"mine": "yes", "ownership": receipt.pk}, headers=HTMX
    )
    assert '"changed"' in answer.headers["HX-Trigger"]
    assert client.get("/").context["page"].attestations == []
    long_ago(receipt)
    Ownership.objects.update(attested_at=None)
    said = {"ownership": receipt.pk, "reason": "It belongs to Care.", "next": "/"}
    client.post(f"/touchpoints/{cast.receipt.pk}/dispute/", said)
    receipt.refresh_from_db()
    assert receipt.disputed_at is not None
    assert client.get("/").context["page"].attestations == []


def test_handoffs_wait_for_the_side_that_has_not_accepted(cast: Cast, client: Client) -> None:
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    handoff = commands.propose_handoff(crossing, what="The leaflet", within_hours=24, actor=cast.online_lead)
    page = home(client, cast.shops_lead)
    assert [row.handoff for row in page.context["page"].handoffs] == [handoff]
    assert "The leaflet within 24 hours" in text_of(page)
    mine = home(client, cast.online_lead)
    assert mine.context["page"].handoffs == []
    assert [row.handoff for row in mine.context["page"].own_handoffs] == [handoff]
    assert "To accept" in text_of(mine)
    assert "Shops" in text_of(mine)


def test_where_customers_cross_no_more_nobody_is_asked_to_agree(cast: Cast, client: Client) -> None:
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    commands.propose_handoff(crossing, what="The leaflet", actor=cast.online_lead)
    commands.retire_touchpoint(cast.shop_window, actor=cast.administrator)
    for who in ("shops_lead", "online_lead"):
        page = home(client, getattr(cast, who)).context
        assert (page["counts"]["handoffs"], page["counts"]["asked"]) == (0, 0), who
    commands.change_touchpoint(cast.shop_window, lifecycle="live", actor=cast.administrator)
    assert home(client, cast.shops_lead).context["counts"]["handoffs"] == 1, "and asked again where they do"


# --- When nothing needs me --------------------------------------------------------------------------------------------


def test_a_lead_is_shown_what_they_could_claim(cast: Cast, client: Client) -> None:
    page = home(client, cast.care_lead)
    assert "Nothing waits for you. These have no owner yet" in text_of(page)
    assert {row.flag.touchpoint for row in page.context["page"].claimable} == {cast.till, cast.fault_line}
    assert "Claim for Care" in text_of(page)


@pytest.mark.parametrize(
    ("who", "said"),
    [("member", "see who owns what"), ("executive", "The overview shows"), ("administrator", "or import them")],
)
def test_who_is_not_needed_is_told_where_to_go(cast: Cast, client: Client, who: str, said: str) -> None:
    Flag.objects.all().delete()
    text = text_of(home(client, getattr(cast, who)))
    assert "Nothing needs you now" in text
    assert said in text


def test_administrators_are_told_what_the_organisation_lacks(cast: Cast, client: Client) -> None:
    set_unit_head(cast.retail, head=None, actor=cast.administrator)
    text = text_of(home(client, cast.administrator))
    assert "1 business unit without a head" in text
    assert "2 people without a department" in text, "the administrator and the executive"
    assert "without a lead" not in text
    assert "is not complete" not in text_of(home(client, cast.executive))


def test_guests_have_a_page_of_their_own(cast: Cast, client: Client) -> None:
    page = home(client, cast.guest)
    assert page.status_code == 200
    assert "What needs you" not in text_of(page)


# --- The numbers, and the whole of a part -----------------------------------------------------------------------------


def test_the_numbers_of_my_unit(cast: Cast, client: Client) -> None:
    scan()
    text = text_of(home(client, cast.member))
    assert "Retail" in text
    assert "66 % 2 of 3 owned" in text
    flags = [f for f in Flag.objects.speaking() if cast.retail.pk in {f.unit_id, f.other_unit_id}]
    assert f"{len(flags)} open flags" in text
    assert "The whole house 50 % 3 of 6 owned" in text_of(home(client, cast.executive))


def test_the_whole_house_is_told_as_the_overview_tells_it(cast: Cast, client: Client) -> None:
    """Also after what has happened since the last scan, which notes the coverage of the day."""
    scan()
    commands.assign_ownership(cast.till, department=cast.billing, actor=cast.executive)
    for person in (cast.executive, cast.administrator):
        assert "The whole house 66 % 4 of 6 owned" in text_of(home(client, person))
        assert "4 of 6 owned" in text_of(client.get("/ownership/"))


def test_few_are_shown_and_all_can_be_seen(cast: Cast, client: Client) -> None:
    grow(cast, by=2, owned=True)
    Ownership.objects.update(held_from=clock.now() - timedelta(days=300))
    page = home(client, cast.shops_lead)
    assert page.context["counts"]["attestations"] == 13
    assert len(page.context["page"].attestations) == 5
    assert "All 13" in text_of(page)
    whole = client.get("/?show=attestations")
    assert len(whole.context["page"].attestations) == 13
    assert whole.context["page"].flags == []
    for query in ("?show=nonsense", "?show=attestations&page=999999", "?show=decisions&page=x", "?show=asked"):
        assert client.get(f"/{query}").status_code == 200


def test_a_part_is_fetched_again_after_an_action(cast: Cast, client: Client) -> None:
    client.force_login(cast.care_lead)
    page = client.get("/").content.decode()
    assert 'id="home"' in page
    assert 'hx-trigger="changed from:body"' in page
    part = client.get("/", headers={"HX-Request": "true", "HX-Target": "home"})
    assert b"<html" not in part.content


def _everything(cast: Cast, person: Person) -> None:
    """Something in every part: a stage and touchpoints among the flags, so that every kind of name is looked up."""
    Ownership.objects.update(held_from=clock.now() - timedelta(days=300))
    scan()
    one = Flag.objects.speaking().filter(rule="stage-gap").order_by("pk")[:1].get()
    Flag.objects.exclude(rule="no-owner").exclude(pk=one.pk).delete()
    Flag.objects.filter(pk=one.pk).update(severity=4, due_on=clock.today() - timedelta(days=9))
    Flag.objects.filter(state="open").update(asked=person, asked_level=Flag.Level.HEAD)


@pytest.mark.parametrize("who", ["member", "shops_lead", "service_head", "executive", "administrator"])
def test_takes_as_many_statements_for_many_as_for_few(cast: Cast, client: Client, who: str) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.fault_line, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.fault_line, department=cast.online, actor=cast.online_lead)
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    commands.propose_handoff(crossing, what="The leaflet", actor=cast.online_lead)
    call_for_owner(cast)
    person = getattr(cast, who)
    client.force_login(person)
    _everything(cast, person)
    few = statements(client, "/")
    grow(cast, by=4)
    for journey in grow(cast, by=4, owned=True):
        for touchpoint in Touchpoint.objects.filter(stage__journey=journey, business_unit=cast.retail)[:2]:
            ends_on = clock.today() + timedelta(days=20)
            commands.call_for_owner(touchpoint, reason="Away.", ends_on=ends_on, actor=cast.shops_lead)
    _everything(cast, person)
    assert statements(client, "/") == few <= 12


def test_what_is_asked_as_attestation_is_not_asked_as_a_flag_too(cast: Cast, client: Client) -> None:
    receipt = long_ago(cast.receipt.ownerships.get())
    scan()
    page = home(client, cast.billing_lead).context["page"]
    assert "unattested" not in {row.flag.rule for row in page.flags}
    assert len(page.attestations) == 1
    assert flags_of_home(standing_of(cast.service_head)).filter(rule="unattested").exists(), "who cannot confirm it"
    commands.attest_ownership(receipt, mine=False, actor=cast.billing_lead)
    page = home(client, cast.billing_lead).context["page"]
    assert "unattested" in {row.flag.rule for row in page.flags}, "it looks for an owner now"


def test_what_is_asked_as_a_decision_is_not_asked_as_a_flag_too(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    assert cast.flag("contested", cast.till).asked == cast.executive
    page = home(client, cast.executive).context["page"]
    assert "contested" not in {row.flag.rule for row in page.flags}
    assert len(page.decisions) == 1
    assert flags_of_home(standing_of(cast.service_head)).filter(rule="contested").exists(), "who cannot decide it"
