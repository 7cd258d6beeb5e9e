"""An invented company of any size, made set by set inside the database: the same rows for the same size, every time.

Every value follows from the number of its row by `chance`, so that nothing is random and nothing is sent. Days count
back from today. A fifth of the touchpoints break a rule about touchpoints; the rules about crossings come on top.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from workspace import db

UNITS, DEPARTMENTS_PER_UNIT = 40, 8
DEPARTMENTS = UNITS * DEPARTMENTS_PER_UNIT
SILOS = 2
SYSTEMS = 300
CHANNELS = ("web", "app", "phone", "store", "email", "chat", "social", "post", "partner", "event", "ads", "search")

SIZES_IN_GROUP = (12, 13, 15, 20)  # touchpoints of four journeys: 60, fifteen on average
STAGES_IN_GROUP = (4, 4, 5, 6)
GROUP, GROUP_STAGES = sum(SIZES_IN_GROUP), sum(STAGES_IN_GROUP)


def chance(row: str, salt: int, choices: int) -> str:
    """SQL of a number from 0 to `choices` − 1 that looks random and follows from the row's number: a squared residue."""
    residue = f"(({row} * 48271 + {salt * 7368787 + 11}) % 2147483647)"
    return f"(({residue} * {residue}) % 2147483647 / 7 % {choices})"


def happens(row: str, salt: int, thousandths: int) -> str:
    """SQL of a condition that holds for so many rows of a thousand."""
    return f"{chance(row, salt, 1000)} < {thousandths}"


