"""Mailing notifications: at once, or together once a day. At least once, with an id that stays the same."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from workspace import clock
from workspace.activity import audiences
from workspace.activity.models import Job, Mail, Notification
from workspace.activity.models.notifications import NotificationQuerySet
from workspace.activity.queries.notifications import due_digests, lines_of, visible_to, with_events, zone_named
from workspace.activity.registry import Step
from workspace.activity.rules.jobs import MAX_ATTEMPTS

log = logging.getLogger(__name__)

DIGEST = "activity.mail_digests"
LISTED = 50
"""So many lines of a digest are written out; the rest is counted, and stands on the page."""
PATIENCE = timedelta(days=3)
"""So long a letter is tried that the server of its reader puts off. Then it stands on the page alone."""
REFUSED_FOR_GOOD = 500
"""From this answer of a mail server on, it is of no use to ask again (RFC 5321, 4.2.1)."""


def mail_notifications(job: Job) -> Iterator[Step]:
    """Mail what was told by the events of a job and is wanted at once: one letter for each person.

    A letter that was sent and not marked, because the worker died, is sent again with the same id. What no server
    took in all the attempts of a job waits for the daily mail.
    """
    waiting = Notification.objects.to_mail(Mail.IMMEDIATE).filter(event__in=job.args["events"])
    people = sorted(set(waiting.order_by().values_list("person", flat=True)))
    try:
        for done, person_id in enumerate(people, start=1):
            _mail(person_id, waiting, name=f"notifications.{job.pk}.{person_id}", is_digest=False)
            yield Step(done, len(people), {})
    except OSError:
        if job.attempts < MAX_ATTEMPTS:
            raise
        n = waiting.update(mail=Mail.DIGEST)
        log.exception("Job %s: no mail server took %d notifications; they wait for the daily mail.", job.pk, n)
    if not people:
        yield Step(0, 0, {})


def mail_digests(job: Job) -> Iterator[Step]:
    """Mail the digests that are due, person by person."""
    due = due_digests(clock.now(), after=int(job.cursor.get("after", 0)))
    for done, (person_id, moment) in enumerate(sorted(due.items()), start=1):
        _mail(person_id, Notification.objects.to_mail(Mail.DIGEST).filter(at__lte=moment), name="", is_digest=True)
        yield Step(done, len(due), {"after": person_id})
    if not due:
        yield Step(0, 0, {})


def _mail(person_id: int, waiting: NotificationQuerySet, *, name: str, is_digest: bool) -> None:
    """Send somebody what waits for them, as far as they are here and may see it now.

    Who cannot be reached stands in nobody's way. Raises OSError where the mail server is away, for everybody.
    """
    people: Any = get_user_model()._default_manager
    person = people.active().filter(pk=person_id).first()
    if person is None:
        return
    own = waiting.filter(pk__in=visible_to(person).order_by().values("pk"))
    rows = with_events(own.order_by("group", "id") if is_digest else own.order_by("id"))
    if person.is_guest:  # what was shared with them and is not any more waits for nothing
        waiting.filter(person=person_id).exclude(pk__in=[row.pk for row in rows]).update(mail=Mail.OFF)
    if not rows:
        return
    try:
        _send(person, rows, name=name or _name_of(person_id, rows), is_digest=is_digest)
    except (SMTPRecipientsRefused, SMTPDataError) as error:
        _put_off(person_id, rows, error, is_final=min(_answers(error)) >= REFUSED_FOR_GOOD)
    except (OSError, DatabaseError):
        raise
    except Exception as error:  # an address that is none, or a line that cannot be written
        _put_off(person_id, rows, error, is_final=isinstance(error, ValueError))


def _answers(error: SMTPRecipientsRefused | SMTPDataError) -> Collection[int]:
    if isinstance(error, SMTPDataError):
        return [error.smtp_code]
    return [code for code, _text in error.recipients.values()]


def _put_off(person_id: int, rows: Sequence[Notification], error: Exception, *, is_final: bool) -> None:
    """Let the letter wait for the next daily mail; where that is of no use any more, its lines stand on the page."""
    told = Notification.objects.filter(pk__in=[row.pk for row in rows])
    if is_final or min(row.at for row in rows) < clock.now() - PATIENCE:
        told.update(mail=Mail.OFF, in_app=True)
        log.warning("Person %s cannot be mailed, and reads it on the page: %s", person_id, error)
    else:
        told.update(mail=Mail.DIGEST)
        log.warning("Person %s cannot be mailed now, and is with the daily mail: %s", person_id, error)


def _name_of(person_id: int, rows: Sequence[Notification]) -> str:
    """The id of a daily mail: the same for the same lines, and another one for any others."""
    lines = hashlib.sha256(" ".join(str(row.pk) for row in rows).encode()).hexdigest()[:16]
    return f"digest.{person_id}.{lines}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands in a letter."""

    subject: str
    text: str
    html: str


def _send(person: Any, rows: Sequence[Notification], *, name: str, is_digest: bool) -> None:
    """Send one letter about these rows, and mark them: a failure in between sends it again, with the same id."""
    choices = f"{settings.BASE_URL.origin}{reverse('activity:notification_choices')}"
    letter = _letter(person, rows, choices=choices, is_digest=is_digest)
    headers = {
        "Message-ID": f"<{name}@{settings.BASE_URL.host}>",
        "List-Unsubscribe": f"<{choices}>",
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMultiAlternatives(letter.subject, letter.text, None, [person.email], headers=headers)
    message.attach_alternative(letter.html, "text/html")
    message.send()
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=clock.now())


def _letter(person: Any, rows: Sequence[Notification], *, choices: str, is_digest: bool) -> Letter:
    lines = lines_of(rows[:LISTED])
    origin = settings.BASE_URL.origin
    about = {row.group: audiences.group(row.group) for row in rows}
    words = {
        "person": person,
        "lines": lines,
        "more": len(rows) - len(lines),
        "is_digest": is_digest,
        "origin": origin,
        "page": f"{origin}{reverse('activity:notifications')}",
        "choices": choices,
        "about": ", ".join(f"“{group.label}”" for group in about.values() if group),
    }
    with timezone.override(zone_named(person.time_zone)):
        text = render_to_string("activity/mail/notifications.txt", words)
        html = render_to_string("activity/mail/notifications.html", words)
    return Letter(_subject(lines[0].text, len(rows), is_digest=is_digest), text, html)


def _subject(first: str, count: int, *, is_digest: bool) -> str:
    """One line, however long a name is and whatever stands in it."""
    first = " ".join(first.split())
    if is_digest:
        text = ngettext("Throughline: %(n)d notification", "Throughline: %(n)d notifications", count) % {"n": count}
    elif count == 1:
        text = first
    else:
        text = _("%(first)s (and %(n)d more)") % {"first": first[:120], "n": count - 1}
    return text if len(text) <= 160 else f"{text[:157]}…"
