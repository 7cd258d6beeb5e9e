"""Crossings and ties of the overview as rows to be shown: with names, words and the addresses of what they count."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from journeys.queries.directory import Directory, Unit
from journeys.queries.overview.crossings import Cell, Matrix, Pairs, State, worst_pairs
from journeys.queries.overview.ties import Ties, UnitTies
from journeys.views.overview_tables import MINUS, address


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two units and the crossings between them; one unit and the crossings inside it."""

    source: Unit
    target: Unit
    cell: Cell

    @property
    def url(self) -> str:
        """Where these crossings are listed."""
        return address("crossings", **{"from": self.source.id, "to": self.target.id})


def pair_rows(pairs: Pairs, known: Directory, *, at_most: int) -> list[PairRow]:
    """The pairs of units with the most to be done."""
    return [PairRow(known.units[a], known.units[b], cell) for a, b, cell in worst_pairs(pairs, at_most=at_most)]


def matrix_rows(matrix: Matrix, known: Directory) -> list[tuple[Unit, SafeString]]:
    """The rows of the matrix: a unit, and its cells as HTML.

    The cells are written here and not by a template, for there can be thousands: a template took twenty times as long.
    """
    words = {state: escape(label) for state, label in state_words().items()}
    crossings, url = escape(_("crossings")), reverse("journeys:crossings")

    def cell_of(source: int, target: int, cell: Cell | None) -> str:
        inside = " data-inside" if source == target else ""
        if cell is None:
            return f"<td{inside}></td>"
        parts = [
            f'<i data-state="{state.value}">{n}<span class="visually-hidden"> {words[state]}</span></i>'
            for state in (State.UNOWNED, State.UNACCEPTED, State.ACCEPTED)
            if (n := getattr(cell, state.value))
        ]
        return (
            f'<td data-tone="{cell.tone}"{inside}><a href="{url}?from={source}&amp;to={target}"><b>{cell.n}</b>'
            f'<span class="visually-hidden"> {crossings}</span>{"".join(parts)}</a></td>'
        )

    return [
        (
            known.units[row.unit_id],
            # Nothing but whole numbers, and words that are escaped.
            SafeString("".join(cell_of(row.unit_id, target, cell) for target, cell in row.cells)),
        )
        for row in matrix.rows
    ]


def state_words() -> dict[State, str]:
    """The states of a crossing in a word or two."""
    return {
        State.UNOWNED: _("unowned"),
        State.UNACCEPTED: _("not agreed"),
        State.ACCEPTED: _("agreed"),
        State.INSIDE: _("one unit owns both ends"),
    }


def states(cell: Cell, **where: str | int) -> list[dict[str, object]]:
    """The number of crossings in each state, and where they are listed."""
    return [
        {
            "state": state.value,
            "label": label,
            "n": getattr(cell, state.value),
            "url": address("crossings", **where, state=state.value),
            "why": state.label,
        }
        for state, label in state_words().items()
    ]


@dataclass(frozen=True, slots=True)
class TiesRow:
    """The ties of a unit in words."""

    unit: Unit
    row: UnitTies
    is_flagged: bool

    @property
    def index(self) -> str:
        """The E-I index."""
        return ei_text(self.row.ties)

    @property
    def ratio(self) -> str:
        """Internal : external."""
        return ratio_text(self.row.ties)

    @property
    def internal_url(self) -> str:
        """Where the internal ties are listed."""
        return address("crossings", unit=self.unit.id, tie="internal")

    @property
    def external_url(self) -> str:
        """Where the external ties are listed."""
        return address("crossings", unit=self.unit.id, tie="external")

    @property
    def flag_url(self) -> str:
        """The flag about the silo; "" where the rule is off and nothing is flagged."""
        return address("flags", rule="siloed-unit", unit=self.unit.id) if self.is_flagged else ""


def ei_text(ties: Ties) -> str:
    """The E-I index with its sign, to two places."""
    if ties.ei_index is None:
        return "–"
    index = round(ties.ei_index, 2)
    return f"{'+' if index > 0 else MINUS if index < 0 else ''}{number_format(abs(index), 2)}"


def ratio_text(ties: Ties) -> str:
    """Internal : external, the smaller one as 1: "5.5 : 1", "1 : 12"."""
    if not ties.n:
        return "–"
    if not ties.external:
        return _("all internal")
    if not ties.internal:
        return _("all external")
    if ties.internal >= ties.external:
        return f"{_short(ties.internal / ties.external)} : 1"
    return f"1 : {_short(ties.external / ties.internal)}"


def _short(number: float) -> str:
    """A number to one place, without an empty one."""
    tenths = round(10 * number)
    return number_format(tenths / 10, 0 if tenths % 10 == 0 else 1, force_grouping=True)
