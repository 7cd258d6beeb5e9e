"""Answering a flag: seen, snoozed, waived, or asked again."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.behalf import answering
from journeys.models import Flag, Waiver
from journeys.queries.limits import limits_now
from journeys.rules.flags import is_silence_allowed, may_handle_flag
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


def _held(flag: Flag, actor: Person | None) -> tuple[Flag, dict[str, object]]:
    """The flag as it is now, locked, and for whom the actor answers it.

    Raises Unknown, NotAllowed, and RuleBroken when it is resolved.
    """
    db.lock_row(Flag, flag.pk)
    now = Flag.objects.filter(pk=flag.pk).first()
    if now is None:
        raise Unknown(_("There is no flag %(id)s.") % {"id": flag.pk})
    units = frozenset(unit for unit in (now.unit_id, now.other_unit_id) if unit is not None)
    standing = standing_of(actor)
    may_handle_flag(standing, asked_id=now.asked_id, department_id=now.department_id, unit_ids=units).or_not_allowed()
    if now.state == Flag.State.RESOLVED:
        raise RuleBroken(_("This flag has closed already: the rule holds now."), next_step=_("Nothing is left to do."))
    return now, answering(standing, asked_id=now.asked_id, department_id=now.department_id, unit_ids=units)


def _record(kind: str, flag: Flag, actor: Person | None, **data: object) -> None:
    scope = f"journey:{flag.journey_id}" if flag.journey_id else ""
    record(actor, Happening(kind, flag, {"rule": flag.rule, **data}, scope))


def _end_waiver(flag: Flag) -> None:
    if flag.state == Flag.State.WAIVED:
        Waiver.objects.filter(flag=flag, ended_at__isnull=True).update(ended_at=clock.now())


@db.command
def acknowledge_flag(flag: Flag, *, actor: Person | None) -> Flag:
    """Say that the flag was seen and is being worked on. Raises NotAllowed; RuleBroken unless it is open."""
    flag, behalf = _held(flag, actor)
    if flag.state != Flag.State.OPEN:
        raise RuleBroken(_("This flag is %(state)s already.") % {"state": flag.get_state_display()})
    flag.state = Flag.State.ACKNOWLEDGED
    _save(flag, "state")
    _record(events.FLAG_ACKNOWLEDGED, flag, actor, **behalf)
    return flag


@db.command
def snooze_flag(flag: Flag, *, until: date | None, reason: str, actor: Person | None) -> Flag:
    """Silence a flag for a while, as the limits allow. Raises NotAllowed; RuleBroken without reason or end."""
    flag, behalf = _held(flag, actor)
    _silence(flag, Flag.State.SNOOZED, until=until, reason=reason)
    assert flag.silent_until is not None
    until_day, why = flag.silent_until.isoformat(), flag.silence_reason
    _record(events.FLAG_SNOOZED, flag, actor, until=until_day, reason=why, **behalf)
    return flag


@db.command
def waive_flag(flag: Flag, *, until: date | None, reason: str, actor: Person | None) -> Waiver:
    """Accept that the rule does not hold, for a reason and until a date, as the limits allow.

    Raises NotAllowed; RuleBroken without reason or end.
    """
    flag, behalf = _held(flag, actor)
    if actor is None:
        raise RuleBroken(_("A waiver is granted by a person."))
    _silence(flag, Flag.State.WAIVED, until=until, reason=reason)
    assert flag.silent_until is not None
    waiver = Waiver.objects.create(
        flag=flag, reason=flag.silence_reason, until=flag.silent_until, granted_by=actor, granted_at=clock.now()
    )
    until_day, why = flag.silent_until.isoformat(), flag.silence_reason
    _record(events.FLAG_WAIVED, flag, actor, until=until_day, reason=why, **behalf)
    return waiver


def _silence(flag: Flag, state: Flag.State, *, until: date | None, reason: str) -> None:
    waiver = state == Flag.State.WAIVED
    limits = limits_now()
    is_silence_allowed(reason=reason, until=until, today=clock.today(), limits=limits, waiver=waiver).or_rule_broken()
    _end_waiver(flag)
    flag.state, flag.silence, flag.silent_until, flag.silence_reason = state, state, until, reason.strip()
    _save(flag, "state", "silence", "silent_until", "silence_reason")


@db.command
def end_silence(flag: Flag, *, actor: Person | None) -> Flag:
    """Let a snoozed or waived flag speak again. Raises NotAllowed; RuleBroken unless it is silenced."""
    flag, behalf = _held(flag, actor)
    if flag.state not in (Flag.State.SNOOZED, Flag.State.WAIVED):
        raise RuleBroken(_("This flag is not silenced."))
    _end_waiver(flag)
    flag.state, flag.silence, flag.silent_until, flag.silence_reason = Flag.State.OPEN, "", None, ""
    _save(flag, "state", "silence", "silent_until", "silence_reason")
    _record(events.FLAG_SILENCE_ENDED, flag, actor, **behalf)
    return flag


def _save(flag: Flag, *fields: str) -> None:
    flag.version += 1
    flag.save(update_fields=[*fields, "version"])
