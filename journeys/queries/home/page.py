"""The home page of one person: what needs them, what they asked for, and where to go on if nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from journeys.models import Flag
from journeys.queries.directory import Directory
from journeys.queries.home.attestations import Attestation, attestations
from journeys.queries.home.calls import CallRow, calls_of_home
from journeys.queries.home.claims import Decision, OwnClaim, claims_of_home
from journeys.queries.home.flags import flags_of_home
from journeys.queries.home.handoffs import HandoffRow, handoffs_of_home
from journeys.queries.home.numbers import Numbers, numbers_of
from journeys.queries.home.parts import (
    ASKED,
    ATTESTATIONS,
    CALLS,
    DECISIONS,
    FEW,
    HANDOFFS,
    NOTHING,
    Window,
    few_of_two,
    windows_of_two,
)
from journeys.queries.inbox import UNOWNED, FlagRow, flag_rows, in_order, with_subjects
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Home:
    """All that the page shows. `claimable`: unowned touchpoints of a lead's units, where nothing else asks for them."""

    numbers: Numbers
    flags: Sequence[FlagRow]
    decisions: Sequence[Decision]
    attestations: Sequence[Attestation]
    handoffs: Sequence[HandoffRow]
    calls: Sequence[CallRow]
    own_claims: Sequence[OwnClaim]
    own_handoffs: Sequence[HandoffRow]
    claimable: Sequence[FlagRow]


def home_of(standing: Standing, known: Directory, *, only: str = "", window: Window | None = None) -> Home:
    """Read the page: at most 12 statements. `only` shows the rows of one part alone, those in `window`."""

    def rows_of(part: str) -> Window:
        if not only:
            return Window()
        return window or Window() if part == only else NOTHING

    limits = known.limits
    numbers = numbers_of(standing, limits, known)
    counted = numbers.parts
    asked = (numbers.own_claims, counted[ASKED] - numbers.own_claims)
    claims_shown, handoffs_shown = windows_of_two(rows_of(ASKED), *asked) if only else few_of_two(*asked)
    decisions: list[Decision] = []
    own_claims: list[OwnClaim] = []
    if counted[DECISIONS] or counted[ASKED]:
        decisions, own_claims = claims_of_home(standing, rows_of(DECISIONS), claims_shown, known)
    handoffs: list[HandoffRow] = []
    own_handoffs: list[HandoffRow] = []
    if counted[HANDOFFS] or counted[ASKED]:
        handoffs, own_handoffs = handoffs_of_home(standing, rows_of(HANDOFFS), handoffs_shown, known)
    return Home(
        numbers,
        flags=_worst(standing, known) if numbers.all_flags and not only else [],
        decisions=decisions,
        attestations=attestations(standing, limits, rows_of(ATTESTATIONS), known) if counted[ATTESTATIONS] else [],
        handoffs=handoffs,
        calls=calls_of_home(standing, rows_of(CALLS), known) if counted[CALLS] and rows_of(CALLS) != NOTHING else [],
        own_claims=own_claims,
        own_handoffs=own_handoffs,
        claimable=_claimable(standing, known) if numbers.is_quiet and standing.leads else [],
    )


def _worst(standing: Standing, known: Directory) -> list[FlagRow]:
    """The worst flags that ask the person: at most 3 statements."""
    flags = in_order(with_subjects(flags_of_home(standing)))[:FEW]
    return flag_rows(list(flags), standing, known, with_suggestions=False)


def _claimable(standing: Standing, known: Directory) -> list[FlagRow]:
    """Touchpoints without an owner in the units of the departments that the person leads: at most 3 statements."""
    units = {known.departments[department_id].unit.id for department_id in standing.leads}
    unowned = Flag.objects.speaking().filter(Q(unit__in=units), rule__in=UNOWNED)
    flags = in_order(with_subjects(unowned))[:FEW]
    return [row for row in flag_rows(list(flags), standing, known, with_suggestions=False) if row.claims]
