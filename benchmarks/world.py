"""An invented company of any size, made inside the database: the same rows for the same size, every time.

Every value follows from the number of its row by `chance`, so that nothing is random and nothing is sent. Days count
back from today. A fifth of the touchpoints break a rule about touchpoints; the rules about crossings come on top.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from benchmarks.company import (
    DEPARTMENTS,
    DEPARTMENTS_PER_UNIT,
    SYSTEMS,
    UNITS,
    found_organisation,
    let_people_leave,
)
from benchmarks.series import ago, chance, day, happens, insert, insert_from, text, values_of

SILOS = 2
CHANNELS = ("web", "app", "phone", "store", "email", "chat", "social", "post", "partner", "event", "ads", "search")

SIZES_IN_GROUP = (12, 13, 15, 20)  # touchpoints of four journeys: 60, fifteen on average
STAGES_IN_GROUP = (4, 4, 5, 6)
GROUP, GROUP_STAGES = sum(SIZES_IN_GROUP), sum(STAGES_IN_GROUP)


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
        people = self.people_per_department
        tables: tuple[tuple[str, Callable[[Any], None]], ...] = (
            ("organisation", lambda cursor: found_organisation(cursor, people)),
            ("journeys", self._journeys),
            ("touchpoints", self._touchpoints),
            ("ownership", self._ownership),
            ("claims", self._claims),
            ("crossings", self._crossings),
            ("handoffs", self._handoffs),
            ("snapshots", self._snapshots),
            ("leavers", lambda cursor: let_people_leave(cursor, people)),
        )
        for name, write in tables:
            began = time.perf_counter()
            with transaction.atomic(), connection.cursor() as cursor:
                write(cursor)
            tidy(name)
            say(f"{name}: {time.perf_counter() - began:.1f} s")

    def _journeys(self, cursor: Any) -> None:
        executive = DEPARTMENTS * self.people_per_department + 2
        journey = {
            "id": "i + 1",
            "name": text("Journey", "i + 1"),
            "state": f"CASE WHEN {happens('i', 2, 50)} THEN 'future' ELSE 'current' END",
            "description": "''",
            "accountable_id": f"{executive} + i % 3",
            "archived_at": f"CASE WHEN {happens('i', 3, 10)} THEN {ago('30')} END",
            "version": "1",
        }
        insert(cursor, "journeys_journey", journey, self.groups * len(SIZES_IN_GROUP))
        shape = [
            (stage, journey, position)
            for stage, (journey, position) in enumerate(
                (journey, position) for journey, stages in enumerate(STAGES_IN_GROUP) for position in range(stages)
            )
        ]
        stage = {
            "id": "i + 1",
            "journey_id": f"i / {GROUP_STAGES} * {len(SIZES_IN_GROUP)} + s.journey + 1",
            "name": text("Stage", "s.position + 1"),
            "position": "s.position + 1",
            "version": "1",
        }
        shapes = values_of("s", ("stage", "journey", "position"), shape)
        insert(
            cursor,
            "journeys_stage",
            stage,
            self.groups * GROUP_STAGES,
            f"JOIN {shapes} ON s.stage = i % {GROUP_STAGES}",
        )

    def _touchpoints(self, cursor: Any) -> None:
        shape = values_of("s", ("place", "journey", "stage", "step"), _shape())
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
            "name": text("Touchpoint", "i + 1"),
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
            "unmatched_owner": f"CASE WHEN {_is_unowned('i', stage)} AND {happens('i', 20, 120)} THEN 'Old team'"
            " ELSE '' END",
            "version": "1",
        }
        insert(cursor, "journeys_touchpoint", touchpoint, self.touchpoints, f"JOIN {shape} ON s.place = i % {GROUP}")

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
        long_ago, lately = ago("190 + " + chance("i", 29, 200)), ago("1 + " + chance("i", 30, 170))
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
            "disputed_at": f"CASE WHEN {happens('i', 31, 5)} THEN {ago('3')} END",
            "outside_approved": happens("i", 32, 150),
        }
        former = current | {
            "department_id": f"(department_id % {DEPARTMENTS}) + 1",
            "person_id": "NULL",
            "held_from": ago("900"),
            "held_until": ago("500"),
        }
        helper = former | {"kind": "'responsible'", "held_until": "NULL", "held_from": ago("100")}
        with _without_guards(cursor):
            insert_from(cursor, "journeys_ownership", current, f"({owned}) o")
            insert_from(cursor, "journeys_ownership", former, f"({owned}) o WHERE {happens('i', 33, 200)}")
            insert_from(cursor, "journeys_ownership", helper, f"({owned}) o WHERE {happens('i', 34, 150)}")

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
                "made_at": ago(str(days)),
                "state": f"'{state}'",
                "due_on": day(7 - days),
                "denied_on": day(14 - days),
                "decided_at": ago(str(days - 5)) if decided else "NULL",
                "decision_reason": "'Not now.'" if decided else "''",
            }
            insert_from(
                cursor, "journeys_claim", claim, f"journeys_touchpoint t WHERE {happens('t.id', salt, thousandths)}"
            )

    def _crossings(self, cursor: Any) -> None:
        """By the product's own command, a few thousand journeys at a time."""
        from journeys.commands.crossings import refresh_crossings

        last = self.groups * len(SIZES_IN_GROUP)
        for first in range(1, last + 1, 5000):
            refresh_crossings(range(first, min(first + 5000, last + 1)))

    def _handoffs(self, cursor: Any) -> None:
        """Accepted by both at six of ten crossings between units, proposed at another one."""
        owner = "journeys_ownership"

        def unit_of(alias: str) -> str:
            return f"({alias}.department_id - 1) / {DEPARTMENTS_PER_UNIT}"

        pair = "(c.source_id * 31 + c.target_id)"
        handoff = {
            "crossing_id": "c.id",
            "from_department_id": "a.department_id",
            "to_department_id": "b.department_id",
            "what": "'The open cases'",
            "state": f"CASE WHEN {happens(pair, 50, 850)} THEN 'accepted' ELSE 'proposed' END",
            "proposed_at": ago("20"),
            "broken_reason": "''",
            "from_accepted_at": ago("20"),
            "to_accepted_at": f"CASE WHEN {happens(pair, 50, 850)} THEN {ago('10')} END",
            "ended_reason": "''",
        }
        insert_from(
            cursor,
            "journeys_handoff",
            handoff,
            f"journeys_crossing c JOIN {owner} a ON a.touchpoint_id = c.source_id AND a.held_until IS NULL"
            f" AND a.kind = 'accountable' JOIN {owner} b ON b.touchpoint_id = c.target_id AND b.held_until IS NULL"
            f" AND b.kind = 'accountable' WHERE c.active AND {unit_of('a')} <> {unit_of('b')}"
            f" AND {happens(pair, 51, 700)}",
        )

    def _snapshots(self, cursor: Any) -> None:
        """Four weeks ago every seventh unit had a tenth more than today."""
        live = (
            "FROM journeys_touchpoint t LEFT JOIN journeys_ownership o"
            " ON o.touchpoint_id = t.id AND o.held_until IS NULL AND o.kind = 'accountable'"
            " WHERE t.lifecycle = 'live' GROUP BY t.business_unit_id"
        )
        snapshot = {
            '"on"': day(-28),
            "scope": "'unit'",
            "scope_id": "unit_id",
            "channel": "''",
            "live": "live",
            "owned": "CASE WHEN unit_id % 7 = 0 THEN live ELSE owned END",
        }
        insert_from(
            cursor,
            "journeys_coveragesnapshot",
            snapshot,
            f"(SELECT t.business_unit_id AS unit_id, COUNT(*) AS live, COUNT(o.id) AS owned {live}) counted",
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
        cursor.execute("ANALYZE" if connection.in_atomic_block or last != "leavers" else "VACUUM (ANALYZE)")
        if last == "leavers":
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)
