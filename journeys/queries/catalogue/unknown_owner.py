"""An import or integration named an owner that matches nothing."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from journeys.queries.catalogue.base import HIGH, Facts, ScanRule, about_touchpoint


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """The reference is kept on the touchpoint until somebody owns it."""
    unowned = Touchpoint.objects.live().with_owner().filter(current__isnull=True).exclude(unmatched_owner="")
    return about_touchpoint(unowned, severity=HIGH, evidence={"reference": "unmatched_owner"})


RULE = ScanRule(
    code="unknown-owner",
    title=_("Unknown owner"),
    why=_("An owner was named that matches no department."),
    subject_kind="touchpoint",
    severities=(HIGH,),
    breaches=breaches,
    local=True,
    ownership=True,
)
