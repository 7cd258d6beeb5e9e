"""Letters over a real connection: what they hold, and whom a server that refuses or hangs keeps from theirs."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from journeys import commands as journeys
from sprints import commands as sprints
from tests.activity.mail_server import MailServer, mail_server
from tests.cast import Cast, deliver
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import work_on, work_on_waiting
from workspace.activity.models import DigestHour, Event, Job, Mail, Notification, NotificationChoice
from workspace.activity.queries.notifications import due_digests, visible_to
from workspace.activity.rules.jobs import MAX_ATTEMPTS
from workspace.activity.tasks import send_digests
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person, Share

pytestmark = pytest.mark.django_db

MORNING = datetime(2027, 3, 3, 9, 30, tzinfo=UTC)
"""A Wednesday; the installation stands in UTC."""
TOMORROW = datetime(2027, 3, 4, 8, 5, tzinfo=UTC)


@pytest.fixture
def server(cast: Cast, settings: Any) -> Iterator[MailServer]:
    """An installation that sends its mail to a server of its own, and has told everything until now."""
    with mail_server() as listening:
        settings.EMAIL = {"EMAIL_HOST": "127.0.0.1"}
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", listening.port, 10
        while deliver_events():
            pass
        Notification.objects.all().delete()
        Job.objects.all().delete()
        with clock.at(MORNING):
            yield listening


def tell(person: Person, touchpoint: int, *, mail: str = Mail.DIGEST, at: datetime = MORNING) -> Notification:
    event = Event.objects.create(
        at=at, kind="claim.made", subject_kind="claim", subject_id=1, data={"touchpoint": touchpoint}
    )
    return Notification.objects.create(
        person=person, event=event, at=at, group="claims", subject=f"touchpoint:{touchpoint}", mail=mail
    )


def work(at: datetime = MORNING) -> None:
    """What beat and worker do at this moment."""
    with clock.at(at):
        send_digests()
        work_on_waiting()


def claim_the_till_of(cast: Cast, name: str) -> None:
    cast.till.name = name
    cast.till.save()
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    deliver()


# --- What a letter holds ---------------------------------------------------------------------------------------------


def test_a_letter_is_text_and_html_with_one_link_that_works_and_says_why_it_came(
    cast: Cast, server: MailServer, client: Client, settings: Any
) -> None:
    claim_the_till_of(cast, "Till <b>& more</b>")
    work()

    (letter,) = server.to(cast.service_head.email)
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = letter.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Liam Lead claimed Till <b>& more</b> for Shops." in text
    assert "claimed Till &lt;b&gt;&amp; more&lt;/b&gt; for Shops." in html
    for body in (text, html):
        assert "because you are told at once of “Claims to decide”" in body
        assert "or stop it" in body
        assert f"{settings.BASE_URL.origin}/account/notifications/" in body
    client.force_login(cast.service_head)
    links = [link.removeprefix(settings.BASE_URL.origin) for link in re.findall(r'href="([^"]+)"', html)]
    assert links == [f"/touchpoints/{cast.till.pk}/", "/notifications/", "/account/notifications/"]
    assert [client.get(link).status_code for link in links] == [200, 200, 200]


def test_names_make_neither_headers_nor_recipients(cast: Cast, server: MailServer) -> None:
    evil = "Till\r\nBcc: all@example.com\r\n\r\n<p>\u2028Subject: \x85Hello\x0b"
    Person.objects.filter(pk=cast.shops_lead.pk).update(name="Liam\nCc: all@example.com")
    Person.objects.filter(pk=cast.service_head.pk).update(name="Sven\r\nTo: all@example.com")
    claim_the_till_of(cast, evil)
    work()

    (letter,) = server.to(cast.service_head.email)
    assert letter["Bcc"] is None
    assert letter["Cc"] is None
    assert len(letter.get_all("To", [])) == len(letter.get_all("Subject", [])) == 1
    assert len(str(letter["Subject"]).splitlines()) == 1


# --- One who cannot be reached ---------------------------------------------------------------------------------------


def test_who_is_refused_for_good_stands_in_nobodys_way_and_reads_it_on_the_page(
    cast: Cast, server: MailServer, client: Client
) -> None:
    """The digest of the first one is refused: the others have theirs, and it is not tried again and again."""
    people = sorted([cast.service_head, cast.executive, cast.care_lead], key=lambda person: person.pk)
    for person in people:
        tell(person, cast.till.pk)
    Notification.objects.update(in_app=False)
    server.refuses[people[0].email] = "550 no such user here"
    work(TOMORROW)

    assert [len(server.to(person.email)) for person in people] == [0, 1, 1]
    assert Job.objects.get(kind="activity.mail_digests").state == Job.State.DONE
    Job.objects.all().delete()
    work(TOMORROW + timedelta(minutes=10))
    assert not Job.objects.exists()
    row = Notification.objects.get(person=people[0])
    assert (row.in_app, row.mail, row.mailed_at) == (True, Mail.OFF, None)


def test_who_is_put_off_gets_it_with_the_daily_mail_and_others_at_once(cast: Cast, server: MailServer) -> None:
    server.refuses[cast.shops_lead.email] = "450 try again later"
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, reason="Ours", actor=cast.online_lead)
    deliver()
    work()
    assert [len(server.to(person.email)) for person in (cast.shops_lead, cast.shops_deputy)] == [0, 1]

    server.refuses.clear()
    work(TOMORROW)
    assert len(server.to(cast.shops_lead.email)) == 1


def test_who_is_put_off_for_days_reads_it_on_the_page(cast: Cast, server: MailServer) -> None:
    tell(cast.executive, cast.till.pk)
    server.refuses[cast.executive.email] = "451 greylisted"
    for day in range(5):
        work(TOMORROW + timedelta(days=day))
        Job.objects.all().delete()

    assert server.taken == []
    assert Notification.objects.get(person=cast.executive).mail == Mail.OFF


@pytest.mark.parametrize("address", ["no address", "nobody@@example.com", "a\nb@example.com"])
def test_an_address_that_is_none_stands_in_nobodys_way(cast: Cast, server: MailServer, address: str) -> None:
    first, second = sorted([cast.service_head, cast.executive], key=lambda person: person.pk)
    Person.objects.filter(pk=first.pk).update(email=address)
    for person in (first, second):
        tell(person, cast.till.pk)
    server.refuses = {"no address": "501 what", "nobody@@example.com": "501 what"}
    work(TOMORROW)

    assert len(server.to(second.email)) == 1


# --- A server that is away -------------------------------------------------------------------------------------------


def test_a_server_that_hangs_up_is_tried_again(cast: Cast, server: MailServer) -> None:
    claim_the_till_of(cast, "Till")
    server.hangs_up = True
    work()
    job = Job.objects.get(kind="activity.mail_notifications")
    assert (job.state, job.attempts) == (Job.State.QUEUED, 1)

    server.hangs_up = False
    with clock.at(MORNING + timedelta(minutes=1)):
        work_on(job.pk)
    assert len(server.to(cast.service_head.email)) == 1


def test_a_server_that_says_nothing_is_left_alone_after_a_while(cast: Cast, server: MailServer, settings: Any) -> None:
    claim_the_till_of(cast, "Till")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = silent.getsockname()[1], 0.2
        work()

    assert Job.objects.get(kind="activity.mail_notifications").state == Job.State.QUEUED
    assert not Notification.objects.filter(mailed_at__isnull=False).exists()


def test_what_no_server_took_at_once_comes_with_the_daily_mail(cast: Cast, server: MailServer) -> None:
    """The mail server is away for hours: nothing that was to be mailed is forgotten."""
    claim_the_till_of(cast, "Till")
    job = Job.objects.get(kind="activity.mail_notifications")
    server.hangs_up = True
    for attempt in range(MAX_ATTEMPTS):
        with clock.at(MORNING + timedelta(hours=attempt)):
            work_on(job.pk)
    job.refresh_from_db()
    assert job.finished_at is not None

    server.hangs_up = False
    work(TOMORROW)
    (letter,) = server.to(cast.service_head.email)
    assert "claimed Till" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


# --- Once, and with an id that says so -------------------------------------------------------------------------------


def test_what_was_told_late_has_a_letter_of_its_own_with_an_id_of_its_own(cast: Cast, server: MailServer) -> None:
    """The worker was behind: mail programs would hide a second letter with the id of the first."""
    tell(cast.executive, cast.till.pk)
    work(TOMORROW)
    tell(cast.executive, cast.receipt.pk)
    work(TOMORROW + timedelta(minutes=5))

    first, second = server.to(cast.executive.email)
    assert first["Message-ID"] != second["Message-ID"]
    assert "Receipt" in second.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def test_who_travels_gets_two_letters_with_two_ids(cast: Cast, server: MailServer) -> None:
    """Eight o'clock comes twice on the day on which somebody flies from Tokyo to New York."""
    Person.objects.filter(pk=cast.executive.pk).update(time_zone="Asia/Tokyo")
    tell(cast.executive, cast.till.pk, at=MORNING - timedelta(days=1))
    work(datetime(2027, 3, 2, 23, 5, tzinfo=UTC))
    Person.objects.filter(pk=cast.executive.pk).update(time_zone="America/New_York")
    tell(cast.executive, cast.receipt.pk, at=datetime(2027, 3, 3, 1, 0, tzinfo=UTC))
    work(datetime(2027, 3, 3, 13, 5, tzinfo=UTC))

    assert len({letter["Message-ID"] for letter in server.to(cast.executive.email)}) == 2


