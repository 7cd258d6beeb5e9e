"""What a scan would change: the findings of rules, held against the flags that there are.

One statement does it where a change has touched little. A full scan first puts the findings of a rule into a table,
for then the database knows how many they are before it compares them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import BigIntegerField, QuerySet

from journeys.limits import Limits
from journeys.models import Flag
from journeys.queries.catalogue.base import REFERENCES, Before, Facts, ScanRule
from workspace import clock, db

DIFFERENCE = (
    "change",
    "rule",
    "subject_kind",
    "asks_from",
    "subject_id",
    "severity",
    *REFERENCES,
    "person_id",
    "evidence",
    "flag_id",
    "was",
)

OPENED, REOPENED, WOKEN, CHANGED, RESOLVED = "opened", "reopened", "woken", "changed", "resolved"


def differences(
    rules: Sequence[ScanRule], facts: Facts, subjects: Mapping[str, Collection[int]] | None = None
) -> db.Sql:
    """SQL that yields `DIFFERENCE` rows: what these rules open, reopen, wake, change and resolve.

    `subjects` (ids by kind of subject) narrows everything to what a change has touched; rules about other kinds are
    left out. Without it, everything is looked at. A silenced flag whose end has passed is woken.
    """
    if subjects is not None:
        rules = [rule for rule in rules if subjects.get(rule.subject_kind)]
    found, found_params = findings_of(rules, facts, subjects)
    compared, compared_params = differences_from_found(rules, facts, subjects)
    return f"WITH found AS MATERIALIZED ({found}) {compared}", (*found_params, *compared_params)


def findings_of(
    rules: Sequence[ScanRule], facts: Facts, subjects: Mapping[str, Collection[int]] | None = None
) -> db.Sql:
    """SQL that yields everything that breaks these rules. A rule that is switched off yields nothing."""
    arms: list[str] = []
    params: list[Any] = []
    judged = [rule for rule in rules if rule.code not in facts.limits.off]
    for rule in judged or rules[:1]:
        sql, sql_params = breaches_of(rule, facts) if subjects is None else _some_of(rule, facts, subjects)
        references = ", ".join(
            f"CAST(q.f_{name.removesuffix('_id')} AS bigint) AS {name}" for name in (*REFERENCES, "person_id")
        )
        arms.append(
            f"SELECT '{rule.code}' AS rule, '{rule.subject_kind}' AS subject_kind, {int(rule.asks_from)} AS asks_from,"
            f" q.f_subject AS subject_id, q.f_severity AS severity, {references}, q.f_evidence AS evidence"
            f" FROM ({sql}) q" + ("" if judged else " WHERE 1 = 0")
        )
        params.extend(sql_params)
    return " UNION ALL ".join(arms), tuple(params)


def breaches_of(rule: ScanRule, facts: Facts) -> db.Sql:
    """SQL that yields everything that breaks the rule, with the `f_` columns of a finding."""
    return _at(facts, _made(rule, facts.today, facts.limits, narrowed=False))


def _some_of(rule: ScanRule, facts: Facts, subjects: Mapping[str, Collection[int]]) -> db.Sql:
    """What breaks the rule among these subjects: of a rule that is a queryset; any other yields all that breaks it."""
    made = _made(rule, facts.today, facts.limits, narrowed=True)
    if db.leaves_open(made, "subjects"):
        made = db.filled_with(made, "subjects", db.listed(subjects[rule.subject_kind]))
    return _at(facts, made)


def _at(facts: Facts, made: db.Sql) -> db.Sql:
    sql, params = made
    return sql, tuple(param.of(facts) if isinstance(param, Before) else param for param in params)


@lru_cache(maxsize=256)
def _made(rule: ScanRule, today: date, limits: Limits, *, narrowed: bool) -> db.Sql:
    """The statement of a rule on that day, the subjects of a queryset left open where it is narrowed.

    Making a statement out of a queryset takes longer than running it around one touchpoint: once a day is enough.
    """
    breaches = rule.breaches(Facts(clock.now(), today, limits))
    if not isinstance(breaches, QuerySet):
        return breaches
    subjects = db.Open("subjects", BigIntegerField())
    return db.compiled(breaches.filter(pk__in=[subjects]) if narrowed else breaches)


def differences_from_found(
    rules: Sequence[ScanRule], facts: Facts, subjects: Mapping[str, Collection[int]] | None = None
) -> db.Sql:
    """SQL that yields `DIFFERENCE` rows where the findings of these rules stand in a table called `found`."""
    known, known_params = _known(rules, subjects)
    columns = ", ".join(f"found.{column}" for column in DIFFERENCE[1:-2])
    moved = " OR ".join(f"COALESCE(found.{name}, -1) <> COALESCE(known.{name}, -1)" for name in REFERENCES)
    sql = f"""
        SELECT CASE
                WHEN known.id IS NULL THEN '{OPENED}'
                WHEN known.state = 'resolved' THEN '{REOPENED}'
                WHEN known.state IN ('snoozed', 'waived') AND known.silent_until <= %s THEN '{WOKEN}'
                ELSE '{CHANGED}' END AS change,
            {columns}, known.id AS flag_id, known.state AS was
        FROM found LEFT JOIN ({known}) known ON known.rule = found.rule AND known.subject_id = found.subject_id
        WHERE known.id IS NULL OR known.state = 'resolved'
            OR (known.state IN ('snoozed', 'waived') AND known.silent_until <= %s)
            OR known.severity <> found.severity
            OR {db.json_normal("known.evidence")} <> {db.json_normal("found.evidence")}
            OR {moved}
            OR (known.asked_level = 1 AND COALESCE(found.person_id, -1) <> COALESCE(known.asked_id, -1))
        UNION ALL
        SELECT '{RESOLVED}', known.rule, known.subject_kind, 0, known.subject_id, known.severity,
            {", ".join(f"known.{name}" for name in REFERENCES)}, NULL, known.evidence, known.id, known.state
        FROM ({known}) known LEFT JOIN found ON known.rule = found.rule AND known.subject_id = found.subject_id
        WHERE known.state <> 'resolved' AND found.subject_id IS NULL"""
    return sql, (facts.today, *known_params, facts.today, *known_params)


def _known(rules: Sequence[ScanRule], subjects: Mapping[str, Collection[int]] | None) -> db.Sql:
    """The flags of these rules (and of these subjects), by their unique index."""
    flag = db.table(Flag)
    codes_by_kind: dict[str, list[str]] = {}
    for rule in rules:
        codes_by_kind.setdefault(rule.subject_kind, []).append(rule.code)
    arms: list[str] = []
    params: list[Any] = []
    for kind, codes in codes_by_kind.items():
        arm = f"SELECT * FROM {flag} WHERE rule IN ({db.places(codes)})"
        params.extend(codes)
        if subjects is not None:
            places, ids = db.listed(subjects[kind])
            arm += f" AND subject_id IN ({places})"
            params.extend(ids)
        arms.append(arm)
    return " UNION ALL ".join(arms), tuple(params)
