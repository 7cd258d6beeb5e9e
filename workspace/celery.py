"""The Celery app: how jobs reach the worker, and what beat starts by the clock.

A message is only the doorbell. What is to be done stands in `Job` and `Delivery` rows, so a lost message costs
at most the few seconds until the next sweep.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")

SWEEP_EVERY = 5.0
"""Seconds between two sweeps: how long work waits at most whose message was lost."""

KEEP_DAILY_EVERY = 600.0
"""Seconds between two looks at what is due today. Each day's work is done once, whichever look finds it first."""

DIGESTS_EVERY = 300.0
"""Seconds between two looks for whom the hour of the daily mail has come."""

app = Celery("throughline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A message that nobody took before the next of its kind is thrown away: none pile up while no worker runs.
app.conf.beat_schedule = {
    "sweep": {"task": "activity.sweep", "schedule": SWEEP_EVERY, "options": {"expires": SWEEP_EVERY}},
    "digests": {"task": "activity.send_digests", "schedule": DIGESTS_EVERY, "options": {"expires": DIGESTS_EVERY}},
    "keep-daily": {
        "task": "journeys.keep_daily",
        "schedule": KEEP_DAILY_EVERY,
        "options": {"expires": KEEP_DAILY_EVERY},
    },
    "keep-daily-people": {
        "task": "organisation.keep_daily",
        "schedule": KEEP_DAILY_EVERY,
        "options": {"expires": KEEP_DAILY_EVERY},
    },
    "keep-daily-stories": {
        "task": "sprints.keep_daily",
        "schedule": KEEP_DAILY_EVERY,
        "options": {"expires": KEEP_DAILY_EVERY},
    },
}


@worker_ready.connect
def sweep_at_once(**_signal: Any) -> None:
    """Take up what a worker that was killed left behind, without waiting for beat."""
    app.send_task("activity.sweep", expires=SWEEP_EVERY)
