"""The event log: written with the change it tells of, never altered, numbered in the order of commits."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from tests.activity.together import at_once, in_another_connection
from tests.cast import Cast
from workspace.activity import kinds
from workspace.activity.commands.delivery import deliver_events, sequence_events
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Event, EventSubject
from workspace.organisation import commands as organisation
from workspace.organisation import events as organisation_events
from workspace.organisation.models import Person

HAPPENED = organisation_events.UNIT_RENAMED


def happening(number: int = 1) -> Happening:
    return Happening(HAPPENED, ("unit", number), {"old": "a", "new": "b"})


def record_and_fail() -> None:
    record(None, happening())
    raise ZeroDivisionError


def record_in_a_transaction(number: int) -> int:
    with transaction.atomic():
        return record(None, happening(number))[0].pk


# --- Recording -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_an_event_is_recorded_in_the_transaction_of_its_change_or_not_at_all() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(None, happening())
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_and_fail()
    assert not Event.objects.exists()
    record_in_a_transaction(1)
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_a_kind_that_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unit\.exploded"):
        record(None, Happening("unit.exploded", ("unit", 1)))
    with pytest.raises(ValueError, match="names no subject"):
        record(None, Happening(HAPPENED))
    assert not Event.objects.exists()


def test_a_kind_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        kinds.declare(HAPPENED, "again")


@pytest.mark.django_db
def test_nothing_happened_is_no_event() -> None:
    assert record(None) == []
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_a_bulk_event_names_each_subject_once() -> None:
    (event,) = record(None, Happening(HAPPENED, None, subjects=("unit", [3, 1, 3])))
    assert event.subject_id is None
    assert set(EventSubject.objects.filter(event=event).values_list("subject_id", flat=True)) == {1, 3}


@pytest.mark.django_db
def test_an_event_remembers_who_did_it_and_which_version_came_of_it(cast: Cast) -> None:
    unit = organisation.rename_unit(cast.retail, name="Shops and web", actor=cast.administrator)
    event = Event.objects.latest("id")
    assert (event.actor, event.subject_kind, event.subject_id) == (cast.administrator, "unit", unit.pk)
    assert event.subject_version == unit.version
    assert event.data == {"old": "Retail", "new": "Shops and web"}


# --- Append-only -----------------------------------------------------------------------------------------------------


@pytest.fixture
def event(db: None) -> Event:
    with transaction.atomic():
        return record(None, happening())[0]


@pytest.mark.parametrize("numbered", [False, True], ids=["new", "numbered"])
@pytest.mark.parametrize(
    "change",
    [
        {"kind": "unit.created"},
        {"data": {"old": "x"}},
        {"subject_id": 2},
        {"subject_version": 9},
        {"scope": "journey:1"},
        {"seq": None},
        {"seq": 99, "data": {}},
    ],
)
def test_no_update_changes_an_event(event: Event, numbered: bool, change: dict[str, object]) -> None:
    if numbered:
        sequence_events()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**change)


def test_neither_saving_nor_raw_sql_changes_an_event(event: Event) -> None:
    event.data = {"old": "forged"}
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.save()
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        cursor.execute("UPDATE activity_event SET kind = 'unit.created'")
    event.refresh_from_db()
    assert event.data == {"old": "a", "new": "b"}


def test_a_number_is_given_once(event: Event) -> None:
    sequence_events()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(seq=77)


def test_no_event_is_deleted(event: Event) -> None:
    with pytest.raises(TypeError, match="append-only"):
        event.delete()
    with pytest.raises(TypeError, match="append-only"):
        Event.objects.all().delete()
    assert Event.objects.count() == 1


def test_an_actor_in_the_log_is_not_deleted(cast: Cast) -> None:
    def delete() -> None:
        Person.objects.filter(pk=cast.administrator.pk)._raw_delete("default")
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        delete()


# --- In the order of commits -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_numbers_follow_each_other_without_a_gap() -> None:
    for number in range(5):
        record(None, happening(number))
    assert sequence_events() == 5
    assert sequence_events() == 0
    record(None, happening(5), happening(6))
    sequence_events()
    assert list(Event.objects.in_order().values_list("seq", "subject_id")) == [(n + 1, n) for n in range(7)]


@pytest.mark.django_db
def test_more_events_than_fit_into_one_batch_are_all_numbered() -> None:
    record(None, *(happening(number) for number in range(2100)))
    deliver_events()
    seqs = list(Event.objects.in_order().values_list("seq", flat=True))
    assert seqs == list(range(1, 2101))


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_not_committed_is_not_numbered_and_comes_later() -> None:
    """On SQLite there is one writer, so the late one cannot even begin before the other has committed."""
    written, go_on = threading.Event(), threading.Event()

    def late() -> int:
        with transaction.atomic():
            early_id = record(None, happening(1))[0].pk
            written.set()
            assert go_on.wait(30)
            return early_id

    def others() -> tuple[int, list[int]]:
        assert written.wait(30)
        later_id = record_in_a_transaction(2)
        sequence_events()
        seen = list(Event.objects.in_order().values_list("id", flat=True))
        go_on.set()
        return later_id, seen

    early_id, (later_id, seen) = at_once(late, others)
    assert early_id < later_id
    assert seen == [later_id]
    last_read = Event.objects.in_order().last()
    assert last_read is not None
    sequence_events()
    # Who read up to the number that there was misses nothing.
    assert list(Event.objects.in_order().filter(seq__gt=last_read.seq).values_list("id", flat=True)) == [early_id]


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_two_who_number_lose_nothing_and_give_no_number_twice() -> None:
    def write() -> None:
        for number in range(10):
            record_in_a_transaction(number)

    def give_numbers() -> None:
        for _ in range(10):
            sequence_events()

    results = at_once(write, give_numbers, write, give_numbers, write)
    assert results == [None] * 5
    while sequence_events():
        pass
    assert list(Event.objects.in_order().values_list("seq", flat=True)) == list(range(1, 31))


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_another_connection_sees_no_event_before_its_commit() -> None:
    with transaction.atomic():
        record(None, happening())
        assert in_another_connection(lambda: Event.objects.count()) == 0
    assert in_another_connection(lambda: Event.objects.count()) == 1
