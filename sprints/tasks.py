"""What the beat looks after every few minutes, so that a machine that slept has missed nothing."""

from __future__ import annotations

from celery import shared_task

from sprints.commands.approvals import withdraw_late_approvals
from sprints.commands.attachments import forget_removed_attachments
from sprints.commands.forgetting import forget_deleted_comments, forget_deleted_stories


@shared_task(name="sprints.keep_daily")
def keep_daily() -> None:
    """Take back questions whose link has ended; throw away what was deleted a month ago, and files without a row."""
    withdraw_late_approvals()
    forget_deleted_comments()
    forget_deleted_stories()
    forget_removed_attachments()
