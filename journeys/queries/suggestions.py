"""Who might own an unowned touchpoint, and why: departments that are near it already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, IntegerField, Value
from django.db.models.fields import CharField
from django.utils.translation import gettext as _

from journeys.models import Ownership, Touchpoint
from journeys.queries.catalogue.crossing_owners import crossings_with_owners
from journeys.queries.directory import Dept, Directory

AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A department that might own it, with the reason in words."""

    department: Dept
    reason: str


@dataclass(frozen=True, slots=True)
class Unowned:
    """A touchpoint that looks for an owner."""

    id: int
    stage_id: int
    unit_id: int


def suggest_owners(unowned: list[Unowned], known: Directory) -> Mapping[int, list[Suggestion]]:
    """Suggestions by touchpoint, best first, at most three each: 1 statement for all of them.

    A department counts for supporting the touchpoint, for its share of the stage, for owning the touchpoint before,
    and for sitting in the unit where it happens; who has none of the first three is not suggested.
    """
    if not unowned:
        return {}
    nearby = _nearby({place.id for place in unowned}, {place.stage_id for place in unowned})
    return {place.id: _ranked(place, nearby, known) for place in unowned}


_Nearby = Mapping[tuple[str, int], Mapping[int, int]]


def _nearby(touchpoints: set[int], stages: set[int]) -> _Nearby:
    def arm(word: str) -> Value:
        return Value(word, CharField())

    live = Touchpoint.objects.live().filter(stage__in=stages).order_by()
    sizes = live.values_list(arm("size"), "stage_id", Value(0, IntegerField())).annotate(n=Count("pk"))
    current = Ownership.objects.current().order_by()
    owned = current.accountable().filter(touchpoint__stage__in=stages, touchpoint__lifecycle=Touchpoint.Lifecycle.LIVE)
    by_stage = owned.values_list(arm("stage"), "touchpoint__stage_id", "department_id").annotate(n=Count("pk"))
    helping = current.filter(kind=Ownership.Kind.RESPONSIBLE, touchpoint__in=touchpoints)
    supporting = helping.values_list(arm("support"), "touchpoint_id", "department_id").annotate(n=Count("pk"))
    crossings = crossings_with_owners().filter(target__in=touchpoints, from_owner__isnull=False).order_by()
    before = crossings.values_list(arm("before"), "target_id", F("from_owner__department_id")).annotate(n=Count("pk"))
    found: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for word, subject_id, department_id, n in sizes.union(by_stage, supporting, before, all=True):
        found[word, subject_id][department_id] = n
    return found


def _ranked(place: Unowned, nearby: _Nearby, known: Directory) -> list[Suggestion]:
    live = nearby.get(("size", place.stage_id), {}).get(0, 0)
    scored: dict[int, tuple[float, str]] = {}
    for department_id, n in nearby.get(("stage", place.stage_id), {}).items():
        reason = _("owns %(n)d of %(live)d touchpoints in this stage") % {"n": n, "live": live}
        scored[department_id] = (50 * n / max(live, n), reason)
    for department_id in nearby.get(("before", place.id), {}):
        score, reason = scored.get(department_id, (0, ""))
        scored[department_id] = (score + 30, reason or _("owns the touchpoint before"))
    for department_id in nearby.get(("support", place.id), {}):
        scored[department_id] = (scored.get(department_id, (0, ""))[0] + 100, _("supports it"))
    ranked = []
    for department_id, (score, reason) in scored.items():
        department = known.departments.get(department_id)
        if department is not None and not department.archived:
            here = 20 if department.unit.id == place.unit_id else 0
            ranked.append((-(score + here), department.name, Suggestion(department, reason)))
    return [suggestion for _score, _name, suggestion in sorted(ranked, key=lambda row: row[:2])[:AT_MOST]]
