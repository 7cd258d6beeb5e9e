"""Where a touchpoint stands in its journey: in which stage, and at which step of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.commands.settling import settle_ownership
from journeys.commands.structure import check_open
from journeys.models import Journey, Stage, Touchpoint
from journeys.queries.places import hold
from journeys.queries.scope import Scope
from journeys.rules.structure import is_step, may_build
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

Steps = Mapping[int, int]
"""The steps of the touchpoints of a stage, by id."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A step of a stage; where it `makes_room`, whatever stands there or later goes one step on."""

    step: int
    makes_room: bool = False


@db.command
def place_touchpoint(
    touchpoint: Touchpoint,
    *,
    stage: Stage,
    step: int | None = None,
    beside: bool = False,
    next_to: int | None = None,
    after: bool = False,
    actor: Person | None,
) -> Touchpoint:
    """Put a touchpoint at a step of a stage of its journey: `beside` what stands there, or as a step before that.

    `next_to`, the id of another touchpoint, means the step at which that one stands now, and wins over `step`; `after`
    means the step behind that. Without either it becomes the last step. Where nothing changes, nothing is recorded.
    The number of statements does not depend on that of the touchpoints. Raises NotAllowed; RuleBroken for a stage of
    another journey or one that was removed, and for a step that cannot be; Unknown.
    """
    may_build(standing_of(actor)).or_not_allowed()
    hold_steps([stage.pk], touchpoint.pk)
    touchpoint = hold(touchpoint.pk).touchpoint
    target = open_stage(stage.pk, of_journey=touchpoint.stage.journey_id)
    steps = steps_of(target.pk, but=touchpoint.pk)
    spot = find_spot(steps, step=step, beside=beside, next_to=next_to, after=after)
    if target.pk == touchpoint.stage_id and _order(steps, touchpoint, touchpoint.step) == _order(
        _moved_on(steps, spot), touchpoint, spot.step
    ):
        return touchpoint
    return _put(touchpoint, target, spot, actor=actor)


@db.command
def put_back(touchpoint_id: int, data: Mapping[str, Any], *, actor: Person | None) -> Touchpoint:
    """Put a touchpoint back to where it stood before the event with this data, between those that are still there.

    Raises as `place_touchpoint` does.
    """
    may_build(standing_of(actor)).or_not_allowed()
    hold_steps([data["stage"], data["old_stage"]], touchpoint_id)
    touchpoint = hold(touchpoint_id).touchpoint
    target = open_stage(data["old_stage"], of_journey=touchpoint.stage.journey_id)
    alone = touchpoint.step not in steps_of(touchpoint.stage_id, but=touchpoint.pk).values()
    if data["made_room"] and alone:  # the step that was made for it goes again: the order of the others stays
        later = Touchpoint.objects.filter(stage=touchpoint.stage_id, step__gt=touchpoint.step)
        later.update(step=F("step") - 1)
    spot = _old_spot(steps_of(target.pk, but=touchpoint.pk), data)
    return _put(touchpoint, target, spot, actor=actor)


def hold_steps(stages: Collection[int], *touchpoints: int) -> None:
    """Lock the touchpoints of these stages and these ones, the smallest id first, and all before their journey."""
    there = Touchpoint.objects.filter(stage__in=stages).order_by().values_list("pk", flat=True)
    db.lock_rows(Touchpoint, {*there, *touchpoints})


def open_stage(stage_id: int, *, of_journey: int | None = None, locking: Collection[int] = ()) -> Stage:
    """The stage, read under the lock of its journey (and of those named): nothing is put into what is closed.

    Raises RuleBroken where the stage is of another journey than `of_journey`, where it was removed, and where its
    journey is archived; Unknown. 3 statements.
    """
    journeys = Stage.objects.filter(pk=stage_id).order_by().values_list("journey", flat=True)
    db.lock_rows(Journey, {*journeys, *locking})
    stage = Stage.objects.select_related("journey").filter(pk=stage_id).first()
    if stage is None:
        raise Unknown(_("There is no stage %(id)s.") % {"id": stage_id})
    if of_journey is not None and stage.journey_id != of_journey:
        raise RuleBroken(
            _("%(stage)s belongs to another journey.") % {"stage": stage.name},
            next_step=_("Choose a stage of this journey."),
        )
    check_open(stage.journey)
    check_present(stage)
    return stage


