"""Sharing a journey with guests: who sees it, until when."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journeys.models import Journey
from journeys.rules.structure import may_share
from journeys.views.pages import crumbs_to, for_insiders
from workspace.acting import found
from workspace.answers import page_or_part
from workspace.organisation import sharing_actions
from workspace.organisation.queries.people import standing_of
from workspace.organisation.queries.sharing import guests_without, shares_of
from workspace.organisation.requests import viewer
from workspace.organisation.sharing_actions import Subject

form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _journey(request: HttpRequest, pk: int) -> Journey:
    """The journey, if the viewer may share it. Raises Unknown, for every guest as well, or NotAllowed."""
    person = viewer(request)
    for_insiders(person)
    journey = found(Journey.objects.visible_to(person), pk)
    may_share(standing_of(person), accountable_id=journey.accountable_id).or_not_allowed()
    return journey


def _subject(request: HttpRequest, pk: int) -> Subject:
    """The journey as something to share, if the viewer may. Raises as `_journey` does."""
    journey = _journey(request, pk)
    return Subject(
        Journey.NOUN,
        journey.pk,
        name=str(journey),
        shows=_("They see %(journey)s with its touchpoints and who owns them, and nothing else.")
        % {"journey": journey},
        back=reverse("journeys:sharing", args=[journey.pk]),
    )


@require_safe
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """The guests who see the journey. 5 statements."""
    journey = _journey(request, pk)
    context = {
        "journey": journey,
        "shares": shares_of(Journey.NOUN, journey.pk),
        "can_choose": guests_without(Journey.NOUN, journey.pk).exists(),
        "crumbs": crumbs_to(journey),
        "here": request.path,
    }
    return page_or_part(request, "journeys/sharing.html", context, parts={"shares": "journeys/sharing_list.html"})


@form_or_post
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a guest who is here already see it."""
    return sharing_actions.share(request, _subject(request, pk))


@form_or_post
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite a new guest and share it with them, in one step."""
    return sharing_actions.invite(request, _subject(request, pk))


@form_or_post
def change(request: HttpRequest, pk: int, share_pk: int) -> HttpResponse:
    """Let it end on another day."""
    return sharing_actions.change(request, _subject(request, pk), share_pk)


@require_POST
def end(request: HttpRequest, pk: int, share_pk: int) -> HttpResponse:
    """End it now."""
    return sharing_actions.end(request, _subject(request, pk), share_pk)
