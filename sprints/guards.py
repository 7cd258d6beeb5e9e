"""Database triggers: what a team committed itself to, and the report of a closed sprint, are never changed."""

from __future__ import annotations

from workspace import db

FROZEN = [
    db.Guard(
        "sprints_commitment",
        "commitment_frozen",
        "UPDATE",
        "OLD.sprint_id <> NEW.sprint_id OR OLD.story_id <> NEW.story_id OR OLD.is_done <> NEW.is_done"
        " OR COALESCE(OLD.points, -1) <> COALESCE(NEW.points, -1)",
        "The commitment of a sprint is frozen when it starts.",
    ),
    db.Guard(
        "sprints_sprintreport",
        "sprint_report_frozen",
        "UPDATE",
        "OLD.sprint_id <> NEW.sprint_id OR OLD.made_at <> NEW.made_at OR OLD.data <> NEW.data",
        "The report of a sprint is frozen when it closes.",
    ),
    db.Guard(
        "sprints_sprint",
        "closed_sprint_frozen",
        "UPDATE",
        "OLD.state = 'closed' AND NEW.state <> 'closed'",
        "A closed sprint stays closed.",
    ),
]


def install() -> None:
    """Put the guards in place after every migrate."""
    db.guard_after_migrate("sprints", FROZEN)
