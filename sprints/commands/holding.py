"""Holding a row that a command is about to change, and seeing whether somebody else has changed it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from sprints.models import Absence, Column, Initiative, Label, Membership, Sprint, Team
from sprints.queries.order import order_lock
from sprints.rules.teams import is_open
from workspace import db
from workspace.errors import StaleWrite, Unknown
from workspace.organisation.queries.changes import changes_since, is_behind
from workspace.plain import plain_text

Row = TypeVar("Row", Team, Membership, Column, Absence, Sprint, Label, Initiative)
Versioned = TypeVar("Versioned", Team, Column, Sprint, Label, Initiative)


def hold(row: Row) -> Row:
    """Lock the row until the transaction ends, then read it again. Raises Unknown where it is gone. 2 statements."""
    model = type(row)
    db.lock_row(model, row.pk)
    try:
        row.refresh_from_db()
    except model.DoesNotExist:
        raise Unknown(
            _("There is no %(noun)s %(id)s any more.") % {"noun": model._meta.verbose_name, "id": row.pk}
        ) from None
    return row


def hold_open(team: Team) -> Team:
    """Hold a team: its members, columns and sprints change one after the other. Raises RuleBroken when archived."""
    hold(team)
    is_open(team.name, is_archived=team.archived_at is not None).or_rule_broken()
    return team


def lock_order(team_id: int) -> None:
    """Let no story of the team move until the transaction ends: 1 statement. Taken before any row is held."""
    db.lock(order_lock(team_id))


def save(row: Versioned, *fields: str) -> None:
    """Save the changed fields and count the version up."""
    row.version += 1
    row.save(update_fields=[*fields, "version"])


def check_known(noun: str, fields: Collection[str], known: Collection[str]) -> None:
    """Raise TypeError for a field that cannot be changed."""
    if unknown := sorted(set(fields) - set(known)):
        raise TypeError(f"a {noun} has no {', '.join(unknown)} to change; it has {', '.join(known)}")


def check_base(row: Any, fields: Collection[str], base_version: int | None) -> None:
    """Raise StaleWrite when one of the fields was changed after `base_version`. The row is held; else 0 statements.

    Other fields may have been changed in the meantime: then both changes stand. Raises it too for a version that the
    row has not come to.
    """
    if base_version is None or not is_behind(str(row), base_version, row.version):
        return
    changes = changes_since(row, base_version)
    if both := changes.among(fields):
        raise StaleWrite(
            _("%(name)s was changed in the meantime. %(what)s") % {"name": row, "what": plain_text(changes.words)},
            next_step=_("Look whether you still want it so, and send it again."),
            version=row.version,
            fields=both,
        )


def plain(value: Any) -> Any:
    """A value as an event keeps it: days as text, things as ids."""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value.pk if hasattr(value, "pk") else value


def changed_data(old: dict[str, Any], row: Any, changed: Collection[str]) -> dict[str, Any]:
    """The data of a change: which fields, their old and their new values."""
    return {
        "fields": ", ".join(sorted(changed)),
        "old": {field: plain(old[field]) for field in changed},
        "new": {field: plain(getattr(row, field)) for field in changed},
    }
