"""Answering many flags at once: each by the command for one, in a transaction of its own, with an outcome each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from journeys.commands.claims import claim_touchpoint
from journeys.commands.flags import acknowledge_flag, snooze_flag, waive_flag
from journeys.commands.ownership import assign_ownership
from journeys.models import Claim, Flag, Touchpoint
from journeys.queries.directory import directory
from journeys.queries.explanations import explain
from journeys.queries.inbox import with_subjects
from journeys.queries.offers import claimants_of
from journeys.queries.places import hold
from journeys.queries.words import words_for
from journeys.rules.claims import who_decides
from journeys.rules.flags import asks_for_owner
from workspace import db
from workspace.activity.commands.jobs import enqueue
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.errors import Refusal, RuleBroken
from workspace.organisation.models import Department, Person
from workspace.plain import plain_text

AT_MOST = 500
"""So many flags can be answered by one press."""
AT_ONCE = 50
"""So many are answered while one waits for the page; more become a job."""
JOB = "journeys.answer_flags"
CHUNK = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """What is done with each flag. `action`: acknowledge, claim, assign, snooze or waive."""

    action: str
    department: Department | None = None
    until: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one flag: `text` says what was done, or why not; `ref` is the id that was sent."""

    ref: str
    about: str
    done: bool
    text: str
    next_step: str = ""


def answer_flags(refs: Sequence[str], answer: Answer, *, actor: Person) -> Iterator[Outcome]:
    """Answer each of these flags (ids as they were sent) as the actor, who sees only those that are there for them.

    A refusal undoes nothing of the others, and what is done already is refused and harmless. A touchpoint on which
    several flags lie is claimed or assigned once.
    """
    flags = _read(refs, actor)
    known = directory()
    words = words_for(flags.values(), known)
    taken: dict[int, Outcome] = {}
    for ref in refs:
        flag = flags.get(ref)
        if flag is None:
            yield Outcome(ref, _("Flag %(id)s") % {"id": ref[:20]}, False, _("There is no such flag."))
            continue
        explained = explain(flag, words)
        about = f"{explained.title}: {plain_text(explained.sentence)}"
        once = taken.get(flag.touchpoint_id or 0) if answer.action in ("claim", "assign") else None
        if once is not None and once.done:
            yield Outcome(ref, about, True, once.text)
            continue
        try:
            outcome = Outcome(ref, about, True, answer_flag(flag, answer, actor=actor))
        except Refusal as refusal:
            outcome = Outcome(ref, about, False, refusal.reason, refusal.next_step)
        if flag.touchpoint_id is not None:
            taken[flag.touchpoint_id] = outcome
        yield outcome


def _read(refs: Sequence[str], actor: Person) -> dict[str, Flag]:
    """The flags by the id that was sent: 1 statement."""
    ids = [int(ref) for ref in refs if ref.isdecimal() and len(ref) < len(str(2**63))]
    return {str(flag.pk): flag for flag in with_subjects(Flag.objects.visible_to(actor).filter(pk__in=ids))}


def _acknowledge(flag: Flag, answer: Answer, actor: Person) -> str:
    acknowledge_flag(flag, actor=actor)
    return _("Acknowledged.")


def _snooze(flag: Flag, answer: Answer, actor: Person) -> str:
    snooze_flag(flag, until=answer.until, reason=answer.reason, actor=actor)
    return _("Silent until %(day)s.") % {"day": answer.until}


def _waive(flag: Flag, answer: Answer, actor: Person) -> str:
    waive_flag(flag, until=answer.until, reason=answer.reason, actor=actor)
    return _("Silent until %(day)s.") % {"day": answer.until}


def _unowned(flag: Flag) -> Touchpoint:
    if flag.touchpoint is None or not asks_for_owner(flag.rule, flag.evidence):
        raise RuleBroken(_("This flag does not ask for an owner."), next_step=_("Open it to see what would settle it."))
    return flag.touchpoint


def _department(answer: Answer) -> Department:
    if answer.department is None:
        raise RuleBroken(_("A department is missing."), next_step=_("Choose one."))
    return answer.department


def _claim(flag: Flag, answer: Answer, actor: Person) -> str:
    touchpoint, department = _unowned(flag), _department(answer)
    claim = claim_touchpoint(touchpoint, department=department, reason=answer.reason, actor=actor)
    if claim.state == Claim.State.ACCEPTED:
        return _("%(department)s owns it now.") % {"department": department.name}
    contested = len(claimants_of(touchpoint.pk)) > 1
    decider = who_decides(hold(touchpoint.pk, lock=False).place, contested=contested)
    return _("The claim waits: %(who)s decides.") % {"who": decider}


def _assign(flag: Flag, answer: Answer, actor: Person) -> str:
    touchpoint, department = _unowned(flag), _department(answer)
    assign_ownership(touchpoint, department=department, reason=answer.reason, actor=actor)
    return _("%(department)s owns it now.") % {"department": department.name}


_DO: dict[str, Callable[[Flag, Answer, Person], str]] = {
    "acknowledge": _acknowledge,
    "claim": _claim,
    "assign": _assign,
    "snooze": _snooze,
    "waive": _waive,
}


def answer_flag(flag: Flag, answer: Answer, *, actor: Person) -> str:
    """Answer one flag, which was read with its touchpoint, and say what was done. Raises what the command raises."""
    return _DO[answer.action](flag, answer, actor)


@db.command
def request_answers(refs: Sequence[str], answer: Answer, *, actor: Person) -> Job:
    """Let the worker answer these flags; the job's page shows how far it is, and each outcome."""
    args = {
        "flags": list(refs),
        "action": answer.action,
        "department": answer.department.pk if answer.department else None,
        "until": answer.until.isoformat() if answer.until else None,
        "reason": answer.reason,
    }
    return enqueue(JOB, args, actor=actor)


def work_on_answers(job: Job) -> Iterator[Step]:
    """Answer the flags of a job."""
    answer = _answer_of(job.args)
    return answer_in_steps(job, job.args["flags"], lambda refs, actor: answer_flags(refs, answer, actor=actor))


def answer_in_steps(
    job: Job, refs: Sequence[str], answer: Callable[[Sequence[str], Person], Iterable[Outcome]]
) -> Iterator[Step]:
    """Answer ten a step. After a crash it goes on there; what was done already is then refused as done."""
    at: int = job.cursor.get("at", 0)
    outcomes: list[dict[str, Any]] = list(job.cursor.get("outcomes", []))
    while at < len(refs):
        actor = Person.objects.get(pk=job.requested_by_id or 0)  # as they are now: who left does nothing more
        outcomes += [asdict(outcome) for outcome in answer(refs[at : at + CHUNK], actor)]
        at = min(at + CHUNK, len(refs))
        job.result = {"outcomes": outcomes}
        yield Step(at, len(refs), {"at": at, "outcomes": outcomes})


def _answer_of(args: dict[str, Any]) -> Answer:
    until = args["until"]
    return Answer(
        args["action"],
        Department.objects.filter(pk=args["department"]).first() if args["department"] else None,
        date.fromisoformat(until) if until else None,
        args["reason"],
    )
