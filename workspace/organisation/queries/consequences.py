"""What a change brings about: what nobody would lead, head or own any more, and what goes to whom.

Each takes 3 statements at most for what the organisation itself knows, besides those of the apps that hold something.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, Exists, OuterRef, Window
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspace import clock
from workspace.activity.registry import Named
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person
from workspace.organisation.models.people import active_person, answering_person
from workspace.organisation.registry import FIRST, Leaving, Matter, holdings
from workspace.organisation.rules.standing import Standing


def _people(people: Iterable[Person]) -> list[Named]:
    return [Named(person.name, reverse("organisation:person", args=[person.pk])) for person in people]


def of_archive(department: Department, to: Department | None, standing: Standing) -> list[Matter]:
    """What happens when a department is archived, with what it holds going to `to`, or nowhere."""
    matters = [matter for holding in holdings() for matter in holding.at_archive(department, to, standing)]
    at_home = Person.objects.filter(department=department).order_by("name", "email")
    counted: Any = at_home.filter(active_person(clock.today())).annotate(in_all=Window(Count("pk")))
    here = list(counted[:FIRST])
    n = here[0].in_all if here else 0
    url = f"{reverse('organisation:people')}?department={department.pk}"
    if n and to is not None:
        text = ngettext(
            "%(n)d person who works here is at home in %(to)s then.",
            "%(n)d people who work here are at home in %(to)s then.",
            n,
        )
        matters.append(Matter("people", n, text % {"n": n, "to": to.name}, "good", _people(here), url))
    elif n:
        text = ngettext(
            "%(n)d person who works here has a home that is closed.",
            "%(n)d people who work here have a home that is closed.",
            n,
        )
        matters.append(Matter("people", n, text % {"n": n}, "warn", _people(here), url))
    leads = DepartmentLead.objects.filter(answering_person(clock.today(), "person__"), department=department)
    if to is not None:
        leads = leads.exclude(person__in=DepartmentLead.objects.filter(department=to).order_by().values("person"))
    leading = [lead.person for lead in leads.select_related("person")]
    if leading:
        if to is not None:
            text = ngettext(
                "%(n)d person leads or deputises here and not in %(to)s. Appoint them there if they should.",
                "%(n)d people lead or deputise here and not in %(to)s. Appoint them there if they should.",
                len(leading),
            )
        else:
            text = ngettext(
                "%(n)d person leads or deputises here, and goes on being asked about what it leaves behind.",
                "%(n)d people lead or deputise here, and go on being asked about what it leaves behind.",
                len(leading),
            )
        words = text % {"n": len(leading), "to": to.name if to else ""}
        matters.append(Matter("leads", len(leading), words, "warn", _people(leading[:FIRST])))
    return matters


def of_unit_change(department: Department, unit: BusinessUnit | None) -> list[Matter]:
    """What happens when a department moves to another unit."""
    if unit is None or unit.pk == department.unit_id:
        return []
    return [matter for holding in holdings() for matter in holding.at_unit_change(department, unit)]


def of_unit_archive(unit: BusinessUnit) -> list[Matter]:
    """What a unit that is archived leaves behind, and what stands in the way."""
    matters: list[Matter] = []
    departments = list(unit.departments.current().order_by("name"))
    if departments:
        text = ngettext(
            "%(n)d department is open: archive it or move it to another unit first.",
            "%(n)d departments are open: archive them or move them to another unit first.",
            len(departments),
        )
        first = [Named(d.name, reverse("organisation:department", args=[d.pk])) for d in departments[:FIRST]]
        matters.append(Matter("open", len(departments), text % {"n": len(departments)}, "bad", first))
    return matters + [matter for holding in holdings() for matter in holding.in_unit(unit)]


def of_lead_removal(department: Department, person: Person) -> list[Matter]:
    """What happens when somebody no longer leads a department: only where they are the last one is it much."""
    others = DepartmentLead.objects.filter(answering_person(clock.today(), "person__"), department=department)
    matters: list[Matter] = []
    if not others.exclude(person=person).exists():
        text = _(
            "Nobody leads %(department)s then. What its lead decided waits for the head of the unit, or executives."
        )
        matters.append(Matter("leaderless", 1, text % {"department": department.name}, "bad"))
    return matters + [matter for holding in holdings() for matter in holding.at_last_lead(department, person)]


def of_leaving(person: Person, how: Leaving) -> list[Matter]:
    """What happens when a person goes, or becomes a guest: what nobody leads, heads or answers for then."""
    matters = [*_leads(person, how), *_heads(person, how)]
    matters += [matter for holding in holdings() for matter in holding.at_leaving(person, how)]
    named = list(person.stands_in_for.filter(active_person(clock.today())).order_by("name"))
    if named:
        text = ngettext(
            "%(n)d person named them as delegate and has nobody who stands in then.",
            "%(n)d people named them as delegate and have nobody who stands in then.",
            len(named),
        )
        matters.append(Matter("delegates", len(named), text % {"n": len(named)}, "warn", _people(named[:FIRST])))
    return matters


def _departments(departments: Sequence[Department]) -> list[Named]:
    return [Named(d.name, reverse("organisation:department", args=[d.pk])) for d in departments[:FIRST]]


def _leads(person: Person, how: Leaving) -> list[Matter]:
    others = DepartmentLead.objects.filter(
        answering_person(clock.today(), "person__"), department=OuterRef("department")
    ).exclude(person=person)
    led = person.leaderships.filter(department__archived_at__isnull=True).select_related("department")
    rows = list(led.annotate(has_others=Exists(others.order_by())).order_by("department__name"))
    if not rows:
        return []
    if how.to is not None and how.with_leads:
        text = ngettext(
            "%(n)d department gets %(to)s as lead or deputy.",
            "%(n)d departments get %(to)s as lead or deputy.",
            len(rows),
        )
        words = text % {"n": len(rows), "to": how.to.name}
        return [Matter("leads", len(rows), words, "good", _departments([row.department for row in rows]))]
    matters = []
    alone = [row.department for row in rows if not row.has_others]
    if alone:
        text = ngettext("%(n)d department would have no lead.", "%(n)d departments would have no lead.", len(alone))
        matters.append(Matter("leaderless", len(alone), text % {"n": len(alone)}, "bad", _departments(alone)))
    shared = [row.department for row in rows if row.has_others]
    if shared:
        text = ngettext(
            "%(n)d department loses one of its leads.", "%(n)d departments lose one of their leads.", len(shared)
        )
        matters.append(Matter("shared", len(shared), text % {"n": len(shared)}, "", _departments(shared)))
    return matters


def _heads(person: Person, how: Leaving) -> list[Matter]:
    """The units that go to whoever takes over, archived ones too; or the open ones that are left without a head."""
    to = how.to if how.with_leads else None
    units = list((person.heads.all() if to else person.heads.current()).order_by("name"))
    if not units:
        return []
    first = [Named(unit.name, reverse("organisation:unit", args=[unit.pk])) for unit in units[:FIRST]]
    if to is not None:
        text = ngettext("%(n)d unit gets %(to)s as head.", "%(n)d units get %(to)s as head.", len(units))
        return [Matter("heads", len(units), text % {"n": len(units), "to": to.name}, "good", first)]
    text = ngettext("%(n)d unit would have no head.", "%(n)d units would have no head.", len(units))
    return [Matter("headless", len(units), text % {"n": len(units)}, "bad", first)]
