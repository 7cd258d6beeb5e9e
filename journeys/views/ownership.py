"""Claiming, assigning, transferring, releasing and confirming the ownership of a touchpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from journeys import commands
from journeys.forms import (
    AttestationForm,
    ClaimForm,
    DepartmentForm,
    DisputeForm,
    PersonForm,
    ReasonForm,
    SeenOwnerForm,
)
from journeys.models import Claim, Touchpoint
from journeys.queries.directory import directory
from journeys.queries.offers import ClaimOffer, assignable, claim_offers, transferable
from journeys.queries.own_units import check_may_release
from journeys.queries.places import Held, hold
from journeys.rules.claims import Place, may_attest, may_give_up, who_decides
from journeys.views.pages import for_insiders
from workspace.acting import Action, ask, found, take
from workspace.activity.undoing import noting
from workspace.answers import done, done_undoably
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation.models import Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _touchpoint(request: HttpRequest, pk: int) -> Touchpoint:
    person = viewer(request)
    for_insiders(person)
    return found(Touchpoint.objects.visible_to(person).select_related("stage__journey"), pk)


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
    offered = [] if request.method == "POST" else _claim_offers(request, touchpoint)
    action = Action(
        title=_("Claim this touchpoint"),
        about=_about(touchpoint),
        button=_("Claim"),
        back=touchpoint.get_absolute_url(),
    )

    def make(*data: Any) -> ClaimForm:
        initial: dict[str, Any] = {"at_once": _told(offered)}
        if len(offered) == 1:
            initial["department"] = offered[0].department.id
        return ClaimForm(
            *data, choices=lambda: _as_choices(offered or _claim_offers(request, touchpoint)), initial=initial
        )

    def do(fields: dict[str, Any]) -> str:
        department: Department = fields["department"]
        claim = commands.claim_touchpoint(
            touchpoint,
            department=department,
            reason=fields["reason"],
            at_once=_was_told(fields["at_once"], department.pk),
            actor=viewer(request),
        )
        names = {"department": department.name, "touchpoint": touchpoint.name}
        if claim.state == Claim.State.ACCEPTED:
            return _("%(department)s owns %(touchpoint)s now.") % names
        waiting = Claim.objects.waiting().filter(touchpoint=touchpoint).count()
        names["who"] = who_decides(hold(touchpoint.pk, lock=False).place, contested=waiting > 1)
        names["day"] = claim.due_on.isoformat()
        says = _("The claim of %(department)s on %(touchpoint)s waits: %(who)s decides, by %(day)s.")
        return f"{says % names} {_('Nothing changes until then.')}"

    return ask(request, action, make, do)


def _claim_offers(request: HttpRequest, touchpoint: Touchpoint) -> list[ClaimOffer]:
    """The departments that the viewer may claim for now. Raises NotAllowed, RuleBroken."""
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
    return offers


def _told(offers: Sequence[ClaimOffer]) -> str:
    """What the form says will happen, to be sent with it: what is told now is what has to happen then."""
    at_once = [offer.department.id for offer in offers if offer.at_once]
    if not at_once:
        return "no" if offers else ""
    return "yes" if len(at_once) == len(offers) else ",".join(map(str, at_once))


def _was_told(told: str, department_id: int) -> bool | None:
    """Whether the claimant was told that the department owns it at once; None where nothing was said."""
    return {"": None, "yes": True, "no": False}.get(told, str(department_id) in told.split(","))


def _as_choices(offers: Sequence[ClaimOffer]) -> list[tuple[int, str]]:
    """The departments with what will happen."""
    at_once, later = _("%(name)s – yours at once"), _("%(name)s – %(who)s decides, by %(day)s")
    names = [{"name": o.department.name, "who": o.decided_by, "day": o.due_on.isoformat()} for o in offers]
    return [(o.department.id, (at_once if o.at_once else later) % name) for o, name in zip(offers, names, strict=True)]


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
    about = _("%(name)s: nobody will own it then.") % {"name": touchpoint.name}
    if request.method != "POST":
        place = _owned(touchpoint).place
        check_may_release(standing_of(viewer(request)), place)
        about = " ".join(filter(None, [about, _then_claims_wait(touchpoint, place)]))
    action = Action(
        title=_("Release this touchpoint"),
        about=about,
        button=_("Release"),
        back=touchpoint.get_absolute_url(),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> str:
        commands.release_ownership(touchpoint, reason=fields["reason"], actor=viewer(request))
        return _("Nobody owns %(name)s now.") % {"name": touchpoint.name}

    return ask(request, action, ReasonForm, do)


def _then_claims_wait(touchpoint: Touchpoint, place: Place) -> str:
    """What becomes of the claims that wait on it, if any do: a release decides none of them."""
    asking = list(Claim.objects.waiting().filter(touchpoint=touchpoint).values_list("department__name", flat=True))
    if not asking:
        return ""
    decider = who_decides(replace(place, owner_id=None, is_called=False), contested=len(asking) > 1)
    names = {"departments": ", ".join(sorted(asking)), "who": decider}
    return _(
        "It is claimed for %(departments)s: then %(who)s decides. If you decide it yourself, approve it instead."
    ) % (names)


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
    reason = fields["reason"]
    with noting() as noted:
        commands.attest_ownership(
            fields["ownership"], mine=is_mine, reason=reason, seen=fields["seen"], actor=viewer(request)
        )
    names = {"owner": held.place.owner_name, "name": touchpoint.name}
    text = (
        _("Confirmed: %(owner)s owns %(name)s.") if is_mine else _("Noted: %(owner)s says that %(name)s is not theirs.")
    )
    return done_undoably(request, text % names, noted[:1], back=touchpoint.get_absolute_url())


@form_or_post
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that it is not theirs, after a word about what happens then."""
    touchpoint = _touchpoint(request, pk)
    held = _owned(touchpoint)
    may_attest(standing_of(viewer(request)), held.place, person_id=held.person_id).or_not_allowed()
    action = Action(
        title=_("Not ours"),
        about=_(
            "%(owner)s stays the owner of %(name)s until somebody else takes it; the flag says that it looks for one."
        )
        % {"owner": held.place.owner_name, "name": touchpoint.name},
        button=_("It is not ours"),
        back=touchpoint.get_absolute_url(),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> HttpResponse:
        if fields["ownership"].touchpoint_id != touchpoint.pk:
            raise RuleBroken(_("That ownership is about another touchpoint."), next_step=_("Reload the page."))
        reason, seen = fields["reason"], fields["seen"]
        with noting() as noted:
            commands.attest_ownership(fields["ownership"], mine=False, reason=reason, seen=seen, actor=viewer(request))
        text = _("Noted: %(owner)s says that %(name)s is not theirs.")
        names = {"owner": held.place.owner_name, "name": touchpoint.name}
        return done_undoably(request, text % names, noted[:1], back=action.back)

    def make_form(data: Any = None) -> DisputeForm:
        return DisputeForm(data, initial={"ownership": held.ownership_id, "seen": request.GET.get("seen", "")})

    return ask(request, action, make_form, do)


@require_POST
def approve_owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept an owner from another business unit; the form says which owner was looked at, if it does."""
    touchpoint = _touchpoint(request, pk)
    fields = take(SeenOwnerForm(request.POST))
    commands.approve_outside_owner(touchpoint, seen=fields["owner"], actor=viewer(request))
    return done(
        request,
        _("Approved: %(owner)s owns %(name)s.")
        % {"owner": hold(touchpoint.pk, lock=False).place.owner_name, "name": touchpoint.name},
        back=touchpoint.get_absolute_url(),
    )
