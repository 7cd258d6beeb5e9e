"""Making a journey, changing what it is, archiving it and opening it again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from journeys import commands
from journeys.map_forms import JourneyForm, NewJourneyForm, NothingForm
from journeys.models import Journey
from journeys.queries.editing import AtArchive, at_archive
from journeys.views.map_editing import check_builder, form_or_post, leading_to, undoably
from workspace.acting import Action, ask, found
from workspace.organisation.requests import viewer


def _journey(request: HttpRequest, pk: int) -> Journey:
    check_builder(request)
    return found(Journey.objects.visible_to(viewer(request)).select_related("persona", "accountable"), pk)


@form_or_post
def add_journey(request: HttpRequest) -> HttpResponse:
    """Make a journey, and go to its map."""
    check_builder(request)
    about = _("Its stages and touchpoints are added on its map.")
    back = reverse("journeys:journeys")
    action = Action(title=_("New journey"), about=about, button=_("Create"), back=back)

    def do(fields: dict[str, Any]) -> HttpResponse:
        journey = commands.create_journey(actor=viewer(request), **fields)
        messages.success(request, _("The journey “%(name)s” is made. Add its first stage.") % {"name": journey.name})
        url = journey.get_absolute_url()
        return HttpResponse(headers={"HX-Redirect": url}) if getattr(request, "htmx", False) else redirect(url)

    return ask(request, action, NewJourneyForm, do)


@form_or_post
def edit_journey(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, persona, state, accountable person and description."""
    journey = _journey(request, pk)
    back = journey.get_absolute_url()
    archive = (_("Archive this journey…"), reverse("journeys:archive_journey", args=[pk]))
    about = "" if journey.archived_at else leading_to(request, back, archive)
    action = Action(title=_("Change %(name)s") % {"name": journey.name}, about=about, button=_("Save"), back=back)

    def do(fields: dict[str, Any]) -> HttpResponse:
        def act() -> str:
            version = fields["base_version"]
            changed = commands.change_journey(journey, base_version=version, actor=viewer(request), **fields["changes"])
            return _("“%(name)s” is changed.") % {"name": changed.name}

        return undoably(request, act, back=back)

    return ask(request, action, lambda *data: JourneyForm(*data, journey=journey), do)


@form_or_post
def archive_journey(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what archiving would end (GET), and do it (POST)."""
    journey = _journey(request, pk)
    title = _("Archive %(name)s") % {"name": journey.name}
    about = _told(at_archive(journey)) if request.method != "POST" else ""
    back = journey.get_absolute_url()
    action = Action(title=title, about=about, button=_("Archive"), back=back, kind="danger")

    def do(fields: dict[str, Any]) -> HttpResponse:
        def act() -> str:
            archived = commands.archive_journey(journey, actor=viewer(request))
            return _("The journey “%(name)s” is archived.") % {"name": archived.name}

        return undoably(request, act, back=back)

    return ask(request, action, NothingForm, do)


def _told(ends: AtArchive) -> str:
    """What archiving would end, in words."""
    counted = [
        ngettext("%(n)s live touchpoint", "%(n)s live touchpoints", ends.touchpoints) % {"n": ends.touchpoints},
        ngettext("%(n)s open flag", "%(n)s open flags", ends.flags) % {"n": ends.flags},
        ngettext("%(n)s waiting claim", "%(n)s waiting claims", ends.claims) % {"n": ends.claims},
        ngettext("%(n)s handoff", "%(n)s handoffs", ends.handoffs) % {"n": ends.handoffs},
        ngettext("%(n)s guest who sees it", "%(n)s guests who see it", ends.guests) % {"n": ends.guests},
    ]
    told = _("Customers do not take this way any more. Owners and history are kept, and it can be opened again.")
    return " ".join([told, _("It concerns %(what)s.") % {"what": ", ".join(counted)}])


@require_POST
def restore_journey(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an archived journey again."""
    journey = _journey(request, pk)

    def act() -> str:
        restored = commands.restore_journey(journey, actor=viewer(request))
        return _("The journey “%(name)s” is open again.") % {"name": restored.name}

    return undoably(request, act, back=journey.get_absolute_url())
