"""Home, and the answers that begin there."""

from __future__ import annotations

from tests.access.ways import GUESTS, INSIDERS, Way, both
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """Home is for everybody who works here; guests find their own page there. Receipt is Billing's."""
    owned = {"ownership": cast.receipt.ownerships.get().pk}
    return [
        Way("home", "/", by=(*INSIDERS, *GUESTS)),
        *both(
            "journeys:dispute",
            f"/touchpoints/{cast.receipt.pk}/dispute/",
            by=("lead",),
            data=owned | {"reason": "It is Care's."},
        ),
    ]
