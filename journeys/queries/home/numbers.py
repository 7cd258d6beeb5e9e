"""The counts of the home page; coverage of the whole house is that of the overview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, IntegerField, Q, QuerySet, Value

from journeys.limits import Limits
from journeys.models import Flag, Touchpoint
from journeys.queries.audiences.flags import unheard
from journeys.queries.directory import Directory, Unit
from journeys.queries.home.attestations import attestable
from journeys.queries.home.calls import calls_that_concern
from journeys.queries.home.claims import decidable, own_claims
from journeys.queries.home.flags import flags_of_home
from journeys.queries.home.handoffs import acceptable, proposed
from journeys.queries.home.parts import ASKED, ATTESTATIONS, CALLS, DECISIONS, HANDOFFS
from journeys.queries.overview.coverage import Share
from journeys.queries.overview.page import kept_figures
from workspace.organisation.queries.setting_up import missing
from workspace.organisation.rules.standing import Standing

FLAGS, COVERAGE, OPEN, OWN_CLAIMS, PROPOSED = "flags", "coverage", "open", "own-claims", "proposed"
UNHEARD = "unheard"
"""Among what is missing: grave flags for which nobody but administrators is found."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much there is of each part; coverage and open flags of the viewer's unit (None: of the whole house).

    `own_claims` of what the viewer asked for are claims, the others handoffs.
    """

    flags: dict[int, int]
    parts: dict[str, int]
    missing: dict[str, int]
    unit: Unit | None
    coverage: Share
    open_flags: int
    own_claims: int

    @property
    def all_flags(self) -> int:
        """Flags that concern the viewer."""
        return sum(self.flags.values())

    @property
    def is_quiet(self) -> bool:
        """Whether nothing needs the viewer, and nothing that they asked for is under way or news."""
        return not self.all_flags and not any(self.parts.values())


def unit_of(standing: Standing, known: Directory) -> Unit | None:
    """The unit whose numbers a person is shown; None is the whole house, for executives and who has no unit."""
    if standing.is_executive or standing.is_administrator:
        return None
    departments = [known.departments[d] for d in (standing.department_id, *sorted(standing.leads)) if d is not None]
    heads = [known.units[unit_id] for unit_id in sorted(standing.heads)]
    return next(iter([*heads, *(department.unit for department in departments)]), None)


def numbers_of(standing: Standing, limits: Limits, known: Directory) -> Numbers:
    """Count everything: 1 statement, and for the whole house at most 2 for the coverage that the overview shows."""
    unit = unit_of(standing, known)
    mine = flags_of_home(standing).order_by()
    there = Flag.objects.speaking().order_by()
    if unit is not None:
        there = there.filter(Q(unit=unit.id) | Q(other_unit=unit.id))
    arms: list[QuerySet[Any, Any]] = [
        mine.values_list(_word(FLAGS), "severity").annotate(n=Count("pk")),
        _one(DECISIONS, decidable(standing), Count("touchpoint", distinct=True)),
        _one(ATTESTATIONS, attestable(standing, limits), Count("pk")),
        _one(HANDOFFS, acceptable(standing), Count("pk")),
        _one(CALLS, calls_that_concern(standing, known), Count("pk")),
        _one(OWN_CLAIMS, own_claims(standing).order_by(), Count("pk")),
        _one(PROPOSED, proposed(standing), Count("pk")),
        _one(OPEN, there, Count("pk")),
        *([_coverage(unit)] if unit is not None else []),
        *(_one(word, rows, Count("pk")) for word, rows in _missing(standing)),
    ]
    flags: dict[int, int] = {}
    counted: dict[str, int] = {}
    coverage = Share() if unit is not None else kept_figures().whole
    for word, number, n in arms[0].union(*arms[1:], all=True):
        if word == FLAGS:
            flags[number] = n
        elif word == COVERAGE:
            coverage = Share(number, n)
        else:
            counted[word] = counted.get(word, 0) + n
    parts = {part: counted.get(part, 0) for part in (DECISIONS, ATTESTATIONS, HANDOFFS, CALLS)}
    return Numbers(
        flags,
        parts | {ASKED: counted.get(OWN_CLAIMS, 0) + counted.get(PROPOSED, 0)},
        {word: counted[word] for word, _rows in _missing(standing) if counted.get(word)},
        unit,
        coverage,
        open_flags=counted.get(OPEN, 0),
        own_claims=counted.get(OWN_CLAIMS, 0),
    )


def _missing(standing: Standing) -> Iterable[tuple[str, QuerySet[Any, Any]]]:
    return [*missing(), (UNHEARD, unheard(Flag.objects.speaking()))] if standing.is_administrator else ()


def _word(word: str) -> Value:
    return Value(word, CharField())


def _one(word: str, rows: QuerySet[Any, Any], count: Count) -> QuerySet[Any, Any]:
    counted: QuerySet[Any, Any] = rows.order_by().values_list(_word(word), Value(0, IntegerField())).annotate(n=count)
    return counted


def _coverage(unit: Unit) -> QuerySet[Any, Any]:
    """Live and owned touchpoints of a unit."""
    there: QuerySet[Any, Any] = Touchpoint.objects.live().with_owner().filter(business_unit=unit.id).order_by()
    counted: QuerySet[Any, Any] = there.values_list(_word(COVERAGE)).annotate(live=Count("pk"), owned=Count("current"))
    return counted
