"""Building journeys; their stages are in `stages`, their personas and systems in `catalogue`."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.crossings import refresh_crossings
from journeys.commands.settling import AT_ONCE, settle_ownership
from journeys.models import Journey, Persona, Stage, System, Touchpoint
from journeys.queries.changed import changed_since, changes_of, in_words, plain
from journeys.queries.scope import Scope
from journeys.rules.structure import may_build
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.undoing import ALONG
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation.models import Person
from workspace.organisation.queries.changes import is_behind
from workspace.organisation.queries.people import standing_of

Row = TypeVar("Row", Journey, Persona, Stage, System)


def held(row: Row) -> Row:
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


def named(name: str) -> str:
    """The name without blanks around it. Raises RuleBroken for an empty one."""
    name = name.strip()
    if not name:
        raise RuleBroken(_("A name is missing."), next_step=_("Give it one."))
    return name


def check_base(row: Journey | Stage | System | Touchpoint, fields: Collection[str], base_version: int | None) -> None:
    """Raise StaleWrite where one of the fields was changed after `base_version`, with what it is now. The row is held.

    Other fields may have been changed in the meantime: then both changes stand. Raises it too for a version that the
    row has not come to. 1 statement, else none.
    """
    if base_version is None or not is_behind(str(row), base_version, row.version):
        return
    names, who = changed_since(row, base_version, fields)
    if names:
        raise StaleWrite(
            _("%(who)s changed “%(name)s” in the meantime: %(what)s.")
            % {"who": who, "name": row, "what": in_words(row, names)},
            next_step=_("Look whether you still want it so, and send it again."),
            version=row.version,
            fields=names,
        )


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
    """Create a journey without stages.

    Raises NotAllowed; RuleBroken for an empty name, or an accountable person who has left or is a guest.
    """
    may_build(standing_of(actor)).or_not_allowed()
    journey = Journey(
        name=named(name),
        persona=persona,
        state=state,
        description=description.strip(),
        accountable=accountable,
        external_id=external_id,
    )
    _check_journey(journey, ["accountable"])
    journey.save(force_insert=True)
    record(actor, Happening(events.JOURNEY_CREATED, journey, {}, f"journey:{journey.pk}"))
    return journey


@db.command
def change_journey(
    journey: Journey, *, base_version: int | None = None, along: bool = False, actor: Person | None, **fields: Any
) -> Journey:
    """Change name, description, persona, state or accountable person.

    `along` with another act, it is not undone alone. Raises NotAllowed; RuleBroken; StaleWrite when one of the fields
    was changed after `base_version`; TypeError for an unknown field.
    """
    allowed = {"name", "description", "persona", "state", "accountable"}
    if unknown := sorted(set(fields) - allowed):
        raise TypeError(f"a journey has no {', '.join(unknown)} to change; it has {', '.join(sorted(allowed))}")
    may_build(standing_of(actor)).or_not_allowed()
    held(journey)
    fields = {field: value.strip() if isinstance(value, str) else value for field, value in fields.items()}
    old = {field: plain(getattr(journey, field)) for field, value in fields.items()}
    changed = [field for field, value in fields.items() if old[field] != plain(value)]
    if not changed:
        return journey
    check_base(journey, changed, base_version)
    for field in changed:
        setattr(journey, field, fields[field])
    _check_journey(journey, changed)
    journey.version += 1
    journey.save(update_fields=[*changed, "version"])
    data = changes_of(journey, {field: old[field] for field in changed}) | ({ALONG: True} if along else {})
    record(actor, Happening(events.JOURNEY_CHANGED, journey, data, f"journey:{journey.pk}"))
    return journey


def _check_journey(journey: Journey, fields: Collection[str]) -> None:
    """Raise RuleBroken where one of these fields holds what it cannot."""
    named(journey.name)
    if "accountable" in fields and journey.accountable is not None and not journey.accountable.works_here:
        raise RuleBroken(
            _("%(name)s does not work here any more.") % {"name": journey.accountable.name},
            next_step=_("Choose somebody who is active."),
        )
    if "accountable" in fields and journey.accountable is not None and journey.accountable.is_guest:
        raise RuleBroken(
            _("%(name)s is a guest and cannot be accountable.") % {"name": journey.accountable.name},
            next_step=_("Choose somebody who works in the house."),
        )
    if journey.state not in Journey.State.values:
        raise RuleBroken(
            _("“%(value)s” is no state of a journey.") % {"value": journey.state},
            next_step=", ".join(Journey.State.values),
        )


@db.command
def archive_journey(journey: Journey, *, actor: Person | None) -> Journey:
    """Archive a journey: its touchpoints are no longer live, its flags close. Raises NotAllowed; RuleBroken."""
    may_build(standing_of(actor)).or_not_allowed()
    if held(journey).archived_at is not None:
        raise RuleBroken(
            _("The journey “%(name)s” is archived already.") % {"name": journey.name},
            next_step=_("Nothing is left to do."),
        )
    return _set_archived(journey, events.JOURNEY_ARCHIVED, actor, archived=True)


@db.command
def restore_journey(journey: Journey, *, actor: Person | None) -> Journey:
    """Open an archived journey again: its touchpoints are live as before. Raises NotAllowed; RuleBroken."""
    may_build(standing_of(actor)).or_not_allowed()
    if held(journey).archived_at is None:
        raise RuleBroken(
            _("The journey “%(name)s” is not archived.") % {"name": journey.name},
            next_step=_("Nothing is left to do."),
        )
    return _set_archived(journey, events.JOURNEY_RESTORED, actor, archived=False)


def _set_archived(journey: Journey, kind: str, actor: Person | None, *, archived: bool) -> Journey:
    journey.archived_at = clock.now() if archived else None
    journey.version += 1
    journey.save(update_fields=["archived_at", "version"])
    refresh_crossings([journey.pk])
    touchpoints = Touchpoint.objects.filter(stage__journey=journey).order_by().values_list("pk", flat=True)
    around = Scope.of(touchpoints=touchpoints).in_pieces(AT_ONCE)
    settled = [happening for piece in around for happening in settle_ownership(piece)]
    record(actor, Happening(kind, journey, {}, f"journey:{journey.pk}"), *settled)
    return journey
