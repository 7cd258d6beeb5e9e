"""The customer goes from one business unit's owner to another's, and the two have not agreed how."""

from __future__ import annotations

from django.db.models import Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from journeys.models import Crossing, Flag, Handoff
from journeys.queries.catalogue.base import HIGH, MEDIUM, Facts, ScanRule, findings
from journeys.queries.catalogue.crossing_owners import has_accepted_handoff, owned_crossings


def breaches(facts: Facts) -> QuerySet[Crossing]:
    """Owners of different units without a handoff accepted by both.

    High where emotion falls by two or more, or one side says that what was agreed is not kept.
    """
    not_kept = Q(handoffs__state=Handoff.State.PROPOSED, handoffs__broken_at__isnull=False)
    between = owned_crossings().exclude(from_unit=F("to_unit"))
    between = between.annotate(broken=FilteredRelation("handoffs", condition=not_kept))
    is_broken = Q(broken__isnull=False)
    falls = Q(source__emotion__gte=F("target__emotion") + 2)
    return findings(
        between.filter(~has_accepted_handoff()),
        severity=Case(When(falls | is_broken, then=Value(HIGH)), default=Value(MEDIUM)),
        touchpoint="target_id",
        crossing="pk",
        journey="journey_id",
        unit="from_unit",
        other_unit="to_unit",
        department="from_department",
        evidence={
            "from_department": "from_department",
            "to_department": "to_department",
            "from_emotion": "source__emotion",
            "to_emotion": "target__emotion",
            "broken_handoff": "broken__pk",
        },
    )


RULE = ScanRule(
    code="unaccepted-handoff",
    title=_("Handoff not agreed"),
    why=_(
        "The customer goes from one business unit to another, and the two owners have not accepted a handoff, or do"
        " not keep it."
    ),
    subject_kind="crossing",
    severities=(MEDIUM, HIGH),
    breaches=breaches,
    local=True,
    asks_from=Flag.Level.LEAD,
)
