"""Claiming a touchpoint, and deciding about claims."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Subquery
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.behalf import claiming, deciding
from journeys.commands.owning import Change, about, begin_ownership
from journeys.commands.settling import settle_ownership
from journeys.limits import add_working_days
from journeys.models import Claim, Ownership, OwnershipCall, Touchpoint
from journeys.queries.limits import limits_now
from journeys.queries.offers import claimants_of
from journeys.queries.places import Held, candidate, hold, hold_for
from journeys.queries.scope import Scope
from journeys.rules.claims import (
    Candidate,
    Claimant,
    can_own,
    is_outside_approved,
    is_owned_at_once,
    may_claim,
    may_decide_claim,
    who_decides,
)
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown
from workspace.organisation.models import Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.standing import Standing


@db.command
def claim_touchpoint(
    touchpoint: Touchpoint, *, department: Department, reason: str = "", at_once: bool | None = None, actor: Person
) -> Claim:
    """Ask to own a touchpoint for a department.

    The claim is accepted at once when the touchpoint lies in the department's unit and is unowned, or its owner calls
    for another: who called has approved it. Otherwise it waits for whoever decides. `at_once` is what the claimant was
    told would happen: when it is no longer so, nothing is written and StaleWrite says who owns the touchpoint now.
    Raises NotAllowed for somebody who does not speak for the
    department, RuleBroken for an archived department, a retired touchpoint, or a claim that waits already.
    """
    held, claimant = hold_for(touchpoint.pk, department)
    standing = standing_of(actor)
    may_claim(standing, claimant).or_not_allowed()
    can_own(claimant, held.place).or_rule_broken()
    immediate = is_owned_at_once(claimant, held.place)
    if at_once is not None and at_once != immediate:
        raise _changed_meanwhile(held, claimant)
    today, limits = clock.today(), limits_now()
    claim = Claim(
        touchpoint=held.touchpoint,
        department_id=claimant.id,
        reason=reason.strip(),
        claimed_by=actor,
        made_at=clock.now(),
        state=Claim.State.ACCEPTED if immediate else Claim.State.WAITING,
        decided_at=clock.now() if immediate else None,
        decided_by=held.call.made_by if immediate and held.call else None,
        due_on=add_working_days(today, limits.decide_claim_working_days),
        denied_on=today + timedelta(days=limits.deny_claim_after_days),
    )
    _insert(claim, held)
    made = Happening(
        events.CLAIM_MADE,
        claim,
        about(held, department=claimant.id, reason=claim.reason, at_once=immediate, **claiming(standing, claimant)),
        held.touchpoint.scope,
    )
    change = Change((made,), Scope.of(touchpoints=[held.touchpoint.pk], claims=[claim.pk]))
    if immediate:
        change += begin_ownership(
            held,
            department_id=claimant.id,
            person=actor if standing.is_of(claimant.id) else None,
            approved_by=held.call.made_by if held.call else None,
            claim=claim,
            reason=claim.reason,
        )
    record(actor, *change.happenings, *settle_ownership(change.scope, limits=limits))
    return claim


def _insert(claim: Claim, held: Held) -> None:
    """Write the claim, or say that one waits already. The savepoint is needed only where one can be in the way."""
    try:
        if held.has_waiting_claims:
            with transaction.atomic():
                claim.save(force_insert=True)
        else:
            claim.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken(
            _("A claim of this department on %(name)s waits already.") % {"name": held.touchpoint.name},
            next_step=_("Wait for the decision, or withdraw it first."),
        ) from error


def _changed_meanwhile(held: Held, claimant: Candidate) -> StaleWrite:
    """What the claimant was told is no longer so: what has changed since, and what to do now."""
    place = held.place
    names = {"owner": place.owner_name, "name": held.touchpoint.name, "unit": place.unit_name}
    if place.is_free and claimant.unit_id != place.unit_id:
        decider = {"who": who_decides(place, contested=False)}
        return StaleWrite(
            _("%(name)s lies in %(unit)s by now, another business unit than that of your department.") % names,
            next_step=_("Claim it again if you want to ask for it: %(who)s decides.") % decider,
        )
    if place.is_called:
        return StaleWrite(
            _("%(owner)s calls for another owner of %(name)s by now.") % names, next_step=_("Look at it again.")
        )
    if place.owner_id is None:
        return StaleWrite(
            _("A claim of %(name)s needs nobody’s decision by now.") % names, next_step=_("Look at it again.")
        )
    given_up = [OwnershipCall.State.WITHDRAWN, OwnershipCall.State.UNANSWERED]
    since = Ownership.objects.filter(pk=held.ownership_id or 0).values("held_from")
    calls = OwnershipCall.objects.filter(touchpoint=held.touchpoint, made_at__gte=Subquery(since), state__in=given_up)
    return StaleWrite(
        _("%(owner)s does not call for another owner of %(name)s any more.") % names
        if calls.exists()
        else _("%(owner)s became owner of %(name)s in the meantime.") % names,
        next_step=_("Claim it again if you want to ask %(owner)s for it.") % names,
    )


def _waiting(claim: Claim) -> tuple[Held, Claim]:
    """The touchpoint, locked, and the claim as it is now. Raises RuleBroken when it is decided already."""
    held = hold(claim.touchpoint_id)
    now = Claim.objects.select_related("claimed_by", "department").filter(pk=claim.pk).first()
    if now is None:
        raise Unknown(_("There is no claim %(id)s.") % {"id": claim.pk})
    if now.state != Claim.State.WAITING:
        raise RuleBroken(
            _("This claim is %(state)s already.") % {"state": now.get_state_display()},
            next_step=_("%(owner)s owns the touchpoint now.") % {"owner": held.place.owner_name or _("Nobody")},
        )
    return held, now


def _deciding(claim: Claim, held: Held, actor: Person | None) -> Standing:
    """The standing of somebody who may decide the claim. Raises NotAllowed for anybody else."""
    standing = standing_of(actor)
    claimant = Claimant(claim.department_id, claim.claimed_by_id)
    waiting = claimants_of(held.touchpoint.pk)
    may_decide_claim(standing, held.place, claimant=claimant, waiting=waiting).or_not_allowed()
    return standing


def _decide(claim: Claim, state: Claim.State, *, reason: str, actor: Person | None) -> None:
    claim.state, claim.decision_reason, claim.decided_by, claim.decided_at = state, reason, actor, clock.now()
    claim.save(update_fields=["state", "decision_reason", "decided_by", "decided_at"])


@db.command
def approve_claim(claim: Claim, *, reason: str = "", actor: Person | None) -> Claim:
    """Let the claimant own the touchpoint; other claims on it are superseded.

    Raises NotAllowed with who decides; RuleBroken when it is decided already, or the department was archived since.
    """
    held, claim = _waiting(claim)
    standing = _deciding(claim, held, actor)
    claimant = candidate(claim.department)
    can_own(claimant, held.place).or_rule_broken()
    _decide(claim, Claim.State.ACCEPTED, reason=reason.strip(), actor=actor)
    by = claim.claimed_by
    is_accountable = by.works_here and not by.is_guest and by.department_id == claimant.id
    accepted = Happening(
        events.CLAIM_ACCEPTED,
        claim,
        about(
            held,
            department=claimant.id,
            reason=claim.decision_reason,
            claimed_by=claim.claimed_by_id,
            **deciding(standing, held.place),
        ),
        held.touchpoint.scope,
    )
    change = Change((accepted,)) + begin_ownership(
        held,
        department_id=claimant.id,
        person=by if is_accountable else None,
        outside_approved=is_outside_approved(standing, claimant, held.place),
        approved_by=actor,
        claim=claim,
        reason=claim.decision_reason,
    )
    record(actor, *change.happenings, *settle_ownership(change.scope))
    return claim


@db.command
def deny_claim(claim: Claim, *, reason: str, actor: Person | None) -> Claim:
    """Refuse a claim, with a reason.

    Raises NotAllowed with who decides; RuleBroken without a reason or when decided.
    """
    if not reason.strip():
        raise RuleBroken(_("A denial has a reason."), next_step=_("Say why, for the claimant."))
    held, claim = _waiting(claim)
    standing = _deciding(claim, held, actor)
    _decide(claim, Claim.State.DENIED, reason=reason.strip(), actor=actor)
    _record_end(events.CLAIM_DENIED, claim, held, actor, deciding(standing, held.place))
    return claim


@db.command
def withdraw_claim(claim: Claim, *, actor: Person) -> Claim:
    """Take a claim back.

    Raises NotAllowed for somebody who does not speak for the department; RuleBroken when decided.
    """
    held, claim = _waiting(claim)
    behalf: dict[str, object] = {}
    if claim.claimed_by_id != actor.pk or not actor.works_here:
        standing, claimant = standing_of(actor), candidate(claim.department)
        may_claim(standing, claimant).or_not_allowed()
        behalf = claiming(standing, claimant)
    _decide(claim, Claim.State.WITHDRAWN, reason="", actor=actor)
    _record_end(events.CLAIM_WITHDRAWN, claim, held, actor, behalf)
    return claim


def _record_end(kind: str, claim: Claim, held: Held, actor: Person | None, behalf: Mapping[str, object]) -> None:
    ended = Happening(
        kind,
        claim,
        about(
            held,
            department=claim.department_id,
            reason=claim.decision_reason,
            claimed_by=claim.claimed_by_id,
            **behalf,
        ),
        held.touchpoint.scope,
    )
    scope = Scope.of(touchpoints=[held.touchpoint.pk], claims=[claim.pk])
    record(actor, ended, *settle_ownership(scope))


def deny_overdue_claims() -> int:
    """Deny the claims that nobody decided until their day, each in a transaction of its own; return how many."""
    denied = 0
    for claim in Claim.objects.waiting().filter(denied_on__lte=clock.today()).order_by("denied_on", "pk"):
        try:
            deny_claim(claim, reason=_("Nobody decided it in time."), actor=None)
            denied += 1
        except (RuleBroken, NotAllowed):  # decided since it was read
            continue
    return denied


def deny_claims(job: Job) -> Iterator[Step]:
    """Work on denying claims by date: one step, for each claim has its own transaction."""
    denied = deny_overdue_claims()
    job.result = {"denied": denied}
    yield Step(denied, denied, {})
