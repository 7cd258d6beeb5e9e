"""A stage that is empty, or mostly nobody's."""

from __future__ import annotations

from django.db.models import Case, Count, F, FilteredRelation, Max, Min, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from journeys.models import Journey, Stage
from journeys.queries.catalogue.base import HIGH, Facts, ScanRule, findings


def breaches(facts: Facts) -> QuerySet[Stage]:
    """A stage of a current-state journey with no live touchpoint, or with less than half of them owned."""
    live_touchpoints = Q(touchpoints__lifecycle="live")
    counted = (
        Stage.objects.present()
        .filter(journey__archived_at__isnull=True, journey__state=Journey.State.CURRENT)
        .annotate(
            owner=FilteredRelation(
                "touchpoints__ownerships",
                condition=Q(
                    touchpoints__ownerships__held_until__isnull=True, touchpoints__ownerships__kind="accountable"
                ),
            ),
            live=Count("touchpoints", filter=live_touchpoints),
            owned=Count("owner", filter=live_touchpoints),
            first_unit=Min("touchpoints__business_unit_id", filter=live_touchpoints),
            last_unit=Max("touchpoints__business_unit_id", filter=live_touchpoints),
        )
    )
    return findings(
        counted.filter(Q(live=0) | Q(live__gt=F("owned") * 2)),
        severity=HIGH,
        journey="journey_id",
        unit="first_unit",
        other_unit=Case(When(last_unit__gt=F("first_unit"), then=F("last_unit"))),
        person="journey__accountable_id",
        evidence={"live": "live", "owned": "owned"},
    )


RULE = ScanRule(
    code="stage-gap",
    title=_("Gap in a stage"),
    why=_("A stage has no live touchpoint, or less than half of them are owned."),
    subject_kind="stage",
    severities=(HIGH,),
    breaches=breaches,
    local=True,
)