@dataclass(frozen=True, slots=True)
class World:
    """The size of everything, out of the number of touchpoints."""

    touchpoints: int

    @property
    def groups(self) -> int:
        """Groups of four journeys."""
        return -(-self.touchpoints // GROUP)

    @property
    def people_per_department(self) -> int:
        """Lead, deputy, one who owns too much, one who has left, and enough others to share the touchpoints."""
        return 6 + self.touchpoints // 16_000

    def fill(self, say: Callable[[str], None] = lambda _: None) -> None:
        """Fill an empty, migrated database. Commits once per table."""
        for name, write in (
            ("organisation", self._organisation),
            ("journeys", self._journeys),
            ("touchpoints", self._touchpoints),
            ("ownership", self._ownership),
            ("claims", self._claims),
            ("crossings", self._crossings),
            ("handoffs", self._handoffs),
            ("snapshots", self._snapshots),
            ("leavers", self._leavers),
        ):
            began = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                write(cursor)
            tidy(name)
            say(f"{name}: {time.perf_counter() - began:.1f} s")

    def _organisation(self, cursor: Any) -> None:
        per = self.people_per_department
        _insert(
            cursor, "organisation_businessunit", {"id": "i + 1", "name": _text("Unit", "i + 1"), "version": "1"}, UNITS
        )
        department = {
            "id": "i + 1",
            "unit_id": f"i / {DEPARTMENTS_PER_UNIT} + 1",
            "code": _text("D", "i + 1"),
            "name": _text("Department", "i + 1"),
            "version": "1",
        }
        _insert(cursor, "organisation_department", department, DEPARTMENTS)
        person = {
            "id": "i + 1",
            "email": "'person' || (i + 1) || '@example.org'",
            "name": _text("Person", "i + 1"),
            "job_title": "''",
            "password": "'!'",
            "department_id": f"CASE WHEN i < {DEPARTMENTS * per} THEN i / {per} + 1 END",
            "role": f"CASE WHEN i < {DEPARTMENTS * per} THEN 'member' WHEN i = {DEPARTMENTS * per} THEN 'administrator'"
            " ELSE 'executive' END",
            "time_zone": "''",
            "is_active": "TRUE",
            "joined_at": _ago("i % 2000 + 400"),
            "version": "1",
        }
        _insert(cursor, "organisation_person", person, DEPARTMENTS * per + 4)
        lead = {
            "id": "i + 1",
            "department_id": "i / 2 + 1",
            "person_id": f"(i / 2) * {per} + i % 2 + 1",
            "is_deputy": "i % 2 = 1",
        }
        _insert(cursor, "organisation_departmentlead", lead, DEPARTMENTS * 2)
        cursor.execute(
            f"UPDATE organisation_businessunit SET head_id = (id - 1) * {DEPARTMENTS_PER_UNIT * per} + 1 WHERE id % 13 <> 0"
        )
        system = {
            "id": "i + 1",
            "name": _text("System", "i + 1"),
            "technology_owner_id": f"CASE WHEN i % 10 <> 0 THEN {chance('i', 1, DEPARTMENTS)} * {per} + 2 END",
            "version": "1",
        }
        _insert(cursor, "journeys_system", system, SYSTEMS)

    def _journeys(self, cursor: Any) -> None:
        executive = DEPARTMENTS * self.people_per_department + 2
        journey = {
            "id": "i + 1",
            "name": _text("Journey", "i + 1"),
            "state": f"CASE WHEN {happens('i', 2, 50)} THEN 'future' ELSE 'current' END",
            "description": "''",
            "accountable_id": f"{executive} + i % 3",
            "archived_at": f"CASE WHEN {happens('i', 3, 10)} THEN {_ago('30')} END",
            "version": "1",
        }
        _insert(cursor, "journeys_journey", journey, self.groups * len(SIZES_IN_GROUP))
        shape = [
            (stage, journey, position)
            for stage, (journey, position) in enumerate(
                (journey, position) for journey, stages in enumerate(STAGES_IN_GROUP) for position in range(stages)
            )
        ]
        stage = {
            "id": "i + 1",
            "journey_id": f"i / {GROUP_STAGES} * {len(SIZES_IN_GROUP)} + s.journey + 1",
            "name": _text("Stage", "s.position + 1"),
            "position": "s.position + 1",
            "version": "1",
        }
        values = _values("s", ("stage", "journey", "position"), shape)
        _insert(
            cursor, "journeys_stage", stage, self.groups * GROUP_STAGES, f"JOIN {values} ON s.stage = i % {GROUP_STAGES}"
        )

    def _touchpoints(self, cursor: Any) -> None:
        shape = _values("s", ("place", "journey", "stage", "step"), _shape())
        stage = f"(i / {GROUP} * {GROUP_STAGES} + s.stage)"
        journey = f"(i / {GROUP} * {len(SIZES_IN_GROUP)} + s.journey)"
        # A journey has a home unit, a fifth of its stages happens elsewhere, and so does a stray touchpoint. But the
        # last units keep to themselves.
        home, open_units = chance(journey, 8, UNITS), UNITS - SILOS
        unit = (
            f"CASE WHEN {home} >= {open_units} THEN {home} WHEN {happens('i', 4, 20)} THEN {chance('i', 5, open_units)}"
            f" WHEN {happens(stage, 6, 200)} THEN {chance(stage, 7, open_units)} ELSE {home} END + 1"
        )
        channels = " ".join(f"WHEN {n} THEN '{channel}'" for n, channel in enumerate(CHANNELS))
        touchpoint = {
            "id": "i + 1",
            "external_id": "'TP-' || (i + 1)",
            "stage_id": f"{stage} + 1",
            "name": _text("Touchpoint", "i + 1"),
            "step": "s.step",
            "channel": f"CASE {chance('i', 9, len(CHANNELS))} {channels} END",
            "business_unit_id": unit,
            "visibility": "'frontstage'",
            "emotion": f"CASE WHEN {happens('i', 10, 700)} THEN {chance('i', 11, 5)} - 2 END",
            "moment_of_truth": happens("i", 12, 50),
            "volume": f"CASE WHEN {happens('i', 13, 900)} THEN {chance('i', 14, 100_000)} END",
            "system_id": f"CASE WHEN {happens('i', 15, 700)} THEN {chance('i', 16, SYSTEMS)} + 1 END",
            "lifecycle": f"CASE WHEN {happens('i', 17, 20)} THEN 'draft' WHEN {happens('i', 18, 30)} THEN 'retired'"
            " ELSE 'live' END",
            "pain_point": f"CASE WHEN {happens('i', 19, 60)} THEN 'Takes too long.' ELSE '' END",
            "unmatched_owner": f"CASE WHEN {_is_unowned('i', stage)} AND {happens('i', 20, 120)} THEN 'Old team' ELSE '' END",
            "version": "1",
        }
        _insert(
            cursor, "journeys_touchpoint", touchpoint, self.touchpoints, f"JOIN {shape} ON s.place = i % {GROUP}"
        )

    def _ownership(self, cursor: Any) -> None:
        """Who owns: mostly a department of the touchpoint's unit, a quarter with an accountable person."""
        per = self.people_per_department
        stray = f"{happens('i', 21, 30)}"
        department = (
            f"(CASE WHEN {stray} THEN {chance('i', 22, DEPARTMENTS)}"
            f" ELSE (unit_id - 1) * {DEPARTMENTS_PER_UNIT} + {chance('i', 23, DEPARTMENTS_PER_UNIT)} END + 1)"
        )
        # The third person of a department owns too much here and there, the fourth has left.
        overloaded = f"i / 2000 % {DEPARTMENTS} * {per} + 3"
        place = f"CASE WHEN {happens('i', 25, 60)} THEN 4 ELSE 5 + {chance('i', 26, per - 4)} END"
        stale = happens("i", 27, 50)
        long_ago, lately = _ago("190 + " + chance("i", 29, 200)), _ago("1 + " + chance("i", 30, 170))
        owned = (
            f"SELECT i, touchpoint_id, {department} AS department_id FROM (SELECT t.id - 1 AS i, t.id AS touchpoint_id,"
            f" t.business_unit_id AS unit_id, t.stage_id - 1 AS stage FROM journeys_touchpoint t) t"
            f" WHERE NOT ({_is_unowned('i', 'stage')})"
        )
        current = {
            "touchpoint_id": "touchpoint_id",
            "department_id": "department_id",
            "person_id": f"CASE WHEN {happens('i', 24, 12)} THEN {overloaded}"
            f" WHEN {happens('i', 28, 250)} THEN (department_id - 1) * {per} + {place} END",
            "kind": "'accountable'",
            "held_from": f"CASE WHEN {stale} THEN {long_ago} ELSE {lately} END",
            "disputed_at": f"CASE WHEN {happens('i', 31, 5)} THEN {_ago('3')} END",
            "outside_approved": happens("i", 32, 150),
        }
        former = current | {
            "department_id": f"(department_id % {DEPARTMENTS}) + 1",
            "person_id": "NULL",
            "held_from": _ago("900"),
            "held_until": _ago("500"),
        }
        helper = former | {"kind": "'responsible'", "held_until": "NULL", "held_from": _ago("100")}
        with _without_guards(cursor):
            _insert_from(cursor, "journeys_ownership", current, f"({owned}) o")
            _insert_from(cursor, "journeys_ownership", former, f"({owned}) o WHERE {happens('i', 33, 200)}")
            _insert_from(cursor, "journeys_ownership", helper, f"({owned}) o WHERE {happens('i', 34, 150)}")

    def _claims(self, cursor: Any) -> None:
        """Two claims that wait for one in two hundred, an overdue one for as many, one in time, and decided ones."""
        per = self.people_per_department
        for salt, thousandths, department, days, state in (
            (40, 5, 1, 2, "waiting"),
            (40, 5, 2, 1, "waiting"),
            (41, 5, 3, 11, "waiting"),
            (42, 5, 4, 1, "waiting"),
            (43, 40, 5, 200, "denied"),
        ):
            claimant = f"({chance('t.id', 44, DEPARTMENTS - 8)} + {department})"
            decided = state != "waiting"
            claim = {
                "touchpoint_id": "t.id",
                "department_id": claimant,
                "reason": "'It is ours.'",
                "claimed_by_id": f"({claimant} - 1) * {per} + 1",
                "made_at": _ago(str(days)),
                "state": f"'{state}'",
                "due_on": _day(7 - days),
                "denied_on": _day(14 - days),
                "decided_at": _ago(str(days - 5)) if decided else "NULL",
                "decision_reason": "'Not now.'" if decided else "''",
            }
            _insert_from(cursor, "journeys_claim", claim, f"journeys_touchpoint t WHERE {happens('t.id', salt, thousandths)}")

    def _crossings(self, cursor: Any) -> None:
        """By the product's own command, a few thousand journeys at a time."""
        from journeys.commands.crossings import refresh_crossings

        last = self.groups * len(SIZES_IN_GROUP)
        for first in range(1, last + 1, 5000):
            refresh_crossings(range(first, min(first + 5000, last + 1)))

    def _handoffs(self, cursor: Any) -> None:
        """Accepted by both at six of ten crossings between units, proposed at another one."""
        pair = "(c.source_id * 31 + c.target_id)"
        handoff = {
            "crossing_id": "c.id",
            "from_department_id": "a.department_id",
            "to_department_id": "b.department_id",
            "what": "'The open cases'",
            "state": f"CASE WHEN {happens(pair, 50, 850)} THEN 'accepted' ELSE 'proposed' END",
            "proposed_at": _ago("20"),
            "from_accepted_at": _ago("20"),
            "to_accepted_at": f"CASE WHEN {happens(pair, 50, 850)} THEN {_ago('10')} END",
            "ended_reason": "''",
        }
        _insert_from(
            cursor,
            "journeys_handoff",
            handoff,
            "journeys_crossing c"
            " JOIN journeys_ownership a ON a.touchpoint_id = c.source_id AND a.held_until IS NULL AND a.kind = 'accountable'"
            " JOIN journeys_ownership b ON b.touchpoint_id = c.target_id AND b.held_until IS NULL AND b.kind = 'accountable'"
            f" WHERE c.active AND (a.department_id - 1) / {DEPARTMENTS_PER_UNIT} <> (b.department_id - 1) / {DEPARTMENTS_PER_UNIT}"
            f" AND {happens(pair, 51, 700)}",
        )

    def _snapshots(self, cursor: Any) -> None:
        """Four weeks ago every seventh unit had a tenth more than today."""
        live = (
            "FROM journeys_touchpoint t LEFT JOIN journeys_ownership o ON o.touchpoint_id = t.id AND o.held_until IS NULL"
            " AND o.kind = 'accountable' WHERE t.lifecycle = 'live' GROUP BY t.business_unit_id"
        )
        snapshot = {
            "\"on\"": _day(-28),
            "scope": "'unit'",
            "scope_id": "unit_id",
            "channel": "''",
            "live": "live",
            "owned": "CASE WHEN unit_id % 7 = 0 THEN live ELSE owned END",
        }
        _insert_from(
            cursor,
            "journeys_coveragesnapshot",
            snapshot,
            f"(SELECT t.business_unit_id AS unit_id, COUNT(*) AS live, COUNT(o.id) AS owned {live}) counted",
        )

    def _leavers(self, cursor: Any) -> None:
        """The fourth of each department has left; some departments are archived, deserted or without a lead."""
        per = self.people_per_department
        today = datetime.now(UTC).date()
        db.execute(
            cursor,
            f"UPDATE organisation_person SET left_on = %s WHERE department_id IS NOT NULL AND (id - 1) %% {per} = 3",
            [today - timedelta(days=20)],
        )
        cursor.execute("UPDATE organisation_person SET is_active = FALSE WHERE department_id % 160 = 5")
        cursor.execute(
            f"UPDATE organisation_person SET is_active = FALSE WHERE department_id % 3 = 0 AND (id - 1) % {per} < 2"
        )
        db.execute(
            cursor,
            "UPDATE organisation_department SET archived_at = %s, merged_into_id = id - 1 WHERE id %% 80 = 7",
            [datetime.now(UTC) - timedelta(days=10)],
        )


def _is_unowned(row: str, stage: str) -> str:
    """One stage in seventeen is nobody's, and one touchpoint in forty elsewhere."""
    return f"({happens(stage, 35, 60)} OR {happens(row, 36, 25)})"


def _shape() -> list[tuple[int, int, int, int]]:
    """Place in the group, journey, stage and step of the sixty touchpoints of four journeys."""
    rows: list[tuple[int, int, int, int]] = []
    stages_before = 0
    for journey, (size, stages) in enumerate(zip(SIZES_IN_GROUP, STAGES_IN_GROUP, strict=True)):
        last_stage, step = -1, 0
        for place in range(size):
            stage = place * stages // size
            step = 1 if stage != last_stage else step + (place % 5 != 4)  # every fifth is an alternative
            last_stage = stage
            rows.append((len(rows), journey, stages_before + stage, step))
        stages_before += stages
    return rows


def _text(word: str, number: str) -> str:
    return f"'{word} ' || ({number})"


def _ago(days: str) -> str:
    """SQL of the moment at which the day so many days ago began."""
    if connection.vendor == "postgresql":
        return f"(CURRENT_DATE - ({days})::integer)::timestamptz"
    return f"datetime('now', 'start of day', '-' || ({days}) || ' days')"


def _day(offset: int) -> str:
    """SQL of the day so many days from today."""
    if connection.vendor == "postgresql":
        return f"(CURRENT_DATE + ({offset}))"
    return f"date('now', '{offset:+d} days')"


def _values(alias: str, columns: tuple[str, ...], rows: list[tuple[int, ...]]) -> str:
    """A table of constants that can be joined."""
    first = ", ".join(f"{value} AS {column}" for value, column in zip(rows[0], columns, strict=True))
    others = " ".join("UNION ALL SELECT " + ", ".join(map(str, row)) for row in rows[1:])
    return f"(SELECT {first} {others}) {alias}"


def _insert(cursor: Any, table: str, columns: dict[str, str], count: int, joined: str = "") -> None:
    """Insert rows 0 to `count` − 1, each column an expression over `i`."""
    series = f"(WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {count - 1}) SELECT i FROM n)"
    if connection.vendor == "postgresql":
        series = f"(SELECT i FROM generate_series(0::bigint, {count - 1}) AS i)"
    _insert_from(cursor, table, columns, f"{series} n {joined}")


def _insert_from(cursor: Any, table: str, columns: dict[str, str], source: str) -> None:
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}"
    )


class _without_guards:  # noqa: N801 - reads as a phrase
    """Write ownerships of departments and people that are checked by construction."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def __enter__(self) -> None:
        from journeys.guards import OWNERSHIP_GUARDS

        for guard in OWNERSHIP_GUARDS:
            guard.drop(self.cursor)

    def __exit__(self, *_: object) -> None:
        from journeys.guards import OWNERSHIP_GUARDS

        for guard in OWNERSHIP_GUARDS:
            guard.create(self.cursor)


def tidy(last: str = "leavers") -> None:
    """Let the planner know the rows, and at last the sequences follow them: by now the server would have seen to it."""
    from django.apps import apps
    from django.core.management.color import no_style

    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if last == "leavers" else "ANALYZE")
        if last == "leavers":
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)
