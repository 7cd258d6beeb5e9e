"""The saved views of the flags inbox: saving the filters in force, renaming, deleting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journeys.filters import FlagFilter
from journeys.forms import ViewNameForm
from journeys.queries.inbox_views import PAGE
from journeys.views.pages import for_insiders
from workspace.acting import Action, ask, found
from workspace.organisation.commands.saved_views import delete_view, rename_view, save_view
from workspace.organisation.models import Person, SavedView
from workspace.organisation.requests import viewer
from workspace.organisation.rules.saved_views import only_filters

form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _insider(request: HttpRequest) -> Person:
    person = viewer(request)
    for_insiders(person)
    return person


@form_or_post
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the address, or of the form, under a name."""
    person = _insider(request)
    wanted = QueryDict(request.POST.get("query", "")) if request.method == "POST" else request.GET
    query = only_filters(dict(wanted.lists()), FlagFilter.base_filters)
    back = f"{reverse('journeys:flags')}?{query}"
    about = _("These filters will stand above the list, for you alone.")
    action = Action(title=_("Save these filters"), about=about, button=_("Save"), back=back)

    def do(fields: dict[str, Any]) -> str:
        view = save_view(fields["name"], page=PAGE, query=query, filters=FlagFilter.base_filters, actor=person)
        return _("Saved: %(name)s.") % {"name": view.name}

    def make(*data: Any) -> ViewNameForm:
        return ViewNameForm(data[0] if data else None, initial={"query": query})

    return ask(request, action, make, do)


def _view(request: HttpRequest, pk: int) -> SavedView:
    return found(SavedView.objects.filter(person=_insider(request), page=PAGE), pk)


@form_or_post
def rename(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one's own view another name."""
    view = _view(request, pk)
    action = Action(title=_("Rename this view"), about=view.name, button=_("Rename"), back=_address(view))

    def do(fields: dict[str, Any]) -> str:
        renamed = rename_view(view, name=fields["name"], actor=viewer(request))
        return _("Renamed: %(name)s.") % {"name": renamed.name}

    def make(*data: Any) -> ViewNameForm:
        return ViewNameForm(data[0] if data else None, initial={"name": view.name, "query": view.query})

    return ask(request, action, make, do)


@form_or_post
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget one's own view."""
    view = _view(request, pk)
    action = Action(
        title=_("Delete this view"), about=view.name, button=_("Delete"), back=reverse("journeys:flags"), kind="danger"
    )

    def do(fields: dict[str, Any]) -> str:
        delete_view(view, actor=viewer(request))
        return _("Deleted: %(name)s.") % {"name": view.name}

    return ask(request, action, forms.Form, do)


def _address(view: SavedView) -> str:
    return f"{reverse('journeys:flags')}?{view.query}"
