"""Jobs: asked for in a transaction, worked on by one at a time, resumed after a crash, given up in the end."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from celery import Celery
from django.db import transaction

from tests.activity.together import at_once
from workspace import clock
from workspace.activity import doorbell, registry
from workspace.activity.commands.jobs import LeaseLost, enqueue, hold_lease, work_on, work_on_waiting
from workspace.activity.models import Event, Job
from workspace.activity.registry import Step
from workspace.activity.rules.jobs import LEASE, MAX_ATTEMPTS, backoff
from workspace.organisation import commands as organisation
from workspace.organisation.models import BusinessUnit

pytestmark = pytest.mark.django_db(transaction=True)

CHUNKS = 4


class Handler:
    """Works in four chunks, each a row, and stops where it is told to."""

    def __init__(self) -> None:
        self.breaks_at: int | None = None
        self.between: dict[int, object] = {}
        self.inside: dict[int, Callable[[], None]] = {}

    def __call__(self, job: Job) -> Iterator[Step]:
        for chunk in range(job.cursor.get("next", 0), CHUNKS):
            if chunk == self.breaks_at:
                raise ArithmeticError(f"chunk {chunk} is broken")
            action = self.between.get(chunk)
            if callable(action):
                action()
            with transaction.atomic():
                hold_lease(job)
                self.inside.get(chunk, lambda: None)()
                BusinessUnit.objects.create(name=f"chunk {chunk} of job {job.pk}")
            yield Step(chunk + 1, CHUNKS, {"next": chunk + 1}, f"chunk {chunk}")
        job.result = {"chunks": CHUNKS}


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Handler:
    """Who works on jobs of kind “chunks”."""
    handler = Handler()
    monkeypatch.setattr(registry, "_jobs", dict(registry._jobs))
    registry.add_job("chunks", handler)
    return handler


def chunks_of(job: Job) -> int:
    return BusinessUnit.objects.filter(name__endswith=f"of job {job.pk}").count()


def now(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


def test_a_job_is_worked_on_to_its_end_and_tells_how_far_it_is(handler: Handler) -> None:
    job = enqueue("chunks")
    seen: list[tuple[int, int, str]] = []
    assert work_on(job.pk, watch=lambda step: seen.append((now(job).progress_done, step.total, step.note))) is not None
    assert seen == [(1, 4, "chunk 0"), (2, 4, "chunk 1"), (3, 4, "chunk 2"), (4, 4, "chunk 3")]
    done = now(job)
    assert (done.state, done.result, done.lease_until, done.attempts) == (Job.State.DONE, {"chunks": 4}, None, 1)
    assert done.started_at is not None
    assert done.finished_at is not None
    assert work_on(job.pk) is None
    assert chunks_of(job) == CHUNKS


def test_of_several_workers_one_takes_it(handler: Handler) -> None:
    job = enqueue("chunks")
    results = at_once(*[lambda: work_on(job.pk)] * 4)
    assert sum(result is not None for result in results) == 1
    assert chunks_of(job) == CHUNKS
    assert now(job).attempts == 1


def test_an_unknown_kind_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(ValueError, match="baking"):
        enqueue("baking")
    assert not Job.objects.exists()


def test_a_job_of_a_command_that_failed_does_not_exist(handler: Handler) -> None:
    def fail() -> None:
        enqueue("chunks")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), transaction.atomic():
        fail()
    assert not Job.objects.exists()


# --- Keys ------------------------------------------------------------------------------------------------------------


def test_a_key_has_one_unfinished_job(handler: Handler) -> None:
    first = enqueue("chunks", key="all")
    assert enqueue("chunks", key="all") == first
    assert enqueue("chunks", key="other") != first
    assert enqueue("chunks") != enqueue("chunks")
    work_on(first.pk)
    again = enqueue("chunks", key="all")
    assert again != first
    assert again.state == Job.State.QUEUED


def test_many_who_ask_at_once_get_the_same_job(handler: Handler) -> None:
    results = at_once(*[lambda: enqueue("chunks", key="all").pk] * 6)
    assert len(set(results)) == 1
    assert Job.objects.count() == 1


# --- Crashes ---------------------------------------------------------------------------------------------------------


class PulledThePlug(BaseException):
    """Nothing catches this: the process is gone."""


def pull_the_plug() -> None:
    raise PulledThePlug


def test_a_job_of_a_dead_worker_is_taken_over_when_its_lease_runs_out_and_not_before(handler: Handler) -> None:
    handler.between = {2: pull_the_plug}
    job = enqueue("chunks")
    with pytest.raises(PulledThePlug):
        work_on(job.pk)
    handler.between = {}
    until = now(job).lease_until
    assert until is not None
    with clock.at(until - timedelta(seconds=1)):
        assert work_on(job.pk) is None
    with clock.at(until + timedelta(seconds=1)):
        assert work_on(job.pk) is not None
    assert chunks_of(job) == CHUNKS  # the first two were not done again
    assert now(job).attempts == 2


def test_a_worker_that_lost_its_lease_writes_no_more(handler: Handler) -> None:
    job = enqueue("chunks")

    def steal() -> None:
        Job.objects.filter(pk=job.pk).update(worker="somebody else", note="mine")

    handler.between = {2: steal}
    assert work_on(job.pk) is None
    stolen = now(job)
    assert (stolen.worker, stolen.state, stolen.note) == ("somebody else", Job.State.RUNNING, "mine")
    assert chunks_of(job) == 2
    assert stolen.progress_done == 2


def test_a_lease_that_is_not_ones_own_is_not_held(handler: Handler) -> None:
    job = enqueue("chunks")
    with pytest.raises(LeaseLost), transaction.atomic():
        hold_lease(job)


def test_each_step_prolongs_the_lease(handler: Handler) -> None:
    job = enqueue("chunks")
    moment = clock.now()
    leases = []
    with clock.at(moment):
        work_on(job.pk, watch=lambda step: leases.append(now(job).lease_until))
    assert leases == [moment + LEASE] * CHUNKS


# --- Failures --------------------------------------------------------------------------------------------------------


def test_a_job_that_fails_waits_longer_each_time_and_is_given_up_in_the_end(handler: Handler) -> None:
    handler.breaks_at = 1
    job = enqueue("chunks")
    moment = clock.now() + timedelta(seconds=1)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with clock.at(moment):
            assert work_on_waiting() == 1
            assert work_on_waiting() == 0
        assert now(job).attempts == attempt
        assert "chunk 1 is broken" in now(job).error
        moment += backoff(attempt)
    assert now(job).state == Job.State.FAILED
    assert now(job).finished_at is not None
    with clock.at(moment + timedelta(days=1)):
        assert work_on_waiting() == 0
    assert chunks_of(job) == 1


def test_a_job_that_kills_each_of_its_workers_is_given_up_too(handler: Handler) -> None:
    handler.between = {1: pull_the_plug}
    job = enqueue("chunks")
    moment = clock.now()
    for _ in range(MAX_ATTEMPTS):
        with clock.at(moment), pytest.raises(PulledThePlug):
            work_on(job.pk)
        moment += timedelta(hours=1)
    with clock.at(moment):
        work_on(job.pk)
    assert now(job).state == Job.State.FAILED
    assert "8" in now(job).error


def test_a_failure_that_passes_is_forgotten(handler: Handler) -> None:
    handler.breaks_at = 2
    job = enqueue("chunks")
    work_on(job.pk)
    handler.breaks_at = None
    with clock.at(clock.now() + backoff(1) + timedelta(seconds=1)):
        work_on(job.pk)
    assert (now(job).state, now(job).error) == (Job.State.DONE, "")
    assert chunks_of(job) == CHUNKS


def test_who_watches_is_told_of_the_failure(handler: Handler) -> None:
    handler.breaks_at = 0
    job = enqueue("chunks")
    with pytest.raises(ArithmeticError):
        work_on(job.pk, watch=lambda step: None)
    assert now(job).state == Job.State.FAILED


def test_a_job_for_later_is_not_taken_before(handler: Handler) -> None:
    job = enqueue("chunks", run_at=clock.now() + timedelta(hours=1))
    assert work_on(job.pk) is None
    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        assert work_on(job.pk) is not None


# --- The doorbell ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//"])
def test_a_command_does_not_care_whether_anybody_hears_the_bell(
    monkeypatch: pytest.MonkeyPatch, broker: str, caplog: pytest.LogCaptureFixture
) -> None:
    out_of_reach = Celery("out-of-reach", broker=broker, set_as_current=False)
    out_of_reach.conf.broker_transport_options = {"max_retries": 0}
    monkeypatch.setattr(doorbell, "current_app", out_of_reach)
    monkeypatch.setattr(doorbell, "_broken_until", 0.0)
    organisation.create_unit("Loans", actor=None)
    assert BusinessUnit.objects.filter(name="Loans").exists()
    assert Event.objects.count() == 1
    assert "out of reach" in caplog.text


@pytest.mark.on_postgresql
def test_a_worker_in_a_chunk_longer_than_its_lease_keeps_its_job(handler: Handler) -> None:
    """The chunk has locked the row of the job: that alone says that its worker lives."""
    job = enqueue("chunks")
    in_chunk, go_on = threading.Event(), threading.Event()

    def long_chunk() -> None:
        in_chunk.set()
        assert go_on.wait(30)

    def look_in() -> Job | None:
        assert in_chunk.wait(30)
        with clock.at(clock.now() + 10 * LEASE):
            taken = work_on(job.pk)
        go_on.set()
        return taken

    handler.inside[1] = long_chunk
    worked, taken = at_once(lambda: work_on(job.pk), look_in)

    assert taken is None
    assert isinstance(worked, Job)
    assert now(job).attempts == 1
    assert now(job).state == Job.State.DONE
    assert chunks_of(job) == CHUNKS
