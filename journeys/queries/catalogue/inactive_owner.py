"""The accountable person has left, and nobody in the department steps in."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from journeys.queries.catalogue.base import HIGH, Facts, ScanRule, about_touchpoint, owned_live
from workspace.organisation.models import DepartmentLead, Person
from workspace.organisation.models.people import active_person, answering_person


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """No active lead or deputy of the department, and no active delegate of the person."""
    gone = Person.objects.exclude(active_person(facts.today)).filter(pk=OuterRef("owner_person"))
    alone = gone.exclude(answering_person(facts.today, "delegate__"))
    led = DepartmentLead.objects.filter(answering_person(facts.today, "person__"), department=OuterRef("owner"))
    return about_touchpoint(
        owned_live().filter(Exists(alone.order_by()), ~Exists(led.order_by())),
        severity=HIGH,
        evidence={"person": "current__person_id"},
    )


RULE = ScanRule(
    code="inactive-owner",
    title=_("Owner has left"),
    why=_("The accountable person is gone, and the department has no active lead, deputy or delegate."),
    subject_kind="touchpoint",
    severities=(HIGH,),
    breaches=breaches,
    local=True,
    ownership=True,
)
