"""Until when an act can be undone."""

from __future__ import annotations

from datetime import timedelta

UNDOABLE = timedelta(minutes=10)
"""So long people can undo what they did themselves."""
