"""The stages of a journey: adding, naming, ordering, removing them, and bringing them back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.commands.structure import check_base, check_open, held, named
from journeys.models import Journey, Stage, Touchpoint
from journeys.queries.changed import changes_of, order_at_removal
from journeys.rules.structure import may_build
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


@db.command
def add_stage(journey: Journey, *, name: str, actor: Person | None) -> Stage:
    """Add a stage at the end of a journey.

    Raises NotAllowed; RuleBroken when the name is empty or taken there, or the journey is archived.
    """
    may_build(standing_of(actor)).or_not_allowed()
    check_open(held(journey))
    name = named(name)
    _check_free(journey, name)
    last = journey.stages.aggregate(last=Max("position"))["last"] or 0
    stage = Stage.objects.create(journey=journey, name=name, position=last + 1)
    record(actor, _happening(events.STAGE_ADDED, stage))
    return stage


@db.command
def rename_stage(stage: Stage, *, name: str, base_version: int | None = None, actor: Person | None) -> Stage:
    """Give a stage another name; the same one again counts for nothing.

    Raises NotAllowed; RuleBroken when the name is empty or taken in the journey, when the journey is archived or the
    stage was removed; StaleWrite when it was renamed after `base_version`; Unknown.
    """
    may_build(standing_of(actor)).or_not_allowed()
    stage = _held_stage(stage)
    name = named(name)
    if name == stage.name:
        return stage
    check_base(stage, ["name"], base_version)
    _check_free(stage.journey, name, but=stage.pk)
    old = {"name": stage.name}
    stage.name = name
    stage.version += 1
    stage.save(update_fields=["name", "version"])
    renamed = changes_of(stage, old) | {"what": old["name"]}
    record(actor, _happening(events.STAGE_RENAMED, stage, **renamed))
    return stage


@db.command
def move_stage(stage: Stage, *, before: Stage | None = None, after: Stage | None = None, actor: Person | None) -> Stage:
    """Put a stage behind `after`, or else in front of `before`, or else at the end; its touchpoints go along.

    Raises NotAllowed; RuleBroken where the other stage is of another journey or was removed, or the journey is
    archived; Unknown.
    """
    may_build(standing_of(actor)).or_not_allowed()
    stage = _held_stage(stage)
    order = _order(stage.journey)
    others = [pk for pk in order if pk != stage.pk]
    other = after or before
    if other is None or other.pk == stage.pk:
        place = len(others) if other is None else order.index(stage.pk)
    elif other.pk in others:
        place = others.index(other.pk) + (after is not None)
    else:
        raise _not_here(other)
    return _put(stage, order, [*others[:place], stage.pk, *others[place:]], actor)


@db.command
def remove_stage(stage: Stage, *, actor: Person | None) -> Stage:
    """Remove a stage in which no touchpoint is live or a draft; retired ones stay with it, in the history.

    Raises NotAllowed; RuleBroken where there is a touchpoint, the stage is removed already, or the journey is archived;
    Unknown.
    """
    may_build(standing_of(actor)).or_not_allowed()
    stage = _held_stage(stage)
    there = stage.touchpoints.exclude(lifecycle=Touchpoint.Lifecycle.RETIRED).order_by("step", "pk")
    names = list(there.values_list("name", flat=True))
    if names:
        raise RuleBroken(
            ngettext(
                "“%(stage)s” still holds a touchpoint: %(first)s.",
                "“%(stage)s” still holds %(count)s touchpoints, such as %(first)s.",
                len(names),
            )
            % {"stage": stage.name, "count": len(names), "first": names[0]},
            next_step=_("Move them to other stages or retire them; then remove the stage."),
        )
    order = _order(stage.journey)
    stage.removed_at = clock.now()
    stage.version += 1
    stage.save(update_fields=["removed_at", "version"])
    record(actor, _happening(events.STAGE_REMOVED, stage, what=stage.name, order=order))
    return stage


@db.command
def restore_stage(stage: Stage, *, order: Sequence[int] | None = None, actor: Person | None) -> Stage:
    """Bring a removed stage back, to where it stood in this `order` of ids, or else in that in which it was removed.

    Raises NotAllowed; RuleBroken where its name is taken by now, where it is there, or the journey is archived;
    Unknown.
    """
    may_build(standing_of(actor)).or_not_allowed()
    stage = _held_stage(stage, removed=True)
    _check_free(stage.journey, stage.name)
    stage.removed_at = None
    stage.version += 1
    stage.save(update_fields=["removed_at", "version"])
    order = order_at_removal(stage) if order is None else order
    _number(stage.journey, _back_in(_order(stage.journey), stage.pk, order))
    refresh_crossings([stage.journey_id])
    record(actor, _happening(events.STAGE_RESTORED, stage))
    return stage


@db.command
def move_stage_back(stage: Stage, *, order: Sequence[int], actor: Person | None) -> Stage:
    """Put a stage back to where it stood in this `order` of ids. Raises as `move_stage` does."""
    may_build(standing_of(actor)).or_not_allowed()
    stage = _held_stage(stage)
    present = _order(stage.journey)
    return _put(stage, present, _back_in(present, stage.pk, order), actor)


def _held_stage(stage: Stage, *, removed: bool = False) -> Stage:
    """The stage, read again under the lock of its journey: stages of a journey change one after the other.

    Raises Unknown; RuleBroken where the journey is archived, or the stage is removed and should not be, or the reverse.
    """
    db.lock_row(Journey, stage.journey_id)
    now = Stage.objects.select_related("journey").filter(pk=stage.pk).first()
    if now is None:
        raise Unknown(_("There is no stage %(id)s.") % {"id": stage.pk})
    check_open(now.journey)
    if removed != (now.removed_at is not None):
        told = _("The stage “%(name)s” is there already.") if removed else _("The stage “%(name)s” was removed.")
        raise RuleBroken(told % {"name": now.name}, next_step=_("Look at the journey again."))
    return now


def _check_free(journey: Journey, name: str, *, but: int | None = None) -> None:
    """Raise RuleBroken where the journey has another stage of this name, whatever the case of its letters."""
    for pk, taken in journey.stages.present().order_by().values_list("pk", "name"):
        if pk != but and taken.casefold() == name.casefold():
            raise RuleBroken(
                _("This journey has a stage “%(name)s” already.") % {"name": taken},
                next_step=_("Choose another name."),
            )


def _not_here(other: Stage) -> RuleBroken:
    now = Stage.objects.filter(pk=other.pk, journey=other.journey_id).first()
    if now is not None and now.removed_at is not None:
        reason = _("The stage “%(name)s” was removed.") % {"name": now.name}
    else:
        reason = _("%(stage)s belongs to another journey.") % {"stage": other.name}
    return RuleBroken(reason, next_step=_("Choose a stage of this journey."))


def _order(journey: Journey) -> list[int]:
    """The stages that the journey has, in their order: 1 statement."""
    return list(journey.stages.present().order_by("position", "pk").values_list("pk", flat=True))


def _back_in(present: Sequence[int], stage_id: int, order: Sequence[int]) -> list[int]:
    """The present order with a stage before the first of those that stood behind it in the old one, else at its end."""
    others = [pk for pk in present if pk != stage_id]
    behind = order[order.index(stage_id) + 1 :] if stage_id in order else ()
    place = next((others.index(pk) for pk in behind if pk in others), len(others))
    return [*others[:place], stage_id, *others[place:]]


def _number(journey: Journey, order: Sequence[int]) -> None:
    """Give the stages the positions of this order: 2 statements, whatever their number."""
    stages = {stage.pk: stage for stage in journey.stages.present()}
    for position, pk in enumerate(order, start=1):
        stages[pk].position = position
    Stage.objects.bulk_update(stages.values(), ["position"])


def _put(stage: Stage, old: list[int], new: list[int], actor: Person | None) -> Stage:
    """Write a new order of the stages, and what it means for the crossings; the same order counts for nothing."""
    if old == new:
        return stage
    _number(stage.journey, new)
    refresh_crossings([stage.journey_id])
    live = stage.touchpoints.filter(lifecycle=Touchpoint.Lifecycle.LIVE).order_by("pk")
    moved = {"old_order": old, "order": new, "touchpoints": list(live.values_list("pk", flat=True))}
    record(actor, _happening(events.STAGE_MOVED, stage, **moved))
    return stage


def _happening(kind: str, stage: Stage, **data: object) -> Happening:
    return Happening(kind, stage, {"journey": stage.journey_id, **data}, f"journey:{stage.journey_id}")
