"""Who may open and do what on the first pages: every address, by every kind of person, with every method it takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from journeys import commands
from tests.cast import Cast
from tests.pages.reading import text_of
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation.commands import deactivate_person, set_leaving_date

INSIDERS = ("member", "lead", "other_lead", "head", "executive", "administrator")
STRANGERS = ("anonymous", "deactivated", "left")
KINDS = (*STRANGERS, "guest", *INSIDERS)
IN_CAST = {"lead": "billing_lead", "other_lead": "shops_lead", "head": "service_head"}


@dataclass(frozen=True)
class Way:
    """An address with what is sent to it. `by` may do it, other insiders are refused; a page is open to all of them."""

    route: str
    path: str
    methods: str = "GET"
    by: tuple[str, ...] = INSIDERS
    data: dict[str, Any] = field(default_factory=dict)
    is_open_to_guests: bool = False


def ways(cast: Cast) -> list[Way]:
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_deputy)
    agreed = cast.crossing(cast.shop_window, cast.compare_online)
    other = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(agreed, what="The leaflet", actor=cast.online_lead)
    flag = cast.flag("no-owner", cast.till)
    till, receipt = f"/touchpoints/{cast.till.pk}/", f"/touchpoints/{cast.receipt.pk}/"
    silence = {"until": (clock.today() + timedelta(days=3)).isoformat(), "reason": "Later."}
    why, both = {"reason": "Because."}, "GET POST"
    answering = ("head", "executive", "administrator")
    return [
        Way("start", "/", is_open_to_guests=True),
        Way("history", "/history/"),
        Way("flags", "/flags/"),
        Way("journeys", "/journeys/", is_open_to_guests=True),
        Way("journey", f"/journeys/{cast.journey.pk}/"),
        Way("touchpoint", till),
        Way("touchpoint_history", f"{till}history/"),
        Way("acknowledge_flag", f"/flags/{flag.pk}/acknowledge/", "POST", answering),
        Way("snooze_flag", f"/flags/{flag.pk}/snooze/", both, answering, silence),
        Way("waive_flag", f"/flags/{flag.pk}/waive/", both, answering, silence),
        Way("end_silence", f"/flags/{flag.pk}/end-silence/", "POST", answering),
        Way("claim", f"{till}claim/", "GET", ("lead", "head")),
        Way("claim", f"{till}claim/", "POST", ("lead", "head"), {"department": cast.billing.pk}),
        Way("assign", f"{till}assign/", both, ("head", "executive"), {"department": cast.care.pk}),
        Way("transfer", f"{receipt}transfer/", both, ("head", "executive"), {"department": cast.care.pk}),
        Way("release", f"{receipt}release/", both, ("lead", "head", "executive"), why),
        Way("set_person", f"{receipt}person/", both, ("lead", "head", "executive"), {"person": cast.billing_lead.pk}),
        Way("attest", f"{receipt}attest/", "POST", ("lead",), {"mine": "yes"}),
        Way("approve_claim", f"/claims/{claim.pk}/approve/", both, ("head", "executive")),
        Way("deny_claim", f"/claims/{claim.pk}/deny/", both, ("head", "executive"), why),
        Way("withdraw_claim", f"/claims/{claim.pk}/withdraw/", "POST", ("other_lead",)),
        Way("accept_handoff", f"/handoffs/{handoff.pk}/accept/", "POST", ("other_lead",)),
        Way("decline_handoff", f"/handoffs/{handoff.pk}/decline/", both, ("other_lead",), why),
        Way("propose_handoff", f"/crossings/{other.pk}/handoff/", both, (), {"what": "The basket"}),
    ]


def enter(client: Client, cast: Cast, kind: str) -> None:
    """Sign the person in; the deactivated one and the one who left had a live session when it happened."""
    if kind == "anonymous":
        return
    person = cast.member if kind in STRANGERS else getattr(cast, IN_CAST.get(kind, kind))
    client.force_login(person)
    if kind == "deactivated":
        deactivate_person(person, actor=cast.administrator)
    if kind == "left":
        set_leaving_date(person, on=clock.today(), actor=cast.administrator)


def expected(way: Way, kind: str, method: str) -> int:
    if kind in STRANGERS:
        return 302
    if kind == "guest":
        return 200 if way.is_open_to_guests else 404
    if way.route == "propose_handoff":  # one end is nobody's: there is nobody to agree with, whoever asks
        return 422
    if kind not in way.by:
        # Their own departments' claim waits already: nothing is left to choose.
        return 422 if (way.route, kind, method) == ("claim", "other_lead", "GET") else 403
    if way.route == "end_silence":
        return 422  # it is not silenced
    return 302 if method == "POST" or way.route == "start" else 200


@pytest.mark.parametrize("kind", KINDS)
def test_each_address_with_each_method(cast: Cast, client: Client, kind: str) -> None:
    listed = ways(cast)
    enter(client, cast, kind)
    wrong = []
    for way in listed:
        for method in way.methods.split():
            before = Event.objects.count()
            with transaction.atomic():
                answer = getattr(client, method.lower())(way.path, way.data if method == "POST" else None)
                is_written = Event.objects.count() > before
                transaction.set_rollback(True)
            status = expected(way, kind, method)
            is_done = method == "POST" and status == 302 and kind not in STRANGERS
            if (answer.status_code, is_written) != (status, is_done):
                wrong.append((way.route, method, answer.status_code, status, is_written))
    assert wrong == []


@pytest.mark.parametrize("kind", STRANGERS)
def test_strangers_are_sent_to_sign_in_and_come_back(cast: Cast, client: Client, kind: str) -> None:
    enter(client, cast, kind)
    answer = client.get("/flags/?severity=4")
    assert answer.headers["Location"] == "/sign-in/?next=/flags/%3Fseverity%3D4"
    if kind != "anonymous":
        assert client.cookies["sessionid"].value == "", "the browser forgets the session"


@pytest.mark.parametrize("kind", ["guest", "member", "executive"])
def test_a_method_that_an_address_does_not_take_is_refused(cast: Cast, client: Client, kind: str) -> None:
    listed = ways(cast)
    enter(client, cast, kind)
    for way in listed:
        taken = {method for other in listed if other.path == way.path for method in other.methods.split()}
        if "POST" not in taken:
            assert client.post(way.path).status_code == 405, way
        if "GET" not in taken:
            assert client.get(way.path).status_code == 405, way
        assert client.delete(way.path).status_code == 405, way


def test_no_address_of_the_app_is_left_out(cast: Cast) -> None:
    named = {name for name in get_resolver("journeys.urls").reverse_dict if isinstance(name, str)}
    assert named <= {way.route for way in ways(cast)}


@pytest.mark.parametrize("kind", ["guest", "head"])
def test_ids_that_name_nothing_are_answered_with_404(cast: Cast, client: Client, kind: str) -> None:
    listed = ways(cast)
    enter(client, cast, kind)
    before = Event.objects.count()
    for pk in (999999, 2**63, 10**30):
        for way in listed:
            if way.path.count("/") < 3:
                continue
            head, _own, tail = way.path.lstrip("/").split("/", 2)
            for method in way.methods.split():
                answer = getattr(client, method.lower())(f"/{head}/{pk}/{tail}", way.data)
                assert answer.status_code == 404, (way.route, method, pk)
    assert Event.objects.count() == before


def test_forged_fields_change_nothing(cast: Cast, client: Client) -> None:
    """Departments, people and ownerships that do not exist, are archived, or are somebody else's."""
    enter(client, cast, "head")
    till, receipt = f"/touchpoints/{cast.till.pk}/", f"/touchpoints/{cast.receipt.pk}/"
    window = cast.shop_window.ownerships.get()
    before = Event.objects.count()
    for path, data, status in (
        (f"{till}claim/", {"department": 999999}, 422),
        (f"{till}claim/", {"department": "all of them"}, 422),
        (f"{till}claim/", {}, 422),
        (f"{till}claim/", {"department": cast.shops.pk}, 403),
        (f"{till}claim/", {"department": cast.care.pk, "at_once": "perhaps"}, 422),
        (f"{till}assign/", {"department": cast.shops.pk}, 403),
        (f"{till}assign/", {"department": 2**63}, 422),
        (f"{receipt}transfer/", {"department": cast.shops.pk}, 403),
        (f"{receipt}transfer/", {"department": cast.billing.pk}, 422),
        (f"{receipt}person/", {"person": cast.guest.pk}, 422),
        (f"{receipt}person/", {"person": cast.leaver.pk}, 422),
        (f"{receipt}person/", {"person": cast.shops_lead.pk}, 422),
        (f"{till}release/", {"reason": "Nobody's anyway."}, 422),
        (f"{till}transfer/", {"department": cast.care.pk}, 422),
    ):
        assert client.post(path, data).status_code == status, (path, data)
    client.force_login(cast.billing_lead)
    for data, status in (
        ({"mine": "yes", "ownership": window.pk}, 422),
        ({"mine": "yes", "ownership": 999999}, 422),
        ({"mine": "maybe"}, 422),
        ({}, 422),
    ):
        assert client.post(f"{receipt}attest/", data).status_code == status, data
    assert Event.objects.count() == before


