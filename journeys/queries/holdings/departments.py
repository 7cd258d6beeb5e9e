"""What becomes of a department's ownerships when it is archived, moved to another unit, or loses its last lead."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from journeys.models import Claim, Flag, Handoff, Ownership
from journeys.queries.holdings.crossings import (
    apart_elsewhere,
    apart_under,
    crossing_matters,
    together_in,
    together_under,
)
from journeys.queries.holdings.held import LIVE, MOVABLE, all_touchpoints, first_touchpoints, owned_by
from workspace import clock, db
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person
from workspace.organisation.models.people import active_person, answering_person
from workspace.organisation.registry import Matter
from workspace.organisation.rules.standing import Standing


def staying_people(department: Department, to: Department) -> QuerySet[Person]:
    """Who may go on answering for what goes from one department to another: whoever works or leads there by then."""
    theirs = Q(department=to) | Q(department=department) | Q(leaderships__department=to)
    return Person.objects.filter(answering_person(clock.today()), theirs).order_by()


def unapproved_outside(ownerships: QuerySet[Ownership], to: Department, standing: Standing) -> QuerySet[Ownership]:
    """Those whose touchpoint happens in another unit than the new owner, and not in one that the actor heads.

    The same decision as `rules.claims.is_outside_approved`, for many touchpoints at once.
    """
    if standing.is_executive and not standing.is_house:
        return ownerships.none()
    return ownerships.exclude(touchpoint__business_unit=to.unit_id).exclude(
        touchpoint__business_unit__in=standing.heads if standing.active else ()
    )


def claims_on(ownerships: QuerySet[Ownership], department: Department) -> QuerySet[Claim]:
    """Claims of others that wait on these touchpoints: a new owner supersedes them."""
    places = ownerships.order_by().values("touchpoint")
    return Claim.objects.waiting().filter(touchpoint__in=places).exclude(department=department)


def open_handoffs(ownerships: QuerySet[Ownership]) -> QuerySet[Handoff]:
    """Handoffs at the crossings of these touchpoints that a new owner voids."""
    places = ownerships.order_by().values("touchpoint")
    return Handoff.objects.filter(
        Q(crossing__source__in=places) | Q(crossing__target__in=places),
        state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED],
    )


def supporting(department: Department) -> QuerySet[Ownership]:
    """The parts that a department has in what others own."""
    current = Ownership.objects.current().filter(MOVABLE, department=department)
    return current.exclude(kind=Ownership.Kind.ACCOUNTABLE)


def at_archive(department: Department, to: Department | None, standing: Standing) -> list[Matter]:
    """What its end leaves behind, or brings to its successor: 2 statements."""
    owned = owned_by(department)
    if to is None:
        return _left_behind(department, owned)
    return _brought(department, to, owned, standing)


def _left_behind(department: Department, owned: QuerySet[Ownership]) -> list[Matter]:
    counts = db.count_all(
        owned=owned,
        live=owned.filter(LIVE),
        made=Claim.objects.waiting().filter(department=department),
        on=claims_on(owned, department),
        handoffs=open_handoffs(owned),
        supporting=supporting(department),
    )
    n, live, made, on, handoffs = (counts[name] for name in ("owned", "live", "made", "on", "handoffs"))
    matters = []
    if n:
        text = ngettext(
            "%(n)d touchpoint is left to a department that is closed.",
            "%(n)d touchpoints are left to a department that is closed.",
            n,
        ) % {"n": n}
        flagged = ngettext(
            "%(live)d that is live will be flagged as “Department closed”.",
            "%(live)d that are live will be flagged as “Department closed”.",
            live,
        ) % {"live": live}
        url = all_touchpoints(department=department.pk)
        words = f"{text} {flagged}" if live else text
        matters.append(Matter("ownerless", n, words, "bad", first_touchpoints(owned), url))
    if on:
        text = ngettext(
            "%(n)d claim on them waits, for a lead of this department or an executive.",
            "%(n)d claims on them wait, for a lead of this department or an executive.",
            on,
        )
        matters.append(Matter("claims-on", on, text % {"n": on}, "warn"))
    if made:
        text = ngettext(
            "%(n)d claim that it made can no longer be approved, and will be denied by date.",
            "%(n)d claims that it made can no longer be approved, and will be denied by date.",
            made,
        )
        matters.append(Matter("claims-made", made, text % {"n": made}, "warn"))
    if handoffs:
        text = ngettext(
            "%(n)d handoff stays agreed or proposed until somebody takes its touchpoint over.",
            "%(n)d handoffs stay agreed or proposed until somebody takes their touchpoints over.",
            handoffs,
        )
        matters.append(Matter("handoffs", handoffs, text % {"n": handoffs}, "warn"))
    n = counts["supporting"]
    if n:
        text = ngettext("It supports %(n)d touchpoint of others.", "It supports %(n)d touchpoints of others.", n)
        matters.append(Matter("supporting", n, text % {"n": n}, "warn"))
    return matters


def _brought(department: Department, to: Department, owned: QuerySet[Ownership], standing: Standing) -> list[Matter]:
    outside = unapproved_outside(owned, to, standing)
    counts = db.count_all(
        owned=owned,
        outside=outside.filter(LIVE),
        unnamed=owned.filter(person__isnull=False).exclude(person__in=staying_people(department, to).values("pk")),
        superseded=claims_on(owned, department),
        withdrawn=Claim.objects.waiting().filter(department=department),
        handoffs=open_handoffs(owned),
        apart=apart_under(department, to),
        together=together_under(department, to),
        supporting=supporting(department),
    )
    matters = []
    names = {"to": to.name, "unit": to.unit.name}
    n = counts["owned"]
    if n:
        text = ngettext("%(n)d touchpoint goes to %(to)s.", "%(n)d touchpoints go to %(to)s.", n)
        url = all_touchpoints(department=department.pk)
        matters.append(Matter("moved", n, text % {"n": n, **names}, "good", first_touchpoints(owned), url))
    n = counts["outside"]
    if n:
        text = ngettext(
            "%(n)d live touchpoint among them happens outside %(unit)s, and no head of its unit has approved %(to)s:"
            " it will be flagged as “Owner outside the unit”. An administrator cannot approve that; the head of the"
            " touchpoint's unit or an executive can.",
            "%(n)d live touchpoints among them happen outside %(unit)s, and no head of their unit has approved"
            " %(to)s: they will be flagged as “Owner outside the unit”. An administrator cannot approve that; the head"
            " of the touchpoint's unit or an executive can.",
            n,
        )
        matters.append(Matter("outside", n, text % {"n": n, **names}, "warn"))
    n = counts["unnamed"]
    if n:
        text = ngettext(
            "%(n)d loses the person who answers for it, who will not belong to %(to)s: its leads answer then.",
            "%(n)d lose the person who answers for them, who will not belong to %(to)s: its leads answer then.",
            n,
        )
        matters.append(Matter("unnamed", n, text % {"n": n, **names}, "warn"))
    n = counts["superseded"]
    if n:
        text = ngettext(
            "%(n)d claim that waits on them ends: %(to)s owns them then.",
            "%(n)d claims that wait on them end: %(to)s owns them then.",
            n,
        )
        matters.append(Matter("superseded", n, text % {"n": n, **names}, "warn"))
    n = counts["withdrawn"]
    if n:
        text = ngettext(
            "%(n)d claim that it made is withdrawn. %(to)s can claim for itself.",
            "%(n)d claims that it made are withdrawn. %(to)s can claim for itself.",
            n,
        )
        matters.append(Matter("withdrawn", n, text % {"n": n, **names}, "warn"))
    n = counts["handoffs"]
    if n:
        text = ngettext(
            "%(n)d handoff is void, for an owner changes; the departments agree anew.",
            "%(n)d handoffs are void, for an owner changes; the departments agree anew.",
            n,
        )
        matters.append(Matter("void", n, text % {"n": n}, "warn"))
    matters += crossing_matters(counts["apart"], counts["together"])
    n = counts["supporting"]
    if n:
        text = ngettext(
            "%(n)d part in touchpoints of others goes to %(to)s as well.",
            "%(n)d parts in touchpoints of others go to %(to)s as well.",
            n,
        )
        matters.append(Matter("supporting", n, text % {"n": n, **names}, "good"))
    return matters


def at_unit_change(department: Department, unit: BusinessUnit) -> list[Matter]:
    """What comes to lie outside the owner's unit or between two units, and what no longer does: 1 or 2 statements."""
    live = owned_by(department).filter(LIVE)
    unapproved = live.filter(outside_approved=False)
    leaving = unapproved.filter(touchpoint__business_unit=department.unit_id)
    arriving = unapproved.filter(touchpoint__business_unit=unit)
    counts = db.count_all(
        outside=leaving, inside=arriving, apart=apart_elsewhere(department), together=together_in(department, unit)
    )
    names = {"department": department.name, "old": department.unit.name, "new": unit.name}
    matters = []
    n = counts["outside"]
    if n:
        text = ngettext(
            "%(n)d live touchpoint stays in %(old)s. Its owner then sits outside its unit: it will be flagged until"
            " the head of %(old)s or an executive decides.",
            "%(n)d live touchpoints stay in %(old)s. Their owner then sits outside their unit: they will be flagged"
            " until the head of %(old)s or an executive decides.",
            n,
        )
        url = all_touchpoints(department=department.pk, unit=department.unit_id)
        matters.append(Matter("outside", n, text % {"n": n, **names}, "bad", first_touchpoints(leaving), url))
    n = counts["inside"]
    if n:
        text = ngettext(
            "%(n)d live touchpoint in %(new)s has its owner inside its unit then: its flag closes.",
            "%(n)d live touchpoints in %(new)s have their owner inside their unit then: their flags close.",
            n,
        )
        matters.append(Matter("inside", n, text % {"n": n, **names}, "good"))
    return matters + crossing_matters(counts["apart"], counts["together"])


