"""What is missing in the organisation before ownership can work: people, leads, heads."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from workspace import clock
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person
from workspace.organisation.models.people import answering_person

HOMELESS, LEADERLESS, HEADLESS = "people", "departments", "heads"


def missing() -> list[tuple[str, QuerySet[Any, Any]]]:
    """By word: people without a home department, open departments without a lead, open units without a head.

    A lead or head who has left, or is a guest, is none. Not run here: a reader counts them, in a statement of its own.
    """
    today = clock.today()
    leads = DepartmentLead.objects.filter(answering_person(today, "person__"), department=OuterRef("pk"))
    headed = Person.objects.filter(answering_person(today), pk=OuterRef("head"))
    open_units = BusinessUnit.objects.filter(archived_at__isnull=True)
    return [
        (HOMELESS, Person.objects.filter(answering_person(today), department__isnull=True)),
        (LEADERLESS, Department.objects.filter(~Exists(leads), archived_at__isnull=True)),
        (HEADLESS, open_units.filter(~Exists(headed))),
    ]
