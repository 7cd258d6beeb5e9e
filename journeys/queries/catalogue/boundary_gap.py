"""The customer steps from somebody's touchpoint into nobody's, or out of it."""

from __future__ import annotations

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from journeys.models import Crossing, Flag
from journeys.queries.catalogue.base import CRITICAL, HIGH, Facts, ScanRule, findings
from journeys.queries.catalogue.crossing_owners import crossings_with_owners


def breaches(facts: Facts) -> QuerySet[Crossing]:
    """A crossing with an owned and an unowned end; critical where the customer is unhappy at either end (≤ −1).

    The flag belongs to the unowned end: its unit's head is asked.
    """
    into_nobody = Q(from_owner__isnull=False, to_owner__isnull=True)
    out_of_nobody = Q(from_owner__isnull=True, to_owner__isnull=False)
    unhappy = Q(source__emotion__lte=-1) | Q(target__emotion__lte=-1)

    def unowned(field: str) -> Case:
        return Case(When(to_owner__isnull=True, then=F(f"target__{field}")), default=F(f"source__{field}"))

    def owned(field: str) -> Case:
        return Case(When(to_owner__isnull=True, then=F(f"source__{field}")), default=F(f"target__{field}"))

    return findings(
        crossings_with_owners().filter(into_nobody | out_of_nobody),
        severity=Case(When(unhappy, then=Value(CRITICAL)), default=Value(HIGH)),
        touchpoint=unowned("id"),
        crossing="pk",
        journey="journey_id",
        unit=unowned("business_unit_id"),
        other_unit=owned("business_unit_id"),
        evidence={
            "neighbour": owned("id"),
            "from_emotion": "source__emotion",
            "to_emotion": "target__emotion",
        },
    )


RULE = ScanRule(
    code="boundary-gap",
    title=_("Gap at a boundary"),
    why=_("The customer crosses between a touchpoint that somebody owns and one that nobody owns."),
    subject_kind="crossing",
    severities=(HIGH, CRITICAL),
    breaches=breaches,
    local=True,
    asks_from=Flag.Level.HEAD,
)
