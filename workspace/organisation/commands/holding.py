"""Holding a row that a command is about to change."""

from __future__ import annotations

from typing import TypeVar

from workspace import db
from workspace.organisation.models import BusinessUnit, Department, Person

Row = TypeVar("Row", Person, BusinessUnit, Department)


def hold(row: Row) -> Row:
    """Lock the row until the transaction ends, then read it again: what the caller has read may be old by now."""
    db.lock_row(type(row), row.pk)
    row.refresh_from_db()
    return row


def save(row: Person | BusinessUnit | Department, *fields: str) -> None:
    """Save the changed fields and count the version up."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])
