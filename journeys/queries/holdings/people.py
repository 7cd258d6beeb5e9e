"""What becomes of what a person answers for when they go, or become a guest."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from journeys.models import Claim, Journey, Ownership, System
from journeys.queries.catalogue.no_technology_owner import LIVE as LIVE_SYSTEM
from journeys.queries.holdings.held import (
    LIVE,
    all_touchpoints,
    first_journeys,
    first_systems,
    first_touchpoints,
    held,
)
from workspace import clock, db
from workspace.organisation.models import DepartmentLead, Person
from workspace.organisation.models.people import active_person, answering_person
from workspace.organisation.registry import Leaving, Matter


def unled_without(ownerships: QuerySet[Ownership], person: Person) -> QuerySet[Ownership]:
    """Those whose department nobody else leads who is here."""
    leads = DepartmentLead.objects.filter(
        answering_person(clock.today(), "person__"), department=OuterRef("department")
    ).exclude(person=person)
    return ownerships.filter(~Exists(leads.order_by()))


def goes_to(how: Leaving, person: Person) -> Q:
    """The condition that an ownership's department is open and that of whoever takes over: their home, or led by them.

    With the leads, that is also what the person leads.
    """
    if how.to is None:
        return Q(pk__in=())
    leading = [how.to.pk, person.pk] if how.with_leads else [how.to.pk]
    led = DepartmentLead.objects.filter(person__in=leading).order_by().values("department")
    theirs = Q(department=how.to.department_id) | Q(department__in=led)
    return theirs & Q(department__archived_at__isnull=True)


def deserted_without(person: Person) -> QuerySet[Ownership]:
    """Live touchpoints of the person's home department, if they are the last one of it who is here."""
    if person.department_id is None:
        return Ownership.objects.none()
    others = Person.objects.filter(active_person(clock.today()), department=OuterRef("department")).exclude(
        pk=person.pk
    )
    owned = Ownership.objects.current().accountable().filter(LIVE, department=person.department_id)
    return owned.filter(~Exists(others.order_by()))


def at_leaving(person: Person, how: Leaving) -> list[Matter]:
    """What nobody will answer for, or what goes to whoever takes over: at most 5 statements."""
    answered, journeys, systems, flags = held(person)
    delegate = person.delegate
    stands_in = delegate is not None and delegate.works_here and not delegate.is_guest
    unled = unled_without(answered.filter(LIVE), person)
    counts = db.count_all(
        answered=answered,
        taken=answered.filter(goes_to(how, person)),
        unanswered=Ownership.objects.none() if how.to or stands_in or not how.keeps else unled,
        deserted=deserted_without(person) if how.keeps else Ownership.objects.none(),
        journeys=journeys,
        systems=systems,
        asking=systems.filter(LIVE_SYSTEM).distinct(),
        flags=flags,
        claims=Claim.objects.waiting().filter(claimed_by=person),
    )
    matters = _touchpoints(person, how, answered, counts, stands_in=stands_in)
    matters += _others(how, journeys, systems, counts)
    n = counts["flags"]
    if n:
        text = ngettext(
            "%(n)d flag asks them: it goes to the next who is here, the lead, the head of the unit or an executive.",
            "%(n)d flags ask them: they go to the next who is here, the lead, the head of the unit or an executive.",
            n,
        )
        matters.append(Matter("flags", n, text % {"n": n}))
    n = counts["claims"]
    if n:
        text = ngettext(
            "%(n)d claim that they made waits on, for their department.",
            "%(n)d claims that they made wait on, for their department.",
            n,
        )
        matters.append(Matter("claims", n, text % {"n": n}))
    return matters


