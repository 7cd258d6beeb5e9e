"""How an ownership begins and ends. Claims and transfers come here; `imports.owners` does the same in bulk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.ending_calls import end_call
from journeys.models import Claim, Handoff, Ownership, OwnershipCall, Touchpoint
from journeys.queries.places import Held
from journeys.queries.scope import Scope
from workspace import clock
from workspace.activity.commands.events import Happening
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation.models import Person


@dataclass(frozen=True, slots=True)
class Change:
    """What happened so far in a command, and around what the flags have to be settled."""

    happenings: tuple[Happening, ...] = ()
    scope: Scope = Scope()  # noqa: RUF009 - frozen

    def __add__(self, other: Change) -> Change:
        return Change((*self.happenings, *other.happenings), self.scope | other.scope)


def about(held: Held, **data: object) -> dict[str, object]:
    """The data of an event about a touchpoint."""
    return {"touchpoint": held.touchpoint.pk, **data}


def begin_ownership(
    held: Held,
    *,
    department_id: int,
    person: Person | None,
    outside_approved: bool = False,
    approved_by: Person | None = None,
    claim: Claim | None = None,
    reason: str = "",
    behalf: Mapping[str, object] | None = None,
) -> Change:
    """Make the department accountable, ending whoever was; claims that wait are superseded, handoffs are void.

    Raises RuleBroken for a guest or a person who does not work here (any more), or an archived department that slipped
    through. `behalf` says for whom the actor acts (`commands.behalf`).
    """
    if person is not None:
        check_accountable(person)
    touchpoint, now = held.touchpoint, clock.now()
    if held.ownership_id is not None:
        Ownership.objects.filter(pk=held.ownership_id or 0).update(held_until=now)
    try:
        Ownership.objects.create(
            touchpoint=touchpoint,
            department_id=department_id,
            person=person,
            held_from=now,
            approved_by=approved_by,
            outside_approved=outside_approved,
            outside_approved_by=approved_by if outside_approved else None,
            claim=claim,
        )
    except IntegrityError as error:
        raise explained(error, held) from error
    if touchpoint.unmatched_owner:
        Touchpoint.objects.filter(pk=touchpoint.pk).update(unmatched_owner="")
    data = about(
        held,
        department=department_id,
        old_department=held.place.owner_id,
        person=person.pk if person else None,
        old_person=held.person_id,
        reason=reason,
        unmatched_owner=without_address(touchpoint.unmatched_owner),
        **(behalf or {}),
    )
    kind = events.OWNERSHIP_STARTED if held.place.owner_id is None else events.OWNERSHIP_TRANSFERRED
    scope = Scope.of(
        touchpoints=[touchpoint.pk],
        people=[person.pk if person else None, held.person_id],
        claims=[claim.pk] if claim else [],
    )
    change = Change((Happening(kind, touchpoint, data, touchpoint.scope),), scope)
    called = _answer_call(held, OwnershipCall.State.ANSWERED, winner=department_id)
    return change + called + supersede_claims(held, winner_id=department_id, but=claim) + void_handoffs(held)


def _answer_call(held: Held, state: OwnershipCall.State, **data: object) -> Change:
    """A call for another owner ends when the owner changes."""
    return Change((end_call(held.call, held.touchpoint, state, **data),)) if held.call is not None else Change()


def without_address(reference: str) -> str:
    """The name by which a file called an owner, for the log; an e-mail address has no place there."""
    return "" if "@" in reference else reference


def check_accountable(person: Person) -> None:
    """Raise RuleBroken for somebody who cannot answer for a touchpoint."""
    if not person.works_here or person.is_guest:
        raise RuleBroken(
            _("%(name)s cannot be accountable.") % {"name": person.name},
            next_step=_("Choose somebody who is active and no guest."),
        )


def check_answers_for(person: Person, department_id: int | None, department: str) -> None:
    """Raise RuleBroken for somebody who cannot answer for what this department owns: 1 statement."""
    check_accountable(person)
    is_theirs = Q(department=department_id) | Q(leaderships__department=department_id)
    if not Person.objects.filter(is_theirs, pk=person.pk).exists():
        raise RuleBroken(
            _("%(name)s does not belong to %(department)s.") % {"name": person.name, "department": department},
            next_step=_("Choose somebody who works there, or leads it."),
        )


def explained(error: IntegrityError, held: Held) -> Exception:
    """A refusal of the database, as a sentence."""
    if "cannot become owner" in str(error):
        return RuleBroken(
            _("An archived department or somebody who left cannot become owner of %(name)s.")
            % {"name": held.touchpoint.name},
            next_step=_("Choose one that is active."),
        )
    return StaleWrite(
        _("Somebody else became owner of %(name)s in the meantime.") % {"name": held.touchpoint.name},
        next_step=_("Look who owns it now, and claim it from them."),
    )


def end_ownership(held: Held) -> Change:
    """End the current ownership; nobody owns the touchpoint then."""
    Ownership.objects.filter(pk=held.ownership_id or 0).update(held_until=clock.now())
    scope = Scope.of(touchpoints=[held.touchpoint.pk], people=[held.person_id])
    return Change((), scope) + _answer_call(held, OwnershipCall.State.WITHDRAWN) + void_handoffs(held)


def supersede_claims(held: Held, *, winner_id: int, but: Claim | None = None) -> Change:
    """End the claims that wait on a touchpoint which somebody has just got; each claimant's event names the winner."""
    if not held.has_waiting_claims:
        return Change()
    waiting = Claim.objects.waiting().filter(touchpoint=held.touchpoint)
    claims = list(waiting.exclude(pk=but.pk) if but is not None else waiting)
    if not claims:
        return Change()
    Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(
        state=Claim.State.SUPERSEDED, decided_at=clock.now(), decision_reason=""
    )
    return Change(
        tuple(
            Happening(
                events.CLAIM_SUPERSEDED,
                claim,
                about(held, department=claim.department_id, winner=winner_id, claimed_by=claim.claimed_by_id),
                held.touchpoint.scope,
            )
            for claim in claims
        ),
        Scope.of(claims=[claim.pk for claim in claims]),
    )


def void_handoffs(held: Held) -> Change:
    """A change of owner voids every open handoff at the touchpoint's crossings."""
    if not held.has_open_handoffs:
        return Change()
    handoffs = Handoff.objects.filter(
        Q(crossing__source=held.touchpoint) | Q(crossing__target=held.touchpoint),
        state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED],
    )
    ids: Sequence[int] = list(handoffs.values_list("pk", flat=True))
    Handoff.objects.filter(pk__in=ids).update(
        state=Handoff.State.VOID, ended_at=clock.now(), ended_reason=_("The owner changed.")
    )
    happening = Happening(events.HANDOFFS_VOIDED, None, about(held), held.touchpoint.scope, subjects=("handoff", ids))
    return Change((happening,))