@pytest.mark.parametrize(
    ("zone", "day", "hour"),
    [
        ("Europe/Berlin", datetime(2027, 3, 28, tzinfo=UTC), 2),  # there is no such hour
        ("Europe/Berlin", datetime(2027, 10, 31, tzinfo=UTC), 2),  # it comes twice
        ("Europe/Berlin", datetime(2027, 10, 31, tzinfo=UTC), 3),
        ("Asia/Beirut", datetime(2027, 3, 28, tzinfo=UTC), 0),  # the day begins at one
        ("Asia/Beirut", datetime(2027, 10, 30, 12, tzinfo=UTC), 23),  # midnight comes an hour late
        ("Australia/Lord_Howe", datetime(2027, 4, 3, 12, tzinfo=UTC), 1),  # half an hour comes twice
    ],
)
def test_on_days_on_which_clocks_change_there_is_one_letter_a_day_and_nothing_twice(
    cast: Cast, server: MailServer, zone: str, day: datetime, hour: int
) -> None:
    """Something happens every two hours, and the beat looks every half hour."""
    Person.objects.filter(pk=cast.executive.pk).update(time_zone=zone)
    DigestHour.objects.create(person=cast.executive, hour=hour)
    days = []
    for step in range(-24, 54):
        moment = day + timedelta(minutes=30 * step)
        if step % 4 == 0:
            tell(cast.executive, cast.till.pk, at=moment)
        before = len(server.taken)
        work(moment)
        days += [moment.astimezone(ZoneInfo(zone)).date()] * (len(server.taken) - before)

    assert len(days) == len(set(days)) >= 1
    told = sum(letter.get_body(("plain",)).get_content().count("\n- ") for letter in server.taken)  # type: ignore[union-attr]
    assert told == Notification.objects.filter(mailed_at__isnull=False).count()


