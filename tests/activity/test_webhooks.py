"""Webhooks over real connections: what is sent to whom, signed; secrets; a process that is killed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from tests.activity.hooked import NOON, happen, spread, states, webhook, work
from tests.activity.receiver import Receiver
from tests.cast import Cast
from workspace import clock
from workspace.activity.commands.forgetting import forget_finished_work
from workspace.activity.commands.sending import take_turn
from workspace.activity.models import Event, Webhook, WebhookDelivery
from workspace.activity.queries.webhooks import due_webhooks
from workspace.activity.rules.webhooks import LEASE
from workspace.organisation import commands
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db


def test_a_delivery_is_signed_and_says_ids_alone_or_values_too(cast: Cast, hooks: Receiver) -> None:
    made = commands.make_webhook(
        cast.member, name="Full", url=hooks.url, kinds=["stage.*"], payload="full", actor=cast.member
    )
    brief = webhook(hooks, cast.member)
    with clock.at(timezone.now()):
        (event,) = happen(cast, cast.notice, name="See")
        work(clock.now(), start=clock.now())
        full, ids = sorted(hooks.came, key=lambda came: -len(came.body))
        told = Verifier(made.secret).verify(full.body, full.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(made.secret).verify(full.body + b" ", full.headers)
    assert told["type"] == "stage.renamed"
    assert told["data"]["subject"] == {"kind": "stage", "id": cast.notice.pk}
    assert told["data"]["scope"] == f"journey:{cast.journey.pk}"
    assert (told["data"]["id"], told["data"]["actor"]) == (event, cast.administrator.pk)
    assert told["data"]["data"] == Event.objects.get(pk=event).data
    assert set(ids.data) == {"id", "seq", "subject", "scope"}
    assert (full.id, ids.id) == (f"evt_{event}_{made.webhook.pk}", f"evt_{event}_{brief.pk}")


def test_kinds_and_scopes_narrow_what_is_sent(cast: Cast, hooks: Receiver) -> None:
    other = webhook(hooks, cast.member, kinds=["story.*"])
    elsewhere = webhook(hooks, cast.member, scopes=["journey:999"])
    here = webhook(hooks, cast.member, kinds=["stage.renamed"], scopes=[f"journey:{cast.journey.pk}"])
    happen(cast, cast.notice, name="See")
    assert [states(each) for each in (other, elsewhere, here)] == [[], [], ["pending"]]


def test_each_hears_what_its_owner_may_see_and_nobody_hears_after_they_left(cast: Cast, hooks: Receiver) -> None:
    own, others, all_of_it = (
        webhook(hooks, owner, kinds=[]) for owner in (cast.member, cast.other_member, cast.administrator)
    )
    spread()
    WebhookDelivery.objects.all().delete()
    commands.make_token(cast.member, name="Mine", actor=cast.member)
    spread()
    assert [states(each) for each in (own, others, all_of_it)] == [["pending"], [], ["pending"]]
    commands.deactivate_person(cast.member, actor=cast.administrator)
    commands.set_role(cast.other_member, role=Person.Role.GUEST, actor=cast.administrator)
    happen(cast, cast.notice, name="See")
    assert set(due_webhooks(NOON)) == {all_of_it.pk}
    assert states(others) == []
    assert states(own) == ["pending"], "it is not sent, and nothing is added"
    assert take_turn(own.pk) == 0


def test_what_a_killed_process_did_not_note_is_sent_again_with_the_same_id(
    cast: Cast, hooks: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease stays behind, nobody else sends until it is over, and the receiver knows the id."""

    class Killed(BaseException):
        """The process ends here."""

    def kill(*_args: Any) -> None:
        raise Killed

    hook = webhook(hooks, cast.member)
    happen(cast, cast.notice, name="First")
    with monkeypatch.context() as patch:
        patch.setattr("workspace.activity.commands.sending._note", kill)
        with pytest.raises(Killed):
            take_turn(hook.pk)
    Webhook.objects.filter(pk=hook.pk).update(lease="a process that is gone", lease_until=NOON + LEASE)
    work(NOON + LEASE - timedelta(seconds=5))
    assert len(hooks.came) == 1
    work(NOON + LEASE, start=NOON + LEASE)
    assert [came.id for came in hooks.came] == [hooks.came[0].id] * 2
    assert states(hook) == ["delivered"]


def test_after_a_rotation_both_secrets_verify_for_a_day(cast: Cast, hooks: Receiver) -> None:
    with clock.at(timezone.now() - timedelta(hours=23)):
        made = commands.make_webhook(cast.member, name="S", url=hooks.url, kinds=["stage.*"], actor=cast.member)
        rotated = commands.rotate_webhook_secret(made.webhook, actor=cast.member)
    now = timezone.now()
    with clock.at(now):
        happen(cast, cast.notice, name="First")
        work(now, start=now)
        came = hooks.came[-1]
        for secret in (made.secret, rotated.secret):
            assert Verifier(secret).verify(came.body, came.headers)["type"] == "stage.renamed"
    with clock.at(now + timedelta(hours=2)):
        happen(cast, cast.notice, name="Second")
        work(clock.now(), start=clock.now())
    assert len(hooks.came[-1].headers["webhook-signature"].split()) == 1
    stored = str(list(made.webhook.secrets.values()))
    assert made.secret.removeprefix("whsec_") not in stored


def test_old_deliveries_are_forgotten_and_waiting_ones_are_not(cast: Cast, hooks: Receiver) -> None:
    hook = webhook(hooks, cast.member)
    happen(cast, cast.notice, name="First")
    work(NOON)
    happen(cast, cast.notice, name="Second")
    with clock.at(NOON + timedelta(days=29)):
        forget_finished_work()
    assert len(states(hook)) == 2
    with clock.at(NOON + timedelta(days=31)):
        forget_finished_work()
    assert states(hook) == ["pending"]
