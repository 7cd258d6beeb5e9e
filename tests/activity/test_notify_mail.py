"""Mail about what happened: at once or once a day, at the reader's own hour; at least once, and to nobody who left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from journeys import commands as journeys
from tests.cast import Cast, deliver
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import enqueue, work_on, work_on_waiting
from workspace.activity.commands.mailing import DIGEST, LISTED
from workspace.activity.commands.notifications import choose_notifications
from workspace.activity.models import DigestHour, Event, Job, Mail, Notification, NotificationChoice
from workspace.activity.rules.notifications import digest_moment
from workspace.activity.tasks import send_digests
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db

MORNING = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)
"""A Wednesday; the installation stands in UTC."""


@pytest.fixture(autouse=True)
def installation(cast: Cast, settings: Any) -> Iterator[None]:
    """An installation that sends mail, and has told everything until now."""
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}
    while deliver_events():
        pass
    Notification.objects.all().delete()
    Job.objects.all().delete()
    with clock.at(MORNING):
        yield


def claim_the_till(cast: Cast) -> None:
    """Shops claim it: Sven, the head of Service, decides."""
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)


def letters(person: Person) -> list[Any]:
    return [letter for letter in mail.outbox if letter.to == [person.email]]


def choose(person: Person, group: str, how: str, **fields: Any) -> None:
    NotificationChoice.objects.create(person=person, group=group, mail=how, **fields)


def digests(at: datetime) -> None:
    """What the beat and the worker do at this moment."""
    with clock.at(at):
        send_digests()
        work_on_waiting()


# --- At once ---------------------------------------------------------------------------------------------------------


def test_a_letter_says_what_happened_and_leads_there_and_to_the_choices(cast: Cast, settings: Any) -> None:
    claim_the_till(cast)
    deliver()
    work_on_waiting()

    (letter,) = letters(cast.service_head)
    origin = settings.BASE_URL.origin
    assert letter.subject == "Liam Lead claimed Till for Shops."
    assert "Hello Sven Service," in letter.body
    assert f"- Liam Lead claimed Till for Shops.\n  {origin}/touchpoints/{cast.till.pk}/" in letter.body
    assert f"{origin}/account/notifications/" in letter.body
    assert letter.extra_headers["List-Unsubscribe"] == f"<{origin}/account/notifications/>"
    assert "<a " not in letter.body
    assert Notification.objects.get(event__kind="claim.made").mailed_at == MORNING


def test_a_letter_that_was_sent_but_not_marked_is_sent_again_with_the_same_id(cast: Cast) -> None:
    """The worker died between the two."""
    claim_the_till(cast)
    deliver()
    work_on_waiting()
    Notification.objects.update(mailed_at=None)
    job = Job.objects.get(kind="activity.mail_notifications")
    Job.objects.update(state=Job.State.QUEUED, finished_at=None)
    work_on(job.pk)

    first, again = letters(cast.service_head)
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_a_letter_is_sent_once(cast: Cast) -> None:
    claim_the_till(cast)
    deliver()
    work_on_waiting()
    Job.objects.update(state=Job.State.QUEUED, finished_at=None)
    work_on_waiting()

    assert len(letters(cast.service_head)) == 1


def test_nobody_who_left_meanwhile_gets_a_letter(cast: Cast) -> None:
    claim_the_till(cast)
    deliver()
    organisation.deactivate_person(cast.service_head, actor=cast.administrator)
    work_on_waiting()

    assert letters(cast.service_head) == []


def test_what_was_read_before_the_letter_went_out_is_not_mailed(cast: Cast) -> None:
    claim_the_till(cast)
    deliver()
    Notification.objects.update(read_at=MORNING)
    work_on_waiting()

    assert letters(cast.service_head) == []


def test_without_a_mail_server_everything_stands_in_the_app_alone(cast: Cast, settings: Any) -> None:
    settings.EMAIL = None
    claim_the_till(cast)
    deliver()
    work_on_waiting()
    digests(MORNING + timedelta(days=2))

    assert mail.outbox == []
    assert Notification.objects.get(event__kind="claim.made").in_app
    assert set(Notification.objects.values_list("mail", flat=True)) == {Mail.OFF}


def test_mail_alone_stands_on_no_page(cast: Cast) -> None:
    choose(cast.service_head, "claims", Mail.IMMEDIATE, in_app=False)
    claim_the_till(cast)
    deliver()
    work_on_waiting()

    assert len(letters(cast.service_head)) == 1
    assert not Notification.objects.filter(person=cast.service_head, group="claims").shown().exists()


def test_a_name_with_line_ends_makes_no_header(cast: Cast) -> None:
    cast.till.name = "Till\r\nBcc: everybody@example.com"
    cast.till.save()
    claim_the_till(cast)
    deliver()
    work_on_waiting()

    (letter,) = letters(cast.service_head)
    assert "\n" not in letter.subject
    assert letter.recipients() == [cast.service_head.email]


# --- Once a day ------------------------------------------------------------------------------------------------------


def test_a_digest_waits_for_the_hour_of_its_reader(cast: Cast) -> None:
    choose(cast.service_head, "claims", Mail.DIGEST)
    choose(cast.service_head, "flags", Mail.OFF)
    claim_the_till(cast)
    deliver()
    work_on_waiting()
    digests(MORNING + timedelta(hours=10))
    assert letters(cast.service_head) == []

    digests(datetime(2027, 3, 4, 8, 5, tzinfo=UTC))
    (letter,) = letters(cast.service_head)
    assert letter.subject == "Throughline: 1 notification"
    assert "Claims to decide" in letter.body
    assert "Liam Lead claimed Till for Shops. (3 March, 09:30)" in letter.body

    digests(datetime(2027, 3, 4, 8, 15, tzinfo=UTC))
    digests(datetime(2027, 3, 5, 8, 5, tzinfo=UTC))
    assert len(letters(cast.service_head)) == 1


def test_the_hour_is_that_of_the_place_where_the_reader_is(cast: Cast) -> None:
    Person.objects.filter(pk=cast.service_head.pk).update(time_zone="Asia/Tokyo")  # nine hours ahead
    DigestHour.objects.create(person=cast.service_head, hour=19)
    choose(cast.service_head, "claims", Mail.DIGEST)
    claim_the_till(cast)  # 18:30 in Tokyo
    deliver()
    digests(MORNING + timedelta(minutes=29))
    assert letters(cast.service_head) == []

    digests(MORNING + timedelta(minutes=31))
    (letter,) = letters(cast.service_head)
    assert "3 March, 18:30" in letter.body


def test_a_worker_that_was_away_at_the_hour_sends_it_later_and_nothing_newer(cast: Cast) -> None:
    choose(cast.service_head, "claims", Mail.DIGEST)
    claim_the_till(cast)
    deliver()
    with clock.at(datetime(2027, 3, 4, 10, 0, tzinfo=UTC)):
        journeys.claim_touchpoint(cast.fault_line, department=cast.shops, reason="Ours", actor=cast.shops_lead)
        deliver()

    digests(datetime(2027, 3, 4, 11, 0, tzinfo=UTC))
    (letter,) = letters(cast.service_head)
    assert "Till" in letter.body
    assert "Fault line" not in letter.body


def test_a_digest_keeps_its_id_when_it_is_sent_again(cast: Cast) -> None:
    choose(cast.service_head, "claims", Mail.DIGEST)
    claim_the_till(cast)
    deliver()
    digests(datetime(2027, 3, 4, 8, 5, tzinfo=UTC))
    Notification.objects.update(mailed_at=None)
    digests(datetime(2027, 3, 4, 9, 5, tzinfo=UTC))

    first, again = letters(cast.service_head)
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]


def test_a_long_digest_writes_out_the_first_and_counts_the_rest(cast: Cast) -> None:
    for number in range(LISTED + 7):
        event = Event.objects.create(
            at=MORNING, kind="claim.made", subject_kind="claim", subject_id=number, data={"touchpoint": cast.till.pk}
        )
        Notification.objects.create(
            person=cast.care_lead, event=event, at=MORNING, group="claims", subject="touchpoint:1", mail=Mail.DIGEST
        )
    digests(datetime(2027, 3, 4, 8, 5, tzinfo=UTC))

    (letter,) = letters(cast.care_lead)
    assert letter.body.count("\n- ") == LISTED
    assert "And 7 more." in letter.body
    assert not Notification.objects.to_mail(Mail.DIGEST).exists()


def test_a_digest_names_nothing_that_was_read_or_is_not_wanted_any_more(cast: Cast) -> None:
    choose(cast.service_head, "claims", Mail.DIGEST)
    claim_the_till(cast)
    deliver()
    choose_notifications({"claims": (True, Mail.OFF), "flags": (True, Mail.OFF)}, hour=8, actor=cast.service_head)
    digests(datetime(2027, 3, 4, 8, 5, tzinfo=UTC))

    assert letters(cast.service_head) == []


def test_a_digest_of_somebody_who_left_is_not_sent(cast: Cast) -> None:
    choose(cast.service_head, "claims", Mail.DIGEST)
    claim_the_till(cast)
    deliver()
    organisation.deactivate_person(cast.service_head, actor=cast.administrator)
    digests(datetime(2027, 3, 4, 8, 5, tzinfo=UTC))

    assert letters(cast.service_head) == []


def test_a_digest_that_fails_for_one_reaches_the_others_when_it_is_tried_again(cast: Cast, settings: Any) -> None:
    """The job resumes after whoever has theirs."""
    for person in (cast.service_head, cast.executive):
        event = Event.objects.create(
            at=MORNING, kind="claim.made", subject_kind="claim", subject_id=1, data={"touchpoint": cast.till.pk}
        )
        Notification.objects.create(
            person=person, event=event, at=MORNING, group="claims", subject="touchpoint:1", mail=Mail.DIGEST
        )
    broken, whole = settings.EMAIL_BACKEND, "tests.activity.test_notify_mail.Broken"
    settings.EMAIL_BACKEND = whole
    with clock.at(datetime(2027, 3, 4, 8, 5, tzinfo=UTC)):
        job = enqueue(DIGEST, key="digest")
        work_on(job.pk)
    assert mail.outbox == []

    settings.EMAIL_BACKEND = broken
    with clock.at(datetime(2027, 3, 4, 9, 5, tzinfo=UTC)):
        work_on(job.pk)
    assert len(letters(cast.service_head)) == len(letters(cast.executive)) == 1


class Broken:
    """A mail server that is away."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError("nobody answers at mail.example.com")


