"""Bringing everything that a department owns, or a person answers for, to another: set-based, in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.catalogue import set_technology_owner
from journeys.commands.ending_calls import end_calls
from journeys.commands.owning import check_accountable
from journeys.commands.settling import AT_ONCE, settle_ownership
from journeys.commands.structure import change_journey
from journeys.models import Claim, Handoff, Ownership, Touchpoint
from journeys.queries.holdings.departments import (
    claims_on,
    open_handoffs,
    staying_people,
    supporting,
    unapproved_outside,
)
from journeys.queries.holdings.held import held, owned_by
from journeys.queries.holdings.people import goes_to
from journeys.queries.scope import Scope
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.registry import Leaving
from workspace.organisation.rules.people import may_administer


@db.command
def move_ownerships(department: Department, *, to: Department, actor: Person | None) -> int:
    """Make `to` the owner of everything that a department owns, as an act of the house; how many touchpoints that is.

    Claims that wait on them are superseded, claims of the department withdrawn, handoffs void. Whoever answered for a
    touchpoint goes on if they belong to `to`. An owner outside the touchpoint's unit is approved only where the actor
    could approve it. Retired touchpoints stay in the department's history. Some 20 statements, and some per 250
    touchpoints for their flags. Raises NotAllowed; RuleBroken when `to` is archived or the department itself.
    """
    standing = standing_of(actor)
    may_administer(standing).or_not_allowed()
    db.lock_rows(Department, sorted({department.pk, to.pk}))
    to.refresh_from_db()
    if to.archived_at is not None or to.pk == department.pk:
        raise RuleBroken(
            _("%(name)s cannot take over.") % {"name": to.name}, next_step=_("Choose another department that is open.")
        )
    parts = _hold(owned_by(department) | supporting(department))
    owned = owned_by(department)
    touchpoints = list(owned.order_by().values_list("touchpoint", flat=True))
    # What hangs on the old ownerships is read before they end.
    claims = list(claims_on(owned, department).order_by("pk"))
    withdrawn = list(Claim.objects.waiting().filter(department=department).order_by("pk"))
    handoffs = list(open_handoffs(owned).order_by("pk").values_list("pk", flat=True))
    staying = frozenset(staying_people(department, to).values_list("pk", flat=True))
    unapproved = frozenset(unapproved_outside(owned, to, standing).values_list("pk", flat=True))
    _replace(parts, to, staying, unapproved, actor)
    happenings = [
        *_moved(department, to, parts),
        *_end_claims(claims, Claim.State.SUPERSEDED, winner=to.pk),
        *_end_claims(withdrawn, Claim.State.WITHDRAWN),
        *_void(department, to, handoffs),
        *end_calls(dict.fromkeys(touchpoints, to.pk)),
    ]
    touched = Scope.of(
        touchpoints=[*touchpoints, *(claim.touchpoint_id for claim in withdrawn)],
        claims=[claim.pk for claim in (*claims, *withdrawn)],
        people=[part.person_id for part in parts],
    )
    _record_and_settle(actor, happenings, touched)
    return len(touchpoints)


def _hold(ownerships: QuerySet[Ownership]) -> list[Ownership]:
    """These ownerships, their touchpoints locked: what changes an owner locks the touchpoint first."""
    places = sorted(set(ownerships.order_by().values_list("touchpoint", flat=True)))
    db.lock_rows(Touchpoint, places)
    return list(ownerships.select_related("touchpoint").order_by("pk"))


def _replace(
    parts: Sequence[Ownership],
    to: Department,
    staying: Collection[int],
    unapproved: Collection[int],
    actor: Person | None,
) -> None:
    """End these ownerships, and begin the successor's; a part that it has there already is not begun twice."""
    now = clock.now()
    ids = db.one_of("bigint", [part.pk for part in parts])
    Ownership.objects.filter(pk__in=ids).update(held_until=now)
    has = set(Ownership.objects.current().filter(department=to).order_by().values_list("touchpoint", "kind"))
    accountable = Ownership.Kind.ACCOUNTABLE
    owner_of = {part.touchpoint_id for part in parts if part.kind == accountable}
    owner_of |= {touchpoint for touchpoint, kind in has if kind == accountable}
    columns = (
        "touchpoint_id", "department_id", "person_id", "kind", "held_from", "approved_by_id", "outside_approved",
    )  # fmt: skip
    rows = [
        (
            part.touchpoint_id,
            to.pk,
            part.person_id if part.person_id in staying else None,
            part.kind,
            now,
            actor.pk if actor else None,
            part.kind == accountable and part.touchpoint.business_unit_id != to.unit_id and part.pk not in unapproved,
        )
        for part in parts
        if part.kind == accountable
        or (part.touchpoint_id not in owner_of and (part.touchpoint_id, part.kind) not in has)
    ]
    try:
        db.insert_rows(Ownership, columns, rows)
    except IntegrityError as error:
        raise RuleBroken(
            _("%(name)s was archived in the meantime and cannot take over.") % {"name": to.name},
            next_step=_("Choose another department that is open."),
        ) from error


