"""Adding, changing, moving and retiring touchpoints."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.commands.settling import settle_ownership
from journeys.commands.structure import check_open
from journeys.models import Journey, Ownership, Stage, Touchpoint
from journeys.queries.own_units import own_units
from journeys.queries.places import hold
from journeys.queries.scope import Scope
from journeys.rules.structure import is_emotion, is_volume, may_build, may_move_to_unit
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import BusinessUnit, Person
from workspace.organisation.queries.people import standing_of

FIELDS = (
    "name", "stage", "step", "channel", "business_unit", "visibility", "emotion", "moment_of_truth", "volume", "system",
    "lifecycle", "pain_point",
)  # fmt: skip


@db.command
def add_touchpoint(
    stage: Stage,
    *,
    name: str,
    business_unit: BusinessUnit,
    step: int | None = None,
    actor: Person | None,
    **fields: Any,
) -> Touchpoint:
    """Add a touchpoint to a stage, as a new last step unless `step` is given.

    Raises NotAllowed; RuleBroken for a wrong value or an archived journey; TypeError for an unknown field.
    """
    _check_known(fields)
    may_build(standing_of(actor)).or_not_allowed()
    _check_open([stage.journey_id], stage.journey_id)
    if step is None:
        step = (stage.touchpoints.aggregate(last=Max("step"))["last"] or 0) + 1
    touchpoint = Touchpoint(stage=stage, step=step)
    _set(touchpoint, {"name": name, "business_unit": business_unit, **fields})
    touchpoint.save(force_insert=True)
    refresh_crossings([stage.journey_id])
    added = Happening(events.TOUCHPOINT_ADDED, touchpoint, {"stage": stage.pk}, f"journey:{stage.journey_id}")
    record(actor, added, *settle_ownership(Scope.of(touchpoints=[touchpoint.pk])))
    return touchpoint


@db.command
def change_touchpoint(touchpoint: Touchpoint, *, actor: Person | None, **fields: Any) -> Touchpoint:
    """Change fields; another unit is for the head of the present one, or above.

    Raises NotAllowed; RuleBroken for a wrong value or a stage of an archived journey; TypeError for an unknown field.
    """
    _check_known(fields)
    standing = standing_of(actor)
    may_build(standing).or_not_allowed()
    touchpoint = hold(touchpoint.pk).touchpoint
    old_unit = touchpoint.business_unit_id
    old = {field: _plain(getattr(touchpoint, field)) for field in fields}
    old_journey = touchpoint.stage.journey_id
    _set(touchpoint, fields)
    changed = [field for field in fields if _plain(getattr(touchpoint, field)) != old[field]]
    if not changed:
        return touchpoint
    if "business_unit" in changed:
        unit = touchpoint.business_unit_id
        own = own_units(standing)
        may_move_to_unit(standing, old_unit_id=old_unit, unit_id=unit, own_units=own).or_not_allowed()
    if "stage" in changed:
        _check_open({old_journey, touchpoint.stage.journey_id}, touchpoint.stage.journey_id)
    touchpoint.version += 1
    touchpoint.save(update_fields=[*changed, "version"])
    if "business_unit" in changed:
        forget_approvals([touchpoint.pk])
    if {"stage", "step", "lifecycle"} & set(changed):
        refresh_crossings({old_journey, touchpoint.stage.journey_id})
    data = {
        "fields": ", ".join(sorted(changed)),
        "old": {field: old[field] for field in changed},
        "new": {field: _plain(getattr(touchpoint, field)) for field in changed},
        "old_stage": old.get("stage"),
        "old_system": old.get("system"),
        "stage": touchpoint.stage_id,
    }
    happening = Happening(events.TOUCHPOINT_CHANGED, touchpoint, data, touchpoint.scope)
    record(actor, happening, *settle_ownership(Scope.of(touchpoints=[touchpoint.pk])))
    return touchpoint


def forget_approvals(touchpoint_ids: Collection[int]) -> None:
    """Of touchpoints in another unit: an owner from outside whom the head of the former approved is not approved now.

    The approval of an executive stands, whatever the unit.
    """
    current = Ownership.objects.current().accountable().filter(touchpoint__in=touchpoint_ids, outside_approved=True)
    current.exclude(approved_by__role=Person.Role.EXECUTIVE).update(outside_approved=False)


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


def _plain(value: Any) -> Any:
    """A value as an event keeps it: ids, never names of people."""
    return value.pk if hasattr(value, "pk") else value


def _check_known(fields: Collection[str]) -> None:
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise TypeError(f"a touchpoint has no {', '.join(unknown)} to change; it has {', '.join(FIELDS)}")


def _check_open(journeys: Collection[int], target: int) -> None:
    """Lock these journeys and refuse an archived target: none is archived in the meantime."""
    db.lock_rows(Journey, journeys)
    check_open(Journey.objects.get(pk=target))


def _set(touchpoint: Touchpoint, fields: dict[str, Any]) -> None:
    for field, value in fields.items():
        setattr(touchpoint, field, value.strip() if isinstance(value, str) else value)
    if not touchpoint.name:
        raise RuleBroken(_("A touchpoint needs a name."))
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
