"""Answering “is this still ours?” for many touchpoints at once, each by the command for one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from journeys.commands.bulk import Outcome, answer_in_steps
from journeys.commands.ownership import attest_ownership
from journeys.models import Ownership
from workspace import db
from workspace.activity.commands.jobs import enqueue
from workspace.activity.models import Event, Job
from workspace.activity.registry import Step
from workspace.errors import Refusal
from workspace.organisation.models import Person

JOB = "journeys.attest"


@dataclass(frozen=True, slots=True)
class Word:
    """“Still ours”, or “not ours” with the reason."""

    mine: bool
    reason: str = ""


def attest_many(refs: Sequence[str], word: Word, *, press: int | None = None, actor: Person) -> Iterator[Outcome]:
    """Give the same answer about each of these ownerships (`ref_of`, as they were sent), each for itself.

    What was answered since it was looked at is refused, and changed by nothing. Answers of one `press` (`begin_press`)
    are undone together.
    """
    marks = {ref: _read(ref) for ref in refs}
    places = Ownership.objects.select_related("touchpoint__stage__journey", "department")
    rows = places.in_bulk([pk for pk, _mark in marks.values() if pk])
    for ref in refs:
        pk, mark = marks[ref]
        ownership = rows.get(pk)
        if ownership is None:
            yield Outcome(ref, _("Ownership %(id)s") % {"id": ref[:20]}, False, _("There is no such ownership."))
            continue
        touchpoint = ownership.touchpoint
        about = f"{touchpoint.name} · {touchpoint.stage.name} · {touchpoint.stage.journey.name}"
        try:
            attest_ownership(ownership, mine=word.mine, reason=word.reason, seen=mark, press=press, actor=actor)
        except Refusal as refusal:
            yield Outcome(ref, about, False, refusal.reason, refusal.next_step)
        else:
            yield Outcome(ref, about, True, _said(word) % {"owner": ownership.department.name})


def _said(word: Word) -> str:
    return _("%(owner)s still owns it.") if word.mine else _("%(owner)s keeps it until somebody else takes it.")


def _read(ref: str) -> tuple[int, int | None]:
    """The ownership and the mark that a reference holds; 0 for one that no page has made."""
    pk, _dot, mark = ref.partition(".")
    longest = len(str(2**63))
    if not (pk.isdecimal() and len(pk) < longest and (not mark or (mark.isdecimal() and len(mark) < longest))):
        return 0, None
    return int(pk), int(mark) if mark else None


def begin_press() -> int:
    """What several answers share that are given by one press: the last event before them. 1 statement."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


@db.command
def request_attestations(refs: Sequence[str], word: Word, *, actor: Person) -> Job:
    """Let the worker give these answers; the job's page shows how far it is, and each outcome."""
    args = {"refs": list(refs), "mine": word.mine, "reason": word.reason, "press": begin_press()}
    return enqueue(JOB, args, actor=actor)


def work_on_attestations(job: Job) -> Iterator[Step]:
    """Give the answers of a job."""
    word = Word(job.args["mine"], job.args["reason"])
    press = job.args.get("press")

    def answer(refs: Sequence[str], actor: Person) -> Iterator[Outcome]:
        return attest_many(refs, word, press=press, actor=actor)

    return answer_in_steps(job, job.args["refs"], answer)
