"""A live touchpoint without a current accountable department."""

from __future__ import annotations

from django.db.models import Case, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy as _

from journeys.models import Scan, Touchpoint
from journeys.queries.catalogue.base import CRITICAL, HIGH, Facts, ScanRule, about_touchpoint


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """Critical for a moment of truth and the top decile of volume. Left to `unknown-owner` where an owner was named."""
    # Only a full scan reads all volumes; it keeps what it found for the scans of single changes.
    top_decile = Scan.objects.order_by("-id").values("volume_threshold")[:1]
    matters = Q(moment_of_truth=True) | Q(volume__gte=Subquery(top_decile))
    return about_touchpoint(
        Touchpoint.objects.live().with_owner().filter(current__isnull=True, unmatched_owner=""),
        severity=Case(When(matters, then=Value(CRITICAL)), default=Value(HIGH)),
        evidence={"moment_of_truth": "moment_of_truth", "volume": "volume"},
    )


RULE = ScanRule(
    code="no-owner",
    title=_("No owner"),
    why=_("Nobody answers for this touchpoint."),
    subject_kind="touchpoint",
    severities=(HIGH, CRITICAL),
    breaches=breaches,
    local=True,
    ownership=True,
)
