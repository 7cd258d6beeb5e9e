"""Health checks, for whoever watches the installation: a load balancer, a container engine, a person with curl."""

import logging
import os
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError as BrokerError

from workspace.celery import app as celery_app

log = logging.getLogger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Say that the process answers. Asks nothing else, so a database that is away restarts no web process."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether the database and the broker can be reached: 200, or 503 with the one that cannot. One statement."""
    checks: dict[str, Callable[[], None]] = {"database": _ask_database, "broker": _ask_broker}
    answers = {name: _answer(name, check) for name, check in checks.items()}
    is_ready = all(answer == "ok" for answer in answers.values())
    return JsonResponse({"status": "ok" if is_ready else "unavailable", **answers}, status=200 if is_ready else 503)


def _answer(name: str, check: Callable[[], None]) -> str:
    """Run the check. The reason goes to the log: it can name hosts and users, and anyone may ask here."""
    try:
        check()
    except (DatabaseError, BrokerError, OSError) as failure:
        log.warning("Not ready, %s cannot be reached: %s", name, failure)
        return "unreachable"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    """Connect to Redis; in embedded mode, look whether the queue's folder can still be written to."""
    if settings.REDIS_URL is None:
        queue = settings.DATA_DIR / "queue" / "messages"
        if not os.access(queue, os.R_OK | os.W_OK | os.X_OK):
            raise OSError(f"{queue} cannot be read and written to")
        return
    with celery_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=3)
