"""Writing what a scan found: flags opened, reopened, woken, changed and resolved, and the events that tell of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from journeys import events
from journeys.models import Flag, Waiver
from journeys.queries.catalogue.base import REFERENCES, Facts
from journeys.queries.differences import CHANGED, DIFFERENCE, OPENED, REOPENED, RESOLVED, WOKEN
from workspace import db
from workspace.organisation.models import BusinessUnit, DepartmentLead, Person

KINDS = {
    OPENED: events.FLAGS_OPENED,
    REOPENED: events.FLAGS_REOPENED,
    WOKEN: events.FLAGS_REOPENED,
    CHANGED: events.FLAGS_CHANGED,
    RESOLVED: events.FLAGS_RESOLVED,
}


def kind_of(change: str, rule: str, facts: Facts) -> str:
    """The kind of event that tells of this change of flags: one that closes because its rule is off says so."""
    if change == RESOLVED and rule in facts.limits.off:
        return events.FLAGS_SWITCHED_OFF
    return KINDS[change]


def asked_anew(kind: str, facts: Facts) -> dict[str, object]:
    """What an event of changed facts says besides: since when those of its flags ask that ask somebody anew."""
    return {"asked_at": facts.now.isoformat()} if kind == events.FLAGS_CHANGED else {}


TYPES = {
    "change": "text",
    "rule": "text",
    "subject_kind": "text",
    "asks_from": "integer",
    "severity": "integer",
    "evidence": "json",
    "was": "text",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where difference rows come from: a table called `difference`, or a `WITH` that makes one of given rows."""

    prefix: str = ""
    params: tuple[Any, ...] = ()

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[Any]]) -> Source:
        """A source of rows that were read before."""
        sql, params = db.rows_as_table([TYPES.get(column, "bigint") for column in DIFFERENCE], rows)
        return cls(f"WITH difference ({', '.join(DIFFERENCE)}) AS MATERIALIZED ({sql}) ", params)


def apply_differences(source: Source, changes: frozenset[str], facts: Facts) -> int:
    """Write the difference rows into the flags: at most one statement per kind of change, guarded by the state read.

    Returns how many flags were written. It is less than there are rows where a command wrote some of them meanwhile;
    those that were written here are `written_now`.
    """
    with connection.cursor() as cursor:
        written = 0
        if RESOLVED in changes:
            written += _resolve(cursor, source, facts)
        if CHANGED in changes:
            written += _change(cursor, source, facts)
        if changes & {REOPENED, WOKEN}:
            _end_waivers(cursor, source, facts)
            written += _reopen(cursor, source, facts)
        if OPENED in changes:
            written += _open(cursor, source, facts)
    return written


def written_now(alias: str, facts: Facts) -> db.Sql:
    """SQL that holds for a flag which was opened, reopened, woken or resolved with these facts."""
    return f"({alias}.opened_at = %s OR {alias}.resolved_at = %s)", (facts.now, facts.now)


def _resolve(cursor: Any, source: Source, facts: Facts) -> int:
    flag = db.table(Flag)
    return db.write(
        cursor,
        f"{source.prefix}UPDATE {flag} SET state = 'resolved', resolved_at = %s, version = {flag}.version + 1"
        f" FROM difference d WHERE {flag}.id = d.flag_id AND d.change = '{RESOLVED}' AND {flag}.state <> 'resolved'",
        [*source.params, facts.now],
    )


def _change(cursor: Any, source: Source, facts: Facts) -> int:
    """Write the new facts. Where they concern another department, unit or owner, others are asked, from now.

    What got worse asks anew as well, and is due anew: whoever is asked was told of less.
    """
    flag = db.table(Flag)
    ladder, ladder_params = _ladder(facts)
    due, due_params = _due("d.severity", facts)
    references = ", ".join(f"{name} = d.{name}" for name in REFERENCES)
    moved = " OR ".join(
        f"COALESCE(d.{name}, -1) <> COALESCE({flag}.{name}, -1)" for name in ("department_id", "unit_id")
    )
    moved += f" OR ({flag}.asked_level = 1 AND COALESCE(d.person_id, -1) <> COALESCE({flag}.asked_id, -1))"
    return db.write(
        cursor,
        f"{source.prefix}UPDATE {flag} SET severity = d.severity, evidence = d.evidence, {references},"
        f" due_on = CASE WHEN d.severity > {flag}.severity THEN {due} ELSE {flag}.due_on END,"
        f" asked_id = CASE WHEN {moved} THEN d.asked_id ELSE {flag}.asked_id END,"
        f" asked_level = CASE WHEN {moved} THEN d.asked_level ELSE {flag}.asked_level END,"
        f" asked_at = CASE WHEN d.severity > {flag}.severity"
        f" OR (({moved}) AND COALESCE(d.asked_id, -1) <> COALESCE({flag}.asked_id, -1)) THEN %s"
        f" ELSE {flag}.asked_at END"
        f" FROM ({ladder}) d WHERE {flag}.id = d.flag_id AND d.change = '{CHANGED}'",
        [*source.params, *due_params, facts.now, *ladder_params],
    )


def _end_waivers(cursor: Any, source: Source, facts: Facts) -> None:
    """End the waivers whose day has passed; it may have passed while the flag was resolved."""
    waiver = db.table(Waiver)
    db.execute(
        cursor,
        f"{source.prefix}UPDATE {waiver} SET ended_at = %s FROM difference d WHERE {waiver}.flag_id = d.flag_id"
        f" AND d.change IN ('{REOPENED}', '{WOKEN}') AND {waiver}.ended_at IS NULL AND {waiver}.until <= %s",
        [*source.params, facts.now, facts.today],
    )


