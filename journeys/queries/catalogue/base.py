"""What every scan rule is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, F, IntegerField, QuerySet, Value
from django.db.models.expressions import Combinable, Expression
from django.db.models.functions import Cast, JSONObject
from django.utils.functional import Promise

from journeys.limits import LIMITS, Limits
from journeys.models import Flag, Touchpoint
from journeys.queries.limits import limits_now
from workspace import clock, db

LOW, MEDIUM, HIGH, CRITICAL = Flag.Severity.LOW, Flag.Severity.MEDIUM, Flag.Severity.HIGH, Flag.Severity.CRITICAL


Findings = QuerySet[Any, Any] | db.Sql

REFERENCES = ("touchpoint_id", "crossing_id", "journey_id", "unit_id", "other_unit_id", "department_id")
COLUMNS = ("subject_id", "severity", *REFERENCES, "person_id", "evidence")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a rule may know besides the rows: the moment and the limits."""

    now: datetime
    today: date
    limits: Limits = LIMITS


@dataclass(frozen=True, slots=True)
class Before:
    """What stands among the parameters of a rule for the moment that lies so many days before now."""

    days: int

    def of(self, facts: Facts) -> datetime:
        """That moment."""
        return facts.now - timedelta(days=self.days)


class DaysAgo(Expression):
    """The moment that lies so many days before the one at which the statement is run."""

    def __init__(self, days: int) -> None:
        super().__init__(output_field=DateTimeField())
        self.days = days

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        """A parameter whose value is filled in when the statement is run."""
        return "%s", (Before(self.days),)


def facts_now(limits: Limits | None = None) -> Facts:
    """The facts of the present moment; without `limits`, what the organisation has set: 1 statement."""
    return Facts(clock.now(), clock.today(), limits or limits_now())


@dataclass(frozen=True, slots=True)
class ScanRule:
    """A query that yields one finding (`COLUMNS`) for everything that breaks the rule.

    A `local` rule can be judged around one touchpoint, and is after every change; the others belong to the full scan
    alone. `ownership` rules are settled in the transaction of the change itself. `asks_from` is the lowest rung of the
    ladder that is asked; `severities` are those that a finding can have. `person_id` of a finding is who is asked as
    owner. The statement of a rule is the same all day: it reads `facts.today` and the limits, and what it measures from
    the moment are `DaysAgo`.
    """

    code: str
    title: str | Promise
    why: str | Promise
    subject_kind: str
    severities: tuple[Flag.Severity, ...]
    breaches: Callable[[Facts], Findings]
    local: bool = False
    ownership: bool = False
    asks_from: int = Flag.Level.OWNER


def findings(
    queryset: QuerySet[Any, Any],
    *,
    severity: int | Combinable,
    evidence: Mapping[str, Any] | None = None,
    subject: str = "pk",
    touchpoint: str | Combinable | None = None,
    crossing: str | None = None,
    journey: str | Combinable | None = None,
    unit: str | Combinable | None = None,
    other_unit: str | Combinable | None = None,
    department: str | Combinable | None = None,
    person: str | Combinable | None = None,
) -> QuerySet[Any, Any]:
    """The queryset with exactly the columns of a finding. Strings name fields; `evidence` maps names to values."""

    def reference(value: str | Combinable | None) -> Combinable:
        if value is None:
            return Cast(Value(None), BigIntegerField())
        return F(value) if isinstance(value, str) else value

    found: QuerySet[Any, Any] = (
        queryset.order_by()
        .annotate(
            f_subject=F(subject),
            f_severity=Value(severity, IntegerField()) if isinstance(severity, int) else severity,
            f_touchpoint=reference(touchpoint),
            f_crossing=reference(crossing),
            f_journey=reference(journey),
            f_unit=reference(unit),
            f_other_unit=reference(other_unit),
            f_department=reference(department),
            f_person=reference(person),
            f_evidence=JSONObject(**(evidence or {})),
        )
        .values_list(
            "f_subject",
            "f_severity",
            "f_touchpoint",
            "f_crossing",
            "f_journey",
            "f_unit",
            "f_other_unit",
            "f_department",
            "f_person",
            "f_evidence",
        )
    )
    return found


def about_touchpoint(queryset: QuerySet[Any, Any], **columns: Any) -> QuerySet[Any, Any]:
    """Findings whose subject is a touchpoint of `queryset` (with its owner joined as `current`)."""
    standard: dict[str, Any] = {
        "touchpoint": "pk",
        "journey": "stage__journey_id",
        "unit": "business_unit_id",
        "department": "current__department_id",
        "person": "current__person_id",
    }
    return findings(queryset, **(standard | columns))


def owned_live() -> QuerySet[Any, Any]:
    """Live touchpoints that somebody owns, the owner joined as `current`.

    A condition on the owner is put on an annotation: in `filter`, `current__…` would join the owner once more.
    """
    live: QuerySet[Any, Any] = Touchpoint.objects.live().with_owner().filter(current__isnull=False)
    owned: QuerySet[Any, Any] = live.annotate(owner=F("current__department_id"), owner_person=F("current__person_id"))
    return owned
