"""Building journeys: personas, journeys, stages and systems."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Max
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.models import Journey, Persona, Stage, System
from journeys.rules.structure import may_build
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

Row = TypeVar("Row", Journey, System)


def _held(row: Row) -> Row:
    """Lock the row until the transaction ends, then read it again: what the caller has read may be old by now."""
    db.lock_row(type(row), row.pk)
    row.refresh_from_db()
    return row


def check_open(journey: Journey) -> None:
    """Raise RuleBroken for an archived journey: nothing is added to it. The caller has read it under its lock."""
    if journey.archived_at is not None:
        raise RuleBroken(
            _("The journey “%(name)s” is archived.") % {"name": journey.name},
            next_step=_("Choose a journey that is open."),
        )


def _named(name: str) -> str:
    name = name.strip()
    if not name:
        raise RuleBroken(_("A name is missing."))
    return name


@db.command
def create_persona(name: str, *, description: str = "", actor: Person | None) -> Persona:
    """Create a persona. Raises NotAllowed; RuleBroken when the name is empty or taken."""
    may_build(standing_of(actor)).or_not_allowed()
    name = _named(name)
    db.lock("journeys.personas")  # two could otherwise give the same name at once
    if Persona.objects.filter(name=name).exists():
        raise RuleBroken(_("There is a persona “%(name)s” already.") % {"name": name})
    persona = Persona.objects.create(name=name, description=description.strip())
    record(actor, Happening(events.PERSONA_CREATED, persona))
    return persona


@db.command
def create_journey(
    name: str,
    *,
    persona: Persona | None = None,
    state: str = Journey.State.CURRENT,
    description: str = "",
    accountable: Person | None = None,
    external_id: str | None = None,
    actor: Person | None,
) -> Journey:
    """Create a journey without stages. Raises NotAllowed; RuleBroken for an empty name, or somebody who has left."""
    may_build(standing_of(actor)).or_not_allowed()
    if accountable is not None and not accountable.works_here:
        raise RuleBroken(_("%(name)s does not work here any more.") % {"name": accountable.name})
    journey = Journey.objects.create(
        name=_named(name),
        persona=persona,
        state=state,
        description=description.strip(),
        accountable=accountable,
        external_id=external_id,
    )
    record(actor, Happening(events.JOURNEY_CREATED, journey, {}, f"journey:{journey.pk}"))
    return journey


@db.command
def change_journey(journey: Journey, *, actor: Person | None, **fields: object) -> Journey:
    """Change name, description, persona, state or accountable person. Raises NotAllowed; RuleBroken; TypeError."""
    allowed = {"name", "description", "persona", "state", "accountable"}
    if unknown := sorted(set(fields) - allowed):
        raise TypeError(f"a journey has no {', '.join(unknown)} to change; it has {', '.join(sorted(allowed))}")
    may_build(standing_of(actor)).or_not_allowed()
    _held(journey)
    accountable = fields.get("accountable")
    if isinstance(accountable, Person) and not accountable.works_here:
        raise RuleBroken(_("%(name)s does not work here any more.") % {"name": accountable.name})
    for field, value in fields.items():
        setattr(journey, field, _named(str(value)) if field == "name" else value)
    journey.version += 1
    journey.save(update_fields=[*fields, "version"])
    data = {"fields": ", ".join(sorted(fields))}
    record(actor, Happening(events.JOURNEY_CHANGED, journey, data, f"journey:{journey.pk}"))
    return journey


@db.command
def archive_journey(journey: Journey, *, actor: Person | None) -> Journey:
    """Archive a journey: its touchpoints are no longer live, its flags close. Raises NotAllowed; RuleBroken."""
    may_build(standing_of(actor)).or_not_allowed()
    if _held(journey).archived_at is not None:
        raise RuleBroken(
            _("The journey “%(name)s” is archived already.") % {"name": journey.name},
            next_step=_("Nothing is left to do."),
        )
    journey.archived_at = clock.now()
    journey.version += 1
    journey.save(update_fields=["archived_at", "version"])
    refresh_crossings([journey.pk])
    record(actor, Happening(events.JOURNEY_ARCHIVED, journey, {}, f"journey:{journey.pk}"))
    return journey


@db.command
def add_stage(journey: Journey, *, name: str, actor: Person | None) -> Stage:
    """Add a stage at the end of a journey.

    Raises NotAllowed; RuleBroken when the name is empty or taken there, or the journey is archived.
    """
    may_build(standing_of(actor)).or_not_allowed()
    check_open(_held(journey))
    name = _named(name)
    if journey.stages.filter(name=name).exists():
        raise RuleBroken(_("This journey has a stage “%(name)s” already.") % {"name": name})
    last = journey.stages.aggregate(last=Max("position"))["last"] or 0
    stage = Stage.objects.create(journey=journey, name=name, position=last + 1)
    record(actor, Happening(events.STAGE_ADDED, stage, {"journey": journey.pk}, f"journey:{journey.pk}"))
    return stage


@db.command
def create_system(name: str, *, technology_owner: Person | None = None, actor: Person | None) -> System:
    """Add a system. Raises NotAllowed; RuleBroken when the name is empty or taken."""
    may_build(standing_of(actor)).or_not_allowed()
    name = _named(name)
    db.lock("journeys.systems")
    if System.objects.filter(name=name).exists():
        raise RuleBroken(_("There is a system “%(name)s” already.") % {"name": name})
    system = System.objects.create(name=name)
    record(actor, Happening(events.SYSTEM_CREATED, system))
    if technology_owner is not None:
        set_technology_owner(system, person=technology_owner, actor=actor)
    return system


@db.command
def set_technology_owner(system: System, *, person: Person | None, actor: Person | None) -> System:
    """Name who in technology owns a system, or nobody. Raises NotAllowed; RuleBroken for somebody who has left."""
    may_build(standing_of(actor)).or_not_allowed()
    if person is not None and not person.works_here:
        raise RuleBroken(
            _("%(name)s does not work here any more.") % {"name": person.name},
            next_step=_("Choose somebody who is active."),
        )
    _held(system)
    old, system.technology_owner = system.technology_owner_id, person
    system.version += 1
    system.save(update_fields=["technology_owner", "version"])
    data = {"person": system.technology_owner_id, "old_person": old}
    record(actor, Happening(events.TECHNOLOGY_OWNER_SET, system, data))
    return system
