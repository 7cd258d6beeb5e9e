"""Webhooks: which systems are told of what happens, and what became of it."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.filters import choice, filters_of, moment, reference, text, whole
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Made, Shape, plan_of, rows_of
from api.kernel.values import WordSet
from api.kernel.views import ADMIN, ApiView
from api.kernel.wanted import Included
from api.nouns.inside import InsideView
from api.nouns.people import PeopleView
from workspace.activity.models import Webhook, WebhookDelivery
from workspace.activity.queries.webhooks import deliveries_for, ids_of_message, message_id_of, webhooks_for
from workspace.organisation import commands

KINDS = "Such as `story.moved`, or `story.*` for an area; none means all."
SCOPES = "Such as `team:7` or `journey:3`, `house` for what belongs to none; none means all."
URL = "`https://…`; internal addresses are refused."


def _named(max_length: int) -> serializers.CharField:
    return serializers.CharField(max_length=max_length)


class WebhookShape(Shape):
    """A webhook: an address that is told of what happens, as far as its owner may see it."""

    example = {"name": "Data warehouse", "reason": ""}

    id = serializers.IntegerField()
    owner = serializers.IntegerField(source="owner_id")
    name = serializers.CharField()
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField(), help_text=KINDS)
    scopes = serializers.ListField(child=serializers.CharField(), help_text=SCOPES)
    payload = serializers.ChoiceField(choices=Webhook.Payload.choices)
    state = serializers.ChoiceField(choices=Webhook.State.choices)
    reason = serializers.CharField(allow_blank=True, help_text="Why it is paused.")
    since = serializers.DateTimeField(help_text="Since when it is in this state.")
    failing_since = serializers.DateTimeField(
        allow_null=True, help_text="The first failure since something arrived; after 24 h of them it is paused."
    )
    made_at = serializers.DateTimeField()
    version = serializers.IntegerField()


class WebhookWithSecret(WebhookShape):
    """A webhook, and its new secret: it is shown here, and never again."""

    secret = serializers.CharField(help_text="`whsec_…`, for Standard Webhooks.")


class WebhookTestShape(serializers.Serializer[Any]):
    """What came of a test."""

    has_arrived = serializers.BooleanField(help_text="Whether it was answered with 2xx.")
    status = serializers.IntegerField(allow_null=True, help_text="Null: there was no answer.")
    error = serializers.CharField(allow_blank=True)
    response = serializers.CharField(allow_blank=True, help_text="The beginning of the answer.")
    duration = serializers.IntegerField(help_text="In milliseconds.")


class NewWebhook(Input):
    """A webhook that is to be."""

    example = {"name": "Data warehouse"}

    name = _named(80)
    url = serializers.CharField(max_length=500, help_text=URL)
    kinds = serializers.ListField(child=_named(64), max_length=100, default=list, help_text=KINDS)
    scopes = serializers.ListField(child=_named(64), max_length=100, default=list, help_text=SCOPES)
    payload = serializers.ChoiceField(choices=Webhook.Payload.choices, default=Webhook.Payload.ID_ONLY)


class ChangedWebhook(Input):
    """What can be changed of a webhook."""

    example = {"name": "Data warehouse"}

    name = serializers.CharField(max_length=80, required=False)
    url = serializers.CharField(max_length=500, required=False, help_text=URL)
    kinds = serializers.ListField(child=_named(64), max_length=100, required=False, help_text=KINDS)
    scopes = serializers.ListField(child=_named(64), max_length=100, required=False, help_text=SCOPES)
    payload = serializers.ChoiceField(choices=Webhook.Payload.choices, required=False)


class PausedWebhook(Input):
    """Why a webhook is paused."""

    reason = serializers.CharField(max_length=300, default="", allow_blank=True)


def _holding(queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
    """Those whose list in the column `name` has this word."""
    with_text: QuerySet[Any] = queryset.annotate(listed=Cast(f"{name}s", TextField()))
    return with_text.filter(listed__contains=f'"{value}"')


def _reached(view: ApiView, seen: QuerySet[Any], owner: str) -> QuerySet[Any]:
    """What the person sees, as far as the token reaches: what belongs to others is for administering."""
    return seen if access_of(view.request).reaches(ADMIN) else seen.filter(**{owner: view.person})


class WebhooksView(InsideView):
    """Webhooks: one's own; for the scope `admin` all."""

    noun, plural = "webhook", "webhooks"
    shape = WebhookShape
    takes = {"create": NewWebhook, "partial_update": ChangedWebhook, "pause": PausedWebhook}
    gives = {"create": WebhookWithSecret, "rotate_secret": WebhookWithSecret, "try_out": WebhookTestShape}
    unversioned = ("try_out",)
    filterset_class = filters_of(
        "WebhookFilters",
        reference("id", "pk"),
        reference("owner"),
        text("name"),
        text("url"),
        {"kind": django_filters.CharFilter(method=_holding), "scope": django_filters.CharFilter(method=_holding)},
        choice("payload", Webhook.Payload.choices),
        choice("state", Webhook.State.choices),
        text("reason"),
        moment("since"),
        moment("failing_since", is_optional=True),
        moment("made_at"),
        whole("version"),
    )
    orderings = {"id": Key("pk"), "name": Key("name"), "since": Key("since"), "made_at": Key("made_at")}
    ordering = ("name", "id")
    includes = {"owner": Included("owner", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """One's own; for the scope `admin` all."""
        return _reached(self, webhooks_for(self.person), "owner")

    def create(self, request: Request) -> Response:
        """Make a webhook of one's own, told of what happens from now on. Its secret is shown once."""
        self.check_limits()
        made = commands.make_webhook(self.person, **self.filled(), actor=self.person)
        response = self._with_secret(made.webhook.pk, made.secret, status.HTTP_201_CREATED)
        response.headers["Location"] = f"{request.path}{made.webhook.pk}/"
        return response

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it; what waits to be sent follows."""
        webhook, given = self.one(), self.filled()
        return self.changed(webhook, lambda: commands.change_webhook(webhook, **given, actor=self.person))

    def destroy(self, request: Request, pk: int) -> Response:
        """Do away with it and its log."""
        webhook = self.one()
        return self.removed(webhook, lambda: commands.remove_webhook(webhook, actor=self.person))

    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: int) -> Response:
        """Send nothing until it is resumed; what happens meanwhile waits."""
        webhook, given = self.one(), self.filled()
        return self.changed(
            webhook, lambda: commands.pause_webhook(webhook, **given, actor=self.person), is_required=False
        )

    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: int) -> Response:
        """Go on with what waits, and with what happened meanwhile, as far back as seven days."""
        webhook = self.one()
        self.filled()
        return self.changed(webhook, lambda: commands.resume_webhook(webhook, actor=self.person), is_required=False)

    @action(detail=True, methods=["post"], url_path="rotate-secret")
    def rotate_secret(self, request: Request, pk: int) -> Response:
        """Make a new secret, shown once. For 24 hours deliveries are signed with the old one too."""
        webhook = self.one()
        self.filled()
        made: list[Any] = []
        self.unless_stale(
            webhook,
            lambda: made.append(commands.rotate_webhook_secret(webhook, actor=self.person)),
            is_required=False,
        )
        return self._with_secret(webhook.pk, made[-1].secret, status.HTTP_200_OK)

    @action(detail=True, methods=["post"], url_path="test", url_name="test")
    def try_out(self, request: Request, pk: int) -> Response:
        """Send a test now, and say what came of it, within about twenty seconds."""
        if request.headers.get("Idempotency-Key"):  # everything would be one transaction, as long as it takes
            raise not_valid(Wrong("Idempotency-Key", _("A test is sent each time.")))
        webhook = self.one()
        self.filled()
        answer = commands.try_webhook(webhook, actor=self.person)
        told = {name: getattr(answer, name) for name in WebhookTestShape._declared_fields}
        return self.versioned(told)

    def _with_secret(self, pk: int, secret: str, code: int) -> Response:
        plan = plan_of(self.shape, self.shape.names())
        told = rows_of(self.visible().filter(pk=pk), plan, self.person)[0]
        return self.versioned(told | {"secret": secret}, told["version"], code=code)


class WebhookDeliveryShape(Shape):
    """One event for one webhook: how often it was tried, and what came of it."""

    example = {"subject_kind": "story"}

    id = serializers.IntegerField()
    webhook = serializers.IntegerField(source="webhook_id")
    event = serializers.IntegerField(source="event_id")
    message = serializers.CharField(help_text="The header `webhook-id`: the same each time it is sent.")
    kind = serializers.CharField(source="event.kind", help_text="Of the event, such as `story.moved`.")
    seq = serializers.IntegerField()
    subject_kind = serializers.CharField()
    subject_id = serializers.IntegerField(allow_null=True, help_text="Null: it is about many.")
    state = serializers.ChoiceField(choices=WebhookDelivery.State.choices)
    attempts = serializers.IntegerField()
    next_at = serializers.DateTimeField(
        allow_null=True, help_text="Not before then, nor before earlier ones about the same."
    )
    made_at = serializers.DateTimeField()
    tried_at = serializers.DateTimeField(allow_null=True)
    status = serializers.IntegerField(allow_null=True, help_text="Of the last answer; null: there was none.")
    error = serializers.CharField(allow_blank=True)
    response = serializers.CharField(allow_blank=True, help_text="The beginning of the last answer.")
    duration = serializers.IntegerField(allow_null=True, help_text="Of the last attempt, in milliseconds.")

    parts = {"message": Made(message_id_of, ("event_id", "webhook_id"))}


def _sent_as(queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
    """Those that are sent under this id, or under one of these."""
    wanted = Q()
    for message in value if isinstance(value, list) else [value]:
        ids = ids_of_message(message.strip())
        if ids is None:
            raise not_valid(Wrong(name, _("This is no id of a message, such as evt_12_3."), message))
        wanted |= Q(event_id=ids[0], webhook_id=ids[1])
    return queryset.filter(wanted)


class WebhookDeliveriesView(InsideView):
    """What was sent to webhooks, or waits to be: of one's own; for the scope `admin` of all. Kept for 30 days."""

    noun, plural = "webhook delivery", "webhook-deliveries"
    shape = WebhookDeliveryShape
    statuses = {"replay": status.HTTP_202_ACCEPTED}
    filterset_class = filters_of(
        "WebhookDeliveryFilters",
        reference("id", "pk"),
        reference("webhook"),
        reference("event"),
        {
            "message": django_filters.CharFilter(method=_sent_as),
            "message__in": WordSet(field_name="message__in", method=_sent_as),
        },
        text("kind", "event__kind"),
        whole("seq"),
        text("subject_kind"),
        reference("subject_id", "subject_id", is_optional=True),
        choice("state", WebhookDelivery.State.choices),
        whole("attempts"),
        moment("next_at", is_optional=True),
        moment("made_at"),
        moment("tried_at", is_optional=True),
        whole("status", is_optional=True),
        text("error"),
        text("response"),
        whole("duration", is_optional=True),
    )
    orderings = {"id": Key("pk"), "seq": Key("seq"), "tried_at": Key("tried_at", True), "next_at": Key("next_at", True)}
    ordering = ("-id",)
    includes = {"webhook": Included("webhook", WebhooksView)}

    def visible(self) -> QuerySet[Any]:
        """Those of one's own webhooks; for the scope `admin` of all."""
        return _reached(self, deliveries_for(self.person), "webhook__owner")

    @action(detail=True, methods=["post"])
    def replay(self, request: Request, pk: int) -> Response:
        """Send it again, with the same `webhook-id`: soon, after earlier ones about the same thing."""
        delivery = self.one()
        self.filled()
        commands.replay_delivery(delivery, actor=self.person)
        return self.answer({"pk": delivery.pk}, code=status.HTTP_202_ACCEPTED)
