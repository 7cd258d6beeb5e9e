"""Who decides the claims that wait."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from journeys.models import Claim
from journeys.queries.places import places_of
from journeys.rules.claims import who_decides


def deciders_of(claim_ids: Collection[int]) -> Mapping[int, str]:
    """Who decides each of these claims that waits, in words: at most 3 statements."""
    waiting = dict(Claim.objects.waiting().filter(pk__in=claim_ids).order_by().values_list("pk", "touchpoint_id"))
    if not waiting:
        return {}
    there = set(waiting.values())
    places = places_of(there)
    rivals = Counter(
        Claim.objects.waiting().filter(touchpoint__in=there).order_by().values_list("touchpoint", flat=True)
    )
    return {pk: who_decides(places[at], contested=rivals[at] > 1) for pk, at in waiting.items()}