# --- The hour, without a database ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        ("2027-03-03T07:59:59", "2027-03-02T08:00:00"),
        ("2027-03-03T08:00:00", "2027-03-03T08:00:00"),
        ("2027-03-03T23:59:00", "2027-03-03T08:00:00"),
        ("2027-03-28T09:00:00", "2027-03-28T08:00:00"),  # the day on which clocks go forward in Berlin
        ("2027-10-31T09:00:00", "2027-10-31T08:00:00"),  # and back
    ],
)
def test_the_moment_of_a_digest_is_the_last_one_at_that_hour(now: str, moment: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    here = datetime.fromisoformat(now).replace(tzinfo=berlin)

    found = digest_moment(here.astimezone(UTC), hour=8, zone=berlin)

    assert found == datetime.fromisoformat(moment).replace(tzinfo=berlin)


def test_an_hour_that_a_day_leaves_out_still_comes_once(cast: Cast) -> None:
    """At two o'clock on 28 March 2027 it is three in Berlin."""
    berlin = ZoneInfo("Europe/Berlin")
    before, after = (datetime(2027, 3, 28, hour, 30, tzinfo=UTC) for hour in (0, 1))

    assert digest_moment(before, hour=2, zone=berlin).date().isoformat() == "2027-03-27"
    assert digest_moment(after, hour=2, zone=berlin).date().isoformat() == "2027-03-28"
