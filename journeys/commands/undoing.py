"""Undoing acts on journeys: the opposite command, where what the act wrote still stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.catalogue import change_persona, rename_system
from journeys.commands.placing import put_back
from journeys.commands.stages import move_stage_back, remove_stage, rename_stage, restore_stage
from journeys.commands.structure import archive_journey, change_journey, restore_journey
from journeys.commands.taking_back import take_back
from journeys.commands.touchpoints import change_touchpoint_back, retire_touchpoint
from journeys.models import Journey, Ownership, Persona, Stage, System, Touchpoint
from journeys.queries.changed import Row, in_words, values_of
from journeys.registry import work_on
from workspace import db
from workspace.activity.models import Event
from workspace.activity.undoing import add_reversal
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation.models import Person

R = TypeVar("R", Journey, Persona, Stage, System, Touchpoint)

MOVES = (events.TOUCHPOINT_PLACED, events.TOUCHPOINT_CHANGED)
PLACE = ("stage", "step")


def install() -> None:
    """Say how acts on journeys and what they are made of are undone, and answers to “is this still yours?”."""
    add_reversal(events.TOUCHPOINT_PLACED, _place_back)
    add_reversal(events.TOUCHPOINT_CHANGED, _change_back)
    add_reversal(events.TOUCHPOINT_ADDED, _take_away)
    add_reversal(events.STAGE_ADDED, _remove_stage)
    add_reversal(events.STAGE_RENAMED, _name_back)
    add_reversal(events.STAGE_MOVED, _move_stage_back)
    add_reversal(events.STAGE_REMOVED, _bring_stage_back)
    add_reversal(events.JOURNEY_CREATED, _archive)
    add_reversal(events.JOURNEY_CHANGED, _change_journey_back)
    add_reversal(events.JOURNEY_ARCHIVED, _open_again)
    add_reversal(events.PERSONA_CHANGED, _change_persona_back)
    add_reversal(events.SYSTEM_RENAMED, _rename_system_back)
    add_reversal(events.OWNERSHIP_ATTESTED, take_back)
    add_reversal(events.OWNERSHIP_DISPUTED, take_back)


# --- Touchpoints -----------------------------------------------------------------------------------------------------


def _place_back(event: Event, actor: Person) -> str:
    touchpoint = _held(Touchpoint, event)
    who = _later(event, MOVES, PLACE)
    if who is not None or touchpoint.stage_id != event.data["stage"]:
        raise _moved_since(touchpoint, who)
    put_back(touchpoint.pk, event.data, actor=actor)
    return _("“%(name)s” is back where it was.") % {"name": touchpoint.name}


def _change_back(event: Event, actor: Person) -> str:
    touchpoint = _held(Touchpoint, event)
    _check_stands(event, touchpoint)
    changed = change_touchpoint_back(touchpoint.pk, event.data, actor=actor)
    return _("“%(name)s” is as it was.") % {"name": changed.name}


def _take_away(event: Event, actor: Person) -> str:
    touchpoint = _held(Touchpoint, event)
    who = _later(event, (events.TOUCHPOINT_CHANGED,)) or _asked_for(touchpoint)
    if who is None and work_on([touchpoint.pk], actor).stories:
        who = _("A team")
    if who is not None:
        raise _gone_on(touchpoint, who, next_step=_("Retire it, if it is to go all the same."))
    retire_touchpoint(touchpoint, actor=actor)
    return _("“%(name)s” is off the journey again: it is retired.") % {"name": touchpoint.name}


def _asked_for(touchpoint: Touchpoint) -> str | None:
    """The department that owns it or has claimed it, if there is one."""
    for rows in (Ownership.objects.current().filter(touchpoint=touchpoint), touchpoint.claims.waiting()):
        name = rows.order_by("pk").values_list("department__name", flat=True).first()
        if name is not None:
            return str(name)
    return None


# --- Stages ----------------------------------------------------------------------------------------------------------


def _remove_stage(event: Event, actor: Person) -> str:
    stage = _held(Stage, event)
    who = _later(event, (events.STAGE_RENAMED,))
    if who is not None:
        raise _gone_on(stage, who, next_step=_("Remove it, if it is to go all the same."))
    remove_stage(stage, actor=actor)
    return _("The stage “%(name)s” is removed again.") % {"name": stage.name}


def _name_back(event: Event, actor: Person) -> str:
    stage = _held(Stage, event)
    _check_stands(event, stage)
    stage = rename_stage(stage, name=event.data["old"]["name"], actor=actor)
    return _("The stage is called “%(name)s” again.") % {"name": stage.name}


def _move_stage_back(event: Event, actor: Person) -> str:
    stage = _held(Stage, event)
    who = _later(event, (events.STAGE_MOVED,))
    if who is not None:
        raise _moved_since(stage, who)
    move_stage_back(stage, order=event.data["old_order"], actor=actor)
    return _("“%(name)s” is back where it was.") % {"name": stage.name}


def _bring_stage_back(event: Event, actor: Person) -> str:
    stage = restore_stage(_held(Stage, event), order=event.data["order"], actor=actor)
    return _("The stage “%(name)s” is there again.") % {"name": stage.name}


# --- Journeys --------------------------------------------------------------------------------------------------------


def _archive(event: Event, actor: Person) -> str:
    journey = _held(Journey, event)
    who = _later(event, (events.JOURNEY_CHANGED,))
    if who is None and journey.stages.present().exists():
        who = _("Somebody")
    if who is not None:
        raise _gone_on(journey, who, next_step=_("Archive it, if it is to go all the same."))
    archive_journey(journey, actor=actor)
    return _("The journey “%(name)s” is archived.") % {"name": journey.name}


def _change_journey_back(event: Event, actor: Person) -> str:
    journey = _held(Journey, event)
    _check_stands(event, journey)
    old = dict(event.data["old"])
    for field, people in (("persona", Persona.objects.all()), ("accountable", Person.objects.all())):
        if old.get(field) is not None:
            old[field] = people.get(pk=old[field])
    changed = change_journey(journey, actor=actor, **old)
    return _("“%(name)s” is as it was.") % {"name": changed.name}


def _open_again(event: Event, actor: Person) -> str:
    journey = restore_journey(_held(Journey, event), actor=actor)
    return _("The journey “%(name)s” is open again.") % {"name": journey.name}


def _change_persona_back(event: Event, actor: Person) -> str:
    persona = _held(Persona, event)
    _check_stands(event, persona)
    persona = change_persona(persona, actor=actor, **event.data["old"])
    return _("“%(name)s” is as it was.") % {"name": persona.name}


def _rename_system_back(event: Event, actor: Person) -> str:
    system = _held(System, event)
    _check_stands(event, system)
    system = rename_system(system, name=event.data["old"]["name"], actor=actor)
    return _("The system is called “%(name)s” again.") % {"name": system.name}


# --- What stands still -----------------------------------------------------------------------------------------------


def _held(model: type[R], event: Event) -> R:
    """The subject of the act, locked. Raises RuleBroken where it is gone."""
    db.lock_row(model, event.subject_id or 0)
    row: R | None = model._default_manager.filter(pk=event.subject_id or 0).first()
    if row is None:
        raise RuleBroken(_("What you did it to is gone."), next_step=_("Nothing was changed."))
    return row


def _check_stands(event: Event, row: Row) -> None:
    """Raise StaleWrite where a field does not hold any more what the act wrote, with who did what."""
    written: Mapping[str, Any] | None = event.data.get("new")
    if written is None:
        raise RuleBroken(_("What it was before is not known."), next_step=_("Change it back by hand."))
    now = values_of(row, written)
    if others := [field for field, value in written.items() if now[field] != value]:
        who = _later(event, (event.kind, *MOVES), others) or _("Somebody")
        raise StaleWrite(
            _("%(who)s has changed “%(name)s” since: %(what)s.")
            % {"who": who, "name": row, "what": in_words(row, others)},
            next_step=_("Change it by hand, if you still want it otherwise."),
            version=getattr(row, "version", None),
        )


def _gone_on(row: Row, who: str, *, next_step: str) -> StaleWrite:
    told = _("%(who)s has gone on with “%(name)s” since it was added.") % {"who": who, "name": row}
    return StaleWrite(told, next_step=next_step)


def _moved_since(row: Row, who: str | None) -> StaleWrite:
    return StaleWrite(
        _("%(who)s has moved “%(name)s” since.") % {"who": who or _("Somebody"), "name": row},
        next_step=_("Move it by hand, if you still want it elsewhere."),
    )


def _later(event: Event, kinds: Collection[str], fields: Collection[str] = ()) -> str | None:
    """Who did something of these kinds to it after the act, the last of them; of a change, one of these fields.

    An act that was undone counts for nothing, and neither does what undid it: what stood before stands again.
    """
    later = Event.objects.filter(pk__gt=event.pk, undoing=None, kind__in=kinds)
    of_it = later.filter(subject_kind=event.subject_kind, subject_id=event.subject_id).order_by("-pk")
    for name, data in of_it.values_list("actor__name", "data"):
        if not fields or "new" not in data or set(data["new"]) & set(fields):
            return name or _("Throughline")
    return None
