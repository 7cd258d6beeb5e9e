"""What the beat looks after every few minutes, so that a machine that slept has missed nothing."""

from __future__ import annotations

from celery import shared_task

from journeys.commands.calls import overdue_calls
from journeys.commands.escalation import flags_to_climb
from journeys.commands.reminding import remind_of_attestations
from journeys.commands.scanning import request_scan
from journeys.models import Claim, Scan
from workspace import clock
from workspace.activity.commands.jobs import enqueue


@shared_task(name="journeys.keep_daily")
def keep_daily() -> None:
    """Ask for today's full scan unless there was one, deny claims and end calls past their day, let due flags climb.

    And remind of ownership that is to be confirmed soon.
    """
    today = clock.today()
    if Claim.objects.waiting().filter(denied_on__lte=today).exists():
        enqueue("journeys.deny_claims", key="deny")
    if overdue_calls().exists():
        enqueue("journeys.end_calls", key="end")
    if not Scan.objects.filter(on=today, state=Scan.State.DONE).exists():
        request_scan(actor=None)
    if flags_to_climb().exists():
        enqueue("journeys.climb", key="climb")
    remind_of_attestations()
