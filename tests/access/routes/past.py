"""The past of ownership: for everybody inside."""

from __future__ import annotations

from tests.access.ways import Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """A day, its file, and what changed between two."""
    return [
        Way("journeys:past", f"/ownership/past/?department={cast.billing.pk}"),
        Way("journeys:export_past", "/ownership/past/export/"),
        Way("journeys:export_changes", f"/ownership/changes/export/?touchpoint={cast.receipt.pk}"),
        Way("journeys:changes", f"/ownership/changes/?touchpoint={cast.receipt.pk}"),
    ]
