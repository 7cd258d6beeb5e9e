"""What the tests of the scan rules share: which flags there are, and how to come to some of them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from journeys import commands
from journeys.models import Flag, Journey, Touchpoint
from tests.cast import Cast, deliver, scan
from workspace.organisation.models import BusinessUnit, Department, Person


def flagged(rule: str) -> set[int]:
    """The subjects for which a full scan finds that the rule does not hold."""
    scan()
    return set(Flag.objects.unresolved().filter(rule=rule).values_list("subject_id", flat=True))


def flag_of(rule: str, subject: Model) -> Flag:
    """The one flag of a rule and a subject, after a full scan."""
    scan()
    return Flag.objects.get(rule=rule, subject_id=subject.pk)


def settle() -> None:
    """What happens right after the commits of the commands so far."""
    deliver()


def new_journey(cast: Cast, *units: BusinessUnit, **fields: Any) -> tuple[Journey, list[Touchpoint]]:
    """A journey with one stage, and in it one step in each of these units."""
    journey = commands.create_journey("Another journey", actor=cast.administrator)
    stage = commands.add_stage(journey, name="The only stage", actor=cast.administrator)
    touchpoints = [
        commands.add_touchpoint(stage, name=f"Step {n}", business_unit=unit, actor=cast.administrator, **fields)
        for n, unit in enumerate(units, start=1)
    ]
    return journey, touchpoints


def give(touchpoints: Iterable[Touchpoint], department: Department, person: Person | None, cast: Cast) -> None:
    """Let a department own them all, and a person answer for them."""
    for touchpoint in touchpoints:
        commands.assign_ownership(touchpoint, department=department, person=person, actor=cast.executive)
