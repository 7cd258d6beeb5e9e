"""The bells that Celery rings."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from workspace import clock
from workspace.activity import doorbell
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import enqueue, work_on
from workspace.activity.commands.mailing import DIGEST
from workspace.activity.queries.jobs import takeable_jobs
from workspace.activity.queries.notifications import due_digests
from workspace.activity.senders import send_webhooks


@shared_task(name="activity.run_job")
def run_job(job_id: int) -> None:
    """Work on one job, if nobody else does."""
    work_on(job_id)


@shared_task(name="activity.deliver")
def deliver() -> None:
    """Deliver what waits, within the house and to webhooks."""
    deliver_events(wait=False)
    send_webhooks()


@shared_task(name="activity.sweep")
def sweep() -> None:
    """Look for what no bell was heard for: events to deliver, jobs to take or to take over."""
    deliver_events(wait=False)
    send_webhooks()
    for job_id in takeable_jobs(clock.now()).values_list("id", flat=True)[:100]:
        doorbell.ring_job(job_id)


@shared_task(name="activity.send_digests")
def send_digests() -> None:
    """Ask for the digests whose hour has come where their readers are; without mail, for none."""
    if settings.EMAIL is not None and due_digests(clock.now()):
        enqueue(DIGEST, key="digest")
