"""What somebody can undo."""

from __future__ import annotations

from workspace import clock
from workspace.activity.models import Event
from workspace.activity.rules.undoing import UNDOABLE
from workspace.activity.undoing import ALONG, undoable_kinds


def newest_undoable(actor_id: int) -> int | None:
    """The id of the newest act of this person that can still be undone: 1 statement."""
    own = Event.objects.filter(actor=actor_id, kind__in=undoable_kinds(), at__gt=clock.now() - UNDOABLE)
    return own.filter(undoing=None).exclude(data__has_key=ALONG).order_by("-id").values_list("id", flat=True).first()
