"""The owning department is closed, or everybody it had has left."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from journeys.queries.catalogue.base import HIGH, Facts, ScanRule, about_touchpoint, owned_live
from workspace.organisation.models import Department, Person
from workspace.organisation.models.people import active_person


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """A department that never had people is not meant: many inventories know departments only."""
    people = Person.objects.filter(department=OuterRef("pk")).order_by()
    deserted = Exists(people) & ~Exists(people.filter(active_person(facts.today)))
    closed = Department.objects.filter(Q(archived_at__isnull=False) | deserted).order_by().values("pk")
    return about_touchpoint(
        owned_live().filter(owner__in=closed),
        severity=HIGH,
        evidence={"department": "current__department_id", "successor": "current__department__merged_into_id"},
    )


RULE = ScanRule(
    code="closed-department",
    title=_("Department closed"),
    why=_("The owning department is archived or merged, or all its people have left."),
    subject_kind="touchpoint",
    severities=(HIGH,),
    breaches=breaches,
    local=True,
    ownership=True,
)