def at_last_lead(department: Department, person: Person) -> list[Matter]:
    """What the department's touchpoints lose with this lead: 1 statement.

    Where another lead stays, nothing but who is asked.
    """
    today = clock.today()
    others = DepartmentLead.objects.filter(answering_person(today, "person__"), department=department)
    others = others.exclude(person=person)
    live = owned_by(department).filter(LIVE)
    leaderless = live.filter(~Exists(others.order_by()))
    gone = Person.objects.exclude(active_person(today)).filter(pk=OuterRef("person"))
    alone = gone.exclude(answering_person(today, "delegate__")).order_by()
    counts = db.count_all(
        leaderless=leaderless,
        unanswered=leaderless.filter(Exists(alone)),
        claims=claims_on(leaderless, department),
        flags=Flag.objects.speaking().filter(asked=person, department=department),
    )
    matters = []
    n = counts["leaderless"]
    if n:
        text = ngettext(
            "%(n)d live touchpoint has an owner that nobody leads.",
            "%(n)d live touchpoints have an owner that nobody leads.",
            n,
        )
        matters.append(Matter("leaderless", n, text % {"n": n}, "bad", url=all_touchpoints(department=department.pk)))
    n = counts["unanswered"]
    if n:
        text = ngettext(
            "%(n)d of them has no active accountable person either: it will be flagged as “Owner has left”.",
            "%(n)d of them have no active accountable person either: they will be flagged as “Owner has left”.",
            n,
        )
        matters.append(Matter("unanswered", n, text % {"n": n}, "bad"))
    n = counts["claims"]
    if n:
        text = ngettext(
            "%(n)d claim on them waits: only executives can decide it then.",
            "%(n)d claims on them wait: only executives can decide them then.",
            n,
        )
        matters.append(Matter("claims-on", n, text % {"n": n}, "warn"))
    n = counts["flags"]
    if n:
        text = ngettext(
            "%(n)d flag asks them now, and goes on asking them until it is due to climb.",
            "%(n)d flags ask them now, and go on asking them until they are due to climb.",
            n,
        )
        matters.append(Matter("flags", n, text % {"n": n}, "warn"))
    return matters
