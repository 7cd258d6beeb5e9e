"""Database triggers that keep the event log append-only on every path, the shell included."""

from __future__ import annotations

from workspace import db

APPEND_ONLY = db.Guard(
    table="activity_event",
    name="event_append_only",
    moment="UPDATE",
    refuses_when=(
        "OLD.seq IS NOT NULL OR NEW.seq IS NULL OR NEW.at <> OLD.at OR NEW.kind <> OLD.kind"
        " OR COALESCE(NEW.actor_id, -1) <> COALESCE(OLD.actor_id, -1)"
        " OR NEW.subject_kind <> OLD.subject_kind OR COALESCE(NEW.subject_id, -1) <> COALESCE(OLD.subject_id, -1)"
        " OR COALESCE(NEW.subject_version, -1) <> COALESCE(OLD.subject_version, -1) OR NEW.id <> OLD.id"
        " OR NEW.scope <> OLD.scope OR NEW.data <> OLD.data"
    ),
    message="The event log is append-only: an event is not changed.",
)


def install() -> None:
    """Put the guards in place after every migrate."""
    db.guard_after_migrate("activity", [APPEND_ONLY])
