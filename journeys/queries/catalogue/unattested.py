"""Nobody has confirmed for a long time that the owner is still the owner."""

from __future__ import annotations

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from journeys.queries.catalogue.base import HIGH, MEDIUM, DaysAgo, Facts, ScanRule, about_touchpoint, owned_live


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """Medium after the period (180 days), high 30 days later or when the answer was “not mine”."""
    period = DaysAgo(facts.limits.attest_every_days)
    grace = DaysAgo(facts.limits.attest_every_days + facts.limits.attest_grace_days)
    owned = owned_live().annotate(
        confirmed_at=Coalesce("current__attested_at", "current__held_from"), not_mine_at=F("current__disputed_at")
    )
    disputed = Q(not_mine_at__isnull=False)
    return about_touchpoint(
        owned.filter(Q(confirmed_at__lt=period) | disputed),
        severity=Case(When(disputed | Q(confirmed_at__lt=grace), then=Value(HIGH)), default=Value(MEDIUM)),
        evidence={"confirmed_at": "confirmed_at", "disputed_at": "not_mine_at"},
    )


RULE = ScanRule(
    code="unattested",
    title=_("Not confirmed"),
    why=_("Ownership was not confirmed within its period, or the owner answered “not mine”."),
    subject_kind="touchpoint",
    severities=(MEDIUM, HIGH),
    breaches=breaches,
    local=True,
    ownership=True,
)
