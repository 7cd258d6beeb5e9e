"""One person answers for too much."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.queries.catalogue.base import LOW, Facts, ScanRule, findings
from workspace.organisation.models import Person
from workspace.organisation.models.people import active_person

OWNS_LIVE = Q(
    ownerships__held_until__isnull=True,
    ownerships__kind="accountable",
    ownerships__touchpoint__lifecycle="live",
    ownerships__touchpoint__stage__journey__archived_at__isnull=True,
)


def breaches(facts: Facts) -> QuerySet[Person]:
    """Accountable for more live touchpoints than the set number (15)."""
    loaded = Person.objects.filter(OWNS_LIVE & active_person(facts.today)).annotate(owned=Count("ownerships"))
    return findings(
        loaded.filter(owned__gt=facts.limits.overloaded_above),
        severity=LOW,
        unit="department__unit_id",
        department="department_id",
        person="pk",
        evidence={"owned": "owned"},
    )


RULE = ScanRule(
    code="overloaded-owner",
    title=_("Overloaded owner"),
    why=_("One person is accountable for more touchpoints than anybody can look after."),
    subject_kind="person",
    severities=(LOW,),
    breaches=breaches,
    local=True,
)
