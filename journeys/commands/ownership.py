"""Assigning, releasing, transferring and confirming ownership."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.behalf import approving_outside, attesting, giving_up, taking_over
from journeys.commands.owning import Change, about, begin_ownership, check_answers_for, end_ownership, explained
from journeys.commands.settling import settle_ownership
from journeys.models import Ownership, Touchpoint
from journeys.queries.attesting import answer_of, check_answer
from journeys.queries.own_units import check_may_release
from journeys.queries.places import Held, candidate, hold
from journeys.queries.scope import Scope
from journeys.rules.claims import (
    Candidate,
    can_own,
    is_outside,
    is_outside_approved,
    may_approve_outside,
    may_assign,
    may_attest,
    may_give_up,
    may_transfer,
)
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken, StaleWrite
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
        behalf=taking_over(standing, target, held.place),
    )
    record(actor, *change.happenings, *settle_ownership(change.scope))


@db.command
def release_ownership(touchpoint: Touchpoint, *, reason: str, actor: Person | None) -> None:
    """Give a touchpoint up; nobody owns it then. Raises NotAllowed; RuleBroken without a reason or an owner."""
    if not reason.strip():
        raise RuleBroken(_("A release has a reason."), next_step=_("Say why, for whoever takes it over."))
    held = _owned(touchpoint)
    standing = standing_of(actor)
    check_may_release(standing, held.place)
    released = Happening(
        events.OWNERSHIP_RELEASED,
        held.touchpoint,
        about(
            held,
            department=held.place.owner_id,
            old_person=held.person_id,
            reason=reason.strip(),
            **giving_up(standing, held.place),
        ),
        held.touchpoint.scope,
    )
    change = Change((released,)) + end_ownership(held)
    record(actor, *change.happenings, *settle_ownership(change.scope))


@db.command
def attest_ownership(
    ownership: Ownership,
    *,
    mine: bool,
    reason: str = "",
    seen: int | None = None,
    press: int | None = None,
    actor: Person | None,
) -> Ownership:
    """Answer "is this still yours?". "Not mine" keeps the owner and raises a flag until somebody takes it over.

    `seen` is the mark of the answer that the actor saw (`mark_of`); `press` is shared by the answers of one press,
    which are undone together. The answer is the first event that is recorded. Raises NotAllowed; RuleBroken when the
    ownership has ended, or the same was answered already; StaleWrite when it was answered otherwise since they looked.
    """
    held = hold(ownership.touchpoint_id)
    if held.ownership_id != ownership.pk:
        raise RuleBroken(
            _("This ownership has ended."),
            next_step=_("%(owner)s owns the touchpoint now.") % {"owner": held.place.owner_name or _("Nobody")},
        )
    standing = standing_of(actor)
    may_attest(standing, held.place, person_id=held.person_id).or_not_allowed()
    ownership = Ownership.objects.get(pk=ownership.pk)  # as it is under the lock
    now = clock.now()
    check_answer(ownership, held, mine=mine, seen=seen)
    old = answer_of(ownership)
    ownership.disputed_at = None if mine else now
    if mine:
        ownership.attested_at = now
    ownership.save(update_fields=["attested_at", "disputed_at"] if mine else ["disputed_at"])
    kind = events.OWNERSHIP_ATTESTED if mine else events.OWNERSHIP_DISPUTED
    data = about(held, department=held.place.owner_id, ownership=ownership.pk, old=old, new=answer_of(ownership))
    data |= {} if mine else {"reason": reason.strip()}
    data |= {} if press is None else {"press": press}
    data |= attesting(standing, held.place, person_id=held.person_id)
    answered = Happening(kind, held.touchpoint, data, held.touchpoint.scope)
    record(actor, answered, *settle_ownership(Scope.of(touchpoints=[held.touchpoint.pk])))
    return ownership


@db.command
def set_accountable_person(touchpoint: Touchpoint, *, person: Person | None, actor: Person | None) -> None:
    """Name the person in the owning department who answers for a touchpoint, or nobody.

    Raises NotAllowed; RuleBroken when nobody owns it or an archived department does, or for a guest, somebody who has
    left, or somebody of another department.
    """
    held = _owned(touchpoint)
    standing = standing_of(actor)
    may_give_up(standing, held.place).or_not_allowed()
    if person is not None:
        check_answers_for(person, held.place.owner_id, held.place.owner_name)
    try:
        Ownership.objects.filter(pk=held.ownership_id or 0).update(person=person)
    except IntegrityError as error:  # the department was archived, or the person has left in the meantime
        raise explained(error, held) from error
    named = Happening(
        events.ACCOUNTABLE_PERSON_SET,
        held.touchpoint,
        about(
            held,
            person=person.pk if person else None,
            old_person=held.person_id,
            **giving_up(standing, held.place),
        ),
        held.touchpoint.scope,
    )
    scope = Scope.of(touchpoints=[held.touchpoint.pk], people=[held.person_id, person.pk if person else None])
    record(actor, named, *settle_ownership(scope))


@db.command
def approve_outside_owner(touchpoint: Touchpoint, *, seen: int | None = None, actor: Person | None) -> None:
    """Approve that a department of another business unit owns a touchpoint of this one; its flag closes.

    `seen` is the department that the actor saw as its owner. Raises NotAllowed; RuleBroken when nobody owns it, its
    own unit does, or that is approved already; StaleWrite when another department owns it by now.
    """
    held = _owned(touchpoint)
    standing = standing_of(actor)
    may_approve_outside(standing, held.place).or_not_allowed()
    names = {"owner": held.place.owner_name, "name": held.touchpoint.name, "unit": held.place.unit_name}
    if seen is not None and seen != held.place.owner_id:
        raise StaleWrite(
            _("%(owner)s owns %(name)s by now.") % names, next_step=_("Look at it again before you approve that.")
        )
    if not is_outside(held.place):
        raise RuleBroken(_("%(owner)s belongs to %(unit)s itself: there is nothing to approve.") % names)
    approved = Ownership.objects.filter(pk=held.ownership_id or 0, outside_approved=False)
    if not approved.update(outside_approved=True, outside_approved_by=actor):
        raise RuleBroken(_("That %(owner)s owns %(name)s is approved already.") % names)
    told = Happening(
        events.OUTSIDE_OWNER_APPROVED,
        held.touchpoint,
        about(
            held,
            department=held.place.owner_id,
            unit=held.place.unit_id,
            **approving_outside(standing, held.place),
        ),
        held.touchpoint.scope,
    )
    record(actor, told, *settle_ownership(Scope.of(touchpoints=[held.touchpoint.pk])))
