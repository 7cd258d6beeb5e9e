"""Throughline: where marketing teams run their sprints and every touchpoint has an owner.

The Celery app is loaded with the package, so that tasks bind to it in every process.
"""

from workspace.celery import app as celery_app

__all__ = ["celery_app"]
