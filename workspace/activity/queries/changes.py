"""Whether anything has happened since: a mark that every committed event moves."""

from __future__ import annotations

from django.db import connection

from workspace import db
from workspace.activity.models import Event


def change_mark() -> str:
    """A short text that is the same as long as no event was committed, and never the same again: 1 statement.

    The newest id would not do: an event with a smaller one can commit later. Places (`seq`) are given in the order of
    commits, and of the events that have none yet there are more after each commit; so the newest place and their
    number move together with what is committed. The newest moment tells apart a database that was put back.
    """
    event = db.table(Event)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT MAX(seq) FROM {event}), (SELECT COUNT(*) FROM {event} WHERE seq IS NULL),"
            f" (SELECT at FROM {event} ORDER BY id DESC LIMIT 1)"
        )
        placed, waiting, moment = cursor.fetchone()
    return f"{placed or 0}.{waiting}.{moment}"