def test_a_refusal_says_why_and_who_could(cast: Cast, client: Client) -> None:
    enter(client, cast, "member")
    answer = client.post(f"/touchpoints/{cast.till.pk}/claim/", {"department": cast.care.pk})
    assert answer.status_code == 403
    page = text_of(answer)
    assert "You do not lead Care." in page
    assert "A lead or deputy of Care can claim it, or the head of its business unit." in page


def test_htmx_is_told_the_same_in_fewer_words(cast: Cast, client: Client) -> None:
    enter(client, cast, "member")
    answer = client.post(
        f"/touchpoints/{cast.till.pk}/claim/", {"department": cast.care.pk}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 403
    assert b"<html" not in answer.content
    assert b"data-reason>You do not lead Care.<" in answer.content
    assert b"data-next-step>" in answer.content


def test_a_guest_is_told_that_nothing_is_shared(cast: Cast, client: Client) -> None:
    enter(client, cast, "guest")
    page = client.get("/")
    assert "Nothing is shared with you yet" in text_of(page)
    for word in ("Flags", "History"):
        assert word not in page.content.decode()


def test_looking_writes_nothing(cast: Cast, client: Client) -> None:
    listed = ways(cast)
    enter(client, cast, "executive")
    before = Event.objects.count()
    for way in listed:
        if "GET" in way.methods:
            client.get(way.path)
            client.head(way.path)
    assert Event.objects.count() == before
