"""Claiming, assigning, transferring, releasing and confirming the ownership of a touchpoint."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journeys import commands
from journeys.forms import AttestationForm, ClaimForm, DepartmentForm, PersonForm, ReasonForm
from journeys.models import Claim, Touchpoint
from journeys.queries.directory import directory
from journeys.queries.offers import assignable, claim_offers, transferable
from journeys.queries.own_units import check_may_release
from journeys.queries.places import Held, hold
from journeys.rules.claims import may_attest, may_give_up, who_decides
from journeys.views.acting import Action, ask, found, take
from workspace.answers import done
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation.models import Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _touchpoint(request: HttpRequest, pk: int) -> Touchpoint:
    return found(Touchpoint.objects.visible_to(viewer(request)).select_related("stage__journey"), pk)


def _owned(touchpoint: Touchpoint) -> Held:
    held = hold(touchpoint.pk, lock=False)
    if held.ownership_id is None:
        raise RuleBroken(_("Nobody owns %(name)s.") % {"name": touchpoint.name}, next_step=_("Claim it first."))
    return held


def _about(touchpoint: Touchpoint) -> str:
    return f"{touchpoint.name} · {touchpoint.stage.name} · {touchpoint.stage.journey.name}"


@form_or_post
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask to own it; with `department` alone this is one press of a button."""
    touchpoint = _touchpoint(request, pk)
    offered = [] if request.method == "POST" else _claim_choices(request, touchpoint)
    action = Action(
        title=_("Claim this touchpoint"),
        about=_about(touchpoint),
        button=_("Claim"),
        back=touchpoint.get_absolute_url(),
    )

    def make(*data: Any) -> ClaimForm:
        initial = {"department": offered[0][0]} if len(offered) == 1 else {}
        return ClaimForm(*data, choices=lambda: offered or _claim_choices(request, touchpoint), initial=initial)

    def do(fields: dict[str, Any]) -> str:
        told = {"yes": True, "no": False}.get(fields["at_once"])
        department: Department = fields["department"]
        claim = commands.claim_touchpoint(
            touchpoint, department=department, reason=fields["reason"], at_once=told, actor=viewer(request)
        )
        names = {"department": department.name, "touchpoint": touchpoint.name}
        if claim.state == Claim.State.ACCEPTED:
            return _("%(department)s owns %(touchpoint)s now.") % names
        waiting = Claim.objects.waiting().filter(touchpoint=touchpoint).count()
        names["who"] = who_decides(hold(touchpoint.pk, lock=False).place, contested=waiting > 1)
        return _("The claim of %(department)s on %(touchpoint)s waits: %(who)s decides.") % names

    return ask(request, action, make, do)


def _claim_choices(request: HttpRequest, touchpoint: Touchpoint) -> list[tuple[int, str]]:
    """The departments that the viewer may claim for now, with what will happen. Raises NotAllowed, RuleBroken."""
    standing, known = standing_of(viewer(request)), directory()
    if not known.spoken_for_by(standing):
        raise NotAllowed(
            _("You do not lead a department."),
            next_step=_("A lead or deputy can claim it for their department, or the head of its business unit."),
        )
    waiting = list(Claim.objects.waiting().filter(touchpoint=touchpoint).values_list("department_id", flat=True))
    offers = claim_offers(standing, known, hold(touchpoint.pk, lock=False).place, waiting=waiting)
    if not offers:
        raise RuleBroken(
            _("None of your departments can claim %(name)s now.") % {"name": touchpoint.name},
            next_step=_("They own it or wait for a decision already, or the touchpoint is retired."),
        )
    at_once, later = _("%(name)s – yours at once"), _("%(name)s – %(who)s decides")
    return [
        (o.department.id, (at_once if o.at_once else later) % {"name": o.department.name, "who": o.decided_by})
        for o in offers
    ]


