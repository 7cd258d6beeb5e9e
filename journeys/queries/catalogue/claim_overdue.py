"""A claim that nobody decides."""

from __future__ import annotations

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Claim, Flag, Touchpoint
from journeys.queries.catalogue.base import MEDIUM, Facts, ScanRule, findings


def breaches(facts: Facts) -> QuerySet[Claim]:
    """Undecided past its time: five working days. Asked is whoever decides: the owner's lead, or the unit's head.

    A claim on what customers do not meet (any more) is left to its day of denial.
    """
    owner = Q(touchpoint__ownerships__held_until__isnull=True, touchpoint__ownerships__kind="accountable")
    live = Q(touchpoint__lifecycle=Touchpoint.Lifecycle.LIVE, touchpoint__stage__journey__archived_at__isnull=True)
    overdue = Claim.objects.waiting().filter(live, due_on__lt=facts.today)
    return findings(
        overdue.annotate(current=FilteredRelation("touchpoint__ownerships", condition=owner)),
        severity=MEDIUM,
        touchpoint="touchpoint_id",
        journey="touchpoint__stage__journey_id",
        unit="touchpoint__business_unit_id",
        department="current__department_id",
        evidence={"claimant": "department_id", "due_on": "due_on", "denied_on": "denied_on"},
    )


RULE = ScanRule(
    code="claim-overdue",
    title=_("Claim undecided"),
    why=_("Nobody has decided a claim within its time."),
    subject_kind="claim",
    severities=(MEDIUM,),
    breaches=breaches,
    local=True,
    ownership=True,
    asks_from=Flag.Level.LEAD,
)
