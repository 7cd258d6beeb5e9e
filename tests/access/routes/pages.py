"""Pages that cross apps, and what watches the installation."""

from __future__ import annotations

from journeys import commands
from journeys.events import STAGE_RENAMED
from tests.access.ways import EVERYBODY, GUESTS, INSIDERS, Way
from tests.cast import Cast
from workspace.activity.models import Event


def ways(cast: Cast) -> list[Way]:
    """Health is for everybody. The administrator has just renamed a stage; the others have nothing to undo."""
    commands.rename_stage(cast.use, name="Enjoy", actor=cast.administrator)
    renamed = Event.objects.filter(kind=STAGE_RENAMED).latest("pk")
    nothing = {kind: 404 for kind in (*INSIDERS, *GUESTS) if kind != "administrator"}
    return [
        Way("history", "/history/"),
        Way("style_guide", "/style-guide/", by=(*INSIDERS, *GUESTS)),
        Way("undo", "/undo/", "POST", ("administrator",), answers=nothing),
        Way("undo_this", f"/undo/{renamed.pk}/", "POST", ("administrator",), answers=nothing),
        Way("healthz", "/healthz", by=EVERYBODY),
        Way("readyz", "/readyz", by=EVERYBODY),
    ]
