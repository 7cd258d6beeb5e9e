"""What several pages of the organisation need to be put together."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from workspace.activity.queries.history import Entry, Reader, history_of
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.requests import insider

View = Callable[..., HttpResponse]

HISTORY = 20

form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def for_insiders(view: View) -> View:
    """Let nobody in who sees only what they were invited to: for them there is no such page."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        insider(request)
        return view(request, *args, **kwargs)

    return guarded


def crumbs_to(*things: BusinessUnit | Department | Person | None, people: bool = False) -> list[tuple[str, str]]:
    """The way from the organisation to these."""
    crumbs = [(_("Organisation"), reverse("organisation:units"))]
    if people:
        crumbs.append((_("People"), reverse("organisation:people")))
    return crumbs + [(str(thing), url_of(thing)) for thing in things if thing is not None]


def url_of(thing: BusinessUnit | Department | Person) -> str:
    """The page of a unit, department or person."""
    return reverse(f"organisation:{thing.NOUN}", args=[thing.pk])


def views_of_organisation(current: str, *, may: bool) -> list[dict[str, object]]:
    """The lists of the organisation, side by side; that of tokens for those who `may` administer."""
    lists = [(_("Units"), "units", "building-2"), (_("People"), "people", "users")]
    if may:
        lists.append((_("Tokens"), "tokens", "key-square"))
    return [
        {"label": label, "url": reverse(f"organisation:{route}"), "icon": icon, "current": route == current}
        for label, route, icon in lists
    ]


def newest_history(
    thing: BusinessUnit | Department | Person, *, reader: Reader, before: int | None = None
) -> tuple[list[Entry], int | None]:
    """The newest entries about it, and the id to go on before (None at the end)."""
    entries = history_of({thing.NOUN: [thing.pk]}, limit=HISTORY + 1, before=before, reader=reader)
    has_more = len(entries) > HISTORY
    entries = entries[:HISTORY]
    return entries, entries[-1].id if has_more else None


def last_id(request: HttpRequest) -> int | None:
    """The id of `?before=`, from which a history goes on backwards."""
    before = request.GET.get("before", "")
    return int(before) if before.isdecimal() and len(before) < len(str(2**63)) else None