def _reopen(cursor: Any, source: Source, facts: Facts) -> int:
    """Reopen and wake. A silence that has not ended yet goes on when the rule breaks again."""
    flag = db.table(Flag)
    ladder, ladder_params = _ladder(facts)
    due, due_params = _due("d.severity", facts)
    silent = f"{flag}.silence <> '' AND {flag}.silent_until > %s"
    references = ", ".join(f"{name} = d.{name}" for name in REFERENCES)
    return db.write(
        cursor,
        f"{source.prefix}UPDATE {flag} SET state = CASE WHEN {silent} THEN {flag}.silence ELSE 'open' END,"
        f" silence = CASE WHEN {silent} THEN {flag}.silence ELSE '' END,"
        f" silence_reason = CASE WHEN {silent} THEN {flag}.silence_reason ELSE '' END,"
        f" silent_until = CASE WHEN {silent} THEN {flag}.silent_until ELSE NULL END,"
        f" opened_at = %s, resolved_at = NULL, severity = d.severity, evidence = d.evidence, {references},"
        f" due_on = {due}, asked_id = d.asked_id, asked_level = d.asked_level, asked_at = %s,"
        f" version = {flag}.version + 1"
        f" FROM ({ladder}) d"
        f" WHERE {flag}.id = d.flag_id AND d.change IN ('{REOPENED}', '{WOKEN}') AND {flag}.state = d.was",
        [*source.params, *[facts.today] * 4, facts.now, *due_params, facts.now, *ladder_params],
    )


def _open(cursor: Any, source: Source, facts: Facts) -> int:
    flag = db.table(Flag)
    ladder, ladder_params = _ladder(facts)
    due, due_params = _due("d.severity", facts)
    references = ", ".join(REFERENCES)
    return db.write(
        cursor,
        f"{source.prefix}INSERT INTO {flag} (rule, subject_kind, subject_id, severity, {references}, evidence,"
        " state, opened_at, due_on, asked_id, asked_level, asked_at, silence, silence_reason, version)"
        f" SELECT d.rule, d.subject_kind, d.subject_id, d.severity, {', '.join(f'd.{name}' for name in REFERENCES)},"
        f" d.evidence, 'open', %s, {due}, d.asked_id, d.asked_level, %s, '', '', 1"
        f" FROM ({ladder}) d WHERE d.change = '{OPENED}' ON CONFLICT (rule, subject_id) DO NOTHING",
        [*source.params, facts.now, *due_params, facts.now, *ladder_params],
    )


def _due(severity: str, facts: Facts) -> db.Sql:
    """SQL of the day on which a flag of this severity is due: the house's patience from today."""
    whens = " ".join(f"WHEN {int(level)} THEN {db.typed_place('date')}" for level in facts.limits.patience_days)
    return f"CASE {severity} {whens} END", tuple(
        facts.today + timedelta(days=days) for days in facts.limits.patience_days.values()
    )


def _ladder(facts: Facts) -> db.Sql:
    """SQL of the difference rows with who is asked.

    That is the first of owner, lead of the department, head of the unit, executive and administrator who is active
    and no guest. A lead comes before a deputy; a rung below the rule's `asks_from` is left out.
    """
    person, lead, unit = db.table(Person), db.table(DepartmentLead), db.table(BusinessUnit)

    def active(alias: str) -> str:
        here = f"{alias}.is_active AND ({alias}.left_on IS NULL OR {alias}.left_on > %s)"
        return f"{here} AND {alias}.role <> '{Person.Role.GUEST.value}'"

    sql = f"""
        SELECT e.*,
            COALESCE(e.owner_id, e.lead_id, e.head_id, e.executive_id, e.administrator_id) AS asked_id,
            CASE WHEN e.owner_id IS NOT NULL THEN 1 WHEN e.lead_id IS NOT NULL THEN 2
                WHEN e.head_id IS NOT NULL THEN 3 WHEN e.executive_id IS NOT NULL THEN 4
                WHEN e.administrator_id IS NOT NULL THEN 5 ELSE 0 END AS asked_level
        FROM (
            SELECT c.*,
                CASE WHEN c.asks_from <= 1 THEN owner.id END AS owner_id,
                CASE WHEN c.asks_from <= 2 THEN lead.person_id END AS lead_id,
                CASE WHEN c.asks_from <= 3 THEN head.person_id END AS head_id,
                (SELECT MIN(p.id) FROM {person} p WHERE p.role = 'executive' AND {active("p")}) AS executive_id,
                (SELECT MIN(p.id) FROM {person} p WHERE p.role = 'administrator' AND {active("p")}) AS administrator_id
            FROM difference c
            LEFT JOIN {person} owner ON owner.id = c.person_id AND {active("owner")}
            LEFT JOIN (
                SELECT l.department_id, l.person_id,
                    ROW_NUMBER() OVER (PARTITION BY l.department_id ORDER BY l.is_deputy, l.id) AS place
                FROM {lead} l JOIN {person} p ON p.id = l.person_id AND {active("p")}
                WHERE l.department_id IN (SELECT department_id FROM difference)
            ) lead ON lead.department_id = c.department_id AND lead.place = 1
            LEFT JOIN (
                SELECT u.id AS unit_id, p.id AS person_id
                FROM {unit} u JOIN {person} p ON p.id = u.head_id AND {active("p")}
            ) head ON head.unit_id = c.unit_id
        ) e"""
    return sql, (facts.today,) * 5
