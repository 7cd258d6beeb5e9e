"""Jobs: asked for in a command's transaction, claimed by a guarded update, worked in chunks, resumed after a crash."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, models, transaction
from django.db.models import F

from workspace import clock, db
from workspace.activity import doorbell, registry
from workspace.activity.models import Job
from workspace.activity.queries.jobs import takeable_jobs
from workspace.activity.rules.jobs import LEASE, MAX_ATTEMPTS, backoff

log = logging.getLogger(__name__)

Watcher = Callable[[registry.Step], None]


class WorkersLost(Exception):
    """Every worker that took the job died of it: one that is killed leaves no error behind, only its lease."""


class LeaseLost(Exception):
    """Somebody else works on the job now: its lease ran out before this worker came back to it."""


@db.command
def enqueue(
    kind: str, args: dict[str, Any] | None = None, *, key: str = "", run_at: datetime | None = None, actor: Any = None
) -> Job:
    """Ask for a job; the bell rings after commit. With a `key`, an unfinished job of that kind and key is returned.

    Raises ValueError for a kind that no app works on.
    """
    if registry.job_handler(kind) is None:
        raise ValueError(f"no app works on jobs of kind {kind!r}")
    job = Job(kind=kind, key=key, args=args or {}, run_at=run_at, requested_by=actor, created_at=clock.now())
    if key:
        job = _the_one(job)
    else:
        job.save(force_insert=True)
    if run_at is None:
        job_id = job.pk
        transaction.on_commit(lambda: doorbell.ring_job(job_id))
    return job


def _the_one(job: Job) -> Job:
    """The unfinished job of this kind and key: `job`, newly written, or the one that is there."""
    while True:
        Job.objects.bulk_create([job], ignore_conflicts=True)
        there = Job.objects.unfinished().filter(kind=job.kind, key=job.key).first()
        if there is not None:  # otherwise the one that was in the way has just finished
            return there


def work_on(job_id: int, *, watch: Watcher | None = None) -> Job | None:
    """Claim the job and work on it to its end, here and now; None when it is finished or somebody else has it.

    A failure is kept on the row and the job queued again with growing waits, up to 8 attempts; with `watch` (somebody
    is looking at the progress) it is raised as well.
    """
    job = _claim(job_id)
    if job is None:
        return None
    handler = registry.job_handler(job.kind)
    try:
        if job.attempts > MAX_ATTEMPTS:
            raise WorkersLost(f"{MAX_ATTEMPTS} workers began this job and were gone before its end")
        if handler is None:
            raise LookupError(f"no app works on jobs of kind {job.kind!r}")
        with _Heartbeat(job):
            for step in handler(job):
                _note_progress(job, step)
                if watch:
                    watch(step)
        _finish(job)
    except LeaseLost:
        log.warning("Job %s (%s): the lease was lost, another worker goes on.", job.pk, job.kind)
        return None
    except Exception as error:
        log.exception("Job %s (%s) failed at attempt %s.", job.pk, job.kind, job.attempts)
        _give_up_or_wait(job, error, final=watch is not None)
        if watch:
            raise
    return job


def work_on_waiting(*, limit: int = 20) -> int:
    """Work on the jobs that wait, oldest first; return how many were worked on."""
    return sum(
        work_on(job_id) is not None for job_id in takeable_jobs(clock.now()).values_list("id", flat=True)[:limit]
    )


def _claim(job_id: int) -> Job | None:
    """Take the job by a guarded update. One whose row is locked is left alone: its worker lives, in a long chunk."""
    now = clock.now()
    worker = f"{socket.gethostname()[:20]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
    with transaction.atomic():
        free = takeable_jobs(now).filter(id=job_id).order_by()
        if not free.select_for_update(skip_locked=True).values_list("id"):
            return None
        claimed = free.update(
            state=Job.State.RUNNING, worker=worker, lease_until=now + LEASE, attempts=F("attempts") + 1, error=""
        )
    if not claimed:
        return None
    Job.objects.filter(id=job_id, started_at__isnull=True).update(started_at=now)
    return Job.objects.get(id=job_id)


def _mine(job: Job) -> models.QuerySet[Job]:
    return Job.objects.filter(id=job.pk, worker=job.worker, state=Job.State.RUNNING)


def hold_lease(job: Job) -> None:
    """Prove inside a chunk's transaction that the job is still ours, and lock it. Raises LeaseLost."""
    if not _mine(job).update(lease_until=clock.now() + LEASE):
        raise LeaseLost


def _note_progress(job: Job, step: registry.Step) -> None:
    changed = _mine(job).update(
        lease_until=clock.now() + LEASE,
        progress_done=step.done,
        progress_total=step.total,
        cursor=step.cursor,
        note=step.note[:200],
    )
    if not changed:
        raise LeaseLost
    job.cursor = step.cursor


def _finish(job: Job) -> None:
    changed = _mine(job).update(
        state=Job.State.DONE, finished_at=clock.now(), lease_until=None, result=job.result, error=""
    )
    if not changed:
        raise LeaseLost
    job.state = Job.State.DONE


def _give_up_or_wait(job: Job, error: Exception, *, final: bool) -> None:
    now = clock.now()
    told = f"{type(error).__name__}: {error}"[:2000]
    if final or job.attempts >= MAX_ATTEMPTS:
        _mine(job).update(state=Job.State.FAILED, finished_at=now, lease_until=None, error=told)
    else:
        _mine(job).update(state=Job.State.QUEUED, lease_until=None, run_at=now + backoff(job.attempts), error=told)


class _Heartbeat:
    """Keeps the lease alive while one chunk takes longer than a third of it."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._beat, name=f"lease of job {job.pk}", daemon=True)

    def __enter__(self) -> None:
        if not connection.in_atomic_block:  # inside a test's transaction another connection would wait for it
            self.thread.start()

    def __exit__(self, *exc: object) -> None:
        self.stop.set()
        if self.thread.is_alive():
            self.thread.join(timeout=5)

    def _beat(self) -> None:
        try:
            while not self.stop.wait(LEASE.total_seconds() / 3):
                try:
                    self._prolong()
                except OperationalError:
                    log.warning("Job %s: the lease could not be prolonged, trying again.", self.job.pk)
        finally:
            connection.close()

    def _prolong(self) -> None:
        """Prolong the lease; not while a chunk has the row locked, for that alone keeps others away."""
        with transaction.atomic():
            if _mine(self.job).select_for_update(skip_locked=True).values_list("id"):
                _mine(self.job).update(lease_until=clock.now() + LEASE)


def wait_for(job_id: int, *, watch: Watcher, patience: float = 3600) -> Job:
    """Watch a job that somebody else works on until it is finished; take it over if they die.

    Raises TimeoutError after `patience` seconds.
    """
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        job = Job.objects.get(pk=job_id)
        if job.finished_at is not None:
            return job
        watch(registry.Step(job.progress_done, job.progress_total, job.cursor, job.note))
        worked = work_on(job_id, watch=watch)
        if worked is not None:
            return worked
        time.sleep(0.2)
    raise TimeoutError(f"job {job_id} was not finished within {patience:.0f} s")
