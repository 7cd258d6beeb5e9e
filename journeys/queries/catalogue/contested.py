"""Two or more departments claim the same touchpoint."""

from __future__ import annotations

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Claim, Flag, Touchpoint
from journeys.queries.catalogue.base import HIGH, Facts, ScanRule, about_touchpoint


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """Two or more undecided claims; executives decide."""
    claimed = Touchpoint.objects.live().with_owner().filter(claims__state=Claim.State.WAITING)
    return about_touchpoint(
        claimed.annotate(waiting=Count("claims")).filter(waiting__gte=2), severity=HIGH, evidence={"claims": "waiting"}
    )


RULE = ScanRule(
    code="contested",
    title=_("Contested"),
    why=_("Several departments claim this touchpoint; an executive has to decide."),
    subject_kind="touchpoint",
    severities=(HIGH,),
    breaches=breaches,
    local=True,
    ownership=True,
    asks_from=Flag.Level.EXECUTIVE,
)
