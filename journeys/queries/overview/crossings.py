"""Crossings from unit to unit, and how the two owners stand to each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, FilteredRelation, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from journeys.models import Crossing, Handoff, Touchpoint
from journeys.queries.catalogue.crossing_owners import crossings_with_owners
from workspace import db


class State(TextChoices):
    """How the owners of the two ends of a crossing stand to each other."""

    UNOWNED = "unowned", _("one end or both are nobody’s")
    UNACCEPTED = "unaccepted", _("owners in two units, no handoff accepted by both")
    ACCEPTED = "accepted", _("owners in two units, handoff accepted by both")
    INSIDE = "inside", _("both owners in one unit, no handoff needed")


@dataclass(slots=True)
class Cell:
    """The crossings from one unit into another, or inside one, by state."""

    unowned: int = 0
    unaccepted: int = 0
    accepted: int = 0
    inside: int = 0

    @property
    def n(self) -> int:
        """All of them."""
        return self.unowned + self.unaccepted + self.accepted + self.inside

    @property
    def open(self) -> int:
        """Those about which something is to be done."""
        return self.unowned + self.unaccepted

    def __add__(self, other: Cell) -> Cell:
        return Cell(
            self.unowned + other.unowned,
            self.unaccepted + other.unaccepted,
            self.accepted + other.accepted,
            self.inside + other.inside,
        )

    @property
    def tone(self) -> str:
        """How bad it is, for its colour."""
        return "bad" if self.unowned else "warn" if self.unaccepted else "good" if self.accepted else ""


Pairs = Mapping[tuple[int, int], Cell]


def pairs_of_units() -> dict[tuple[int, int], Cell]:
    """Active crossings by the units in which they begin and end, and by state: 1 statement.

    A crossing belongs to the units in which its touchpoints happen, as for `siloed-unit`, `boundary-gap` and the page
    of a journey: who owns an end changes, where the customer steps does not. The state is about the owners, as
    `unaccepted-handoff` has it. Touchpoints and their owners are read once and looked up for both ends.
    """
    owned = Touchpoint.objects.with_owner().order_by()
    owners = {"department": F("current__department_id"), "owner_unit": F("current__department__unit_id")}
    columns = ("id", "business_unit_id", *owners)
    places, params = db.compiled(owned.annotate(**owners).values_list(*columns))
    sql = f"""WITH place (id, unit_id, department_id, owner_unit_id) AS MATERIALIZED ({places})
        SELECT a.unit_id, b.unit_id,
            CASE WHEN a.department_id IS NULL OR b.department_id IS NULL THEN '{State.UNOWNED}'
                WHEN a.owner_unit_id = b.owner_unit_id THEN '{State.INSIDE}'
                WHEN h.id IS NOT NULL THEN '{State.ACCEPTED}' ELSE '{State.UNACCEPTED}' END AS state,
            COUNT(*)
        FROM {db.table(Crossing)} c
        JOIN place a ON a.id = c.source_id
        JOIN place b ON b.id = c.target_id
        LEFT JOIN {db.table(Handoff)} h ON h.crossing_id = c.id AND h.state = '{Handoff.State.ACCEPTED}'
            AND h.from_department_id = a.department_id AND h.to_department_id = b.department_id
        WHERE c.active GROUP BY 1, 2, 3"""
    pairs: dict[tuple[int, int], Cell] = defaultdict(Cell)
    with connection.cursor() as cursor:
        for source, target, state, n in db.execute(cursor, sql, params):
            setattr(pairs[source, target], state, n)
    return dict(pairs)


def judged_crossings() -> QuerySet[Any, Any]:
    """Active crossings with the same state as `state`, the departments of both ends, and the open handoff."""
    is_open = Q(handoffs__state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED])
    nobody = Q(from_department__isnull=True) | Q(to_department__isnull=True)
    agreed = Q(agreement=Handoff.State.ACCEPTED, agreed_from=F("from_department"), agreed_to=F("to_department"))

    def then(state: State) -> Value:
        return Value(state.value, CharField())

    judged: QuerySet[Any, Any] = (
        crossings_with_owners()
        .annotate(open_handoff=FilteredRelation("handoffs", condition=is_open))
        .annotate(
            from_department=F("from_owner__department_id"),
            to_department=F("to_owner__department_id"),
            from_unit=F("from_owner__department__unit_id"),
            to_unit=F("to_owner__department__unit_id"),
            agreement=F("open_handoff__state"),
            agreed_from=F("open_handoff__from_department_id"),
            agreed_to=F("open_handoff__to_department_id"),
        )
        .annotate(
            state=Case(
                When(nobody, then=then(State.UNOWNED)),
                When(from_unit=F("to_unit"), then=then(State.INSIDE)),
                When(agreed, then=then(State.ACCEPTED)),
                default=then(State.UNACCEPTED),
            )
        )
    )
    return judged


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """The crossings out of one unit: a cell for each column, None where there are none."""

    unit_id: int
    cells: Sequence[tuple[int, Cell | None]]


@dataclass(frozen=True, slots=True)
class Matrix:
    """Unit × unit, for the units with the most to be done; `units` are all that have a crossing."""

    columns: Sequence[int]
    rows: Sequence[MatrixRow]
    units: int
    whole: Cell = field(default_factory=Cell)
    between: Cell = field(default_factory=Cell)

    @property
    def left_out(self) -> int:
        """Units that are not shown."""
        return self.units - len(self.columns)


def matrix_of(pairs: Pairs, *, at_most: int | None) -> Matrix:
    """The matrix of these pairs, the units with the most open crossings at their border first."""
    weight: dict[int, tuple[int, int]] = defaultdict(lambda: (0, 0))
    whole, between = Cell(), Cell()
    for (source, target), cell in pairs.items():
        whole += cell
        if source != target:
            between += cell
        for unit_id in {source, target}:
            at_border, all_of_it = weight[unit_id]
            weight[unit_id] = (at_border + (cell.open if source != target else 0), all_of_it + cell.n)
    ranked = sorted(weight, key=lambda unit_id: (-weight[unit_id][0], -weight[unit_id][1], unit_id))
    columns = ranked[:at_most]
    rows = [MatrixRow(a, [(b, pairs.get((a, b))) for b in columns]) for a in columns]
    return Matrix(columns, rows, len(ranked), whole, between)


def worst_pairs(pairs: Pairs, *, at_most: int) -> list[tuple[int, int, Cell]]:
    """The pairs with the most to be done, those between two units first."""
    ranked = sorted(
        pairs.items(), key=lambda pair: (pair[0][0] == pair[0][1], -pair[1].open, -pair[1].unowned, -pair[1].n, pair[0])
    )
    return [(source, target, cell) for (source, target), cell in ranked[:at_most]]
