"""What the lists of webhooks and of their deliveries can be narrowed by."""

from __future__ import annotations

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from workspace.activity.models import Webhook, WebhookDelivery
from workspace.organisation.filters import with_words

ACTIVE, FAILING, PAUSED = "active", "failing", "paused"
STATES = (
    (ACTIVE, gettext_lazy("Active")),
    (FAILING, gettext_lazy("Failing")),
    (PAUSED, gettext_lazy("Paused")),
)


class WebhookFilter(filters.FilterSet):
    """Webhooks by words and state."""

    q = filters.CharFilter(label=gettext_lazy("Webhook, address or owner"), method="by_words")
    state = filters.ChoiceFilter(
        label=gettext_lazy("State"), method="by_state", choices=STATES, empty_label=gettext_lazy("Any")
    )

    class Meta:
        model = Webhook
        fields: list[str] = []

    def by_words(self, queryset: QuerySet[Webhook], _name: str, value: str) -> QuerySet[Webhook]:
        """Webhooks every one of whose words stands in their name, their address, or the name of their owner."""
        return with_words(queryset, value, "name", "url", "owner__name")

    def by_state(self, queryset: QuerySet[Webhook], _name: str, value: str) -> QuerySet[Webhook]:
        """Webhooks that send, that send and reach nobody, or that are paused."""
        if value == PAUSED:
            return queryset.filter(state=Webhook.State.PAUSED)
        return queryset.filter(state=Webhook.State.ACTIVE, failing_since__isnull=value == ACTIVE)


class DeliveryFilter(filters.FilterSet):
    """Deliveries by kind of event and state."""

    q = filters.CharFilter(label=gettext_lazy("Kind of event"), field_name="event__kind", lookup_expr="icontains")
    state = filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[
            (WebhookDelivery.State.DELIVERED, gettext_lazy("Arrived")),
            (WebhookDelivery.State.PENDING, gettext_lazy("Waiting")),
            (WebhookDelivery.State.FAILED, gettext_lazy("Given up")),
        ],
        empty_label=gettext_lazy("Any"),
    )

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []
