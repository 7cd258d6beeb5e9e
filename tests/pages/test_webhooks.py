"""The pages of webhooks: making one, its life, its log, and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from standardwebhooks import Webhook as Verifier

from sprints import commands as sprints
from tests.activity.hooked import HERE
from tests.activity.receiver import Receiver, answer, receiver
from tests.cast import Cast, deliver
from tests.pages.reading import statements, text_of
from tests.sign_in.ways import PASSWORD
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.commands.sending import pause_by_itself, take_turn
from workspace.activity.commands.spreading import spread_events
from workspace.activity.models import Event, Notification, Webhook, WebhookDelivery
from workspace.organisation import commands
from workspace.organisation.models import Person

HOOKS = "/account/webhooks/"
NEW = {"name": "Warehouse", "url": "https://hooks.example.com/in", "payload": "id-only"}


@pytest.fixture
def mia(cast: Cast, client: Client) -> Client:
    """The browser of Mia Member."""
    client.force_login(cast.member)
    return client


@pytest.fixture
def hooks(cast: Cast, settings: Any) -> Iterator[Receiver]:
    """A receiver that the installation may reach; all that happened before is told."""
    settings.WEBHOOKS_MAY_REACH = HERE
    while deliver_events():
        pass
    with receiver() as listening:
        yield listening


def hook_of(owner: Person, **given: Any) -> Webhook:
    wanted = {"name": "Warehouse", "url": NEW["url"]} | given
    return commands.make_webhook(owner, actor=owner, **wanted).webhook


def page_of(hook: Webhook) -> str:
    return f"{HOOKS}{hook.pk}/"


def secret_in(response: Any) -> str:
    """The secret that a page shows."""
    found = re.search(r"data-secret>(whsec_[\w+/=]+)<", response.content.decode())
    assert found is not None, text_of(response)
    return found[1]


def sent(hook: Webhook, event: Event, **fields: Any) -> WebhookDelivery:
    """A row of the log."""
    about = {"seq": event.pk, "subject_kind": event.subject_kind, "subject_id": event.subject_id}
    made = {"made_at": clock.now(), "state": "delivered", "attempts": 1, "status": 204} | about | fields
    return WebhookDelivery.objects.create(webhook=hook, event=event, **made)


# --- Making and changing ---------------------------------------------------------------------------------------------


def test_a_webhook_is_made_and_its_secret_is_shown_once(cast: Cast, mia: Client, hooks: Receiver) -> None:
    assert "No system is told of anything" in text_of(mia.get(HOOKS))
    team = sprints.create_team("Growth", key="GROW", actor=cast.administrator)
    chosen = {"url": hooks.url, "kinds": ["story.*", "claim.made"], "scopes": [f"team:{team.pk}", "house"]}
    made = mia.post(f"{HOOKS}new/", NEW | chosen | {"name": "Ware <house>", "payload": "full"})
    secret = secret_in(made)
    assert "no-store" in made["Cache-Control"]
    hook = Webhook.objects.get()
    assert (hook.owner_id, hook.kinds, hook.scopes, hook.payload) == (
        cast.member.pk, ["story.*", "claim.made"], [f"team:{team.pk}", "house"], "full",
    )  # fmt: skip
    for path in (HOOKS, page_of(hook)):
        listed = mia.get(path).content.decode()
        assert "Ware &lt;house&gt;" in listed
        assert secret not in listed
    assert "Growth, the house as a whole" in text_of(mia.get(page_of(hook)))
    mia.post(f"{page_of(hook)}test/")
    assert Verifier(secret).verify(hooks.came[0].body, hooks.came[0].headers)["type"] == "webhook.test"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "required"),
        ({"name": "x" * 81}, "80"),
        ({"url": "https://10.0.0.1/"}, "10.0.0.1"),
        ({"url": "http://hooks.example.com/"}, "https://"),
        ({"kinds": ["story.flew"]}, "story.flew"),
        ({"scopes": ["team:77"]}, "team:77"),
        ({"payload": "all"}, "all"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_what_was_typed(
    cast: Cast, mia: Client, wrong: dict[str, Any], said: str
) -> None:
    response = mia.post(f"{HOOKS}new/", NEW | {"name": "Typed"} | wrong)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert 'value="Typed"' in response.content.decode() or "name" in wrong
    assert not Webhook.objects.exists()


def test_a_change_passes_on_what_was_changed_alone_and_drops_nothing_that_is_gone(cast: Cast, mia: Client) -> None:
    """A team that is archived cannot be chosen any more; a webhook that asks for it keeps it."""
    team = sprints.create_team("Growth", key="GROW", actor=cast.administrator)
    hook = hook_of(cast.member, scopes=[f"team:{team.pk}"])
    sprints.archive_team(team, actor=cast.administrator)
    form = mia.get(f"{page_of(hook)}change/").content.decode()
    assert f'value="team:{team.pk}"' in form
    typed = NEW | {"name": "Store", "scopes": [f"team:{team.pk}"], "initial-scopes": [f"team:{team.pk}"]}
    shown = {f"initial-{name}": NEW[name] for name in NEW} | {"base_version": 1}
    assert mia.post(f"{page_of(hook)}change/", typed | shown).status_code == 302
    hook.refresh_from_db()
    assert (hook.name, hook.scopes) == ("Store", [f"team:{team.pk}"])
    assert Event.objects.filter(kind="webhook.changed").latest("pk").data["fields"] == ["name"]
    late = mia.post(f"{page_of(hook)}change/", NEW | {"name": "Late"} | shown)
    assert late.status_code == 409
    assert "changed in the meantime" in text_of(late)
    assert 'value="Late"' in late.content.decode()
    hook.refresh_from_db()
    assert hook.name == "Store"


def test_who_has_a_password_says_once_more_who_they_are(cast: Cast, mia: Client) -> None:
    hook = hook_of(cast.member)
    commands.set_password(cast.member, password=PASSWORD, actor=None)
    mia.force_login(cast.member, backend="workspace.organisation.backends.WorksHereBackend")
    for path in (f"{HOOKS}new/", f"{page_of(hook)}change/", f"{page_of(hook)}rotate-secret/"):
        response = mia.post(path, NEW)
        assert response["Location"].startswith("/account/again/"), path
    assert Webhook.objects.count() == hook.secrets.count() == 1


# --- Its life --------------------------------------------------------------------------------------------------------


def test_it_is_paused_resumed_given_another_secret_and_removed(cast: Cast, mia: Client) -> None:
    hook = hook_of(cast.member)
    mia.post(f"{page_of(hook)}pause/", {"reason": "Moving <house>"})
    assert "Paused: Moving <house>" in text_of(mia.get(page_of(hook)))
    assert "paused" in text_of(mia.get(HOOKS))
    again = mia.post(f"{page_of(hook)}pause/", {"reason": "Once more"})
    assert (again.status_code, "paused already" in text_of(again)) == (422, True)
    mia.post(f"{page_of(hook)}resume/")
    assert "Paused" not in text_of(mia.get(page_of(hook)))
    assert mia.post(f"{page_of(hook)}resume/").status_code == 422
    assert hook.secrets.count() == 1
    secret_in(mia.post(f"{page_of(hook)}rotate-secret/"))
    assert hook.secrets.count() == 2
    assert "cannot be undone" in text_of(mia.get(f"{page_of(hook)}remove/"))
    mia.post(f"{page_of(hook)}remove/")
    assert mia.get(page_of(hook)).status_code == 404
    kinds = Event.objects.filter(kind__startswith="webhook.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [f"webhook.{word}" for word in ("made", "paused", "resumed", "secret_rotated", "removed")]


def test_a_test_says_what_came_of_it_with_a_script_and_without(cast: Cast, mia: Client, hooks: Receiver) -> None:
    hook = hook_of(cast.member, url=hooks.url)
    assert "The test has arrived: answered with 204." in text_of(mia.post(f"{page_of(hook)}test/", follow=True))
    hooks.answers = answer(401, body=b"Who are <you>?")
    without = mia.post(f"{page_of(hook)}test/", follow=True)
    assert "The test has not arrived. Answered with 401. Who are <you>?" in text_of(without)
    part = mia.post(f"{page_of(hook)}test/", headers={"HX-Request": "true", "HX-Target": "webhook-test"})
    assert "Who are &lt;you&gt;?" in part.content.decode()
    assert "<main" not in part.content.decode()


def test_the_log_says_what_came_of_each_and_lets_it_be_sent_again(cast: Cast, mia: Client, hooks: Receiver) -> None:
    hook = hook_of(cast.member, url=hooks.url, kinds=["webhook.*"])
    assert "Nothing was sent yet" in text_of(mia.get(page_of(hook)))
    hooks.answers = answer(500, body=b"Out of <order>")
    deliver_events()
    spread_events()
    take_turn(hook.pk)
    words = text_of(mia.get(page_of(hook)))
    for said in ("failing", "1 waiting", "retrying", "webhook.made", "Out of <order>", hooks.came[0].id, "Next try"):
        assert said in words
    each = WebhookDelivery.objects.get()
    replay = f"{page_of(hook)}deliveries/{each.pk}/replay/"
    assert replay not in mia.get(page_of(hook)).content.decode(), "it is still being sent"
    assert mia.post(replay).status_code == 422
    hooks.answers = answer(200)
    with clock.at(clock.now() + timedelta(minutes=1)):
        take_turn(hook.pk)
    assert "1 arrived" in text_of(mia.get(page_of(hook)))
    assert replay in mia.get(page_of(hook)).content.decode()
    assert mia.post(replay).status_code == 302
    with clock.at(clock.now() + timedelta(minutes=2)):
        take_turn(hook.pk)
    assert [came.id for came in hooks.came] == [hooks.came[0].id] * 3
    commands.pause_webhook(hook, actor=cast.member)
    assert replay not in mia.get(page_of(hook)).content.decode(), "nothing is sent while it is paused"


def test_the_log_is_narrowed_by_kind_and_state(cast: Cast, mia: Client) -> None:
    hook = hook_of(cast.member)
    made = Event.objects.filter(kind="unit.created").earliest("pk")
    sent(hook, made)
    sent(hook, Event.objects.filter(kind="claim.made").earliest("pk"), state="failed", status=None, error="Timeout")
    for query, kinds in {
        "": {"unit.created", "claim.made"}, "?q=unit": {"unit.created"}, "?state=failed": {"claim.made"},
        "?state=pending": set(), "?state=nonsense": {"unit.created", "claim.made"},
    }.items():  # fmt: skip
        words = text_of(mia.get(page_of(hook) + query))
        assert {kind for kind in ("unit.created", "claim.made") if kind in words} == kinds, query
        assert ("Nothing matches" in words) is (not kinds)
    assert "no answer" in text_of(mia.get(f"{page_of(hook)}?state=failed"))
    assert "Retail" in text_of(mia.get(f"{page_of(hook)}?q=unit")), "what it is about has its name"


def test_a_delivery_is_replayed_through_its_own_webhook_alone(cast: Cast, mia: Client) -> None:
    mine, theirs = hook_of(cast.member), hook_of(cast.other_member)
    event = Event.objects.earliest("pk")
    for each in (sent(theirs, event), sent(hook_of(cast.member, name="Other"), event)):
        assert mia.post(f"{page_of(mine)}deliveries/{each.pk}/replay/").status_code == 404
        each.refresh_from_db()
        assert each.state == "delivered"


# --- Whose they are --------------------------------------------------------------------------------------------------


def test_others_see_nothing_of_it_and_an_administrator_looks_after_all(cast: Cast, client: Client) -> None:
    hook_of(cast.member, name="Of Mia")
    failing = hook_of(cast.other_member, name="Of Omar")
    Webhook.objects.filter(pk=failing.pk).update(failing_since=clock.now())
    client.force_login(cast.other_member)
    assert "Of Mia" not in text_of(client.get(HOOKS))
    client.force_login(cast.administrator)
    for query, names in {
        "": {"Of Mia", "Of Omar"}, "?q=omar": {"Of Omar"}, "?state=failing": {"Of Omar"}, "?state=active": {"Of Mia"},
        "?state=paused": set(), "?q=member": {"Of Mia"},
    }.items():  # fmt: skip
        words = text_of(client.get(HOOKS + query))
        assert {name for name in ("Of Mia", "Of Omar") if name in words} == names, query
        assert ("No webhook matches" in words) is (not names)
    client.post(f"{page_of(failing)}pause/")
    failing.refresh_from_db()
    assert (failing.state, failing.owner_id) == ("paused", cast.other_member.pk)


def test_one_whose_owner_has_left_says_that_nothing_is_sent(cast: Cast, client: Client) -> None:
    hook = hook_of(cast.member)
    commands.deactivate_person(cast.member, actor=cast.administrator)
    client.force_login(cast.administrator)
    assert "silent" in text_of(client.get(HOOKS))
    assert "Nothing is sent: Mia Member does not work here any more" in text_of(client.get(page_of(hook)))


def test_the_notification_of_one_that_is_paused_by_itself_leads_to_its_page(
    cast: Cast, mia: Client, settings: Any
) -> None:
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}
    hook = hook_of(cast.member)
    while deliver_events():
        pass
    pause_by_itself(hook, since=clock.now() - timedelta(hours=24), last="Answered with 500.")
    deliver()
    told = Notification.objects.get(person=cast.member, event__kind="webhook.paused")
    work_on_waiting()
    (letter,) = [each for each in mail.outbox if each.to == [cast.member.email]]
    assert page_of(hook) in letter.body
    opened = mia.post(f"/notifications/{told.pk}/read/", {"open": "1"})
    assert opened["Location"] == page_of(hook)


# --- Costs -----------------------------------------------------------------------------------------------------------


def test_pages_cost_no_more_with_many_webhooks_and_a_long_log(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    team = sprints.create_team("Growth", key="GROW", actor=cast.administrator)
    hook = hook_of(cast.member, scopes=[f"team:{team.pk}", "house"])
    events = list(Event.objects.filter(subject_kind="person").order_by("pk"))
    sent(hook, events[0])
    before = [statements(client, path) for path in (HOOKS, page_of(hook))]
    for number, owner in enumerate((cast.other_member, cast.executive, cast.shops_lead) * 20):
        hook_of(owner, name=f"Number {number}", scopes=[f"team:{team.pk}"])
    for event in events[1:]:
        sent(hook, event)
    after = [statements(client, path) for path in (HOOKS, page_of(hook))]
    assert after == before
    assert max(after) <= 10
    assert client.get(HOOKS).content.decode().count('<th scope="row">') == 50
    assert "Number 9" in text_of(client.get(f"{HOOKS}?page=2"))
