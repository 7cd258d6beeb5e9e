"""What people do with webhooks: making, changing, pausing and removing them, their secrets, and sending again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from journeys.models import Journey
from sprints.models import Team
from workspace.acting import Action, ask, found
from workspace.activity.queries.webhooks import deliveries_for
from workspace.answers import asks_for, done
from workspace.organisation import commands
from workspace.organisation.commands.webhooks import MadeWebhook
from workspace.organisation.models import Person
from workspace.organisation.requests import insider
from workspace.organisation.sign_in.account import once_more
from workspace.pages.views.webhooks import page_of, webhook_at
from workspace.pages.webhook_forms import Choices, NewWebhookForm, PauseForm, WebhookForm, places_to_choose

FIELDS = ("name", "url", "kinds", "scopes", "payload")
TEST_SLOT = "webhook-test"

form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _places(person: Person) -> dict[str, Choices]:
    """Where something can happen that this person may see: 2 statements."""
    teams = Team.objects.visible_to(person).open().order_by("name").values_list("pk", "name")
    journeys = Journey.objects.visible_to(person).open().order_by("name").values_list("pk", "name")
    return places_to_choose(teams, journeys)


def _shown_once(request: HttpRequest, made: MadeWebhook) -> HttpResponse:
    return render(request, "account/webhook_secret.html", {"webhook": made.webhook, "secret": made.secret})


@never_cache
@form_or_post
@once_more
def new(request: HttpRequest) -> HttpResponse:
    """Ask what a webhook tells whom (GET); make it, and show its secret this once (POST)."""
    person = insider(request)
    places = _places(person)
    action = Action(
        title=_("Make a webhook"),
        about=_("It tells another system of what happens from now on, as far as you may see it."),
        button=_("Make it"),
        back=reverse("webhooks"),
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        return _shown_once(request, commands.make_webhook(person, **fields, actor=person))

    return ask(request, action, lambda *data: NewWebhookForm(*data, places=places), do)


@never_cache
@form_or_post
@once_more
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name or address, or other things that it tells."""
    webhook, person = webhook_at(request, pk), insider(request)
    places = _places(person)
    action = Action(
        title=_("Change this webhook"),
        about=_(
            "What waits to be sent follows: it goes to the new address, or not at all if it is not wanted any more."
        ),
        button=_("Save"),
        back=page_of(webhook),
    )
    initial = {name: getattr(webhook, name) for name in FIELDS}

    def make(*data: Any) -> WebhookForm:
        return WebhookForm(*data, version=webhook.version, initial=initial, places=places)

    def do(fields: dict[str, Any]) -> str:
        since = fields["base_version"]
        changed = commands.change_webhook(webhook, base_version=since, actor=person, **fields["changes"])
        return _("“%(name)s” is saved.") % {"name": changed.name}

    return ask(request, action, make, do)


@form_or_post
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Send nothing for a while, and say why."""
    webhook = webhook_at(request, pk)
    action = Action(
        title=_("Pause “%(name)s”") % {"name": webhook.name},
        about=_("Nothing is sent until it is resumed. What happens meanwhile waits, up to seven days."),
        button=_("Pause"),
        back=page_of(webhook),
    )

    def do(fields: dict[str, Any]) -> str:
        commands.pause_webhook(webhook, reason=fields["reason"], actor=insider(request))
        return _("“%(name)s” is paused.") % {"name": webhook.name}

    return ask(request, action, PauseForm, do)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with what waits."""
    webhook = webhook_at(request, pk)
    commands.resume_webhook(webhook, actor=insider(request))
    return done(request, _("“%(name)s” goes on.") % {"name": webhook.name}, back=page_of(webhook))


@never_cache
@form_or_post
@once_more
def rotate_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what another secret brings about (GET); make it, and show it this once (POST)."""
    webhook = webhook_at(request, pk)
    action = Action(
        title=_("Another secret for “%(name)s”") % {"name": webhook.name},
        about=_("For 24 hours both sign what is sent, so that the receiver can change over. Then the old one ends."),
        button=_("Make it"),
        back=page_of(webhook),
    )

    def do(_fields: dict[str, Any]) -> HttpResponse:
        return _shown_once(request, commands.rotate_webhook_secret(webhook, actor=insider(request)))

    return ask(request, action, forms.Form, do)


@require_POST
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test now, and say what came of it, within about twenty seconds."""
    webhook = webhook_at(request, pk)
    answer = commands.try_webhook(webhook, actor=insider(request))
    if asks_for(request) == TEST_SLOT:
        return render(request, "account/webhook_test.html", {"answer": answer})
    if answer.has_arrived:
        messages.success(request, _("The test has arrived: answered with %(status)d.") % {"status": answer.status})
    else:
        said = {"error": answer.error, "response": answer.response[:200]}
        messages.error(request, (_("The test has not arrived. %(error)s %(response)s") % said).strip())
    return redirect(page_of(webhook))


@form_or_post
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Do away with it, once it was said what that means."""
    webhook = webhook_at(request, pk)
    action = Action(
        title=_("Remove “%(name)s”") % {"name": webhook.name},
        about=_("What waits is not sent, its log and its secret are gone. This cannot be undone; pausing can."),
        button=_("Remove"),
        back=page_of(webhook),
        kind="danger",
    )

    def do(_fields: dict[str, Any]) -> HttpResponse:
        commands.remove_webhook(webhook, actor=insider(request))
        messages.success(request, _("“%(name)s” is removed.") % {"name": webhook.name})
        return redirect("webhooks")

    return ask(request, action, forms.Form, do)


@require_POST
def replay(request: HttpRequest, pk: int, delivery_pk: int) -> HttpResponse:
    """Send one again, with the same id."""
    webhook = webhook_at(request, pk)
    delivery = found(deliveries_for(insider(request)).filter(webhook=webhook), delivery_pk)
    commands.replay_delivery(delivery, actor=insider(request))
    return done(request, _("It is sent again soon."), back=page_of(webhook))
