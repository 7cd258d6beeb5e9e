"""The units, departments, people and systems of the invented company."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.series import ago, chance, insert, text
from workspace import db

UNITS, DEPARTMENTS_PER_UNIT = 40, 8
DEPARTMENTS = UNITS * DEPARTMENTS_PER_UNIT
SYSTEMS = 300


def found_organisation(cursor: Any, per: int) -> None:
    """Units with heads, departments with `per` people each, of whom one leads and one is the deputy, and systems."""
    unit = {"id": "i + 1", "name": text("Unit", "i + 1"), "version": "1"}
    insert(cursor, "organisation_businessunit", unit, UNITS)
    department = {
        "id": "i + 1",
        "unit_id": f"i / {DEPARTMENTS_PER_UNIT} + 1",
        "code": text("D", "i + 1"),
        "name": text("Department", "i + 1"),
        "version": "1",
    }
    insert(cursor, "organisation_department", department, DEPARTMENTS)
    person = {
        "id": "i + 1",
        "email": "'person' || (i + 1) || '@example.org'",
        "name": text("Person", "i + 1"),
        "job_title": "''",
        "password": "'!'",
        "department_id": f"CASE WHEN i < {DEPARTMENTS * per} THEN i / {per} + 1 END",
        "role": f"CASE WHEN i < {DEPARTMENTS * per} THEN 'member' WHEN i = {DEPARTMENTS * per} THEN 'administrator'"
        " ELSE 'executive' END",
        "time_zone": "''",
        "is_active": "TRUE",
        "joined_at": ago("i % 2000 + 400"),
        "version": "1",
    }
    insert(cursor, "organisation_person", person, DEPARTMENTS * per + 4)
    lead = {
        "id": "i + 1",
        "department_id": "i / 2 + 1",
        "person_id": f"(i / 2) * {per} + i % 2 + 1",
        "is_deputy": "i % 2 = 1",
    }
    insert(cursor, "organisation_departmentlead", lead, DEPARTMENTS * 2)
    cursor.execute(
        f"UPDATE organisation_businessunit SET head_id = (id - 1) * {DEPARTMENTS_PER_UNIT * per} + 1 WHERE id % 13 <> 0"
    )
    system = {
        "id": "i + 1",
        "name": text("System", "i + 1"),
        "technology_owner_id": f"CASE WHEN i % 10 <> 0 THEN {chance('i', 1, DEPARTMENTS)} * {per} + 2 END",
        "version": "1",
    }
    insert(cursor, "journeys_system", system, SYSTEMS)


def let_people_leave(cursor: Any, per: int) -> None:
    """The fourth of each department has left; some departments are archived, deserted or without a lead."""
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
