"""Database triggers, for every path, the shell included: who cannot become owner, and what is never changed."""

from __future__ import annotations

from workspace import db

_REFUSED = (
    "NEW.held_until IS NULL AND (EXISTS (SELECT 1 FROM organisation_department d"
    " WHERE d.id = NEW.department_id AND d.archived_at IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM organisation_person p WHERE p.id = NEW.person_id"
    " AND (NOT p.is_active OR p.left_on <= CURRENT_DATE)))"
)
_UNNAMED = (
    "NEW.person_id IS NULL AND OLD.held_until IS NULL AND NEW.touchpoint_id = OLD.touchpoint_id"
    " AND NEW.department_id = OLD.department_id AND NEW.kind = OLD.kind"
)
"""Whoever answered does so no more, and the department owns it as before: nobody becomes owner."""
_LOCKS = (("organisation_department", "department_id"), ("organisation_person", "person_id"))
_MESSAGE = "An archived department or an inactive person cannot become owner."

OWNERSHIP_GUARDS = [
    db.Guard("journeys_ownership", "new_owner_works_here", "INSERT", _REFUSED, _MESSAGE, _LOCKS),
    db.Guard(
        "journeys_ownership",
        "changed_owner_works_here",
        "UPDATE OF touchpoint_id, department_id, person_id, kind, held_until",
        f"{_REFUSED} AND NOT ({_UNNAMED})",
        _MESSAGE,
        _LOCKS,
    ),
]


COVERAGE_GUARD = db.Guard(
    "journeys_coveragesnapshot",
    "coverage_stays_as_noted",
    "UPDATE",
    "OLD.live IS NOT NULL",
    "The coverage of a day stays as it was noted.",
)


def install() -> None:
    """Put the guards in place after every migrate."""
    db.guard_after_migrate("journeys", [*OWNERSHIP_GUARDS, COVERAGE_GUARD])
