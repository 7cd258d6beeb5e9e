"""What somebody can undo."""

from __future__ import annotations

from collections.abc import Collection

from workspace import clock
from workspace.activity.models import Event
from workspace.activity.rules.undoing import UNDOABLE
from workspace.activity.undoing import ALONG, undoable_kinds


def newest_undoable(actor_id: int, *, scopes: Collection[str] | None = None) -> int | None:
    """The id of the newest act of this person that can still be undone, in one of these scopes: 1 statement."""
    own = Event.objects.filter(actor=actor_id, kind__in=undoable_kinds(), at__gt=clock.now() - UNDOABLE)
    if scopes is not None:
        own = own.filter(scope__in=scopes)
    return own.filter(undoing=None).exclude(data__has_key=ALONG).order_by("-id").values_list("id", flat=True).first()
