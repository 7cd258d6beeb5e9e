"""Two or more departments claim the same touchpoint."""

from __future__ import annotations

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from journeys.models import Claim, Flag, Touchpoint
from journeys.queries.catalogue.base import HIGH, Facts, ScanRule, about_touchpoint


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """Two or more undecided claims; executives decide."""
    waiting = Claim.objects.waiting().order_by().values("touchpoint").annotate(n=Count("pk"))
    count = Subquery(waiting.filter(touchpoint=OuterRef("pk")).values("n"), output_field=IntegerField())
    contested = waiting.filter(n__gte=2).values("touchpoint")
    return about_touchpoint(
        Touchpoint.objects.live().with_owner().filter(pk__in=contested), severity=HIGH, evidence={"claims": count}
    )


RULE = ScanRule(
    code="contested",
    title=_("Contested"),
    why=_("Several departments claim this touchpoint; an executive has to decide."),
    subject_kind="touchpoint",
    breaches=breaches,
    local=True,
    ownership=True,
    asks_from=Flag.Level.EXECUTIVE,
)
