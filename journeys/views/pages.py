"""What several pages of this app need to be put together."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.models import Flag, Journey
from workspace.errors import Unknown
from workspace.organisation.models import Person


def for_insiders(person: Person) -> None:
    """Let nobody in who sees only what they were invited to. Raises Unknown."""
    if person.is_guest:
        raise Unknown(
            _("This page is for people of the house."), next_step=_("Ask whoever invited you to share a journey.")
        )


def tabs_by_severity(request: HttpRequest, counts: Mapping[int, int]) -> list[dict[str, object]]:
    """The severities as views of the same list, each with its number of flags."""
    chosen = request.GET.get("severity", "")

    def tab(label: object, value: str, count: int) -> dict[str, object]:
        query = request.GET.copy()
        for key in ("severity", "page", "flag"):
            query.pop(key, None)
        if value:
            query["severity"] = value
        return {"label": label, "url": f"?{query.urlencode()}", "count": count, "current": chosen == value}

    every = tab(_("All"), "", sum(counts.values()))
    return [every, *(tab(Flag.Severity(level).label.capitalize(), str(level), n) for level, n in counts.items())]


def last_id(request: HttpRequest) -> int | None:
    """The id of `?before=`, from which a history goes on backwards."""
    before = request.GET.get("before", "")
    return int(before) if before.isdecimal() and len(before) < len(str(2**63)) else None


def crumbs_to(journey: Journey | None = None) -> list[tuple[str, str]]:
    """The way to a journey's own pages."""
    crumbs = [(_("Journeys"), reverse("journeys:journeys"))]
    return crumbs if journey is None else [*crumbs, (journey.name, journey.get_absolute_url())]
