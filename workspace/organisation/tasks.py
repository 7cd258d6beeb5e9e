"""What the beat looks after every few minutes, so that a machine that slept has missed nothing."""

from __future__ import annotations

from celery import shared_task

from workspace.activity.commands.forgetting import forget_finished_work
from workspace.activity.commands.notifications import forget_read_notifications
from workspace.organisation.commands import end_sessions_of_leavers
from workspace.organisation.commands.answering import forget_answers
from workspace.organisation.commands.forgetting import forget_ended_sessions, forget_old_failures


@shared_task(name="organisation.keep_daily")
def keep_daily() -> None:
    """End the sessions of those whose leaving date has come; throw away what is over.

    Sessions, failures to sign in, old work, and notifications that were read long ago.
    """
    end_sessions_of_leavers()
    forget_ended_sessions()
    forget_old_failures()
    forget_finished_work()
    forget_read_notifications()
    forget_answers()
