"""The owner sits in another business unit, and nobody entitled has approved that."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Touchpoint
from journeys.queries.catalogue.base import HIGH, Facts, ScanRule, about_touchpoint, owned_live


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """Approved means: by the head of the touchpoint's unit or an executive, when the ownership began."""
    owned = owned_live().annotate(approved=F("current__outside_approved"), owner_unit=F("current__department__unit_id"))
    return about_touchpoint(
        owned.filter(approved=False).exclude(owner_unit=F("business_unit_id")),
        severity=HIGH,
        other_unit="current__department__unit_id",
        evidence={"owner_unit": "current__department__unit_id"},
    )


RULE = ScanRule(
    code="outside-unit",
    title=_("Owner outside the unit"),
    why=_("The owner sits in another business unit, and neither that unit's head nor an executive approved it."),
    subject_kind="touchpoint",
    severities=(HIGH,),
    breaches=breaches,
    local=True,
    ownership=True,
)
