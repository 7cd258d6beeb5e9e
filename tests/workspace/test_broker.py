"""The file broker of the embedded mode: a reader finds whole messages or none, whenever it looks."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError

from tests.activity.together import at_once, errors
from workspace import broker
from workspace.celery import app

LARGE = "x" * 400_000
"""Large enough that writing it takes longer than looking for it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the messages lie."""
    for name in ("messages", "control"):
        (tmp_path / name).mkdir()
    return tmp_path


def connect(folder: Path) -> Connection:
    messages = str(folder / "messages")
    options = {"data_folder_in": messages, "data_folder_out": messages, "control_folder": str(folder / "control")}
    return Connection("filesystem://", transport="workspace.broker:Transport", transport_options=options)


@pytest.fixture
def bells() -> Queue:
    """A queue that this process has not declared yet: it remembers those that it has."""
    name = uuid.uuid4().hex
    return Queue(name, Exchange(f"to-{name}"), routing_key=name)


@pytest.fixture
def channel(folder: Path) -> Iterator[Any]:
    """A reader and writer of them."""
    with connect(folder) as connection:
        yield connection.default_channel


def send(connection: Connection, queue: Queue, body: Any) -> None:
    connection.Producer().publish(body, exchange=queue.exchange, routing_key=queue.routing_key, declare=[queue])


def heard(queue: Queue, connection: Connection) -> Any:
    """The next message; None where there is none."""
    message = queue(connection.default_channel).get(no_ack=True)
    return message and message.payload


def test_the_embedded_mode_rings_through_it() -> None:
    is_embedded = app.conf.broker_url.startswith("filesystem:")

    assert (app.connection().get_transport_cls() is broker.Transport) is is_embedded


def test_a_reader_that_looks_all_the_time_gets_every_message_whole(folder: Path, bells: Queue) -> None:
    done = threading.Event()
    got: list[Any] = []
    with connect(folder) as connection:
        bells(connection.default_channel).declare()

    def write() -> None:
        try:
            with connect(folder) as connection:
                for number in range(150):
                    send(connection, bells, [number, LARGE])
        finally:
            done.set()

    def read() -> None:
        with connect(folder) as connection:
            while True:
                is_last = done.is_set()
                message = heard(bells, connection)
                if message is not None:
                    got.append(message)
                elif is_last:
                    return

    assert errors(at_once(write, read)) == []
    assert sorted(number for number, _text in got) == list(range(150))
    assert {text for _number, text in got} == {LARGE}
    assert list((folder / "messages").iterdir()) == []


def test_a_message_that_cannot_be_read_is_thrown_away_and_the_next_one_heard(folder: Path, channel: Any) -> None:
    """The disk was full, or the power went: nobody stumbles over it again and again."""
    (folder / "messages" / "0_torn.bells.msg").write_text("")
    (folder / "messages" / "1_torn.bells.msg").write_text('{"body": "eyJ')
    channel._put("bells", {"body": "whole"})

    assert channel._get("bells") == {"body": "whole"}
    with pytest.raises(Empty):
        channel._get("bells")


def test_a_table_of_queues_that_was_torn_is_begun_anew(folder: Path, bells: Queue) -> None:
    table = folder / "control" / f"{bells.exchange.name}.exchange"
    table.write_text("")

    with connect(folder) as connection:
        send(connection, bells, "heard")
        assert heard(bells, connection) == "heard"


def test_queues_that_begin_at_once_in_a_new_folder_are_all_heard(folder: Path, bells: Queue) -> None:
    """The web, the worker and the beat start together."""
    queues = [Queue(f"{bells.name}-{number}", bells.exchange, routing_key=str(number)) for number in range(8)]

    def begin(queue: Queue) -> None:
        with connect(folder) as connection:
            send(connection, queue, queue.name)

    assert errors(at_once(*[partial(begin, queue) for queue in queues])) == []
    with connect(folder) as connection:
        assert [heard(queue, connection) for queue in queues] == [queue.name for queue in queues]


def test_a_folder_that_cannot_be_written_to_says_so_in_the_words_of_the_broker(folder: Path, channel: Any) -> None:
    (folder / "messages").rmdir()

    with pytest.raises(ChannelError, match="Cannot add the message"):
        channel._put("bells", {})
