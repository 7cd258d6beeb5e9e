"""Agreeing on a crossing: proposing, accepting and declining a handoff."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journeys import commands
from journeys.forms import HandoffForm, ReasonForm
from journeys.models import Crossing, Handoff
from journeys.queries.catalogue.crossing_owners import crossings_with_owners
from journeys.rules.handoffs import may_speak, sides_of
from workspace.acting import Action, ask, found
from workspace.answers import done
from workspace.errors import RuleBroken
from workspace.organisation.models import Department
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer


def _check_may_speak(request: HttpRequest, source: Department, target: Department) -> None:
    sides = sides_of(standing_of(viewer(request)), from_department_id=source.pk, to_department_id=target.pk)
    may_speak(sides, from_name=source.name, to_name=target.name).or_not_allowed()


def _owners(crossing: Crossing) -> tuple[Department, Department]:
    """The departments of the two ends. Raises RuleBroken where there are not two."""
    owned = crossings_with_owners().select_related("from_owner__department", "to_owner__department")
    ends: Any = owned.filter(pk=crossing.pk).first()
    source, target = getattr(ends, "from_owner", None), getattr(ends, "to_owner", None)
    if source is None or target is None:
        raise RuleBroken(
            _("One end of this crossing has no owner."), next_step=_("Claim it first; then the two owners can agree.")
        )
    return source.department, target.department


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose what is handed over at a crossing."""
    crossing = found(Crossing.objects.visible_to(viewer(request)).select_related("source", "target"), pk)
    if request.method != "POST":
        _check_may_speak(request, *_owners(crossing))
    action = Action(
        title=_("Propose a handoff"), about=str(crossing), button=_("Propose"), back=crossing.target.get_absolute_url()
    )

    def do(fields: dict[str, Any]) -> str:
        handoff = commands.propose_handoff(
            crossing, what=fields["what"], within_hours=fields["within_hours"], actor=viewer(request)
        )
        if handoff.state == Handoff.State.ACCEPTED:
            return _("Agreed: the handoff at %(crossing)s.") % {"crossing": crossing}
        return _("Proposed: the other department has to accept the handoff at %(crossing)s.") % {"crossing": crossing}

    return ask(request, action, HandoffForm, do)


def _handoff(request: HttpRequest, pk: int) -> Handoff:
    visible = Handoff.objects.visible_to(viewer(request))
    return found(visible.select_related("crossing__source", "crossing__target", "from_department", "to_department"), pk)


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that what was agreed is not kept."""
    handoff = _handoff(request, pk)
    if request.method != "POST":
        _check_may_speak(request, handoff.from_department, handoff.to_department)
    action = Action(
        title=_("This handoff is not kept"),
        about=_("%(crossing)s: %(what)s. It counts as not agreed until both departments have confirmed it again.")
        % {"crossing": handoff.crossing, "what": handoff.what.rstrip(".")},
        button=_("Say that it is not kept"),
        back=handoff.crossing.target.get_absolute_url(),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> str:
        commands.report_broken(handoff, reason=fields["reason"], actor=viewer(request))
        return _("Noted: the handoff at %(crossing)s is not kept. Both departments are asked to confirm it again.") % {
            "crossing": handoff.crossing
        }

    return ask(request, action, ReasonForm, do)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept for one's side."""
    handoff = commands.accept_handoff(_handoff(request, pk), actor=viewer(request))
    crossing = handoff.crossing
    text = _("Accepted: the handoff at %(crossing)s.") % {"crossing": crossing}
    return done(request, text, back=crossing.target.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline, with a reason."""
    handoff = _handoff(request, pk)
    if request.method != "POST":
        _check_may_speak(request, handoff.from_department, handoff.to_department)
    action = Action(
        title=_("Decline this handoff"),
        about=f"{handoff.crossing}: {handoff.what}",
        button=_("Decline"),
        back=handoff.crossing.target.get_absolute_url(),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> str:
        commands.decline_handoff(handoff, reason=fields["reason"], actor=viewer(request))
        return _("Declined: the handoff at %(crossing)s.") % {"crossing": handoff.crossing}

    return ask(request, action, ReasonForm, do)
