"""Assigning, releasing, transferring and confirming ownership."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.owning import Change, about, begin_ownership, check_answers_for, end_ownership, explained
from journeys.commands.settling import settle_ownership
from journeys.models import Ownership, Touchpoint
from journeys.queries.own_units import check_may_release
from journeys.queries.places import Held, candidate, hold
from journeys.queries.scope import Scope
from journeys.rules.claims import (
    Candidate,
    can_own,
    is_outside_approved,
    may_assign,
    may_attest,
    may_give_up,
    may_transfer,
)
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.standing import Standing


def _owned(touchpoint: Touchpoint) -> Held:
    held = hold(touchpoint.pk)
    if held.ownership_id is None:
        raise RuleBroken(
            _("Nobody owns %(name)s.") % {"name": held.touchpoint.name},
            next_step=_("Claim it, or assign it to a department."),
        )
    return held


@db.command
def assign_ownership(
    touchpoint: Touchpoint,
    *,
    department: Department,
    person: Person | None = None,
    reason: str = "",
    actor: Person | None,
) -> None:
    """Give an unowned touchpoint to a department: within a unit by its head, across units by an executive.

    Raises NotAllowed; RuleBroken when it is owned already, or the department is archived, or the person has left or
    belongs to another department.
    """
    held = hold(touchpoint.pk)
    standing = standing_of(actor)
    target = candidate(department)
    may_assign(standing, target, held.place).or_not_allowed()
    if held.ownership_id is not None:
        raise RuleBroken(
            _("%(owner)s owns %(name)s.") % {"owner": held.place.owner_name, "name": held.touchpoint.name},
            next_step=_("Transfer it instead."),
        )
    can_own(target, held.place).or_rule_broken()
    _give(held, target, standing, person=person, reason=reason, actor=actor)


@db.command
def transfer_ownership(
    touchpoint: Touchpoint,
    *,
    department: Department,
    person: Person | None = None,
    reason: str = "",
    actor: Person | None,
) -> None:
    """Hand an owned touchpoint over to another department, by somebody who speaks for both, or an executive.

    Raises NotAllowed; RuleBroken when nobody owns it, or the department owns it already or is archived, or the
    person has left or belongs to another department.
    """
    held = _owned(touchpoint)
    standing = standing_of(actor)
    target = candidate(department)
    may_transfer(standing, target, held.place).or_not_allowed()
    can_own(target, held.place).or_rule_broken()
    _give(held, target, standing, person=person, reason=reason, actor=actor)


def _give(
    held: Held, target: Candidate, standing: Standing, *, person: Person | None, reason: str, actor: Person | None
) -> None:
    if person is not None:
        check_answers_for(person, target.id, target.name)
    change = begin_ownership(
        held,
        department_id=target.id,
        person=person,
        outside_approved=is_outside_approved(standing, target, held.place),
        approved_by=actor,
        reason=reason.strip(),
    )
    record(actor, *change.happenings, *settle_ownership(change.scope))


@db.command
def release_ownership(touchpoint: Touchpoint, *, reason: str, actor: Person | None) -> None:
    """Give a touchpoint up; nobody owns it then. Raises NotAllowed; RuleBroken without a reason or an owner."""
    if not reason.strip():
        raise RuleBroken(_("A release has a reason."), next_step=_("Say why, for whoever takes it over."))
    held = _owned(touchpoint)
    check_may_release(standing_of(actor), held.place)
    released = Happening(
        events.OWNERSHIP_RELEASED,
        held.touchpoint,
        about(held, department=held.place.owner_id, old_person=held.person_id, reason=reason.strip()),
        held.touchpoint.scope,
    )
    change = Change((released,)) + end_ownership(held)
    record(actor, *change.happenings, *settle_ownership(change.scope))


@db.command
def attest_ownership(ownership: Ownership, *, mine: bool, actor: Person | None) -> Ownership:
    """Answer "is this still yours?". "Not mine" keeps the owner and raises a flag until somebody takes it over.

    Raises NotAllowed; RuleBroken when the ownership has ended.
    """
    held = hold(ownership.touchpoint_id)
    if held.ownership_id != ownership.pk:
        raise RuleBroken(
            _("This ownership has ended."),
            next_step=_("%(owner)s owns the touchpoint now.") % {"owner": held.place.owner_name or _("Nobody")},
        )
    may_attest(standing_of(actor), held.place, person_id=held.person_id).or_not_allowed()
    now = clock.now()
    ownership.disputed_at = None if mine else now
    if mine:
        ownership.attested_at = now
    ownership.save(update_fields=["attested_at", "disputed_at"] if mine else ["disputed_at"])
    kind = events.OWNERSHIP_ATTESTED if mine else events.OWNERSHIP_DISPUTED
    answered = Happening(kind, held.touchpoint, about(held, department=held.place.owner_id), held.touchpoint.scope)
    record(actor, answered, *settle_ownership(Scope.of(touchpoints=[held.touchpoint.pk])))
    return ownership


@db.command
def set_accountable_person(touchpoint: Touchpoint, *, person: Person | None, actor: Person | None) -> None:
    """Name the person in the owning department who answers for a touchpoint, or nobody.

    Raises NotAllowed; RuleBroken when nobody owns it or an archived department does, or for a guest, somebody who has
    left, or somebody of another department.
    """
    held = _owned(touchpoint)
    may_give_up(standing_of(actor), held.place).or_not_allowed()
    if person is not None:
        check_answers_for(person, held.place.owner_id, held.place.owner_name)
    try:
        Ownership.objects.filter(pk=held.ownership_id or 0).update(person=person)
    except IntegrityError as error:  # the department was archived, or the person has left in the meantime
        raise explained(error, held) from error
    named = Happening(
        events.ACCOUNTABLE_PERSON_SET,
        held.touchpoint,
        about(held, person=person.pk if person else None, old_person=held.person_id),
        held.touchpoint.scope,
    )
    scope = Scope.of(touchpoints=[held.touchpoint.pk], people=[held.person_id, person.pk if person else None])
    record(actor, named, *settle_ownership(scope))
