"""Personas, whose ways the journeys are, and the systems behind touchpoints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.structure import check_base, held, named
from journeys.models import Persona, System
from journeys.queries.changed import changes_of, values_of
from journeys.rules.structure import may_build
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

Entry = TypeVar("Entry", Persona, System)


@db.command
def create_persona(name: str, *, description: str = "", actor: Person | None) -> Persona:
    """Create a persona. Raises NotAllowed; RuleBroken when the name is empty or taken."""
    may_build(standing_of(actor)).or_not_allowed()
    name = named(name)
    _check_free(Persona, name)
    persona = Persona.objects.create(name=name, description=description.strip())
    record(actor, Happening(events.PERSONA_CREATED, persona))
    return persona


@db.command
def change_persona(
    persona: Persona, *, name: str | None = None, description: str | None = None, actor: Person | None
) -> Persona:
    """Change the name or the description; None leaves it, and the same again counts for nothing.

    Raises NotAllowed; RuleBroken when the name is empty or taken.
    """
    may_build(standing_of(actor)).or_not_allowed()
    told = {"name": name, "description": description}
    new = _changes(persona, {field: value for field, value in told.items() if value is not None})
    if new:
        old = values_of(persona, new)
        for field, value in new.items():
            setattr(persona, field, value)
        persona.save(update_fields=list(new))
        record(actor, Happening(events.PERSONA_CHANGED, persona, changes_of(persona, old)))
    return persona


@db.command
def create_system(name: str, *, technology_owner: Person | None = None, actor: Person | None) -> System:
    """Add a system. Raises NotAllowed; RuleBroken when the name is empty or taken."""
    may_build(standing_of(actor)).or_not_allowed()
    name = named(name)
    _check_free(System, name)
    system = System.objects.create(name=name)
    record(actor, Happening(events.SYSTEM_CREATED, system))
    if technology_owner is not None:
        set_technology_owner(system, person=technology_owner, actor=actor)
    return system


@db.command
def rename_system(system: System, *, name: str, base_version: int | None = None, actor: Person | None) -> System:
    """Give a system another name; the same one again counts for nothing.

    Raises NotAllowed; RuleBroken when the name is empty or taken; StaleWrite when it was renamed after `base_version`.
    """
    may_build(standing_of(actor)).or_not_allowed()
    new = _changes(system, {"name": name})
    if new:
        check_base(system, new, base_version)
        old = values_of(system, new)
        system.name = new["name"]
        system.version += 1
        system.save(update_fields=["name", "version"])
        record(actor, Happening(events.SYSTEM_RENAMED, system, changes_of(system, old) | {"what": old["name"]}))
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
    held(system)
    old, system.technology_owner = system.technology_owner_id, person
    system.version += 1
    system.save(update_fields=["technology_owner", "version"])
    data = {"person": system.technology_owner_id, "old_person": old}
    record(actor, Happening(events.TECHNOLOGY_OWNER_SET, system, data))
    return system


def _check_free(model: type[Persona] | type[System], name: str, *, but: int = 0) -> None:
    """Raise RuleBroken for a name that another one has; until the transaction ends, nobody else gives one."""
    db.lock(f"journeys.{model.NOUN}s")
    if model._default_manager.filter(name=name).exclude(pk=but).exists():
        raise RuleBroken(
            _("There is a %(noun)s “%(name)s” already.") % {"noun": model._meta.verbose_name, "name": name},
            next_step=_("Choose another name."),
        )


def _changes(row: Entry, fields: Mapping[str, str]) -> dict[str, str]:
    """Hold the row: those of the values that are not what it has. Raises RuleBroken when the name is empty or taken."""
    told = {field: value.strip() for field, value in fields.items()}
    if "name" in told:
        _check_free(type(row), named(told["name"]), but=row.pk)
    held(row)
    return {field: value for field, value in told.items() if getattr(row, field) != value}
