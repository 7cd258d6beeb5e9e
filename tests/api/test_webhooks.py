"""Webhooks over the API: making one, its life, its log, and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from standardwebhooks import Webhook as Verifier

from tests.activity.receiver import Receiver, answer, receiver
from tests.api.program import Program, problem
from tests.cast import Cast
from workspace import clock, env
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.sending import take_turn
from workspace.activity.commands.spreading import spread_events
from workspace.activity.models import Event, Webhook, WebhookDelivery
from workspace.activity.queries.history import Reader
from workspace.activity.queries.webhooks import may_know
from workspace.organisation import commands
from workspace.organisation.queries.people import standing_of

Made = Callable[..., Program]
NEW = {"name": "Warehouse", "url": "https://hooks.example.com/in"}


@pytest.fixture
def hooks(cast: Cast, settings: Any) -> Iterator[Receiver]:
    """A receiver that the installation may reach; all that happened before is told."""
    settings.WEBHOOKS_MAY_REACH = env.Reach(hosts=frozenset({"127.0.0.1"}))
    while deliver_events():
        pass
    with receiver() as listening:
        yield listening


def newest(kind: str) -> Event:
    return Event.objects.filter(kind=kind).latest("pk")


def test_a_webhook_lives_its_life_over_the_api(cast: Cast, program: Made) -> None:
    asks = program(cast.member)
    made = asks.post("webhooks/", {**NEW, "kinds": ["stage.*"], "scopes": ["house"], "payload": "full"})
    assert (made.status_code, made.data["owner"], made.data["state"]) == (201, cast.member.pk, "active")
    assert made.data["secret"].startswith("whsec_")
    path = made["Location"]
    read = asks.get(path)
    assert "secret" not in read.data
    assert {**read.data, "secret": made.data["secret"]} == made.data

    problem(asks.patch(path, {"name": "Store"}), 428, "version-missing")
    changed = asks.patch(path, {"name": "Store", "kinds": []}, If_Match=read["ETag"])
    assert (changed.data["name"], changed.data["kinds"], changed.data["version"]) == ("Store", [], 2)
    assert newest("webhook.changed").data["fields"] == ["name", "kinds"]
    problem(asks.patch(path, {"name": "Again"}, If_Match=read["ETag"]), 412, "stale")
    paused = asks.post(f"{path}pause/", {"reason": "Moving house"})
    assert (paused.data["state"], paused.data["reason"]) == ("paused", "Moving house")
    problem(asks.post(f"{path}pause/"), 422, "rule-broken")
    assert asks.post(f"{path}resume/").data["state"] == "active"
    problem(asks.post(f"{path}resume/"), 422, "rule-broken")
    rotated = asks.post(f"{path}rotate-secret/")
    assert rotated.data["secret"] != made.data["secret"]
    assert asks.call("DELETE", path, headers={"If-Match": "*"}).status_code == 204
    problem(asks.get(path), 404, "unknown")
    for kind in ("made", "changed", "paused", "resumed", "secret_rotated", "removed"):
        event = newest(f"webhook.{kind}")
        assert (event.actor_id, event.subject_kind, event.subject_id) == (cast.member.pk, "person", cast.member.pk)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"name": ""}, 400, "name"),
        ({"url": "https://10.0.0.1/"}, 422, "10.0.0.1"),
        ({"url": "http://hooks.example.com/"}, 422, "https://"),
        ({"kinds": ["story.flew"]}, 422, "story.flew"),
        ({"kinds": ["*"]}, 422, "*"),
        ({"scopes": ["team"]}, 422, "team"),
        ({"scopes": ["rocket:1"]}, 422, "rocket:1"),
        ({"payload": "all"}, 400, "payload"),
        ({"secret": "mine"}, 400, "secret"),
        ({"owner": 1}, 400, "owner"),
    ],
)
def test_what_cannot_be_taken_is_named(cast: Cast, program: Made, body: Any, status: int, said: str) -> None:
    code = "not-valid" if status == 400 else "rule-broken"
    told = problem(program(cast.member).post("webhooks/", NEW | body), status, code)
    assert said in told["detail"]
    assert not Webhook.objects.exists()


def test_nobody_has_more_than_twenty(cast: Cast, program: Made) -> None:
    asks = program(cast.member)
    assert {asks.post("webhooks/", NEW).status_code for _number in range(20)} == {201}
    assert "20" in problem(asks.post("webhooks/", NEW), 422, "rule-broken")["detail"]


def test_a_test_says_what_came_of_it_and_can_be_verified(cast: Cast, program: Made, hooks: Receiver) -> None:
    asks = program(cast.member)
    made = asks.post("webhooks/", NEW | {"url": hooks.url})
    path = f"webhooks/{made.data['id']}/test/"
    told = asks.post(path).data
    assert (told["has_arrived"], told["status"], told["error"]) == (True, 204, "")
    came = hooks.came[0]
    assert Verifier(made.data["secret"]).verify(came.body, came.headers)["type"] == "webhook.test"
    hooks.answers = answer(401, body=b"Who are you?")
    told = asks.post(path).data
    assert (told["has_arrived"], told["status"], told["response"]) == (False, 401, "Who are you?")
    problem(asks.post(path, Idempotency_Key="k"), 400, "not-valid")


def test_the_log_says_what_came_of_each_and_lets_it_be_sent_again(cast: Cast, program: Made, hooks: Receiver) -> None:
    asks = program(cast.member)
    hook = asks.post("webhooks/", NEW | {"url": hooks.url, "kinds": ["webhook.*"]}).data["id"]
    hooks.answers = answer(500, body=b"Out of order")
    deliver_events()
    spread_events()
    take_turn(hook)
    (item,) = asks.get(f"webhook-deliveries/?webhook={hook}").data["items"]
    assert (item["state"], item["attempts"], item["status"], item["kind"]) == ("pending", 1, 500, "webhook.made")
    assert (item["response"], item["message"]) == ("Out of order", hooks.came[0].id)
    path = f"webhook-deliveries/{item['id']}/"
    problem(asks.post(f"{path}replay/"), 422, "rule-broken")
    hooks.answers = answer(200)
    with clock.at(clock.now() + timedelta(minutes=1)):
        take_turn(hook)
    assert asks.get(path).data["state"] == "delivered"
    replayed = asks.post(f"{path}replay/")
    assert (replayed.status_code, replayed.data["state"]) == (202, "pending")
    with clock.at(clock.now() + timedelta(minutes=2)):
        take_turn(hook)
    assert [came.id for came in hooks.came] == [item["message"]] * 3


def test_others_know_nothing_of_it_and_an_administrator_looks_after_it(cast: Cast, program: Made) -> None:
    hook = program(cast.member).post("webhooks/", NEW).data["id"]
    other, admin = program(cast.other_member), program(cast.administrator, "admin")
    assert other.get("webhooks/").data["items"] == []
    problem(other.get(f"webhooks/{hook}/"), 404, "unknown")
    problem(other.post(f"webhooks/{hook}/rotate-secret/"), 404, "unknown")
    assert admin.post(f"webhooks/{hook}/pause/").data["owner"] == cast.member.pk
    problem(program(cast.guest).post("webhooks/", NEW), 404, "unknown")
    problem(program(cast.member, "read").post("webhooks/", NEW), 403, "not-allowed")
    commands.deactivate_person(cast.member, actor=cast.administrator)
    commands.erase_person(cast.member, actor=cast.administrator)
    assert not Webhook.objects.exists()


@pytest.mark.parametrize("scope", ["read", "write"])
def test_those_of_others_are_for_the_scope_that_administers(cast: Cast, program: Made, scope: str) -> None:
    commands.make_webhook(cast.member, **NEW, actor=cast.member)
    webhook = Webhook.objects.get()
    asks = program(cast.administrator, scope)
    assert asks.get("webhooks/").data["items"] == asks.get("webhook-deliveries/").data["items"] == []
    problem(asks.get(f"webhooks/{webhook.pk}/"), 404, "unknown")
    if scope == "write":
        problem(asks.post(f"webhooks/{webhook.pk}/rotate-secret/"), 404, "unknown")
        moved = {"url": "https://elsewhere.example.com/", "payload": "full"}
        problem(asks.patch(f"webhooks/{webhook.pk}/", moved, If_Match="*"), 404, "unknown")
    assert program(cast.administrator, "admin").get(f"webhooks/{webhook.pk}/").data["name"] == "Warehouse"


def test_a_webhook_knows_what_its_owner_reads_in_the_history(cast: Cast) -> None:
    commands.make_token(cast.member, name="Mine", actor=cast.member)
    while deliver_events():
        pass
    for person in (cast.member, cast.other_member, cast.administrator, cast.guest, cast.leaver):
        reads = Event.objects.filter(Reader(person.pk, reads_all=person.is_staff).may_read())
        expected = set(reads.values_list("pk", flat=True)) if standing_of(person).is_insider else set()
        assert {event.pk for event in Event.objects.all() if may_know(person, event)} == expected


def test_every_field_filters(cast: Cast, program: Made) -> None:
    asks, me = program(cast.administrator), cast.administrator.pk
    first = asks.post("webhooks/", NEW | {"kinds": ["story.*", "claim.made"], "scopes": ["team:7"]}).data
    second = asks.post("webhooks/", {"name": "Billing", "url": "https://pay.example.com/", "payload": "full"}).data
    asks.post(f"webhooks/{second['id']}/pause/", {"reason": "Holidays"})
    for query, names in {
        f"id={first['id']}": ["Warehouse"], f"owner={me}": ["Billing", "Warehouse"],
        "name__startswith=Bill": ["Billing"], "url__contains=pay": ["Billing"], "kind=claim.made": ["Warehouse"],
        "kind=claim": [], "scope=team:7": ["Warehouse"], "payload=full": ["Billing"], "state=paused": ["Billing"],
        "reason=Holidays": ["Billing"],
        "since__gte=2026-01-01T00:00:00Z": ["Billing", "Warehouse"], "failing_since__isnull=false": [],
        "made_at__lt=2026-01-01T00:00:00Z": [],
    }.items():  # fmt: skip
        assert [item["name"] for item in asks.get(f"webhooks/?{query}").data["items"]] == names, query
    event = Event.objects.earliest("pk")
    row = WebhookDelivery.objects.create(
        webhook_id=first["id"], event=event, seq=1, subject_kind="stage", subject_id=5, made_at=clock.now(),
        state="failed", attempts=9, tried_at=clock.now(), status=502, error="Bad", response="Gateway", duration=31,
    )  # fmt: skip
    for query in (
        f"id={row.pk}", f"webhook={first['id']}", f"event={event.pk}", f"kind={event.kind}", "seq=1",
        "subject_kind=stage", "subject_id=5", "state=failed", "attempts__gte=9", "next_at__isnull=true",
        "made_at__gte=2026-01-01T00:00:00Z", "tried_at__isnull=false", "status=502", "error=Bad",
        "response__contains=gate", "duration__lt=32",
    ):  # fmt: skip
        assert [item["id"] for item in asks.get(f"webhook-deliveries/?{query}").data["items"]] == [row.pk], query
    assert asks.get("webhook-deliveries/?status__isnull=true").data["items"] == []


def test_statements_do_not_grow_with_the_lists(cast: Cast, program: Made) -> None:
    asks, counts = program(cast.member), []
    hook = asks.post("webhooks/", NEW).data["id"]
    events = list(Event.objects.order_by("pk")[:40])
    for more in (events[:1], events[1:]):
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(webhook_id=hook, event=event, seq=event.pk, subject_kind="x", made_at=clock.now())
            for event in more
        )
        asks.post("webhooks/", NEW)
        with CaptureQueriesContext(connection) as seen:
            asks.get("webhook-deliveries/?include=webhook")
            asks.get("webhooks/?include=owner")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6
