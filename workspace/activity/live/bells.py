"""Who was notified of something since the last look."""

from __future__ import annotations

from workspace.activity.models import Notification

AT_ONCE = 1000


class Bells:
    """A place in the notifications that moves on. One consumer writes them, so their ids commit in order."""

    def __init__(self) -> None:
        """Begin at the present: 1 statement."""
        self._last = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def read(self) -> frozenset[int]:
        """The people who were notified since the last look, of at most 1,000 notifications: 1 statement."""
        rows = Notification.objects.filter(pk__gt=self._last).order_by("pk").values_list("pk", "person_id")
        found = list(rows[:AT_ONCE])
        if found:
            self._last = found[-1][0]
        return frozenset(person_id for _pk, person_id in found)