def _moved(department: Department, to: Department, parts: Sequence[Ownership]) -> list[Happening]:
    """What was owned, and the parts in what others own, each told at its touchpoints."""
    owned = [part.touchpoint_id for part in parts if part.kind == Ownership.Kind.ACCOUNTABLE]
    others = [part.touchpoint_id for part in parts if part.kind != Ownership.Kind.ACCOUNTABLE]
    names = {"old_department": department.pk, "department": to.pk}
    return [
        Happening(kind, data=names | {"count": len(places)}, subjects=("touchpoint", sorted(set(places))))
        for kind, places in ((events.OWNERSHIPS_MOVED, owned), (events.PARTS_MOVED, others))
        if places
    ]


def _end_claims(claims: Sequence[Claim], state: Claim.State, *, winner: int | None = None) -> list[Happening]:
    """End claims that wait; each claimant's event says how."""
    if not claims:
        return []
    Claim.objects.filter(pk__in=db.one_of("bigint", [claim.pk for claim in claims])).update(
        state=state, decided_at=clock.now(), decision_reason=""
    )
    places = {claim.touchpoint_id for claim in claims}
    stages = Touchpoint.objects.filter(pk__in=db.one_of("bigint", places)).order_by()
    journeys = dict(stages.values_list("pk", "stage__journey_id"))
    kind = events.CLAIM_SUPERSEDED if winner is not None else events.CLAIM_WITHDRAWN
    told = {"winner": winner} if winner is not None else {}
    return [
        Happening(
            kind,
            claim,
            {
                "touchpoint": claim.touchpoint_id,
                "department": claim.department_id,
                "claimed_by": claim.claimed_by_id,
                **told,
            },
            f"journey:{journeys[claim.touchpoint_id]}",
        )
        for claim in claims
    ]


def _void(department: Department, to: Department, handoffs: Sequence[int]) -> list[Happening]:
    if not handoffs:
        return []
    Handoff.objects.filter(pk__in=db.one_of("bigint", handoffs)).update(
        state=Handoff.State.VOID, ended_at=clock.now(), ended_reason=_("The owner changed.")
    )
    data = {"old_department": department.pk, "department": to.pk, "count": len(handoffs)}
    return [Happening(events.HANDOFFS_VOIDED_TOGETHER, data=data, subjects=("handoff", handoffs))]


def _record_and_settle(actor: Person | None, happenings: Sequence[Happening], touched: Scope) -> None:
    settled = [happening for piece in touched.in_pieces(AT_ONCE) for happening in settle_ownership(piece)]
    record(actor, *happenings, *settled)


@db.command
def hand_over(person: Person, *, to: Person | None, actor: Person | None) -> int:
    """Let `to` answer for all that a person answers for: touchpoints, journeys and systems; how many touchpoints.

    Where `to` does not belong to the owning department, where that is archived, and where `to` is None, nobody in
    particular answers, which is the department's leads. Raises NotAllowed; RuleBroken for a guest, or somebody who
    does not work here.
    """
    may_administer(standing_of(actor)).or_not_allowed()
    if to is not None:
        to.refresh_from_db()
        check_accountable(to)
    answered, journeys, systems, _flags = held(person)
    parts = _hold(answered)
    touchpoints = [part.touchpoint_id for part in parts]
    if touchpoints:
        mine = Ownership.objects.filter(pk__in=db.one_of("bigint", [part.pk for part in parts]))
        taken = set(mine.filter(goes_to(Leaving(to), person)).values_list("pk", flat=True))
        if to is not None:
            Ownership.objects.filter(pk__in=db.one_of("bigint", taken)).update(person=to)
        left = [part.pk for part in parts if part.pk not in taken]
        Ownership.objects.filter(pk__in=db.one_of("bigint", left)).update(person=None)
    happenings = []
    if touchpoints:
        data = {"old_person": person.pk, "person": to.pk if to else None, "count": len(touchpoints)}
        happenings.append(Happening(events.ANSWERS_HANDED_OVER, data=data, subjects=("touchpoint", touchpoints)))
    for journey in journeys.order_by("pk"):
        change_journey(journey, accountable=to, along=True, actor=actor)
    for system in systems.order_by("pk"):
        set_technology_owner(system, person=to, actor=actor)
    _record_and_settle(actor, happenings, Scope.of(touchpoints=touchpoints, people=[person.pk, to.pk if to else None]))
    return len(touchpoints)
