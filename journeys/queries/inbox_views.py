"""The views above the flags inbox: those that everybody has, and those that a person saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from journeys.queries.directory import Directory
from journeys.queries.home.numbers import unit_of
from workspace.organisation.models import Person, SavedView
from workspace.organisation.rules.saved_views import only_filters
from workspace.organisation.rules.standing import Standing

PAGE = "flags"


@dataclass(frozen=True, slots=True)
class InboxView:
    """One view; `id` where the person saved it."""

    label: str
    query: str
    current: bool
    id: int | None = None

    @property
    def url(self) -> str:
        """The address of the list with these filters."""
        return f"?{self.query}"


@dataclass(frozen=True, slots=True)
class InboxViews:
    """All views, and what can be saved: the filters in force, where no view has them yet."""

    views: Sequence[InboxView]
    own: InboxView | None
    unsaved: str


def inbox_views(
    person: Person, standing: Standing, known: Directory, given: Mapping[str, Sequence[str]], filters: Sequence[str]
) -> InboxViews:
    """The views of this person, with the one that is in force: 1 statement."""
    now = only_filters(given, filters)
    views = [InboxView(label, query, query == now) for label, query in _built_in(standing, known)]
    saved = SavedView.objects.filter(person=person, page=PAGE).order_by("name", "pk")
    views += [InboxView(view.name, view.query, view.query == now, view.pk) for view in saved]
    own = next((view for view in views if view.current and view.id is not None), None)
    return InboxViews(views, own, "" if any(view.current for view in views) else now)


def _built_in(standing: Standing, known: Directory) -> list[tuple[str, str]]:
    unit = unit_of(standing, known)
    unowned = {"rule": "unowned", "unit": unit.id} if unit else {"rule": "unowned"}
    return [
        (_("Everything"), ""),
        (_("Asked of me"), "asked=me"),
        (_("My departments"), "asked=departments"),
        (_("Unowned in my unit") if unit else _("Unowned"), urlencode(unowned)),
        (_("Critical"), "severity=4"),
    ]
