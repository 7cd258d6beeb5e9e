"""Undoing one's own acts, by doing the opposite."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.models import Event, Undoing
from workspace.activity.rules.undoing import UNDOABLE
from workspace.activity.undoing import ALONG, noting, reversal_of
from workspace.errors import RuleBroken, Unknown


@db.command
def undo_act(event_id: int, *, scopes: Collection[str] | None = None, actor: Any) -> str:
    """Undo an act of the actor's own, told by its event; returns what was done, in words.

    Raises Unknown for an act of somebody else, in none of these `scopes`, or of a kind that cannot be undone;
    RuleBroken after 10 minutes and when it was undone already; and what its reversal raises: NotAllowed, StaleWrite,
    RuleBroken.
    """
    event = Event.objects.filter(pk=event_id, actor=actor).first()
    reversal = reversal_of(event.kind) if event is not None else None
    is_within = event is not None and (scopes is None or event.scope in scopes)
    if event is None or not is_within or reversal is None or ALONG in event.data:
        raise Unknown(_("You have done nothing here that could be undone."), next_step=_("Change it back by hand."))
    db.lock(f"activity.undo.{event.pk}")
    if Undoing.objects.filter(event=event).exists():
        raise RuleBroken(_("That was undone already."), next_step=_("Nothing is left to do."))
    if event.at <= clock.now() - UNDOABLE:
        raise RuleBroken(
            _("That was done more than %(minutes)s minutes ago.") % {"minutes": UNDOABLE.seconds // 60},
            next_step=_("Change it back by hand."),
        )
    with noting() as ids:
        told = reversal(event, actor)
    now = clock.now()
    undone = [Undoing(event=event, at=now), *(Undoing(event_id=pk, original=event, at=now) for pk in ids)]
    Undoing.objects.bulk_create(undone)
    return told
