"""Adding, changing, moving and retiring touchpoints."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.commands.known_as import known_once
from journeys.commands.placing import check_present, find_spot, hold_steps, make_room, open_stage, steps_of
from journeys.commands.settling import settle_ownership
from journeys.commands.structure import check_base
from journeys.models import Journey, Ownership, Stage, System, Touchpoint
from journeys.queries.changed import changes_of, plain, values_of
from journeys.queries.own_units import own_units
from journeys.queries.places import hold
from journeys.queries.scope import Scope
from journeys.rules.structure import is_emotion, is_step, is_volume, may_build, may_move_to_unit
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import BusinessUnit, Person
from workspace.organisation.queries.people import standing_of

FIELDS = (
    "name", "stage", "step", "channel", "business_unit", "visibility", "emotion", "moment_of_truth", "volume", "system",
    "lifecycle", "pain_point", "external_id",
)  # fmt: skip


@db.command
def add_touchpoint(
    stage: Stage,
    *,
    name: str,
    business_unit: BusinessUnit,
    step: int | None = None,
    beside: bool = True,
    next_to: int | None = None,
    after: bool = False,
    actor: Person | None,
    **fields: Any,
) -> Touchpoint:
    """Add a touchpoint to a stage, as a new last step unless `step` is given, or `next_to` whom (an id) it stands.

    There it stands `beside` what is there, as an alternative, or as a step of its own before or `after` it. Raises
    NotAllowed; RuleBroken for a wrong value, a stage that was removed or an archived journey; TypeError for an unknown
    field.
    """
    _check_known(fields)
    may_build(standing_of(actor)).or_not_allowed()
    if not beside:
        hold_steps([stage.pk])
    stage = open_stage(stage.pk)
    spot = find_spot(steps_of(stage.pk), step=step, beside=beside, next_to=next_to, after=after)
    touchpoint = Touchpoint(stage=stage, step=spot.step)
    _set(touchpoint, {"name": name, "business_unit": business_unit, **fields})
    make_room(stage.pk, spot)
    with known_once(touchpoint):
        touchpoint.save(force_insert=True)
    refresh_crossings([stage.journey_id])
    added = Happening(
        events.TOUCHPOINT_ADDED, touchpoint, {"stage": stage.pk, "made_room": spot.makes_room}, touchpoint.scope
    )
    record(actor, added, *settle_ownership(Scope.of(touchpoints=[touchpoint.pk])))
    return touchpoint


@db.command
def change_touchpoint(
    touchpoint: Touchpoint, *, base_version: int | None = None, actor: Person | None, **fields: Any
) -> Touchpoint:
    """Change fields; another unit is for the head of the present one, or above.

    Raises NotAllowed; RuleBroken for a wrong value, a stage that was removed or one of an archived journey; StaleWrite
    when one of the fields was changed after `base_version`; TypeError for an unknown field.
    """
    return _change(touchpoint.pk, fields, base_version=base_version, actor=actor)


@db.command
def change_touchpoint_back(touchpoint_id: int, data: Mapping[str, Any], *, actor: Person | None) -> Touchpoint:
    """Give the fields the values that they had before the event with this data, with the approvals that went along.

    Raises as `change_touchpoint` does.
    """
    return _change(touchpoint_id, _read(data["old"]), approvals=data.get("approvals", {}), actor=actor)


def _change(
    touchpoint_id: int,
    fields: Mapping[str, Any],
    *,
    base_version: int | None = None,
    approvals: Mapping[str, int | None] | None = None,
    actor: Person | None,
) -> Touchpoint:
    _check_known(fields)
    standing = standing_of(actor)
    may_build(standing).or_not_allowed()
    touchpoint = hold(touchpoint_id).touchpoint
    fields = {field: value.strip() if isinstance(value, str) else value for field, value in fields.items()}
    if "external_id" in fields:
        fields["external_id"] = fields["external_id"] or None
    old = values_of(touchpoint, fields)
    changed = [field for field, value in fields.items() if plain(value) != old[field]]
    if not changed:
        return touchpoint
    check_base(touchpoint, changed, base_version)
    old_unit, old_journey = touchpoint.business_unit_id, touchpoint.stage.journey_id
    _set(touchpoint, {field: fields[field] for field in changed})
    if "business_unit" in changed:
        unit, own = touchpoint.business_unit_id, own_units(standing)
        may_move_to_unit(standing, old_unit_id=old_unit, unit_id=unit, own_units=own).or_not_allowed()
    _check_place(touchpoint, changed, old_journey)
    touchpoint.version += 1
    with known_once(touchpoint) if "external_id" in changed else nullcontext():
        touchpoint.save(update_fields=[*changed, "version"])
    data = changes_of(touchpoint, {field: old[field] for field in changed}) | {
        "old_stage": old.get("stage"),
        "old_system": old.get("system"),
        "stage": touchpoint.stage_id,
    }
    if "business_unit" in changed:
        data["approvals"] = _forget(touchpoint.pk) if approvals is None else _approve_again(approvals)
    if {"stage", "step", "lifecycle"} & set(changed):
        refresh_crossings({old_journey, touchpoint.stage.journey_id})
    happening = Happening(events.TOUCHPOINT_CHANGED, touchpoint, data, touchpoint.scope)
    record(actor, happening, *settle_ownership(Scope.of(touchpoints=[touchpoint.pk])))
    return touchpoint


def _check_place(touchpoint: Touchpoint, changed: Collection[str], old_journey: int) -> None:
    """Raise RuleBroken for a stage of an archived journey, one that was removed, or a step that cannot be."""
    if "step" in changed:
        is_step(touchpoint.step).or_rule_broken()
    if "stage" in changed:
        open_stage(touchpoint.stage_id, locking=[old_journey])
    elif "lifecycle" in changed and touchpoint.lifecycle != Touchpoint.Lifecycle.RETIRED:
        db.lock_row(Journey, old_journey)  # the stage is not removed in the meantime
        check_present(Stage.objects.get(pk=touchpoint.stage_id))


def forget_approvals(touchpoint_ids: Collection[int]) -> None:
    """Of touchpoints in another unit: an owner from outside whom the head of the former approved is not approved now.

    The approval of an executive stands, whatever the unit.
    """
    _approvals_of_heads(touchpoint_ids).update(outside_approved=False, outside_approved_by=None)


def _approvals_of_heads(touchpoint_ids: Collection[int]) -> QuerySet[Ownership]:
    current = Ownership.objects.current().accountable().filter(touchpoint__in=touchpoint_ids, outside_approved=True)
    return current.exclude(outside_approved_by__role=Person.Role.EXECUTIVE)


def _forget(touchpoint_id: int) -> dict[str, int | None]:
    """Forget the approvals of a touchpoint in another unit; who approved which ownership, for the way back."""
    approvals = _approvals_of_heads([touchpoint_id]).order_by().values_list("pk", "outside_approved_by")
    forgotten: dict[str, int | None] = {str(pk): by for pk, by in approvals}
    if forgotten:
        forget_approvals([touchpoint_id])
    return forgotten


def _approve_again(approvals: Mapping[str, int | None]) -> dict[str, int | None]:
    """Give ownerships that still hold their approvals back; nothing is forgotten with that."""
    for pk, by in approvals.items():
        current = Ownership.objects.current().filter(pk=int(pk), outside_approved=False)
        current.update(outside_approved=True, outside_approved_by=by)
    return {}


def move_touchpoint(touchpoint: Touchpoint, *, stage: Stage, step: int, actor: Person | None) -> Touchpoint:
    """Move a touchpoint to a step of a stage of its journey. Raises NotAllowed; RuleBroken for a foreign stage."""
    if stage.journey_id != touchpoint.stage.journey_id:
        raise RuleBroken(
            _("%(stage)s belongs to another journey.") % {"stage": stage.name},
            next_step=_("Choose a stage of this journey."),
        )
    return change_touchpoint(touchpoint, stage=stage, step=step, actor=actor)


def retire_touchpoint(touchpoint: Touchpoint, *, actor: Person | None) -> Touchpoint:
    """Retire a touchpoint: customers do not meet it any more. Raises NotAllowed."""
    return change_touchpoint(touchpoint, lifecycle=Touchpoint.Lifecycle.RETIRED, actor=actor)


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the command takes them, from those that an event keeps."""
    models: Mapping[str, type[Model]] = {"stage": Stage, "business_unit": BusinessUnit, "system": System}
    read = dict(values)
    for field in models.keys() & read.keys():
        if read[field] is not None:
            read[field] = models[field]._default_manager.get(pk=read[field])
    return read


def _check_known(fields: Collection[str]) -> None:
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise TypeError(f"a touchpoint has no {', '.join(unknown)} to change; it has {', '.join(FIELDS)}")


def _set(touchpoint: Touchpoint, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        setattr(touchpoint, field, value.strip() if isinstance(value, str) else value)
    if not touchpoint.name:
        raise RuleBroken(_("A touchpoint needs a name."), next_step=_("Say what happens there."))
    if touchpoint.business_unit.archived_at is not None and "business_unit" in fields:
        raise RuleBroken(
            _("%(unit)s is archived.") % {"unit": touchpoint.business_unit.name},
            next_step=_("Choose a unit that is open."),
        )
    is_emotion(touchpoint.emotion).or_rule_broken()
    is_volume(touchpoint.volume).or_rule_broken()
    for field, choices in (("lifecycle", Touchpoint.Lifecycle), ("visibility", Touchpoint.Visibility)):
        value = getattr(touchpoint, field)
        if value not in choices.values:
            raise RuleBroken(
                _("“%(value)s” is no %(field)s.") % {"value": value, "field": field},
                next_step=", ".join(choices.values),
            )