# --- Guests ----------------------------------------------------------------------------------------------------------


def share(cast: Cast, squad: Squad) -> Share:
    return Share.objects.create(
        noun="team", subject_id=squad.team.pk, guest=cast.guest, ends_on=clock.today() + timedelta(days=9),
        granted_by=cast.executive, granted_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("how", ["at once", "once a day"])
def test_a_guest_whose_share_ended_before_the_letter_went_out_gets_none(
    cast: Cast, squad: Squad, server: MailServer, how: str
) -> None:
    shared = share(cast, squad)
    chosen = Mail.IMMEDIATE if how == "at once" else Mail.DIGEST
    NotificationChoice.objects.create(person=cast.guest, group="mentions", mail=chosen)
    sprints.write_comment(squad.mail, text="@Gus Guest, have a look", actor=cast.shops_lead)
    deliver()
    shared.delete()
    work(MORNING if how == "at once" else TOMORROW)

    assert server.to(cast.guest.email) == []
    assert cast.guest.pk not in due_digests(TOMORROW), "nothing waits any more"


def test_a_guest_who_wants_mail_alone_gets_the_daily_mail(cast: Cast, squad: Squad, server: MailServer) -> None:
    share(cast, squad)
    NotificationChoice.objects.create(person=cast.guest, group="mentions", mail=Mail.DIGEST, in_app=False)
    sprints.write_comment(squad.mail, text="@Gus Guest, have a look", actor=cast.shops_lead)
    deliver()
    work(TOMORROW)

    assert len(server.to(cast.guest.email)) == 1


def test_who_became_a_guest_reads_nothing_of_what_is_for_people_inside(cast: Cast, server: MailServer) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    deliver()
    organisation.set_role(cast.service_head, role=Person.Role.GUEST, actor=cast.administrator)
    Share.objects.create(
        noun="journey", subject_id=cast.journey.pk, guest=cast.service_head, granted_by=cast.executive,
        ends_on=clock.today() + timedelta(days=9), granted_at=clock.now(),
    )  # fmt: skip
    cast.service_head.refresh_from_db()
    work()

    assert server.to(cast.service_head.email) == []
    assert not visible_to(cast.service_head).exists()
