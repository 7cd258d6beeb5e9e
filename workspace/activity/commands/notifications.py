"""What people do with their notifications: read them, and choose how they are told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.activity import audiences
from workspace.activity.commands.events import Happening, record
from workspace.activity.events import CHOSEN
from workspace.activity.models import DigestHour, Mail, Notification, NotificationChoice
from workspace.errors import NotAllowed, RuleBroken, Unknown

KEPT = timedelta(days=90)
AT_ONCE = 1000


@db.command
def read_notification(pk: int, *, actor: Any) -> Notification:
    """Mark one of the actor's own as read; one that was read stays so. Raises Unknown for any other."""
    row = Notification.objects.select_related("event").filter(person=actor.pk, pk=pk).first()
    if row is None:
        raise Unknown(_("There is no notification %(id)s for you.") % {"id": pk}, next_step=_("Look at the list."))
    if row.read_at is None:
        row.read_at = clock.now()
        row.save(update_fields=["read_at"])
    return row


@db.command
def read_notifications(*, group: str = "", up_to: int | None = None, actor: Any) -> int:
    """Mark all of the actor's own as read, or those of a group; none that came after `up_to`. How many there were."""
    unread = Notification.objects.filter(person=actor.pk).unread()
    if group:
        unread = unread.filter(group=group)
    if up_to is not None:
        unread = unread.filter(pk__lte=up_to)
    return unread.update(read_at=clock.now())


@db.command
def choose_notifications(choices: Mapping[str, tuple[bool, str]], *, hour: int, actor: Any) -> None:
    """Say how one wants to be told: per group whether on the page, and when by mail; and the hour of the digest.

    What waits for a mail follows the new choice. Raises NotAllowed for somebody who has left; RuleBroken for a group,
    a way of mail or an hour that there is not.
    """
    if not actor.works_here:
        raise NotAllowed(_("You do not work here any more."), next_step=_("Ask an administrator."))
    for code, (_in_app, mail) in choices.items():
        if audiences.group(code) is None or mail not in Mail.values:
            raise RuleBroken(
                _("“%(group)s: %(mail)s” cannot be chosen.") % {"group": code, "mail": mail},
                next_step=_("Choose one of what the page offers."),
            )
    if not 0 <= hour <= 23:
        raise RuleBroken(_("“%(hour)s” is no hour of a day.") % {"hour": hour}, next_step=_("Give one from 0 to 23."))
    db.lock(f"activity.choices.{actor.pk}")
    made = {row.group: (row.in_app, row.mail) for row in NotificationChoice.objects.filter(person=actor.pk)}
    changed = {code: choice for code, choice in choices.items() if made.get(code) != choice}
    rows = [NotificationChoice(person=actor, group=code, in_app=on, mail=mail) for code, (on, mail) in changed.items()]
    NotificationChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "group"], update_fields=["in_app", "mail"]
    )
    DigestHour.objects.update_or_create(person=actor, defaults={"hour": hour})
    for code, (_in_app, mail) in changed.items():
        waiting = Notification.objects.filter(person=actor.pk, group=code).to_mail(Mail.DIGEST)
        if mail != Mail.DIGEST and settings.EMAIL is not None:
            waiting.update(mail=Mail.OFF)
    record(actor, Happening(CHOSEN, ("person", actor.pk)))


def forget_read_notifications() -> None:
    """Delete what was read, or mailed to somebody who wants nothing else, more than ninety days ago.

    1 statement where there is nothing to do.
    """
    over = Notification.objects.over(clock.now() - KEPT).order_by()
    while ids := list(over.values_list("pk", flat=True)[:AT_ONCE]):
        Notification.objects.filter(pk__in=ids).delete()


def forget_notifications_of(person_id: int) -> None:
    """Delete what somebody was told, and how they wanted to be told, in the caller's transaction: 3 statements."""
    for model in (Notification, NotificationChoice, DigestHour):
        model.objects.filter(person=person_id).delete()
