"""Agreeing on how the customer is handed over between two departments."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.behalf import agreeing, on_behalf
from journeys.models import Crossing, Handoff, Ownership, Touchpoint
from journeys.rules.handoffs import may_speak, sides_of
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import Department, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.standing import Standing

OPEN = [Handoff.State.PROPOSED, Handoff.State.ACCEPTED]


def _locked(crossing_id: int) -> Crossing:
    """The crossing with both touchpoints locked, the smaller id first: an owner cannot change in the meantime."""
    crossing = Crossing.objects.filter(pk=crossing_id).first()
    if crossing is None:
        raise Unknown(_("There is no crossing %(id)s.") % {"id": crossing_id})
    for touchpoint_id in sorted((crossing.source_id, crossing.target_id)):
        db.lock_row(Touchpoint, touchpoint_id)
    return crossing


def _owners(crossing: Crossing) -> tuple[Department, Department]:
    """The departments that own the two ends now. Raises RuleBroken where one of them is unowned."""
    ends = Ownership.objects.current().accountable().select_related("department")
    by_touchpoint = {
        row.touchpoint_id: row.department
        for row in ends.filter(Q(touchpoint=crossing.source_id) | Q(touchpoint=crossing.target_id))
    }
    if len(by_touchpoint) < 2:
        raise RuleBroken(
            _("One end of this crossing has no owner."), next_step=_("Claim it first; then the two owners can agree.")
        )
    return by_touchpoint[crossing.source_id], by_touchpoint[crossing.target_id]


def _happening(kind: str, handoff: Handoff, crossing: Crossing, **data: object) -> Happening:
    return Happening(
        kind,
        handoff,
        {
            "crossing": crossing.pk,
            "touchpoints": [crossing.source_id, crossing.target_id],
            "from_department": handoff.from_department_id,
            "to_department": handoff.to_department_id,
            **data,
        },
        f"journey:{crossing.journey_id}",
    )


@db.command
def propose_handoff(crossing: Crossing, *, what: str, within_hours: int | None = None, actor: Person | None) -> Handoff:
    """Propose what is handed over, and within how many hours; the proposer's own side has accepted with that.

    Raises NotAllowed; RuleBroken when an end is unowned, both ends have one owner, the crossing is gone, or a handoff
    stands on it already.
    """
    crossing = _locked(crossing.pk)
    source, target = _owners(crossing)
    standing = standing_of(actor)
    sides = sides_of(standing, from_department_id=source.pk, to_department_id=target.pk)
    may_speak(sides, from_name=source.name, to_name=target.name).or_not_allowed()
    if not what.strip():
        raise RuleBroken(_("A handoff says what is handed over."))
    if within_hours is not None and within_hours < 1:
        raise RuleBroken(
            _("“%(hours)s” hours are too few.") % {"hours": within_hours}, next_step=_("Give at least one hour.")
        )
    if source.pk == target.pk:
        raise RuleBroken(
            _("%(name)s owns both ends.") % {"name": source.name}, next_step=_("Nothing has to be agreed.")
        )
    db.lock_row(Crossing, crossing.pk)  # an order that changes at this moment shows, or waits until it is proposed
    if not Crossing.objects.filter(pk=crossing.pk, active=True).exists():
        raise RuleBroken(_("Customers do not cross here any more."), next_step=_("Look at the journey again."))
    if Handoff.objects.filter(crossing=crossing, state__in=OPEN).exists():
        raise RuleBroken(_("A handoff stands on this crossing already."), next_step=_("Accept or decline it first."))
    handoff = Handoff(
        crossing=crossing,
        from_department=source,
        to_department=target,
        what=what.strip(),
        within_hours=within_hours,
        proposed_by=actor,
        proposed_at=clock.now(),
    )
    _accept(handoff, sides, actor)
    handoff.save(force_insert=True)
    behalf = agreeing(standing, [source.pk if side == "from" else target.pk for side in sides])
    happenings = [_happening(events.HANDOFF_PROPOSED, handoff, crossing, what=handoff.what, **behalf)]
    if handoff.state == Handoff.State.ACCEPTED:
        happenings.append(_happening(events.HANDOFF_ACCEPTED, handoff, crossing, **behalf))
    record(actor, *happenings)
    return handoff


@db.command
def accept_handoff(handoff: Handoff, *, actor: Person | None) -> Handoff:
    """Accept for the side (or sides) that the actor leads; one that was not kept is confirmed so, by both sides.

    Raises NotAllowed; RuleBroken unless it is proposed.
    """
    handoff, crossing, standing, sides = _in_state(handoff, Handoff.State.PROPOSED, actor)
    missing = {side for side in ("from", "to") if getattr(handoff, f"{side}_accepted_at") is None} & sides
    if not missing:
        raise RuleBroken(
            _("Your side has accepted already."), next_step=_("The other department has to accept it now.")
        )
    _accept(handoff, frozenset(missing), actor)
    behalf = agreeing(standing, [getattr(handoff, f"{side}_department_id") for side in missing])
    happenings = [_happening(events.HANDOFF_ACCEPTED, handoff, crossing, **behalf)]
    if handoff.state == Handoff.State.ACCEPTED and handoff.broken_at is not None:
        handoff.broken_at, handoff.broken_by, handoff.broken_reason = None, None, ""
        happenings.append(_happening(events.HANDOFF_MENDED, handoff, crossing, **behalf))
    handoff.save()
    record(actor, *happenings)
    return handoff


@db.command
def report_broken(handoff: Handoff, *, reason: str, actor: Person | None) -> Handoff:
    """Say that what was agreed does not happen. It is agreed again when both sides have confirmed it anew.

    Raises NotAllowed; RuleBroken without a reason, or unless both had accepted it.
    """
    if not reason.strip():
        raise RuleBroken(_("Say what is not kept."), next_step=_("The other department has to know what went wrong."))
    handoff, crossing, standing, _sides = _in_state(handoff, Handoff.State.ACCEPTED, actor)
    handoff.state = Handoff.State.PROPOSED
    handoff.from_accepted_by = handoff.from_accepted_at = handoff.to_accepted_by = handoff.to_accepted_at = None
    handoff.broken_at, handoff.broken_by, handoff.broken_reason = clock.now(), actor, reason.strip()
    handoff.save()
    behalf = _for_either(standing, handoff)
    record(actor, _happening(events.HANDOFF_BROKEN, handoff, crossing, reason=handoff.broken_reason, **behalf))
    return handoff


@db.command
def decline_handoff(handoff: Handoff, *, reason: str, actor: Person | None) -> Handoff:
    """Decline, with a reason. Raises NotAllowed; RuleBroken without a reason or unless it is proposed."""
    if not reason.strip():
        raise RuleBroken(_("Declining has a reason."), next_step=_("Say why, for the other department."))
    handoff, crossing, standing, _sides = _in_state(handoff, Handoff.State.PROPOSED, actor)
    handoff.state, handoff.ended_at, handoff.ended_reason = Handoff.State.DECLINED, clock.now(), reason.strip()
    handoff.save(update_fields=["state", "ended_at", "ended_reason"])
    behalf = _for_either(standing, handoff)
    record(actor, _happening(events.HANDOFF_DECLINED, handoff, crossing, reason=handoff.ended_reason, **behalf))
    return handoff


def _in_state(
    handoff: Handoff, state: Handoff.State, actor: Person | None
) -> tuple[Handoff, Crossing, Standing, frozenset[str]]:
    """The handoff as it is now, its crossing held, where the actor stands, and the sides for which they speak."""
    crossing = _locked(handoff.crossing_id)
    now = Handoff.objects.select_related("from_department", "to_department").get(pk=handoff.pk)
    standing, ends = standing_of(actor), (now.from_department_id, now.to_department_id)
    sides = sides_of(standing, from_department_id=ends[0], to_department_id=ends[1])
    may_speak(sides, from_name=now.from_department.name, to_name=now.to_department.name).or_not_allowed()
    if now.state != state:
        says = _("This handoff is %(state)s already.")
        if now.broken_at is not None and now.state == Handoff.State.PROPOSED:
            says = _("It is said already that this handoff is not kept.")
        elif now.state == Handoff.State.PROPOSED:
            says = _("This handoff is only proposed: nobody can break it yet.")
        raise RuleBroken(says % {"state": now.get_state_display()}, next_step=_("Look at it again."))
    return now, crossing, standing, sides


def _for_either(standing: Standing, handoff: Handoff) -> dict[str, object]:
    """For whom somebody says what either side alone may say."""
    return on_behalf(standing, departments=[handoff.from_department_id, handoff.to_department_id])


def _accept(handoff: Handoff, sides: frozenset[str], actor: Person | None) -> None:
    for side in sides:
        setattr(handoff, f"{side}_accepted_by", actor)
        setattr(handoff, f"{side}_accepted_at", clock.now())
    if handoff.from_accepted_at and handoff.to_accepted_at:
        handoff.state = Handoff.State.ACCEPTED
