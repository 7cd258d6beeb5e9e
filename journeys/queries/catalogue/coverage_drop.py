"""A business unit owns too little of what happens in it, or less than it did."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from journeys.models import CoverageSnapshot, Flag, Touchpoint
from journeys.queries.catalogue.base import MEDIUM, Facts, ScanRule
from workspace import db


def breaches(facts: Facts) -> db.Sql:
    """Coverage (owned ÷ live touchpoints) below target (80 %), or 5 points below that of four weeks ago."""
    limits = facts.limits
    then = facts.today - timedelta(days=limits.coverage_drop_days)
    live = Touchpoint.objects.live().with_owner().order_by().values_list("business_unit_id")
    counted, params = db.compiled(live.annotate(live=Count("pk"), owned=Count("current")))
    # Whole numbers, in thousandths: 85 % after 90 % are five points, on both engines.
    return (
        f"""WITH counted AS ({counted}),
        past AS (
            SELECT scope_id, live, owned, ROW_NUMBER() OVER (PARTITION BY scope_id ORDER BY "on" DESC) AS place
            FROM {db.table(CoverageSnapshot)} WHERE scope = 'unit' AND "on" > %s AND "on" <= %s AND live > 0
        ),
        judged AS (
            SELECT c.business_unit_id AS unit_id, c.live, c.owned,
                1000 * CAST(p.owned AS bigint) * c.live - 1000 * c.owned * p.live AS lost, c.live * p.live AS whole
            FROM counted c LEFT JOIN past p ON p.scope_id = c.business_unit_id AND p.place = 1
        )
        SELECT unit_id AS f_subject, {int(MEDIUM)} AS f_severity, NULL AS f_touchpoint, NULL AS f_crossing,
            NULL AS f_journey, unit_id AS f_unit, NULL AS f_other_unit, NULL AS f_department, NULL AS f_person,
            {db.json_object("live", "owned")} AS f_evidence
        FROM judged WHERE 1000 * owned < %s * live OR lost >= %s * whole""",
        (
            *params,
            then - timedelta(days=limits.coverage_drop_days),
            then,
            round(1000 * limits.coverage_target),
            round(1000 * limits.coverage_drop),
        ),
    )


RULE = ScanRule(
    code="coverage-drop",
    title=_("Coverage too low"),
    why=_("The share of owned touchpoints is below its target, or has fallen within weeks."),
    subject_kind="unit",
    severities=(MEDIUM,),
    breaches=breaches,
    asks_from=Flag.Level.HEAD,
)
