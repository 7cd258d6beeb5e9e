"""What somebody is told of, as they read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth import get_user_model
from django.db.models import F, Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from workspace.activity import audiences
from workspace.activity.models import DigestHour, Mail, Notification, NotificationChoice
from workspace.activity.models.notifications import NotificationQuerySet
from workspace.activity.queries.history import Entry, readable
from workspace.activity.rules.notifications import digest_moment
from workspace.activity.topics import topics_of


@dataclass(frozen=True, slots=True)
class Line:
    """A notification, ready to be shown. `url` leads to what it is about."""

    notification: Notification
    entry: Entry
    group: audiences.Group | None
    url: str

    @property
    def more(self) -> int:
        """How many more like it were told with it."""
        return 0 if "count" in self.notification.event.data else self.notification.count - 1

    @property
    def on_behalf_of(self) -> str:
        """For whom the reader hears of it, as their stand-in; "" where it concerns them themselves."""
        absent = self.notification.on_behalf_of
        return absent.name if absent else ""

    @property
    def text(self) -> str:
        """Its sentence without markup."""
        text = unescape(strip_tags(self.entry.sentence))
        return _("For %(name)s: %(text)s") % {"name": self.on_behalf_of, "text": text} if self.on_behalf_of else text


@dataclass(frozen=True, slots=True)
class Chosen:
    """A group, and how somebody is told of it."""

    group: audiences.Group
    in_app: bool
    mail: str


def visible_to(person: Any) -> NotificationQuerySet:
    """The person's own; of a guest's, those for guests that they may still see: 1 statement for each kind of topic."""
    own: NotificationQuerySet = Notification.objects.filter(person=person.pk)
    if not person.is_guest:
        return own
    for_guests = [group.code for group in audiences.groups() if group.for_guests]
    return own.filter(scope__in=topics_of(person), group__in=for_guests)


def unread_count(person: Any) -> int:
    """How many notifications the person has not read: 1 statement, and for a guest 1 for each kind of topic."""
    return visible_to(person).unread().count()


def lines_of(rows: Iterable[Notification]) -> list[Line]:
    """The sentences of these rows, in their order: 1 statement, and 1 per noun named.

    A sentence that counts subjects counts those that concern the reader.
    """
    listed = list(rows)
    for row in listed:
        if "count" in row.event.data:
            row.event.data = row.event.data | {"count": row.count}
    return [_line(row, entry) for row, entry in zip(listed, readable([row.event for row in listed]), strict=True)]


def _line(row: Notification, entry: Entry) -> Line:
    group = audiences.group(row.group)
    return Line(row, entry, group, entry.url or (page_of(group) if group else ""))


def page_of(group: audiences.Group) -> str:
    """The page that leads to all of a group."""
    return f"{reverse(group.place)}{group.query}"


def choices_of(person: Any) -> list[Chosen]:
    """How the person is told of each group that can reach them: 1 statement."""
    made = {choice.group: choice for choice in NotificationChoice.objects.filter(person=person.pk)}
    return [
        _chosen(group, made.get(group.code))
        for group in audiences.groups()
        if (group.for_guests or not person.is_guest) and group.only in ("", person.role)
    ]


def _chosen(group: audiences.Group, choice: NotificationChoice | None) -> Chosen:
    return Chosen(group, choice.in_app, choice.mail) if choice else Chosen(group, True, group.mail)


def digest_hour_of(person: Any) -> int:
    """The hour of the person's digest: 1 statement."""
    hour = DigestHour.objects.filter(person=person.pk).values_list("hour", flat=True).first()
    return DigestHour.DEFAULT if hour is None else hour


def waiting_for_digest() -> QuerySet[Any, Any]:
    """Who has something for a digest, when the first of it was told, where they are, and at which hour they want it."""
    people: Any = get_user_model()._default_manager
    waiting = (
        Notification.objects.to_mail(Mail.DIGEST)
        .filter(person__in=people.active().order_by().values("pk"))
        .order_by()
        .values("person")
        .annotate(first=Min("at"), zone=F("person__time_zone"), hour=F("person__digest_hour__hour"))
    )
    return waiting.order_by("person")


def due_digests(now: datetime, *, after: int = 0) -> Mapping[int, datetime]:
    """Whose digest is due now, by person id, and up to which moment it tells: 1 statement."""
    due = {}
    for row in waiting_for_digest().filter(person__gt=after):
        hour = DigestHour.DEFAULT if row["hour"] is None else row["hour"]
        moment = digest_moment(now, hour=hour, zone=zone_named(row["zone"]))
        if row["first"] <= moment:
            due[row["person"]] = moment
    return due


def zone_named(name: str) -> Any:
    """The time zone of this name; that of the installation for none, or for one that is not known any more."""
    try:
        return ZoneInfo(name) if name else timezone.get_default_timezone()
    except (ZoneInfoNotFoundError, ValueError):
        return timezone.get_default_timezone()


def with_events(rows: QuerySet[Notification]) -> Sequence[Notification]:
    """The rows with their events, and for whom they are: 1 statement."""
    return list(rows.select_related("event", "on_behalf_of"))
