"""What higher apps tell this one in `AppConfig.ready()`: nouns to name, consumers to feed, jobs to run, topics."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from workspace.activity.models import Event, Job


@dataclass(frozen=True, slots=True)
class Named:
    """A thing as a reader sees it: its name, and its page where it has one."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Noun:
    """A word of the field that events speak of. `name_all` turns ids into names with one query."""

    code: str
    label: str | Promise
    name_all: Callable[[Collection[Any]], Mapping[Any, Named]]


@dataclass(frozen=True, slots=True)
class Consumer:
    """Something inside the house that reacts to events, in `seq` order, inside the transaction that marks them done."""

    name: str
    wants: Callable[[str], bool]
    handle: Callable[[Sequence[Event]], None]
    batch: int = 100


@dataclass(frozen=True, slots=True)
class Step:
    """What a job reports after each chunk: how much is done, and where to go on after a crash."""

    done: int
    total: int
    cursor: dict[str, Any]
    note: str = ""


JobHandler = Callable[["Job"], Iterator[Step]]

MaySee = Callable[[Any, int], bool]
"""Whether a person may see the thing with this id now: at most 1 statement, none for people who see all of its kind."""

SeenBy = Callable[[Any], Iterable[int]]
"""The ids of all things of a kind that a guest may see now: at most 1 statement."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A kind of thing that pages listen to, as far as the viewer may see it."""

    may_see: MaySee
    seen_by: SeenBy


_nouns: dict[str, Noun] = {}
_consumers: dict[str, Consumer] = {}
_jobs: dict[str, JobHandler] = {}
_topics: dict[str, Topic] = {}


def add_noun(noun: Noun) -> None:
    """Let events speak of this noun."""
    _nouns[noun.code] = noun


def add_consumer(consumer: Consumer) -> None:
    """Feed this consumer with the events it wants, from now on."""
    _consumers[consumer.name] = consumer


def add_job(kind: str, handler: JobHandler) -> None:
    """Let `handler` work on jobs of this kind: an idempotent generator, one Step per committed chunk."""
    _jobs[kind] = handler


def noun(code: str) -> Noun | None:
    """The noun with this code, if some app has added it."""
    return _nouns.get(code)


def nouns() -> tuple[Noun, ...]:
    """Every noun."""
    return tuple(_nouns.values())


def name_all(wanted: Mapping[str, Collection[Any]]) -> dict[str, Mapping[Any, Named]]:
    """The names of these things, by noun and id; nothing for a noun that no app has added: 1 statement per noun."""
    return {code: each.name_all(ids) if (each := _nouns.get(code)) and ids else {} for code, ids in wanted.items()}


def consumers() -> tuple[Consumer, ...]:
    """Every consumer."""
    return tuple(_consumers.values())


def job_handler(kind: str) -> JobHandler | None:
    """Who works on jobs of this kind."""
    return _jobs.get(kind)


def add_topic(kind: str, may_see: MaySee, seen_by: SeenBy) -> None:
    """Let pages listen to what happens in scopes `kind:id`, as far as the viewer may see the thing with that id."""
    _topics[kind] = Topic(may_see, seen_by)


def topic(kind: str) -> Topic | None:
    """Who may listen to topics of this kind."""
    return _topics.get(kind)


def topics() -> Mapping[str, Topic]:
    """Every kind of topic."""
    return _topics
