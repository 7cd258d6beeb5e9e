"""A business unit that mostly crosses into itself."""

from __future__ import annotations

from django.db.models import Count, F
from django.utils.translation import gettext_lazy as _

from journeys.models import Crossing, Flag
from journeys.queries.catalogue.base import MEDIUM, Facts, ScanRule
from workspace import db


def breaches(facts: Facts) -> db.Sql:
    """Internal : external ties above 5 : 1, with at least 6 ties; no external tie at all counts as above.

    A tie is an active crossing; it is internal when both touchpoints happen in the unit. Above 5 : 1 a unit counts as
    a detrimental silo (Leonardi & Contractor 2018). `ei_index` is (external − internal) / (external + internal), from
    −1 (all internal) to +1 (Krackhardt & Stern 1988), in thousandths.
    """
    matrix = (
        Crossing.objects.filter(active=True)
        .order_by()
        .values(a=F("source__business_unit_id"), b=F("target__business_unit_id"))
        .annotate(n=Count("pk"))
    )
    sql, params = db.compiled(matrix)
    # Exact integers: thousandths of the E-I index are computed before they become JSON, alike on both engines.
    ei_index = "((external - internal) * 1000) / (external + internal)"
    evidence = db.json_object("internal", "external", ei_index=ei_index)
    return (
        f"""WITH matrix AS ({sql}),
        tie AS (
            SELECT a AS unit_id, CASE WHEN a = b THEN n ELSE 0 END AS internal,
                CASE WHEN a = b THEN 0 ELSE n END AS external
            FROM matrix UNION ALL SELECT b, 0, n FROM matrix WHERE a <> b
        ),
        silo AS (
            SELECT unit_id, CAST(SUM(internal) AS bigint) AS internal, CAST(SUM(external) AS bigint) AS external
            FROM tie GROUP BY unit_id
        )
        SELECT unit_id AS f_subject, {int(MEDIUM)} AS f_severity, NULL AS f_touchpoint, NULL AS f_crossing,
            NULL AS f_journey, unit_id AS f_unit, NULL AS f_other_unit, NULL AS f_department, NULL AS f_person,
            {evidence} AS f_evidence
        FROM silo WHERE internal + external >= %s AND internal > external * %s""",
        (*params, facts.limits.siloed_min_ties, facts.limits.siloed_ratio),
    )


RULE = ScanRule(
    code="siloed-unit",
    title=_("Siloed unit"),
    why=_("Nearly all crossings of this business unit stay inside it."),
    subject_kind="unit",
    severities=(MEDIUM,),
    breaches=breaches,
    asks_from=Flag.Level.HEAD,
)
