"""What the API tells of itself: to everybody who is signed in, and what problems mean to everybody."""

from __future__ import annotations

from tests.access.ways import EVERYBODY, GUESTS, INSIDERS, STRANGERS, Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """The addresses, who may go there, and what strangers are answered with."""
    known = (*INSIDERS, *GUESTS)
    sent_to_sign_in = dict.fromkeys(STRANGERS, 302)
    return [
        Way("api:index", "/api/v1/", by=known, limited=200),
        Way("api:schema-list", "/api/v1/schema/", by=known, limited=200),
        Way("api:docs", "/api/v1/docs/", by=known, answers=sent_to_sign_in),
        Way("api:problem-list", "/api/v1/problems/", by=EVERYBODY, limited=200),
        Way("api:problem-detail", "/api/v1/problems/stale/", by=EVERYBODY, limited=200),
    ]