def _touchpoints(
    person: Person, how: Leaving, answered: QuerySet[Ownership], counts: dict[str, int], *, stands_in: bool
) -> list[Matter]:
    matters: list[Matter] = []
    n, taken, unanswered = counts["answered"], counts["taken"], counts["unanswered"]
    url = all_touchpoints(person=person.pk)
    if n and how.to:
        text = ngettext(
            "%(n)d touchpoint that they answer for goes to %(to)s.",
            "%(n)d touchpoints that they answer for go to %(to)s.",
            taken,
        )
        if taken:
            words = text % {"n": taken, "to": how.to.name}
            all_of_it = url if n == taken else ""
            first = first_touchpoints(answered.filter(goes_to(how, person)))
            matters.append(Matter("taken", taken, words, "good", first, all_of_it))
        if n > taken:
            text = ngettext(
                "%(n)d belongs to a department that is not %(to)s's: its leads answer for it then.",
                "%(n)d belong to a department that is not %(to)s's: its leads answer for them then.",
                n - taken,
            )
            words = text % {"n": n - taken, "to": how.to.name}
            first = first_touchpoints(answered.filter(~goes_to(how, person)))
            matters.append(Matter("unnamed", n - taken, words, "warn", first, "" if taken else url))
    elif n:
        text = ngettext(
            "%(n)d touchpoint loses the person who answers for it. Its department still owns it, and the leads answer.",
            "%(n)d touchpoints lose the person who answers for them. Their departments still own them, and the leads"
            " answer.",
            n,
        )
        if stands_in and how.keeps and person.delegate:
            text = ngettext(
                "%(n)d touchpoint keeps them as the person who answers; %(delegate)s stands in.",
                "%(n)d touchpoints keep them as the person who answers; %(delegate)s stands in.",
                n,
            )
        delegate = person.delegate.name if person.delegate else ""
        words = text % {"n": n, "delegate": delegate}
        matters.append(Matter("answered", n, words, "warn", first_touchpoints(answered), url))
    if unanswered:
        text = ngettext(
            "%(n)d live one among them belongs to a department without another lead: it will be flagged as “Owner has"
            " left”.",
            "%(n)d live ones among them belong to departments without another lead: they will be flagged as “Owner has"
            " left”.",
            unanswered,
        )
        matters.append(Matter("unanswered", unanswered, text % {"n": unanswered}, "bad"))
    n = counts["deserted"]
    if n:
        text = ngettext(
            "Nobody else works in %(department)s: the %(n)d live touchpoint that it owns will be flagged as"
            " “Department closed”.",
            "Nobody else works in %(department)s: the %(n)d live touchpoints that it owns will be flagged as"
            " “Department closed”.",
            n,
        )
        names = {"n": n, "department": person.department.name if person.department else ""}
        matters.append(Matter("deserted", n, text % names, "bad"))
    return matters


def _others(
    how: Leaving, journeys: QuerySet[Journey], systems: QuerySet[System], counts: dict[str, int]
) -> list[Matter]:
    matters: list[Matter] = []
    n, tone = counts["journeys"], "good" if how.to else "bad"
    if n:
        if how.to:
            text = ngettext("%(n)d journey goes to %(to)s.", "%(n)d journeys go to %(to)s.", n)
        else:
            text = ngettext(
                "%(n)d journey has nobody accountable who is here.",
                "%(n)d journeys have nobody accountable who is here.",
                n,
            )
        words = text % {"n": n, "to": how.to.name if how.to else ""}
        matters.append(Matter("journeys", n, words, tone, first_journeys(journeys)))
    n = counts["systems"]
    if n:
        if how.to:
            text = ngettext("%(n)d system goes to %(to)s.", "%(n)d systems go to %(to)s.", n)
        else:
            text = ngettext(
                "%(n)d system has no technology owner then.", "%(n)d systems have no technology owner then.", n
            )
        words = text % {"n": n, "to": how.to.name if how.to else ""}
        asking = counts["asking"]
        if asking and not how.to:
            flagged = ngettext(
                "%(n)d that live touchpoints depend on will be flagged.",
                "%(n)d that live touchpoints depend on will be flagged.",
                asking,
            )
            words = f"{words} {flagged % {'n': asking}}"
        matters.append(Matter("systems", n, words, tone, first_systems(systems)))
    return matters
