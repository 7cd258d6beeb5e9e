"""What axes asks the house: whose failures are counted, and what is said while somebody is locked out."""

from __future__ import annotations

import math
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from workspace import clock
from workspace.organisation.commands import note_way_in
from workspace.organisation.events import LOCKED_OUT
from workspace.organisation.models import Person
from workspace.organisation.requests import client_address


def who_is_meant(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The address that somebody tries to get in with, the same however it is written."""
    given = credentials or {}
    return str(given.get("email") or given.get("username") or "").strip().lower()[:255]


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say until when it lasts. It says the same for addresses that nobody here has."""
    meant = AccessAttempt.objects.filter(
        username=who_is_meant(request, credentials), ip_address=client_address(request)
    )
    last = meant.aggregate(at=Max("attempt_time"))["at"] or clock.now()
    until = last + settings.AXES_COOLOFF_TIME
    answer = render(request, "429.html", {"until": until}, status=429)
    answer.headers["Retry-After"] = str(max(1, math.ceil((until - clock.now()).total_seconds())))
    return answer


def note_lock_out(*, request: HttpRequest, username: str, **_signal: Any) -> None:
    """Record that the sign-in of a person was locked: with the failure that locked it, not with those after it."""
    is_the_one = getattr(request, "axes_failures_since_start", None) == settings.AXES_FAILURE_LIMIT
    person = Person.objects.filter(email=username).first() if is_the_one else None
    if person is not None:
        note_way_in(person, kind=LOCKED_OUT, actor=None)
