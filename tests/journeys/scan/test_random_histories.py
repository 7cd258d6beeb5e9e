"""Whatever people do, in whatever order: the flags are those that a quiet full scan would raise on the same data."""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from journeys import commands
from journeys.models import Claim, Crossing, Flag, Handoff, Journey, Ownership, Stage, System, Touchpoint
from tests.cast import Cast, deliver, scan
from tests.journeys.scan.brute_force import crossings_by_definition, local_picture, stored_crossings
from tests.journeys.scan.looking import new_journey
from workspace.activity.models import Delivery
from workspace.errors import Refusal, Unknown
from workspace.organisation import commands as organisation
from workspace.organisation.models import BusinessUnit, Department, Person

HISTORIES = int(os.environ.get("HISTORIES", 10))
ACTS_IN_A_HISTORY = 25

Act = Callable[[Cast, random.Random], object]


def some(rows: Any, chance: random.Random) -> Any:
    """One of the rows; a refusal ends the act where there is none."""
    listed = list(rows.order_by("pk"))
    if not listed:
        raise Unknown("There is none.")
    return chance.choice(listed)


def touchpoint(chance: random.Random) -> Any:
    return some(Touchpoint.objects.select_related("stage"), chance)


def department(chance: random.Random) -> Any:
    return some(Department.objects.all(), chance)


def claim(cast: Cast, chance: random.Random) -> None:
    wanted = department(chance)
    leads = Person.objects.filter(leaderships__department=wanted)
    commands.claim_touchpoint(touchpoint(chance), department=wanted, actor=some(leads, chance))


def decide(cast: Cast, chance: random.Random) -> None:
    waiting = some(Claim.objects.waiting(), chance)
    chance.choice(
        [
            lambda: commands.approve_claim(waiting, actor=None),
            lambda: commands.approve_claim(waiting, actor=cast.executive),
            lambda: commands.deny_claim(waiting, reason="No.", actor=None),
            lambda: commands.withdraw_claim(waiting, actor=waiting.claimed_by),
        ]
    )()


def own(cast: Cast, chance: random.Random) -> None:
    chance.choice(
        [
            lambda: commands.assign_ownership(
                touchpoint(chance), department=department(chance), person=some(Person.objects, chance), actor=None
            ),
            lambda: commands.transfer_ownership(
                touchpoint(chance), department=department(chance), person=some(Person.objects, chance), actor=None
            ),
            lambda: commands.release_ownership(touchpoint(chance), reason="x", actor=None),
            lambda: commands.attest_ownership(
                some(Ownership.objects.current(), chance), mine=chance.random() < 0.5, actor=None
            ),
            lambda: commands.set_accountable_person(
                touchpoint(chance), person=some(Person.objects, chance), actor=None
            ),
        ]
    )()


def hand_over(cast: Cast, chance: random.Random) -> None:
    chance.choice(
        [
            lambda: commands.propose_handoff(some(Crossing.objects, chance), what="x", actor=None),
            lambda: commands.propose_handoff(
                some(Crossing.objects.filter(active=True), chance), what="x", actor=some(Person.objects, chance)
            ),
            lambda: commands.accept_handoff(some(Handoff.objects, chance), actor=None),
            lambda: commands.decline_handoff(some(Handoff.objects, chance), reason="x", actor=None),
        ]
    )()


def rearrange(cast: Cast, chance: random.Random) -> None:
    changes: list[dict[str, Any]] = [
        {"lifecycle": chance.choice(["draft", "live", "live", "retired"])},
        {"step": chance.randint(1, 4)},
        {"step": chance.randint(1, 4)},
        {"stage": some(Stage.objects, chance)},
        {"business_unit": some(BusinessUnit.objects, chance)},
        {"emotion": chance.choice([None, -2, -1, 0, 2])},
        {"moment_of_truth": chance.random() < 0.5},
        {"system": chance.choice([None, *System.objects.order_by("pk")])},
    ]
    commands.change_touchpoint(touchpoint(chance), actor=None, **chance.choice(changes))


def build(cast: Cast, chance: random.Random) -> None:
    chance.choice(
        [
            lambda: commands.add_touchpoint(
                some(Stage.objects, chance),
                name="New",
                business_unit=some(BusinessUnit.objects, chance),
                step=chance.choice([None, 1, 2]),
                actor=None,
            ),
            lambda: commands.add_stage(some(Journey.objects, chance), name=f"Stage {chance.random()}", actor=None),
            lambda: commands.create_system(f"System {chance.random()}", actor=None),
            lambda: commands.set_technology_owner(
                some(System.objects, chance), person=some(Person.objects, chance), actor=None
            ),
            lambda: commands.change_journey(
                some(Journey.objects, chance), state=chance.choice(["current", "future"]), actor=None
            ),
            lambda: chance.random() < 0.2 and commands.archive_journey(some(Journey.objects, chance), actor=None),
        ]
    )()


def reorganise(cast: Cast, chance: random.Random) -> None:
    person = some(Person.objects, chance)
    chance.choice(
        [
            lambda: organisation.deactivate_person(person, actor=None),
            lambda: organisation.reactivate_person(person, actor=None),
            lambda: organisation.set_delegate(
                person, delegate=chance.choice([None, some(Person.objects, chance)]), actor=None
            ),
            lambda: organisation.add_lead(department(chance), person=person, actor=None),
            lambda: organisation.remove_lead(department(chance), person=person, actor=None),
            lambda: organisation.change_person(person, department=department(chance), actor=None),
            lambda: organisation.change_department(
                department(chance), unit=some(BusinessUnit.objects, chance), actor=None
            ),
            lambda: chance.random() < 0.3 and organisation.archive_department(department(chance), actor=None),
        ]
    )()


def answer(cast: Cast, chance: random.Random) -> None:
    commands.acknowledge_flag(some(Flag.objects, chance), actor=None)


ACTS: list[Act] = [claim, decide, own, own, hand_over, rearrange, rearrange, build, reorganise, reorganise, answer]


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_after_any_history_a_full_scan_finds_nothing_that_the_changes_left(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    prepare(cast)
    for _ in range(ACTS_IN_A_HISTORY):
        with suppress(Refusal), transaction.atomic():
            chance.choice(ACTS)(cast, chance)
        if chance.random() < 0.2:
            deliver()
    deliver()
    assert stored_crossings() == crossings_by_definition()
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    settled = local_picture()
    scan()
    assert local_picture() == settled


def prepare(cast: Cast) -> None:
    """Systems, a second journey, and no volumes: their threshold is the full scan's alone."""
    Touchpoint.objects.update(volume=None)
    for number, subject in enumerate((cast.till, cast.receipt)):
        system = commands.create_system(f"Desk {number}", technology_owner=cast.member, actor=None)
        commands.change_touchpoint(subject, system=system, actor=None)
    new_journey(cast, cast.retail, cast.service, cast.retail)
    scan()