def check_present(stage: Stage) -> None:
    """Raise RuleBroken for a stage that was removed: nothing is put into it."""
    if stage.removed_at is not None:
        raise RuleBroken(
            _("The stage “%(name)s” was removed.") % {"name": stage.name},
            next_step=_("Choose a stage that the journey has."),
        )


def steps_of(stage_id: int, *, but: int | None = None) -> dict[int, int]:
    """The steps of what stands in a stage, without one of them: 1 statement."""
    there = Touchpoint.objects.filter(stage=stage_id).exclude(pk=but or 0)
    return dict(there.order_by().values_list("pk", "step"))


def find_spot(steps: Steps, *, step: int | None, beside: bool, next_to: int | None, after: bool = False) -> Spot:
    """Where among these steps something goes. Raises RuleBroken for a step that cannot be, or a neighbour that left."""
    if next_to is not None:
        if next_to not in steps:
            raise RuleBroken(
                _("What it was to stand next to is not in this stage any more."),
                next_step=_("Look at the journey again, and choose another place."),
            )
        step = steps[next_to] + after
    if step is None:
        return Spot(max(steps.values(), default=0) + 1)
    is_step(step).or_rule_broken()
    return Spot(step, makes_room=not beside and step in steps.values())


def make_room(stage_id: int, spot: Spot, *, but: int | None = None) -> None:
    """Let whatever stands at this step or later go one step on: 1 statement, and none where there is room."""
    if spot.makes_room:
        later = Touchpoint.objects.filter(stage=stage_id, step__gte=spot.step).exclude(pk=but or 0)
        later.update(step=F("step") + 1)


def _put(touchpoint: Touchpoint, stage: Stage, spot: Spot, *, actor: Person | None) -> Touchpoint:
    others = steps_of(touchpoint.stage_id, but=touchpoint.pk)
    data = {
        "stage": stage.pk,
        "step": spot.step,
        "made_room": spot.makes_room,
        "old_stage": touchpoint.stage_id,
        "old_step": touchpoint.step,
        **_neighbours(others, touchpoint.step),
    }
    make_room(stage.pk, spot, but=touchpoint.pk)
    touchpoint.stage, touchpoint.step = stage, spot.step
    touchpoint.save(update_fields=["stage", "step"])
    refresh_crossings([stage.journey_id])
    placed = Happening(events.TOUCHPOINT_PLACED, touchpoint, data, f"journey:{stage.journey_id}")
    record(actor, placed, *settle_ownership(Scope.of(touchpoints=[touchpoint.pk])))
    return touchpoint


def _neighbours(others: Steps, step: int) -> dict[str, list[int]]:
    """Who stands beside this step, at the one before and at the one after: ids."""
    before = max((one for one in others.values() if one < step), default=None)
    after = min((one for one in others.values() if one > step), default=None)
    wanted = {"old_beside": step, "old_after": before, "old_before": after}
    return {name: sorted(pk for pk, one in others.items() if one == at) for name, at in wanted.items()}


def _old_spot(steps: Steps, data: Mapping[str, Any]) -> Spot:
    """The old place: beside the old alternatives, else between the old neighbours, as far as they are still there."""
    beside, after, before = (
        [steps[pk] for pk in data[name] if pk in steps] for name in ("old_beside", "old_after", "old_before")
    )
    if beside:
        return Spot(beside[0])
    lowest = max(after, default=0)
    highest = min((step for step in before if step > lowest), default=None)
    if data["old_step"] not in steps.values() and lowest < data["old_step"] < (highest or data["old_step"] + 1):
        return Spot(data["old_step"])
    step = lowest + 1 if highest is None else highest
    return Spot(step, makes_room=step in steps.values())


def _moved_on(steps: Steps, spot: Spot) -> Steps:
    """The steps as they are once there is room."""
    return {pk: step + 1 if spot.makes_room and step >= spot.step else step for pk, step in steps.items()}


def _order(steps: Steps, touchpoint: Touchpoint, at: int) -> list[set[int]]:
    """What stands together, in its order, with this touchpoint at that step."""
    together: dict[int, set[int]] = defaultdict(set)
    for pk, step in {**steps, touchpoint.pk: at}.items():
        together[step].add(pk)
    return [together[step] for step in sorted(together)]
