"""Calling for another owner: the department stays the owner until somebody takes the touchpoint, and has agreed to it.

While a call is open, a department of the touchpoint's unit takes it by claiming it (`commands.claims`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.behalf import giving_up
from journeys.commands.ending_calls import end_call
from journeys.commands.owning import about
from journeys.models import OwnershipCall, Touchpoint
from journeys.models.ownership import OwnershipCallQuerySet
from journeys.queries.offers import claimants_of
from journeys.queries.own_units import own_units_if_asked
from journeys.queries.places import Held, hold
from journeys.rules.calls import is_end_allowed, may_call
from journeys.rules.claims import may_give_up, who_decides
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import BusinessUnit, Person
from workspace.organisation.queries.people import standing_of


@db.command
def call_for_owner(touchpoint: Touchpoint, *, reason: str, ends_on: date, actor: Person | None) -> OwnershipCall:
    """Say that the owner wants to give a touchpoint up, until a day; it owns it until somebody takes it.

    Raises NotAllowed for whoever may not release it; RuleBroken without a reason or an owner, for a retired
    touchpoint, a day that cannot be, a call that is open already, or claims that wait: these can be approved.
    """
    if not reason.strip():
        raise RuleBroken(_("A call has a reason."), next_step=_("Say why, for whoever might take it over."))
    held = hold(touchpoint.pk)
    names = {"owner": held.place.owner_name, "name": held.touchpoint.name}
    if held.ownership_id is None or held.place.owner_id is None:
        raise RuleBroken(_("Nobody owns %(name)s.") % names, next_step=_("Claim it, or assign it to a department."))
    standing = standing_of(actor)
    may_call(standing, held.place, own_units=own_units_if_asked(standing, held.place)).or_not_allowed()
    is_end_allowed(ends_on, today=clock.today()).or_rule_broken()
    _check_can_be_called(held, names)
    call = OwnershipCall.objects.create(
        touchpoint=held.touchpoint,
        department_id=held.place.owner_id,
        reason=reason.strip(),
        made_by=actor,
        made_at=clock.now(),
        ends_on=ends_on,
    )
    data = about(held, department=call.department_id, reason=call.reason, until=ends_on.isoformat())
    data |= giving_up(standing, held.place)
    record(actor, Happening(events.CALL_MADE, call, data, held.touchpoint.scope))
    return call


def _check_can_be_called(held: Held, names: dict[str, str]) -> None:
    if held.place.retired:
        raise RuleBroken(_("%(name)s is retired.") % names, next_step=_("Nobody has to take it over."))
    if held.call is not None:
        raise RuleBroken(
            _("%(owner)s calls for another owner of %(name)s already.") % names,
            next_step=_("Wait for a claim, or withdraw that call first."),
        )
    if held.has_waiting_claims:
        names["who"] = who_decides(held.place, contested=len(claimants_of(held.touchpoint.pk)) > 1)
        raise RuleBroken(
            _("A department has claimed %(name)s already.") % names,
            next_step=_("Once that is decided you can call; %(who)s decides.") % names,
        )


def _open(call: OwnershipCall) -> tuple[Held, OwnershipCall]:
    """The touchpoint, locked, and its open call. Raises RuleBroken when this call has ended."""
    held = hold(call.touchpoint_id)
    if held.call is not None and held.call.pk == call.pk:
        return held, held.call
    now = OwnershipCall.objects.filter(pk=call.pk).first()
    if now is None:
        raise Unknown(_("There is no call %(id)s.") % {"id": call.pk})
    raise RuleBroken(
        _("This call is %(state)s already.") % {"state": now.get_state_display()},
        next_step=_("%(owner)s owns the touchpoint now.") % {"owner": held.place.owner_name or _("Nobody")},
    )


@db.command
def withdraw_call(call: OwnershipCall, *, actor: Person | None) -> OwnershipCall:
    """Take a call back: the owner keeps the touchpoint. Raises NotAllowed; RuleBroken when it has ended."""
    held, call = _open(call)
    standing = standing_of(actor)
    may_give_up(standing, held.place).or_not_allowed()
    behalf = giving_up(standing, held.place)
    record(actor, end_call(call, held.touchpoint, OwnershipCall.State.WITHDRAWN, **behalf))
    return call


@db.command
def end_unanswered(call: OwnershipCall) -> OwnershipCall:
    """End a call that nobody answered until its day; its event names the head of the unit, who is asked now.

    Raises RuleBroken when it has ended, or its day is still to come.
    """
    held, call = _open(call)
    if call.ends_on > clock.today():
        raise RuleBroken(_("This call is open until %(day)s.") % {"day": call.ends_on.isoformat()})
    if held.place.retired:  # there is nothing left to take over
        record(None, end_call(call, held.touchpoint, OwnershipCall.State.WITHDRAWN))
        return call
    head = BusinessUnit.objects.values_list("head", flat=True).get(pk=held.place.unit_id)
    asked = {"unit": held.place.unit_id, "asked": head}
    record(None, end_call(call, held.touchpoint, OwnershipCall.State.UNANSWERED, **asked))
    return call


def end_overdue_calls() -> int:
    """End the calls whose day has come, each in a transaction of its own; return how many."""
    ended = 0
    for call in overdue_calls().order_by("ends_on", "pk"):
        try:
            end_unanswered(call)
            ended += 1
        except RuleBroken:  # answered since it was read
            continue
    return ended


def end_calls_of_today(job: Job) -> Iterator[Step]:
    """Work on ending calls by date: one step, for each call has its own transaction."""
    ended = end_overdue_calls()
    job.result = {"ended": ended}
    yield Step(ended, ended, {})


def overdue_calls() -> OwnershipCallQuerySet:
    """Open calls whose day has come."""
    return OwnershipCall.objects.open().filter(ends_on__lte=clock.today())
