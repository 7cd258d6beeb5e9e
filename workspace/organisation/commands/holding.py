"""Holding a row that a command is about to change."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _

from workspace import db
from workspace.errors import StaleWrite
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.queries.changes import changes_since, is_behind
from workspace.plain import plain_text

R = TypeVar("R")
Row = TypeVar("Row", Person, BusinessUnit, Department)


def hold(row: Row) -> Row:
    """Lock the row until the transaction ends, then read it again: what the caller has read may be old by now."""
    db.lock_row(row._meta.model, row.pk)  # the person behind a request is a proxy, whose type is another
    row.refresh_from_db()
    return row


def save(row: Person | BusinessUnit | Department, *fields: str) -> None:
    """Save the changed fields and count the version up."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


@db.command
def unless_changed(row: Row, act: Callable[[], R], *fields: str, since: int | None) -> R:
    """Do what `act` does, unless somebody else has changed one of these fields since version `since` was looked at.

    Other fields may have been changed: then both changes stand. Raises StaleWrite with what was changed, and for a
    version that it has not come to.
    """
    hold(row)
    if since is not None and is_behind(str(row), since, row.version):
        changes = changes_since(row, since)
        if both := changes.among(fields):
            raise StaleWrite(
                _("%(name)s was changed in the meantime. %(what)s") % {"name": row, "what": plain_text(changes.words)},
                next_step=_("Look whether you still want it so, and send it again."),
                version=row.version,
                fields=both,
            )
    return act()
