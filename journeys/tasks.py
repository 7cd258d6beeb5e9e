"""What the beat looks after every few minutes, so that a machine that slept has missed nothing."""

from __future__ import annotations

from celery import shared_task

from journeys.commands.escalation import flags_to_climb
from journeys.commands.scanning import request_scan
from journeys.models import Claim, Scan
from workspace import clock
from workspace.activity.commands.jobs import enqueue


@shared_task(name="journeys.keep_daily")
def keep_daily() -> None:
    """Ask for today's full scan unless there was one, deny claims past their day, let flags climb that are due."""
    today = clock.today()
    if Claim.objects.waiting().filter(denied_on__lte=today).exists():
        enqueue("journeys.deny_claims", key="deny")
    if not Scan.objects.filter(on=today, state=Scan.State.DONE).exists():
        request_scan(actor=None)
    if flags_to_climb().exists():
        enqueue("journeys.climb", key="climb")
