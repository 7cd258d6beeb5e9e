"""A business unit owns too little of what happens in it, or less than it did."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, F, FilteredRelation, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from journeys.models import CoverageSnapshot, Flag
from journeys.queries.catalogue.base import MEDIUM, Facts, ScanRule, findings
from workspace.organisation.models import BusinessUnit

LIVE = Q(touchpoints__lifecycle="live", touchpoints__stage__journey__archived_at__isnull=True)
OWNED = Q(touchpoints__ownerships__held_until__isnull=True, touchpoints__ownerships__kind="accountable")


def breaches(facts: Facts) -> QuerySet[BusinessUnit]:
    """Coverage (owned ÷ live touchpoints) below target (80 %), or 5 points below that of four weeks ago."""
    limits = facts.limits
    then = facts.today - timedelta(days=limits.coverage_drop_days)
    snapshot = CoverageSnapshot.objects.filter(
        scope=CoverageSnapshot.Scope.UNIT,
        scope_id=OuterRef("pk"),
        on__lte=then,
        on__gt=then - timedelta(days=limits.coverage_drop_days),
        live__gt=0,
    ).order_by("-on")
    share_then = snapshot.annotate(share=Cast("owned", FloatField()) / Cast("live", FloatField())).values("share")[:1]
    units = (
        BusinessUnit.objects.filter(LIVE)
        .annotate(owner=FilteredRelation("touchpoints__ownerships", condition=OWNED))
        .annotate(live=Count("touchpoints"), owned=Count("owner"))
        .annotate(
            share=Cast("owned", FloatField()) / Cast("live", FloatField()),
            before=Subquery(share_then, output_field=FloatField()),
        )
    )
    broken = Q(share__lt=limits.coverage_target) | Q(share__lt=F("before") - limits.coverage_drop)
    return findings(
        units.filter(broken),
        severity=MEDIUM,
        unit="pk",
        evidence={"live": "live", "owned": "owned"},
    )


RULE = ScanRule(
    code="coverage-drop",
    title=_("Coverage too low"),
    why=_("The share of owned touchpoints is below target, or five points lower than four weeks ago."),
    subject_kind="unit",
    breaches=breaches,
    asks_from=Flag.Level.HEAD,
)
