"""Reading of jobs."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from workspace.activity.models import Job
from workspace.activity.models.jobs import JobQuerySet


def takeable_jobs(now: datetime) -> JobQuerySet:
    """Jobs that nobody works on: queued and due, or with a lease that has run out; oldest first."""
    due = Q(state=Job.State.QUEUED) & (Q(run_at__isnull=True) | Q(run_at__lte=now))
    orphaned = Q(state=Job.State.RUNNING, lease_until__lt=now)
    return Job.objects.filter(due | orphaned).order_by("id")
