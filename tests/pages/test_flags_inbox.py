"""The flags inbox: worst first, in human words, with what this viewer may do and nothing else."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Claim, Flag, Ownership
from journeys.queries.catalogue import rules
from journeys.queries.tellers import teller_of
from tests.cast import Cast, grow, scan
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.organisation.commands import add_lead

HTMX = {"HX-Request": "true"}


@pytest.fixture
def scanned(cast: Cast) -> Cast:
    scan()
    return cast


def test_names_subject_and_evidence_in_human_words(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.member)
    page = text_of(client.get("/flags/"))
    assert "Till (Pay, store) in Service has no owner · moment of truth · 12,400 contacts a year" in page
    assert "Receipt → Fault line : inside Service, customers step from an owned touchpoint into nobody’s" in page
    assert "Compare online → Till : customers step from Retail into nobody’s touchpoint in Service" in page
    assert "emotion falls from 0 to −2" in page
    assert "Use in Buying a coffee machine : 0 of 1 touchpoints are owned" in page
    assert "Service : 1 of 3 live touchpoints are owned" in page
    assert "Sven Service as head of the unit" in page


def test_every_rule_has_words_of_its_own() -> None:
    assert [rule.code for rule in rules() if teller_of(rule.code) is None] == []


def test_stands_in_the_order_of_severity_then_due_date(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.member)
    listed = [row.flag for row in client.get("/flags/").context["rows"]]
    assert listed == sorted(listed, key=lambda flag: (-flag.severity, flag.due_on, flag.pk))
    assert listed[0].severity == Flag.Severity.CRITICAL
    assert all(flag.state in {"open", "acknowledged"} for flag in listed)


def test_counts_each_severity_of_what_the_other_filters_leave(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.member)
    tabs = client.get(f"/flags/?unit={scanned.service.pk}&severity=4").context["tabs"]
    counted = {str(tab["label"]): tab["count"] for tab in tabs}
    of_service = [f for f in Flag.objects.speaking() if scanned.service.pk in {f.unit_id, f.other_unit_id}]
    assert counted["All"] == len(of_service)
    assert counted["Critical"] == sum(flag.severity == 4 for flag in of_service)
    assert [tab["label"] for tab in tabs if tab["current"]] == ["Critical"]


@pytest.mark.parametrize(
    ("query", "rules_shown"),
    [
        ("rule=no-owner", {"no-owner"}),
        ("severity=2", {"coverage-drop"}),
        ("q=fault", {"no-owner", "boundary-gap"}),
        ("q=coffee&severity=4", {"no-owner", "boundary-gap"}),
        ("state=silenced", set()),
        ("q=nothing+like+it", set()),
    ],
)
def test_filters(scanned: Cast, client: Client, query: str, rules_shown: set[str]) -> None:
    client.force_login(scanned.member)
    assert {row.flag.rule for row in client.get(f"/flags/?{query}").context["rows"]} == rules_shown


def test_filters_by_unit_on_either_side_by_department_and_by_who_is_asked(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.retail_head)
    flags = Flag.objects.speaking()

    def shown(query: str) -> set[int]:
        return {row.flag.pk for row in client.get(f"/flags/?{query}").context["rows"]}

    assert shown("asked=me") == set(flags.filter(asked=scanned.retail_head).values_list("pk", flat=True))
    other_side = flags.filter(other_unit=scanned.retail).exclude(unit=scanned.retail)
    assert other_side.exists()
    assert {flag.pk for flag in other_side} <= shown(f"unit={scanned.retail.pk}")
    assert shown(f"department={scanned.care.pk}") == set()


def test_says_which_filters_are_active_and_how_to_leave_them(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.member)
    page = client.get(f"/flags/?unit={scanned.retail.pk}&rule=no-owner")
    assert "Business unit: Retail" in text_of(page)
    assert 'href="?rule=no-owner"' in page.content.decode()


def test_a_filter_value_that_is_none_narrows_nothing_and_is_said(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.member)
    page = client.get("/flags/?unit=999999&severity=abc&rule=nonsense&page=oops")
    assert page.status_code == 200
    assert len(page.context["rows"]) == Flag.objects.speaking().count()
    assert "Select a valid choice. 999999 is not one of the available choices." in text_of(page)


def test_one_flag_can_be_pointed_at_whatever_its_state(scanned: Cast, client: Client) -> None:
    resolved = Flag.objects.get(rule="no-owner", touchpoint=scanned.shop_window)
    assert resolved.state == Flag.State.RESOLVED
    client.force_login(scanned.member)
    page = client.get(f"/flags/?flag={resolved.pk}")
    assert [row.flag for row in page.context["rows"]] == [resolved]
    assert "This is one flag of many. Show all flags" in text_of(page)
    assert client.get("/flags/?flag=999999").status_code == 404
    assert client.get("/flags/?flag=x").status_code == 404


def test_nothing_to_do_is_said(cast: Cast, client: Client) -> None:
    Flag.objects.all().delete()
    client.force_login(cast.member)
    text = text_of(client.get("/flags/"))
    assert "Nothing falls between" in text
    assert "Every rule that is switched on holds" in text, "of one that is off nothing is known"
    assert "No flag matches" in text_of(client.get("/flags/?q=till"))


# --- What is offered --------------------------------------------------------------------------------------------------


def _row(client: Client, cast: Cast, rule: str = "no-owner"):
    rows = client.get(f"/flags/?rule={rule}").context["rows"]
    return next(row for row in rows if row.flag.touchpoint_id == cast.till.pk)


def test_a_lead_may_claim_at_once_in_their_unit_and_is_told_who_decides_elsewhere(cast: Cast, client: Client) -> None:
    client.force_login(cast.care_lead)
    offer = _row(client, cast).claims[0]
    assert (offer.department.name, offer.at_once) == ("Care", True)
    assert "Claim for Care yours at once" in text_of(client.get("/flags/?rule=no-owner"))
    client.force_login(cast.shops_lead)
    offer = _row(client, cast).claims[0]
    assert (offer.department.name, offer.at_once) == ("Shops", False)
    assert "the head of Service, or an executive decides" in text_of(client.get("/flags/?rule=no-owner"))


def test_who_leads_several_departments_chooses(cast: Cast, client: Client) -> None:
    add_lead(cast.care, person=cast.billing_lead, actor=cast.administrator)
    client.force_login(cast.billing_lead)
    assert {offer.department.name for offer in _row(client, cast).claims} == {"Billing", "Care"}


@pytest.mark.parametrize(
    ("who", "claims", "assign", "answer"),
    [
        ("member", 0, False, False),
        ("administrator", 0, False, True),
        ("executive", 0, True, True),
        ("service_head", 0, True, True),
        ("retail_head", 2, False, False),
        ("shops_lead", 1, False, False),
        ("shops_deputy", 1, False, False),
        ("care_lead", 1, False, False),
    ],
)
def test_offers_only_what_the_command_will_do(
    cast: Cast, client: Client, who: str, claims: int, assign: bool, answer: bool
) -> None:
    client.force_login(getattr(cast, who))
    row = _row(client, cast)
    assert (len(row.claims), row.may_assign, row.may_answer) == (claims, assign, answer)


def test_every_offer_is_kept(scanned: Cast, client: Client) -> None:
    """Whoever is offered something on the page can do it: each in its own client, undone by nothing but the next."""
    for who in ("care_lead", "shops_deputy", "service_head", "executive", "administrator"):
        client.force_login(getattr(scanned, who))
        for row in client.get("/flags/").context["rows"]:
            touchpoint = row.flag.touchpoint_id
            if row.may_answer and row.is_open:
                assert client.post(f"/flags/{row.flag.pk}/acknowledge/", headers=HTMX).status_code == 200
            if row.may_assign:
                assert client.get(f"/touchpoints/{touchpoint}/assign/").status_code == 200
            for offer in row.claims:
                assert client.get(f"/touchpoints/{touchpoint}/claim/").status_code == 200, (who, offer)


def test_a_claim_that_waits_is_not_offered_again(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    client.force_login(cast.shops_deputy)
    assert _row(client, cast).claims == []


def test_suggests_owners_with_the_reason(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    suggested = {s.department.name: s.reason for s in _row(client, cast).suggestions}
    assert suggested == {
        "Billing": "owns 1 of 2 touchpoints in this stage",
        "Online Store": "owns the touchpoint before",
    }
    Ownership.objects.create(
        touchpoint=cast.till, department=cast.care, kind=Ownership.Kind.RESPONSIBLE, held_from=clock.now()
    )
    first = _row(client, cast).suggestions[0]
    assert (first.department.name, first.reason) == ("Care", "supports it")


# --- What is done -----------------------------------------------------------------------------------------------------


def test_claiming_is_one_press(cast: Cast, client: Client) -> None:
    client.force_login(cast.care_lead)
    told = {"department": cast.care.pk, "at_once": "yes", "next": "/flags/?unit=1"}
    answer = client.post(f"/touchpoints/{cast.till.pk}/claim/", told)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/flags/?unit=1")
    assert Ownership.objects.current().get(touchpoint=cast.till).department == cast.care
    assert "Care owns Till now." in text_of(client.get("/flags/"))


def test_with_htmx_the_page_is_told_to_fetch_what_changed(cast: Cast, client: Client) -> None:
    client.force_login(cast.care_lead)
    answer = client.post(f"/touchpoints/{cast.till.pk}/claim/", {"department": cast.care.pk}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.headers["HX-Trigger"] == ('{"toast": {"text": "Care owns Till now.", "tone": "good"}, "changed": {}}')
    assert answer.content == b""


def test_a_promise_that_no_longer_holds_is_refused(cast: Cast, client: Client) -> None:
    client.force_login(cast.care_lead)
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    answer = client.post(f"/touchpoints/{cast.till.pk}/claim/", {"department": cast.care.pk, "at_once": "yes"})
    assert answer.status_code == 409
    assert "Billing became owner of Till in the meantime." in text_of(answer)
    assert not Claim.objects.waiting().exists()


def test_still_ours_from_a_page_of_before_undoes_no_deputy(cast: Cast, client: Client) -> None:
    with clock.at(clock.now() + timedelta(days=190)):
        scan()
        client.force_login(cast.shops_lead)
        page = client.get("/flags/", {"rule": "unattested"}).content.decode()
        shown = dict(re.findall(r'name="(ownership|seen)" value="(\d+)"', page))
        held = Ownership.objects.current().get(pk=shown["ownership"])
        commands.attest_ownership(held, mine=False, reason="Online's.", actor=cast.shops_deputy)
        answer = client.post(f"/touchpoints/{held.touchpoint_id}/attest/", {**shown, "mine": "yes"})
    assert answer.status_code == 409
    assert "has answered about" in text_of(answer)
    held.refresh_from_db()
    assert held.disputed_at is not None


def test_the_way_back_never_leaves_the_house(cast: Cast, client: Client) -> None:
    client.force_login(cast.care_lead)
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        flag = cast.flag("no-owner", cast.till)
        Flag.objects.filter(pk=flag.pk).update(state="open", asked=cast.care_lead)
        answer = client.post(f"/flags/{flag.pk}/acknowledge/", {"next": elsewhere})
        assert answer.headers["Location"] == "/flags/"


def test_acknowledge_snooze_waive_and_let_it_ask_again(cast: Cast, client: Client) -> None:
    client.force_login(cast.service_head)
    flag = cast.flag("no-owner", cast.till)
    until = (clock.today() + timedelta(days=10)).isoformat()
    for action, data, state in (
        ("acknowledge", {}, "acknowledged"),
        ("snooze", {"until": until, "reason": "The counter is being rebuilt."}, "snoozed"),
        ("end-silence", {}, "open"),
        ("waive", {"until": until, "reason": "Closed for the season."}, "waived"),
    ):
        assert client.post(f"/flags/{flag.pk}/{action}/", data).status_code == 302, action
        flag.refresh_from_db()
        assert flag.state == state
    page = text_of(client.get("/flags/?state=silenced"))
    assert "Closed for the season." in page
    assert "Let it ask again" in page


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "This field is required."),
        ({"until": "2099-01-01", "reason": "A while."}, "2099-01-01 is too far away."),
        ({"until": "2001-01-01", "reason": "A while."}, "2001-01-01 is not in the future."),
        ({"until": "tomorrow", "reason": "A while."}, "Enter a valid date."),
    ],
)
def test_a_silence_that_cannot_be_keeps_what_was_typed(
    cast: Cast, client: Client, data: dict[str, str], said: str
) -> None:
    client.force_login(cast.service_head)
    flag = cast.flag("no-owner", cast.till)
    answer = client.post(f"/flags/{flag.pk}/snooze/", data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert data.get("reason", "") in answer.content.decode()
    flag.refresh_from_db()
    assert flag.state == Flag.State.OPEN


# --- What it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["member", "care_lead", "executive"])
def test_takes_as_many_statements_for_many_flags_as_for_few(cast: Cast, client: Client, who: str) -> None:
    scan()
    client.force_login(getattr(cast, who))
    few = statements(client, "/flags/")
    grow(cast, by=4)
    scan()
    assert statements(client, "/flags/") == few <= 11
    assert len(client.get("/flags/").context["rows"]) == 50
    assert statements(client, "/flags/?page=2&q=touchpoint&asked=me&severity=3") <= 11


def test_a_part_is_answered_to_htmx_alone(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    part = client.get("/flags/", headers={"HX-Request": "true", "HX-Target": "flags"})
    assert b"<html" not in part.content
    assert "HX-Request" in part.headers["Vary"]
    restored = client.get(
        "/flags/", headers={"HX-Request": "true", "HX-Target": "flags", "HX-History-Restore-Request": "true"}
    )
    assert b"<html" in restored.content
