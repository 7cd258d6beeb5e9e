"""How much a business unit keeps to itself: internal and external ties, and the E-I index."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from journeys.limits import Limits
from journeys.queries.overview.crossings import Pairs


@dataclass(frozen=True, slots=True)
class Ties:
    """Crossings inside a unit, and those that enter or leave it."""

    internal: int
    external: int

    @property
    def n(self) -> int:
        """All ties."""
        return self.internal + self.external

    @property
    def ei_index(self) -> float | None:
        """(E − I) ÷ (E + I): −1 all inside, +1 all across (Krackhardt & Stern 1988, Social Psychology Quarterly 51)."""
        return (self.external - self.internal) / self.n if self.n else None


@dataclass(frozen=True, slots=True)
class UnitTies:
    """The ties of one unit. With `is_small` there are too few of them to compare the unit with others."""

    unit_id: int
    ties: Ties
    is_small: bool
    is_silo: bool


def ties_of_units(pairs: Pairs, limits: Limits) -> list[UnitTies]:
    """The units, the most closed ones first; those with too few ties at the end.

    As in `siloed-unit`: a crossing between two units is an external tie of both; a unit is a silo with at least
    `siloed_min_ties` ties and more than `siloed_ratio` internal ones for each external one.
    """
    counted: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (source, target), cell in pairs.items():
        if source == target:
            counted[source][0] += cell.n
        else:
            counted[source][1] += cell.n
            counted[target][1] += cell.n
    rows = []
    for unit_id, (internal, external) in counted.items():
        ties = Ties(internal, external)
        is_small = ties.n < limits.siloed_min_ties
        is_silo = not is_small and internal > external * limits.siloed_ratio
        rows.append(UnitTies(unit_id, ties, is_small, is_silo))
    return sorted(rows, key=_closed_first)


def _closed_first(row: UnitTies) -> tuple[bool, float, int, int]:
    return row.is_small, 0 if row.is_small else row.ties.ei_index or 0, -row.ties.n, row.unit_id


def ties_of_all(pairs: Pairs) -> Ties:
    """The ties of the whole: each crossing counts once."""
    internal = sum(cell.n for (source, target), cell in pairs.items() if source == target)
    return Ties(internal, sum(cell.n for cell in pairs.values()) - internal)
