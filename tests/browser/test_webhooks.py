"""Webhooks and the tokens of the house in a browser: by keyboard, in every look, with much in the lists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from sprints.commands import create_team
from tests.activity.hooked import HERE
from tests.activity.receiver import Receiver, answer, receiver
from tests.browser.conftest import NARROW, WIDE, Visitor
from tests.cast import Cast
from workspace import clock
from workspace.activity.models import Event, Webhook, WebhookDelivery
from workspace.organisation import commands

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

LONG = "A system with quite a long name that has to wrap somewhere, even on a wide screen"
URL = "https://hooks.example.com/a/long/path/" + "that-goes-on-and-on/" * 6


@pytest.fixture
def hooks(settings: Any) -> Iterator[Receiver]:
    """A receiver that the installation may reach."""
    settings.WEBHOOKS_MAY_REACH = HERE
    with receiver() as listening:
        yield listening


def busy_log(cast: Cast) -> Webhook:
    """A failing webhook with deliveries in every state."""
    hook = commands.make_webhook(
        cast.member, name=LONG[:80], url=URL, kinds=["stage.*", "claim.made"], actor=cast.member
    ).webhook
    Webhook.objects.filter(pk=hook.pk).update(failing_since=clock.now())
    states = ("pending", "delivered", "failed")
    for number, event in enumerate(Event.objects.order_by("-pk")[:60]):
        WebhookDelivery.objects.create(
            webhook=hook, event=event, seq=event.pk, subject_kind=event.subject_kind, subject_id=event.subject_id,
            state=states[number % 3], attempts=number % 5, status=500 if number % 3 else None, made_at=clock.now(),
            next_at=clock.now(), tried_at=clock.now(), duration=187, error="Answered with 500.",
            response="Out of order " * 60,
        )  # fmt: skip
    return hook


def test_a_webhook_is_made_tried_and_paused_by_keyboard(visit: Visitor, cast: Cast, hooks: Receiver) -> None:
    create_team("Growth", key="GROW", actor=cast.administrator)
    seen = visit("/account/webhooks/", person=cast.member)
    page = seen.page
    assert seen.wrong_in_any_look() == []
    seen.tab_to("Make a webhook")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/new/$"))
    seen.tab_to("Name")
    page.keyboard.type("Warehouse")
    seen.tab_to("Address")
    page.keyboard.type(hooks.url)
    seen.tab_to("Sprint")
    page.keyboard.press("Enter")
    seen.tab_to("sprint.*")
    page.keyboard.press("Space")
    seen.tab_to("Teams")
    page.keyboard.press("Enter")
    seen.tab_to("Growth")
    page.keyboard.press("Space")
    assert seen.wrong_in_any_look() == []
    page.keyboard.press("Enter")
    expect(page.locator("[data-secret]")).to_contain_text("whsec_")
    assert seen.wrong_in_any_look() == []
    hook = Webhook.objects.get()
    assert (hook.kinds, len(hook.scopes)) == (["sprint.*"], 1)

    seen.tab_to("I have it")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/webhooks/\d+/$"))
    hooks.answers = answer(401, body=b"Who are you?")
    seen.tab_to("Send a test")
    page.keyboard.press("Enter")
    expect(page.locator("#webhook-test")).to_contain_text("Who are you?")
    assert seen.wrong_in_any_look() == []
    seen.tab_to("More")
    page.keyboard.press("Enter")
    seen.tab_to("Pause")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing is sent until it is resumed.")
    page.keyboard.type("Moving house")
    page.keyboard.press("Enter")
    expect(page.locator("#webhook")).to_contain_text("Paused: Moving house")
    assert seen.wrong_in_any_look() == []
    seen.tab_to("Resume")
    page.keyboard.press("Enter")
    expect(page.locator("#webhook")).not_to_contain_text("Paused")


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_full_log_is_narrowed_unfolded_and_sent_again(visit: Visitor, cast: Cast, width: int) -> None:
    hook = busy_log(cast)
    given_up = WebhookDelivery.objects.filter(state="failed").count()
    seen = visit(f"/account/webhooks/{hook.pk}/", person=cast.administrator, width=width)
    page = seen.page
    page.get_by_label("State").select_option("failed")
    expect(page.locator(".delivery")).to_have_count(given_up)
    seen.tab_to("given up")
    page.keyboard.press("Enter")
    expect(page.locator(".delivery pre").first).to_be_visible()
    assert seen.wrong_in_any_look() == []
    page.set_viewport_size({"width": width, "height": 900})
    page.get_by_role("button", name=re.compile("^Send evt_")).first.click()
    expect(page.locator("#toasts")).to_contain_text("It is sent again soon.")
    expect(page.locator(".delivery")).to_have_count(given_up - 1)
    page.goto(f"/account/webhooks/{hook.pk}/")
    assert seen.wrong_in_any_look() == []
    for path in ("/account/webhooks/", "/account/webhooks/?q=zebra", f"/account/webhooks/{hook.pk}/change/"):
        page.goto(path)
        assert seen.wrong_in_any_look() == [], path


def test_without_a_script_a_webhook_is_tried_paused_and_removed(visit: Visitor, cast: Cast, hooks: Receiver) -> None:
    made = commands.make_webhook(cast.member, name="Warehouse", url=hooks.url, actor=cast.member)
    page = visit(f"/account/webhooks/{made.webhook.pk}/", person=cast.member, java_script_enabled=False).page
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("main")).to_contain_text("The test has arrived: answered with 204.")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Pause").click()
    page.get_by_label("Reason").fill("Moving house")
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#webhook")).to_contain_text("Paused: Moving house")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator("main")).to_contain_text("“Warehouse” is removed.")
    assert not Webhook.objects.exists()


def test_an_administrator_takes_a_token_back_by_keyboard(visit: Visitor, cast: Cast) -> None:
    for number in range(12):
        commands.make_token(cast.member, name=f"{LONG[:70]} {number}", scope="write", actor=cast.member)
    commands.make_token(cast.executive, name="Sync", actor=cast.executive)
    seen = visit("/organisation/tokens/", person=cast.administrator)
    page = seen.page
    assert seen.wrong_in_any_look() == []
    page.set_viewport_size({"width": WIDE, "height": 900})
    seen.tab_to("Person or token")
    page.keyboard.type("executive")
    expect(page.locator("#tokens tbody tr")).to_have_count(1)
    seen.tab_to("Take back Sync")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("let in nowhere any more")
    assert seen.wrong_in_any_look() == []
    page.keyboard.type("Nobody uses it")
    page.keyboard.press("Enter")
    expect(page.locator("#tokens")).to_contain_text("No token matches")
    assert seen.wrong_in_any_look() == []
    assert Event.objects.latest("pk").data["reason"] == "Nobody uses it"
