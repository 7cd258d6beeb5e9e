"""Deciding about claims, and taking them back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journeys import commands
from journeys.forms import ApprovalForm, ReasonForm
from journeys.models import Claim
from journeys.queries.offers import claimants_of
from journeys.queries.places import hold
from journeys.rules.claims import Claimant, may_decide_claim
from workspace.acting import Action, ask, found
from workspace.answers import done
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer


def _claim(request: HttpRequest, pk: int) -> Claim:
    return found(Claim.objects.visible_to(viewer(request)).select_related("touchpoint", "department"), pk)


def _check_may_decide(request: HttpRequest, claim: Claim) -> None:
    may_decide_claim(
        standing_of(viewer(request)),
        hold(claim.touchpoint_id, lock=False).place,
        claimant=Claimant(claim.department_id, claim.claimed_by_id),
        waiting=claimants_of(claim.touchpoint_id),
    ).or_not_allowed()


def _names(claim: Claim) -> dict[str, str]:
    return {"department": claim.department.name, "touchpoint": claim.touchpoint.name}


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the department own it."""
    claim = _claim(request, pk)
    if request.method != "POST":
        _check_may_decide(request, claim)
    action = Action(
        title=_("Approve this claim"),
        about=_("%(department)s will own %(touchpoint)s; other claims on it end.") % _names(claim),
        button=_("Approve"),
        back=claim.touchpoint.get_absolute_url(),
    )

    def do(fields: dict[str, Any]) -> str:
        commands.approve_claim(claim, reason=fields["reason"], actor=viewer(request))
        return _("%(department)s owns %(touchpoint)s now.") % _names(claim)

    return ask(request, action, ApprovalForm, do)


@require_http_methods(["GET", "HEAD", "POST"])
def deny(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse the claim, with a reason."""
    claim = _claim(request, pk)
    if request.method != "POST":
        _check_may_decide(request, claim)
    action = Action(
        title=_("Deny this claim"),
        about=_("%(department)s asks for %(touchpoint)s.") % _names(claim),
        button=_("Deny"),
        back=claim.touchpoint.get_absolute_url(),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> str:
        commands.deny_claim(claim, reason=fields["reason"], actor=viewer(request))
        return _("Denied: the claim of %(department)s on %(touchpoint)s.") % _names(claim)

    return ask(request, action, ReasonForm, do)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the claim back."""
    claim = _claim(request, pk)
    commands.withdraw_claim(claim, actor=viewer(request))
    text = _("Withdrawn: the claim of %(department)s on %(touchpoint)s.") % _names(claim)
    return done(request, text, back=claim.touchpoint.get_absolute_url())
