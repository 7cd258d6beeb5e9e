"""Throwing away what signing in has left behind: sessions that are over, and failures that no longer count."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Exists, Model, OuterRef, QuerySet

from workspace import clock

AT_ONCE = 1000  # rows per statement, each of which is a transaction of its own


def forget_ended_sessions() -> None:
    """Delete the sessions whose time is over, and where people were signed in by sessions that are no more."""
    _delete(Session.objects.filter(expire_date__lt=clock.now()))
    _delete(UserSession.objects.filter(~Exists(Session.objects.filter(session_key=OuterRef("session_key")))))


def forget_old_failures() -> None:
    """Delete the failures to sign in that no longer count."""
    before = clock.now() - settings.AXES_COOLOFF_TIME
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        _delete(model.objects.filter(attempt_time__lt=before))


def _delete(rows: QuerySet[Model]) -> None:
    """Delete rows some at a time: 1 statement where there are none."""
    while found := list(rows.order_by().values_list("pk", flat=True)[:AT_ONCE]):
        rows.filter(pk__in=found).delete()
