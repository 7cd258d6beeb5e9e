"""The design's definition of a crossing, in plain Python over all rows, and pictures of the flags to compare."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from journeys.models import Crossing, Flag, Touchpoint
from journeys.queries.catalogue import local_rules


def crossings_by_definition() -> set[tuple[int, int]]:
    """Each live touchpoint of a step with each of the next occupied step, also from a stage to the next."""
    journeys: dict[int, dict[tuple[int, int, int], list[int]]] = {}
    for touchpoint in Touchpoint.objects.select_related("stage__journey"):
        stage = touchpoint.stage
        if touchpoint.lifecycle == "live" and stage.journey.archived_at is None:
            places = journeys.setdefault(stage.journey_id, {})
            places.setdefault((stage.position, stage.pk, touchpoint.step), []).append(touchpoint.pk)
    found = set()
    for places in journeys.values():
        order = [places[place] for place in sorted(places)]
        for here, there in pairwise(order):
            found |= {(source, target) for source in here for target in there}
    return found


def stored_crossings() -> set[tuple[int, int]]:
    """The crossings that count, as the commands keep them."""
    return set(Crossing.objects.filter(active=True).values_list("source_id", "target_id"))


def picture(rules: Iterable[str] | None = None) -> dict[tuple[str, int], Any]:
    """What the flags say, by rule and subject; when it was said is left out."""
    flags = Flag.objects.order_by() if rules is None else Flag.objects.filter(rule__in=rules).order_by()
    fields = ("severity", "touchpoint_id", "crossing_id", "journey_id", "unit_id", "other_unit_id", "department_id")
    return {
        (flag.rule, flag.subject_id): (flag.state, *(getattr(flag, field) for field in fields), flag.evidence)
        for flag in flags
        if flag.state != Flag.State.RESOLVED
    }


def local_picture() -> dict[tuple[str, int], Any]:
    """What the flags of the local rules say."""
    return picture([rule.code for rule in local_rules()])
