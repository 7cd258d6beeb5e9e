"""Throughline: where marketing teams run their sprints and every touchpoint has an owner.

The Celery app is loaded with the package, so that tasks bind to it in every process. What is loaded stays until the
end: looking for garbage among it, as often as Python does by itself, makes a process start a tenth later.
"""

import gc

from workspace.celery import app as celery_app

gc.set_threshold(20_000, 10, 10)

__all__ = ["celery_app"]
