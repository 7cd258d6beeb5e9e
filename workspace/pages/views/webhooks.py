"""Webhooks as pages: the list, and one with its log of deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workspace.acting import found
from workspace.activity.models import Webhook, WebhookDelivery
from workspace.activity.queries.webhooks import (
    deliveries_for,
    may_receive,
    message_id_of,
    numbers_of,
    scopes_named,
    subjects_of,
    waiting_of,
    webhooks_for,
)
from workspace.answers import page_or_part
from workspace.organisation.requests import insider
from workspace.pages.filters import DeliveryFilter, WebhookFilter

PER_PAGE = 50


def webhook_at(request: HttpRequest, pk: int) -> Webhook:
    """The webhook with this id, with its owner, for who looks after it. Raises Unknown."""
    return found(webhooks_for(insider(request)).select_related("owner"), pk)


def page_of(webhook: Webhook) -> str:
    """The address of a webhook's page."""
    return reverse("webhook", args=[webhook.pk])


def crumbs_to(*webhooks: Webhook) -> list[tuple[str, str]]:
    """The way from one's account to these."""
    here = [(_("Your account"), reverse("account")), (_("Webhooks"), reverse("webhooks"))]
    return here + [(webhook.name, page_of(webhook)) for webhook in webhooks]


def _rows(webhooks: Iterable[Webhook]) -> list[dict[str, Any]]:
    """What the list shows of each: 1 statement."""
    listed = list(webhooks)
    waiting = waiting_of([webhook.pk for webhook in listed])
    return [
        {
            "webhook": webhook,
            "waiting": waiting.get(webhook.pk, 0),
            "is_silent": not may_receive(webhook.owner),
        }
        for webhook in listed
    ]


@never_cache
@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """One's own webhooks; for an administrator everybody's, 50 at a time. At most 8 statements."""
    person = insider(request)
    narrowed = WebhookFilter(request.GET, queryset=webhooks_for(person).select_related("owner"))
    page = Paginator(narrowed.qs.order_by("name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(page.object_list),
        "filter": narrowed,
        "is_narrowed": any(request.GET.get(name) for name in narrowed.form.fields),
        "sees_all": person.is_staff,
        "crumbs": crumbs_to()[:1],
    }
    return page_or_part(request, "account/webhooks.html", context, parts={"webhooks": "account/webhooks_list.html"})


@never_cache
@require_safe
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """A webhook and what it was sent, newest first, 50 at a time: 9 statements, and 1 per noun that is named."""
    shown = webhook_at(request, pk)
    names = scopes_named(shown)
    log = deliveries_for(insider(request)).filter(webhook=shown).select_related("event")
    narrowed = DeliveryFilter(request.GET, queryset=log)
    page = Paginator(narrowed.qs.order_by("-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "webhook": shown,
        "scopes": [names[scope] for scope in shown.scopes],
        "numbers": numbers_of(shown),
        "is_silent": not may_receive(shown.owner),
        "page": page,
        "deliveries": _lines(page.object_list),
        "filter": narrowed,
        "is_narrowed": any(request.GET.get(name) for name in narrowed.form.fields),
        "crumbs": crumbs_to(),
        "here": request.get_full_path(),
    }
    parts = {"webhook": "account/webhook_top.html", "deliveries": "account/webhook_log.html"}
    return page_or_part(request, "account/webhook.html", context, parts=parts)


def _lines(deliveries: Iterable[WebhookDelivery]) -> list[Mapping[str, Any]]:
    """What is shown of each delivery: 1 statement per noun that they are about."""
    listed = list(deliveries)
    subjects = subjects_of(listed)
    return [
        {
            "delivery": each,
            "subject": subjects.get(each.pk),
            "message": message_id_of(each.event_id, each.webhook_id),
        }
        for each in listed
    ]