@form_or_post
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it to a department."""
    touchpoint = _touchpoint(request, pk)
    action = Action(
        title=_("Assign this touchpoint"),
        about=_about(touchpoint),
        button=_("Assign"),
        back=touchpoint.get_absolute_url(),
    )

    def choices() -> list[tuple[str, list[tuple[int, str]]]]:
        known = directory()
        place = hold(touchpoint.pk, lock=False).place
        return known.by_unit(assignable(standing_of(viewer(request)), known, place))

    if request.method != "POST" and not choices():
        raise NotAllowed(
            _("You cannot assign %(name)s.") % {"name": touchpoint.name},
            next_step=_("While nobody owns it, the head of its business unit can, or an executive."),
        )

    def do(fields: dict[str, Any]) -> str:
        department: Department = fields["department"]
        commands.assign_ownership(touchpoint, department=department, reason=fields["reason"], actor=viewer(request))
        return _("%(department)s owns %(touchpoint)s now.") % {
            "department": department.name,
            "touchpoint": touchpoint.name,
        }

    return ask(request, action, lambda *data: DepartmentForm(*data, choices=choices), do)


@form_or_post
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand it over to another department."""
    touchpoint = _touchpoint(request, pk)
    action = Action(
        title=_("Hand this touchpoint over"),
        about=_about(touchpoint),
        button=_("Hand over"),
        back=touchpoint.get_absolute_url(),
    )

    def choices() -> list[tuple[str, list[tuple[int, str]]]]:
        known = directory()
        place = hold(touchpoint.pk, lock=False).place
        return known.by_unit(transferable(standing_of(viewer(request)), known, place))

    if request.method != "POST" and not choices():
        _owned(touchpoint)
        raise NotAllowed(
            _("You cannot hand %(name)s over.") % {"name": touchpoint.name},
            next_step=_("Somebody who speaks for both departments can, or an executive; any other lead can claim it."),
        )

    def do(fields: dict[str, Any]) -> str:
        department: Department = fields["department"]
        commands.transfer_ownership(touchpoint, department=department, reason=fields["reason"], actor=viewer(request))
        return _("%(department)s owns %(touchpoint)s now.") % {
            "department": department.name,
            "touchpoint": touchpoint.name,
        }

    return ask(request, action, lambda *data: DepartmentForm(*data, choices=choices), do)


@form_or_post
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give it up, with a reason; nobody owns it then."""
    touchpoint = _touchpoint(request, pk)
    if request.method != "POST":
        check_may_release(standing_of(viewer(request)), _owned(touchpoint).place)
    action = Action(
        title=_("Release this touchpoint"),
        about=_("%(name)s: nobody will own it then.") % {"name": touchpoint.name},
        button=_("Release"),
        back=touchpoint.get_absolute_url(),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> str:
        commands.release_ownership(touchpoint, reason=fields["reason"], actor=viewer(request))
        return _("Nobody owns %(name)s now.") % {"name": touchpoint.name}

    return ask(request, action, ReasonForm, do)


@form_or_post
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Name who answers for it in the owning department."""
    touchpoint = _touchpoint(request, pk)
    held = _owned(touchpoint)
    may_give_up(standing_of(viewer(request)), held.place).or_not_allowed()
    here = Q(department=held.place.owner_id) | Q(leaderships__department=held.place.owner_id)
    people = Person.objects.active().exclude(role=Person.Role.GUEST).filter(here).distinct()
    action = Action(
        title=_("Accountable person"),
        about=_("Who answers for %(name)s in %(owner)s?") % {"name": touchpoint.name, "owner": held.place.owner_name},
        button=_("Save"),
        back=touchpoint.get_absolute_url(),
    )

    def do(fields: dict[str, Any]) -> str:
        chosen: Person | None = fields["person"]
        commands.set_accountable_person(touchpoint, person=chosen, actor=viewer(request))
        if chosen is None:
            return _("Nobody in particular answers for %(name)s now.") % {"name": touchpoint.name}
        return _("%(person)s answers for %(name)s now.") % {"person": chosen.name, "name": touchpoint.name}

    initial = {"person": held.person_id}
    return ask(request, action, lambda *data: PersonForm(*data, people=people, initial=initial), do)


@require_POST
def attest(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer whether it is still theirs; the form says which ownership was looked at, if it does."""
    touchpoint = _touchpoint(request, pk)
    held = _owned(touchpoint)
    may_attest(standing_of(viewer(request)), held.place, person_id=held.person_id).or_not_allowed()
    fields = take(AttestationForm({"ownership": held.ownership_id, **request.POST.dict()}))
    if fields["ownership"].touchpoint_id != touchpoint.pk:
        raise RuleBroken(_("That ownership is about another touchpoint."), next_step=_("Reload the page."))
    is_mine = fields["mine"] == "yes"
    commands.attest_ownership(fields["ownership"], mine=is_mine, actor=viewer(request))
    names = {"owner": held.place.owner_name, "name": touchpoint.name}
    text = (
        _("Confirmed: %(owner)s owns %(name)s.") if is_mine else _("Noted: %(owner)s says that %(name)s is not theirs.")
    )
    return done(request, text % names, back=touchpoint.get_absolute_url())
