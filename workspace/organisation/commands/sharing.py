"""Sharing something with a guest, until a day."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.commands.entering import enter_person
from workspace.organisation.commands.holding import hold
from workspace.organisation.commands.invitations import Invited, write_invitation
from workspace.organisation.models import Person, Share
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.invitations import may_invite
from workspace.organisation.rules.sharing import is_last_day_allowed
from workspace.organisation.shareable import may_share


@db.command
def share(noun: str, subject_id: int, *, guest: Person, until: date | None, actor: Person | None) -> Share:
    """Let a guest see a thing until the end of the day `until`.

    Raises NotAllowed; Unknown for a thing that is not there; RuleBroken for somebody who is no guest or left, for a
    day that has passed or is too far away, and for what is shared with the guest already.
    """
    may_share(standing_of(actor), noun, subject_id).or_not_allowed()
    is_last_day_allowed(until, today=clock.today()).or_rule_broken()
    assert until is not None
    hold(guest)
    if not guest.works_here or not guest.is_guest:
        raise RuleBroken(
            _("%(name)s is no guest here.") % {"name": guest.name},
            next_step=_("People of the house see it anyway; whoever left is let in again by an administrator."),
        )
    now = clock.now()
    there = Share.objects.filter(guest=guest, noun=noun, subject_id=subject_id, ended_at__isnull=True)
    if there.in_force(clock.today()).exists():
        raise RuleBroken(
            _("It is shared with %(name)s already.") % {"name": guest.name}, next_step=_("Change its last day instead.")
        )
    there.update(ended_at=now)  # one that its day has ended
    made = Share.objects.create(
        noun=noun,
        subject_id=subject_id,
        guest=guest,
        ends_on=until + timedelta(days=1),
        granted_by=actor,
        granted_at=now,
    )
    _record(events.SHARED, made, actor, until=until.isoformat())
    return made


@db.command
def invite_and_share(
    noun: str, subject_id: int, *, email: str, name: str, until: date | None, actor: Person | None
) -> Invited:
    """Invite a new guest and share a thing with them, in one step. Raises as `invite_person` and `share` do."""
    standing = standing_of(actor)
    may_share(standing, noun, subject_id).or_not_allowed()
    role = Person.Role.GUEST
    may_invite(standing, role=role, is_sharing=True).or_not_allowed()
    is_last_day_allowed(until, today=clock.today()).or_rule_broken()
    guest = enter_person(
        email, name=name, department=None, job_title="", role=role, time_zone="", password=None, actor=actor
    )
    share(noun, subject_id, guest=guest, until=until, actor=actor)
    return write_invitation(guest, actor=actor)


@db.command
def change_share(share: Share, *, until: date | None, actor: Person | None) -> Share:
    """Let it end on another day. Raises NotAllowed; RuleBroken for a wrong day, or a share that has ended."""
    may_share(standing_of(actor), share.noun, share.subject_id).or_not_allowed()
    is_last_day_allowed(until, today=clock.today()).or_rule_broken()
    assert until is not None
    _hold(share)
    old, share.ends_on = share.last_day, until + timedelta(days=1)
    if old != until:
        share.save(update_fields=["ends_on"])
        _record(events.SHARE_CHANGED, share, actor, until=until.isoformat(), old=old.isoformat())
    return share


@db.command
def end_share(share: Share, *, actor: Person | None) -> None:
    """End it now. Raises NotAllowed; RuleBroken for a share that has ended."""
    may_share(standing_of(actor), share.noun, share.subject_id).or_not_allowed()
    _end(_hold(share), actor)


def end_shares_of(guest: Person, *, actor: Person | None) -> None:
    """End all that is shared with a person, in the caller's transaction: whoever becomes a guest again begins anew."""
    for share in guest.shares.filter(ended_at__isnull=True).order_by("pk"):
        _end(share, actor)


def _end(share: Share, actor: Person | None) -> None:
    share.ended_at = clock.now()
    share.save(update_fields=["ended_at"])
    _record(events.SHARE_ENDED, share, actor)


def _hold(share: Share) -> Share:
    """Lock a share and read it again. Raises RuleBroken for one that has ended."""
    db.lock_row(Share, share.pk)
    share.refresh_from_db()
    if share.ended_at is not None or share.ends_on <= clock.today():
        raise RuleBroken(_("This is not shared any more."), next_step=_("Share it again."))
    return share


def _record(kind: str, share: Share, actor: Person | None, **data: str) -> None:
    """Tell of a share in the history of what is shared; whoever may see that may see its history."""
    about = (share.noun, share.subject_id)
    scope = f"{share.noun}:{share.subject_id}"
    record(actor, Happening(kind, about, {"guest": share.guest_id, **data}, scope=scope))
