"""The live stream: every change reaches whoever listens, nobody else, and none is lost."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from journeys import commands as journeys
from tests.activity.together import at_once, errors, in_another_connection
from tests.cast import Cast
from tests.workspace.processes import eventually
from workspace import clock
from workspace.activity.commands.events import Happening, record
from workspace.activity.live import hub as hubs
from workspace.activity.live import stream as streams
from workspace.activity.live.hub import hub
from workspace.activity.live.messages import Batch, Listener
from workspace.activity.live.stream import WAITING, Stream
from workspace.activity.live.tail import Tail
from workspace.activity.models import Event
from workspace.activity.queries.fresh import NAMED, Fresh, Position, committed_after, recorded_since
from workspace.activity.topics import seal
from workspace.organisation import commands as organisation
from workspace.organisation import events as organisation_events
from workspace.organisation.commands.sessions import end_sessions
from workspace.organisation.commands.sharing import end_share
from workspace.organisation.models import Person

HAPPENED = organisation_events.UNIT_RENAMED


@pytest.fixture(autouse=True)
def _nobody_listens_afterwards() -> Iterator[None]:
    yield
    hub.close()


def happen(subject: int = 1, *, scope: str = "") -> int:
    with transaction.atomic():
        return record(None, Happening(HAPPENED, ("unit", subject), {"old": "a", "new": "b"}, scope))[0].pk


# --- The tail --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_tail_begins_at_the_present_and_reads_each_event_once() -> None:
    happen(1)
    tail = Tail()
    assert tail.read() == []
    second, third = happen(2), happen(3)
    assert [event.id for event in tail.read()] == [second, third]
    assert tail.read() == []


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_event_with_a_smaller_id_that_is_committed_later_is_read() -> None:
    happen(1)
    has_written, may_commit = threading.Event(), threading.Event()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.append(record(None, Happening(HAPPENED, ("unit", 2), {"old": "a", "new": "b"}))[0].pk)
            has_written.set()
            may_commit.wait(30)

    def others() -> tuple[list[int], list[int], list[int], Position]:
        has_written.wait(30)
        begun_before = Tail()
        quick = happen(3)
        tail_of_a_late_comer = Tail()
        before = [event.id for event in begun_before.read()]
        position = begun_before.position
        may_commit.set()
        writer.join(30)
        return before, [quick], [event.id for event in [*begun_before.read(), *tail_of_a_late_comer.read()]], position

    writer = threading.Thread(target=lambda: in_another_connection(slow))
    writer.start()
    before, quick, after, position = others()
    assert before == quick
    assert late[0] < quick[0]
    assert after == [*late, *late], "both the one that was there before and the one that came in between"
    assert [event.id for event in committed_after(Position.read(position.text) or Position(), at_most=9)] == late


def write_slowly(seed: int) -> list[int]:
    """Write 75 events, each in a transaction that takes its time; one in ten is undone."""
    chance = random.Random(seed)
    written = []
    for number in range(75):
        with suppress(ZeroDivisionError), transaction.atomic():
            pk = record(None, Happening(HAPPENED, ("unit", number), {"old": "a", "new": "b"}))[0].pk
            if connection.vendor == "postgresql":  # where several write at once, so that commits overtake each other
                time.sleep(chance.choice([0, 0, 0.002, 0.02]))
            if chance.random() < 0.1:
                raise ZeroDivisionError
            written.append(pk)
    return written


@pytest.mark.django_db(transaction=True)
def test_with_many_writers_at_once_nothing_is_lost_and_nothing_comes_twice() -> None:
    """600 events by eight writers that take their time to commit, some of which change their mind."""
    tail = Tail()
    seen: list[int] = []
    done = threading.Event()

    def follow() -> None:
        while True:
            is_last = done.is_set()
            seen.extend(event.id for event in tail.read())
            if is_last:
                return
            done.wait(0.005)

    def run_all() -> list[Any]:
        try:
            return at_once(*[partial(write_slowly, seed) for seed in range(8)])
        finally:
            done.set()

    results = at_once(run_all, follow)
    assert errors(results) == []
    written = [pk for per_writer in results[0] for pk in per_writer]
    assert len(written) > 500
    assert sorted(seen) == sorted(written)
    assert len(seen) == len(set(seen))


@pytest.mark.django_db(transaction=True)
def test_a_look_costs_one_statement_however_long_the_log_is(django_assert_num_queries: Any) -> None:
    happen(1)
    tail = Tail()
    happen(2)
    with django_assert_num_queries(1):
        tail.read()
    for number in range(20):
        happen(number)
    with django_assert_num_queries(1):
        tail.read()


@pytest.mark.django_db(transaction=True)
def test_a_bulk_event_names_its_subjects_unless_they_are_too_many() -> None:
    place = Tail().position
    with transaction.atomic():
        record(
            None,
            Happening(HAPPENED, data={}, subjects=("unit", [5, 6])),
            Happening(HAPPENED, data={}, subjects=("unit", range(NAMED + 1))),
            Happening(HAPPENED, ("unit", 7), {}),
        )
    few, many, one = committed_after(place, at_most=10)
    assert sorted(few.subject_ids) == [5, 6]
    assert many.subject_ids == ()
    assert one.subject_ids == (7,)


@pytest.mark.django_db(transaction=True)
def test_what_was_recorded_since_a_moment_comes_oldest_first() -> None:
    happen(1)
    moment = clock.now()
    later = [happen(2), happen(3)]
    assert [event.id for event in recorded_since(moment, at_most=10)] == later
    assert [event.id for event in recorded_since(moment, at_most=1)] == later[-1:]


# --- What is told ----------------------------------------------------------------------------------------------------


def fresh(number: int = 1, *, kind: str = HAPPENED, scope: str = "", actor: int | None = None) -> Fresh:
    return Fresh(number, timezone.now(), kind, scope, actor, "unit", (number,))


def told(batch: Batch, *topics: str, person: int = 1, is_guest: bool = False) -> list[dict[str, Any]]:
    text = batch.for_listener(Listener(person, is_guest, frozenset(topics))).decode()
    return [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


def test_each_hears_of_their_own_topics() -> None:
    batch = Batch([fresh(1, scope="team:7"), fresh(2, scope="team:8"), fresh(3)], Position(3))
    assert [one["id"] for one in told(batch, "team:7")] == [1]
    assert [one["topic"] for one in told(batch, "all", "team:8")] == ["all", "team:8", "all"]
    assert [one["id"] for one in told(batch, "house")] == [3]
    assert told(batch, "team:9") == []


def test_a_message_says_where_and_never_what() -> None:
    (one,) = told(Batch([fresh(4, scope="team:7")], Position(4)), "team:7")
    assert one == {"topic": "team:7", "kind": HAPPENED, "subject": "unit", "ids": [4], "id": 4}


def test_a_guest_learns_that_something_happened_and_no_more() -> None:
    batch = Batch([fresh(4, scope="team:7"), fresh(5, scope="team:7")], Position(5))
    assert told(batch, "team:7", is_guest=True) == [{"topic": "team:7"}]


def test_what_is_personal_reaches_the_person_alone() -> None:
    batch = Batch([fresh(4, kind=organisation_events.SESSIONS_ENDED, actor=1)], Position(4))
    assert len(told(batch, "all", person=1)) == 1
    assert told(batch, "all", person=2) == []


def test_the_place_stands_at_the_end_of_what_was_found_together() -> None:
    batch = Batch([fresh(4, scope="team:7"), fresh(5, scope="team:7")], Position(5, frozenset({3})))
    text = batch.for_listener(Listener(1, False, frozenset({"team:7"}))).decode()
    assert text.count("id: ") == 1
    assert text.endswith("id: 5.3\n\n")
    assert batch.for_listener(Listener(2, False, frozenset({"team:7"}))) == text.encode()


def test_a_slow_reader_is_told_to_fetch_everything_and_keeps_no_more() -> None:
    stream = Stream(Listener(1, False, frozenset({"all"})), session_key="", session_hash="")
    for number in range(10 * WAITING):
        stream.put(b"x%d\n\n" % number, instead=b"event: resync\n\n")
    stream.end()
    (piece,) = stream.read(lambda _: None)
    assert piece.count(b"\n\n") <= WAITING
    assert piece.startswith(b"event: resync\n\n")


# --- Over HTTP -------------------------------------------------------------------------------------------------------


class Page:
    """An open page of somebody who is signed in; it reads its stream in a thread of its own."""

    def __init__(self, person: Person, *topics: str, last: str = "", client: Client | None = None) -> None:
        self.client = client or signed_in(person)
        key = str(self.client.session.session_key)
        sealed = seal(topics, person_id=person.pk, session_key=key, position=hub.position)
        self.address = "/live/"
        self.parameters = {"for": sealed} | ({"last": last} if last else {})
        self.response: Any = self.client.get(self.address, self.parameters)
        self.text = ""
        self.has_ended = threading.Event()
        self._has_news = threading.Condition()
        if self.response.status_code == 200:
            threading.Thread(target=self._read, daemon=True).start()
            self.wait_for("event: hello")

    def _read(self) -> None:
        for piece in self.response.streaming_content:
            with self._has_news:
                self.text += piece.decode()
                self._has_news.notify_all()
        connection.close()
        self.has_ended.set()

    def wait_for(self, text: str, *, within: float = 10) -> None:
        with self._has_news:
            assert self._has_news.wait_for(lambda: text in self.text, within), f"{text!r} not in {self.text!r}"

    def hears_of(self, subject: str, pk: int, *, within: float = 10) -> None:
        """Wait until the stream has told of this thing; what happened before it may be told first."""

        def is_told() -> bool:
            return any(pk in one["ids"] for one in self.changes if one["subject"] == subject)

        with self._has_news:
            assert self._has_news.wait_for(is_told, within), f"{subject} {pk} not in {self.text!r}"

    @property
    def changes(self) -> list[dict[str, Any]]:
        lines = [line[6:] for line in self.text.splitlines() if line.startswith("data: {")]
        return [json.loads(line) for line in lines]


def sealed_for(person: Person, client: Client) -> str:
    """What a page made at this moment carries, to hear everything."""
    key = str(client.session.session_key)
    return seal(["all"], person_id=person.pk, session_key=key, position=hub.position)


def first_piece(client: Client, sealed: str) -> str:
    """What a stream begins with."""
    response: Any = client.get("/live/", {"for": sealed})
    text: str = next(iter(response.streaming_content)).decode()
    response.close()
    return text


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")
    return client


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub looks often whether everybody still may listen, and streams whether they are over."""
    monkeypatch.setattr(hubs, "WATCH_EVERY", 0.1)
    monkeypatch.setattr(hubs, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(streams, "LOOKS_EVERY", 0.1)


pages = pytest.mark.django_db(transaction=True)


@pages
def test_a_claim_is_heard_where_it_happened(cast: Cast) -> None:
    journey = f"journey:{cast.journey.pk}"
    page, elsewhere = Page(cast.member, journey), Page(cast.executive, "journey:999")
    everything = Page(cast.administrator, "all")
    assert page.response["Content-Type"].startswith("text/event-stream")
    assert page.response["X-Accel-Buffering"] == "no"
    assert "no-store" in page.response["Cache-Control"]
    journeys.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    page.hears_of("touchpoint", cast.till.pk)
    everything.hears_of("touchpoint", cast.till.pk)
    assert {one["topic"] for one in page.changes} == {journey}
    assert elsewhere.changes == []
    assert "Bela" not in page.text
    assert "Till" not in page.text


@pages
def test_whoever_comes_back_hears_what_was_missed(cast: Cast) -> None:
    client = signed_in(cast.member)
    place = first_piece(client, sealed_for(cast.member, client)).rpartition("id: ")[2].strip()
    missed = happen(4, scope="team:7")
    eventually(lambda: is_behind(missed), within=10, what="the hub has read what was missed")
    again = Page(cast.member, "all", last=place, client=client)
    again.wait_for('"ids":[4]')
    assert [one["id"] for one in again.changes] == [missed]
    last = [happen(number) for number in range(101)][-1]
    eventually(lambda: is_behind(last), within=10, what="the hub has read what was missed")
    away_for_long = Page(cast.member, "all", last=place, client=client)
    away_for_long.wait_for("event: resync")
    assert away_for_long.changes == []
    from_nowhere = Page(cast.member, "all", last="-", client=client)
    from_nowhere.wait_for("event: resync")


def is_behind(event_id: int) -> bool:
    """Whether nobody who comes now hears this event from the hub: it has told it already, or is at rest."""
    position = hub.position
    return position is None or position.last >= event_id


@pages
def test_what_happened_between_the_page_and_its_stream_is_heard(cast: Cast) -> None:
    client = signed_in(cast.member)
    before = sealed_for(cast.member, client)
    happen(4)
    text = first_piece(client, before)
    assert '"ids":[4]' in text
    assert hub.position is not None
    with_place = sealed_for(cast.member, client)
    happen(5)
    text = first_piece(client, with_place)
    assert '"ids":[5]' in text


@pages
@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("how", ["deactivated", "signed out", "signed out everywhere", "password", "session over"])
def test_a_stream_ends_with_the_right_to_be_here(cast: Cast, how: str) -> None:
    page, other = Page(cast.member, "all"), Page(cast.executive, "all")
    if how == "deactivated":
        organisation.deactivate_person(cast.member, actor=cast.administrator)
    elif how == "signed out":
        page.client.logout()
    elif how == "signed out everywhere":
        end_sessions(cast.member, actor=cast.administrator)
        page.client.session.delete(page.client.session.session_key)  # force_login notes no session of its own
    elif how == "password":
        cast.member.set_password("something else altogether")
        cast.member.save(update_fields=["password"])
    else:
        from django.contrib.sessions.models import Session

        Session.objects.filter(pk=page.client.session.session_key).update(expire_date=clock.now())
    assert page.has_ended.wait(10)
    assert not other.has_ended.is_set()
    assert page.client.get(page.address, page.parameters).status_code == 302


@pages
@pytest.mark.usefixtures("often")
def test_a_guest_hears_what_is_shared_and_only_while_it_is(cast: Cast) -> None:
    journey = f"journey:{cast.journey.pk}"
    assert Page(cast.guest, journey).response.status_code == 403
    shared = organisation.share(
        "journey", cast.journey.pk, guest=cast.guest, until=clock.today(), actor=cast.administrator
    )
    page = Page(cast.guest, journey, "house", "all", "journey:999")
    happen(1)
    journeys.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    page.wait_for(journey)
    assert all(one == {"topic": journey} for one in page.changes)
    end_share(shared, actor=cast.administrator)
    assert page.has_ended.wait(10)
    assert page.client.get(page.address, page.parameters).status_code == 403


@pages
@pytest.mark.usefixtures("often")
def test_whoever_becomes_a_guest_hears_no_more_of_the_house(cast: Cast) -> None:
    page = Page(cast.member, "all")
    Person.objects.filter(pk=cast.member.pk).update(role=Person.Role.GUEST)
    assert page.has_ended.wait(10)
    assert page.client.get(page.address, page.parameters).status_code == 403


@pages
def test_topics_of_somebody_else_are_refused_with_the_next_step(cast: Cast) -> None:
    page = Page(cast.member, "all")
    stolen = signed_in(cast.other_member).get(page.address, page.parameters)
    assert stolen.status_code == 403
    assert "Reload the page" in stolen.content.decode()
    assert Client().get(page.address, page.parameters).status_code == 302


@pages
def test_head_says_whether_a_stream_would_come_and_opens_none(cast: Cast) -> None:
    page = Page(cast.member, "all")
    listening = len(hub)
    assert page.client.head(page.address, page.parameters).status_code == 200
    assert len(hub) == listening
    assert page.client.head(page.address, {"for": "made up"}).status_code == 403


@pages
def test_too_many_pages_are_told_to_come_later(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "PER_PERSON", 2)
    monkeypatch.setattr(hubs, "PER_PROCESS", 3)
    client = signed_in(cast.member)
    assert [Page(cast.member, "all", client=client).response.status_code for _ in range(3)] == [200, 200, 503]
    assert Page(cast.executive, "all").response.status_code == 200
    refused = Page(cast.administrator, "all").response
    assert refused.status_code == 503
    assert int(refused["Retry-After"]) > 0


@pages
@pytest.mark.usefixtures("often")
def test_a_browser_that_went_before_it_read_is_forgotten(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "BEGIN_WITHIN", 0.0)
    client = signed_in(cast.member)
    response = client.get("/live/", {"for": sealed_for(cast.member, client)})
    eventually(lambda: len(hub) == 0, within=10, what="forgotten")
    response.close()


@pages
@pytest.mark.usefixtures("often")
def test_nobody_asks_the_database_once_nobody_listens(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "LINGER", 0.1)
    client = signed_in(cast.member)
    assert "event: hello" in first_piece(client, sealed_for(cast.member, client))
    eventually(lambda: hub.position is None, within=10, what="the hub at rest")
    assert not [thread for thread in threading.enumerate() if thread.name == "live-hub" and thread.is_alive()]
    again = Page(cast.member, "all")
    happen(8)
    again.wait_for('"ids":[8]')


@pages
@pytest.mark.usefixtures("often")
def test_a_database_that_was_away_makes_everybody_fetch_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "PAUSE", 0.05)
    page = Page(cast.member, "all")
    Event.objects.all()._raw_delete("default")  # as after a restore: the log is shorter than it was
    page.wait_for("event: resync")
    happen(9)
    page.wait_for('"ids":[9]')
