"""Threads that write on SQLite take turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from workspace.db import Turns


def started(thread: threading.Thread) -> threading.Thread:
    thread.start()
    return thread


@pytest.fixture
def turns() -> Iterator[Turns]:
    turns = Turns()
    yield turns
    assert not turns._waiting, "everybody has had a turn"


def test_whoever_came_first_goes_first(turns: Turns) -> None:
    went: list[int] = []

    def go(number: int) -> None:
        with turns.turn():
            went.append(number)

    threads = []
    with turns.turn():
        for number in range(20):
            threads.append(started(threading.Thread(target=go, args=(number,))))
            while len(turns._waiting) < number + 2:  # it stands in the queue
                pass
        assert went == []
    for thread in threads:
        thread.join(10)
    assert went == list(range(20))


def test_a_failure_ends_the_turn(turns: Turns) -> None:
    with pytest.raises(ZeroDivisionError), turns.turn():
        raise ZeroDivisionError
    with turns.turn():
        pass


def test_nobody_waits_for_ever(turns: Turns, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that never ends its turn is passed by: the database has the last word."""
    monkeypatch.setattr(Turns, "PATIENCE", 0.01)
    went = threading.Event()

    def go() -> None:
        with turns.turn():
            went.set()

    with turns.turn():
        thread = started(threading.Thread(target=go))
        assert went.wait(10)
    thread.join(10)
