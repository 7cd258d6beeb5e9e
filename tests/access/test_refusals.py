"""What strangers, forgers and the refused are told."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.access.ways import STRANGERS, enter
from tests.cast import Cast
from tests.pages.reading import text_of
from workspace.activity.models import Event


@pytest.mark.parametrize("kind", STRANGERS)
def test_strangers_are_sent_to_sign_in_and_come_back(cast: Cast, client: Client, kind: str) -> None:
    enter(client, cast, kind)
    answer = client.get("/flags/?severity=4")
    assert answer.headers["Location"] == "/sign-in/?next=/flags/%3Fseverity%3D4"
    if kind != "anonymous":
        assert client.cookies["sessionid"].value == "", "the browser forgets the session"


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
