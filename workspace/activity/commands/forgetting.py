"""Throwing away work that is done: the log says what happened, these rows only that somebody was told, or worked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import IntegerField, QuerySet, Value

from workspace import clock
from workspace.activity.models import Delivery, Job, WebhookDelivery

KEPT = timedelta(days=30)
AT_ONCE = 1000  # rows per statement, each of which is a transaction of its own


def forget_finished_work() -> None:
    """Delete deliveries that were made, and jobs that were finished, more than thirty days ago.

    What failed to be delivered inside the house stays: somebody has to see to it. What webhooks were sent, or could not
    be, goes. 2 statements where there is nothing to do.
    """
    before = clock.now() - KEPT
    while True:
        # By id, so that each look reads the oldest alone: they were written in the order of their events.
        oldest = Delivery.objects.filter(state=Delivery.State.DONE).order_by("id").values_list("id", "event__at")
        looked_at = list(oldest[:AT_ONCE])
        over = [pk for pk, at in looked_at if at < before]
        if over:
            Delivery.objects.filter(id__in=over).delete()
        if len(over) < AT_ONCE:
            break
    jobs = Job.objects.filter(finished_at__lt=before)
    sent = WebhookDelivery.objects.exclude(state=WebhookDelivery.State.PENDING).filter(made_at__lt=before)
    while some := _some_of(jobs, sent):
        for place, rows in enumerate((jobs, sent)):
            rows.filter(pk__in=[pk for kind, pk in some if kind == place]).delete()


def _some_of(*kinds: QuerySet[Any]) -> list[tuple[int, int]]:
    """Some of these rows, each by the place of its kind and its id: 1 statement."""
    first, *others = (
        rows.order_by().values_list(Value(place, IntegerField()), "pk") for place, rows in enumerate(kinds)
    )
    return list(first.union(*others, all=True)[:AT_ONCE])
