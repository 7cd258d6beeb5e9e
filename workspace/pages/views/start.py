"""Where one arrives, and what happened in the whole house."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workspace.activity.queries.history import recent_history
from workspace.organisation.queries.sharing import shared_with
from workspace.organisation.requests import insider, reader, viewer

SHOWN = 50


def guest_start(request: HttpRequest) -> HttpResponse:
    """Where a guest begins: what is open to them. Home shows it to guests instead of itself."""
    return render(request, "pages/guest_start.html", {"things": shared_with(viewer(request))})


@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """All that happened, newest first, 50 at a time; `?before=ID` goes on."""
    insider(request)
    before = request.GET.get("before", "")
    last = int(before) if before.isdecimal() and len(before) < 19 else None
    entries = recent_history(limit=SHOWN + 1, before=last, reader=reader(request))
    context = {"entries": entries[:SHOWN], "before": entries[SHOWN - 1].id if len(entries) > SHOWN else None}
    return render(request, "pages/history.html", context | {"is_further": bool(before)})
