"""What the tests of the overview ask of it: its parts as they are read, and companies of random crossings."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping

from journeys import commands
from journeys.models import Crossing, Handoff, Ownership, Touchpoint
from journeys.queries.overview.crossings import State, pairs_of_units
from tests.cast import Cast
from workspace.organisation import commands as organisation
from workspace.organisation.models import Department

Counted = Mapping[tuple[int, int, str], int]


def counted_by_hand() -> Counted:
    """Crossings by unit from, unit into and state, in a loop over single rows, by the words of the definition."""
    found: Counter[tuple[int, int, str]] = Counter()
    for crossing in Crossing.objects.filter(active=True).select_related("source", "target"):
        source, target = (owner_of(end) for end in (crossing.source, crossing.target))
        if source is None or target is None:
            state = "unowned"
        elif source.unit_id == target.unit_id:
            state = "inside"
        else:
            agreed = Handoff.objects.filter(
                crossing=crossing, state="accepted", from_department=source, to_department=target
            )
            state = "accepted" if agreed.exists() else "unaccepted"
        found[crossing.source.business_unit_id, crossing.target.business_unit_id, state] += 1
    return dict(found)


def counted() -> Counted:
    """The same out of the one statement."""
    return {
        (*pair, state): getattr(cell, state)
        for pair, cell in pairs_of_units().items()
        for state in State.values
        if getattr(cell, state)
    }


def owner_of(touchpoint: Touchpoint) -> Department | None:
    """Who is accountable now."""
    current = Ownership.objects.current().accountable().filter(touchpoint=touchpoint).select_related("department")
    row = current.first()
    return row.department if row else None


def mix_up(cast: Cast, seed: int, *, journeys: int = 4) -> None:
    """Journeys through random units with random owners, handoffs proposed, accepted and declined, drafts and stages."""
    chance = random.Random(seed)
    third = organisation.create_unit(f"Logistics {seed}", actor=cast.administrator)
    stock = organisation.create_department("Stock", unit=third, code=f"STOCK{seed}", actor=cast.administrator)
    organisation.add_lead(stock, person=cast.care_lead, actor=cast.administrator)
    units = [cast.retail, cast.service, third]
    owners = [cast.shops, cast.online, cast.billing, cast.care, stock]
    leads = {
        cast.shops.pk: cast.shops_lead, cast.online.pk: cast.online_lead, cast.billing.pk: cast.billing_lead,
        cast.care.pk: cast.care_lead, stock.pk: cast.care_lead,
    }  # fmt: skip
    for number in range(journeys):
        journey = commands.create_journey(f"Random {seed}.{number}", actor=cast.administrator)
        for position in range(chance.randint(1, 3)):
            stage = commands.add_stage(journey, name=f"Stage {position}", actor=cast.administrator)
            for place in range(chance.randint(0, 4)):
                touchpoint = commands.add_touchpoint(
                    stage,
                    name=f"Place {place}",
                    business_unit=chance.choice(units),
                    channel=chance.choice(["web", "phone", ""]),
                    step=chance.randint(1, 3),
                    lifecycle=chance.choice(["live", "live", "live", "draft"]),
                    moment_of_truth=chance.random() < 0.3,
                    actor=cast.administrator,
                )
                if chance.random() < 0.7:
                    commands.assign_ownership(touchpoint, department=chance.choice(owners), actor=cast.executive)
    for crossing in Crossing.objects.filter(active=True, journey__name__startswith=f"Random {seed}.").order_by("pk"):
        source, target = owner_of(crossing.source), owner_of(crossing.target)
        if source is None or target is None or source == target or chance.random() < 0.3:
            continue
        handoff = commands.propose_handoff(crossing, what="The case", actor=leads[source.pk])
        fate = chance.choice(["accept", "decline", "wait", "accept, then lose"])
        if handoff.state == "proposed" and fate.startswith("accept"):
            handoff = commands.accept_handoff(handoff, actor=leads[target.pk])
        if fate == "decline" and handoff.state == "proposed":
            commands.decline_handoff(handoff, reason="No.", actor=leads[target.pk])
        if fate == "accept, then lose":
            commands.release_ownership(crossing.target, reason="Gone.", actor=cast.executive)
