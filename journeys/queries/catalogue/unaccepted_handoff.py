"""The customer goes from one business unit's owner to another's, and the two have not agreed how."""

from __future__ import annotations

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from journeys.models import Crossing, Flag, Handoff
from journeys.queries.catalogue.base import HIGH, MEDIUM, Facts, ScanRule, findings
from journeys.queries.catalogue.crossing_owners import crossings_with_owners


def breaches(facts: Facts) -> QuerySet[Crossing]:
    """Owners of different units without a handoff accepted by both; high where emotion falls by two or more."""
    between = crossings_with_owners().annotate(
        from_department=F("from_owner__department_id"),
        to_department=F("to_owner__department_id"),
        from_unit=F("from_owner__department__unit_id"),
        to_unit=F("to_owner__department__unit_id"),
    )
    between = between.filter(from_unit__isnull=False, to_unit__isnull=False).exclude(from_unit=F("to_unit"))
    accepted = Handoff.objects.filter(
        crossing=OuterRef("pk"),
        state=Handoff.State.ACCEPTED,
        from_department=OuterRef("from_department"),
        to_department=OuterRef("to_department"),
    )
    falls = Q(source__emotion__gte=F("target__emotion") + 2)
    return findings(
        between.filter(~Exists(accepted)),
        severity=Case(When(falls, then=Value(HIGH)), default=Value(MEDIUM)),
        touchpoint="target_id",
        crossing="pk",
        journey="journey_id",
        unit="from_unit",
        other_unit="to_unit",
        department="from_department",
        evidence={
            "from_department": "from_department",
            "to_department": "to_department",
            "from_emotion": "source__emotion",
            "to_emotion": "target__emotion",
        },
    )


RULE = ScanRule(
    code="unaccepted-handoff",
    title=_("Handoff not agreed"),
    why=_("The customer goes from one business unit to another, and the two owners have not accepted a handoff."),
    subject_kind="crossing",
    breaches=breaches,
    local=True,
    asks_from=Flag.Level.LEAD,
)
