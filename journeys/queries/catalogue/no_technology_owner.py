"""The system behind a live touchpoint is nobody's in technology."""

from __future__ import annotations

from django.db.models import Case, Count, F, Max, Min, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from journeys.models import System
from journeys.queries.catalogue.base import MEDIUM, Facts, ScanRule, findings
from workspace.organisation.models.people import active_person

LIVE = Q(touchpoints__lifecycle="live", touchpoints__stage__journey__archived_at__isnull=True)


def breaches(facts: Facts) -> QuerySet[System]:
    """No technology owner, or one who has left."""
    orphaned = System.objects.exclude(active_person(facts.today, "technology_owner__")).filter(LIVE)
    return findings(
        orphaned.annotate(
            live=Count("touchpoints"),
            first_unit=Min("touchpoints__business_unit_id"),
            last_unit=Max("touchpoints__business_unit_id"),
        ),
        severity=MEDIUM,
        unit="first_unit",
        other_unit=Case(When(last_unit__gt=F("first_unit"), then=F("last_unit"))),
        evidence={"live": "live", "person": "technology_owner_id"},
    )


RULE = ScanRule(
    code="no-technology-owner",
    title=_("No technology owner"),
    why=_("The system behind a live touchpoint has no technology owner."),
    subject_kind="system",
    severities=(MEDIUM,),
    breaches=breaches,
    local=True,
)
