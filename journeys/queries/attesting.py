"""Ownership that is to be confirmed or looks for another owner, department by department."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from journeys import events
from journeys.limits import Limits
from journeys.models import Ownership, Touchpoint
from journeys.queries.calls import OpenCall, open_calls
from journeys.queries.directory import Dept, Directory, Unit
from journeys.queries.inbox import place_of
from journeys.queries.offers import ClaimOffer, claim_offers
from journeys.queries.overview.lists import waiting_claims
from journeys.queries.places import Held
from journeys.queries.suggestions import Suggestion, Unowned, suggest_owners
from journeys.rules.attesting import Answered, mark_at, says_something
from journeys.rules.claims import may_attest, speaks_for_owner
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import StaleWrite
from workspace.organisation.rules.standing import Standing

AHEAD_DAYS = 14
"""So long before its day an attestation is asked for."""
ANSWERS = (events.OWNERSHIP_ATTESTED, events.OWNERSHIP_DISPUTED)


@dataclass(frozen=True, slots=True)
class Said:
    """Who answered about an ownership last, and why, where they said so."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttestationRow:
    """An ownership as the page shows it. `ref` names it together with the answer that the viewer sees."""

    ownership: Ownership
    department: Dept
    unit: Unit
    due_on: date
    may_answer: bool
    said: Said | None
    suggestions: Sequence[Suggestion]
    claims: Sequence[ClaimOffer]
    call: OpenCall | None
    may_call: bool

    @property
    def ref(self) -> str:
        """What is sent for it."""
        return ref_of(self.ownership)

    @property
    def mark(self) -> str:
        """The answer that the viewer sees, as it is sent."""
        return str(mark_of(self.ownership))


def mark_of(ownership: Ownership) -> int:
    """The mark of the last answer about an ownership."""
    return mark_at(ownership.held_from, ownership.attested_at, ownership.disputed_at)


def ref_of(ownership: Ownership) -> str:
    """The ownership together with the last answer about it, as a form sends them."""
    return f"{ownership.pk}.{mark_of(ownership)}"


def answer_of(ownership: Ownership) -> dict[str, str | None]:
    """How it was answered, as an event keeps it."""
    times = {"attested_at": ownership.attested_at, "disputed_at": ownership.disputed_at}
    return {name: time.isoformat() if time is not None else None for name, time in times.items()}


def newest_answer(events: Collection[int]) -> int | None:
    """The last answer among these events: 1 statement."""
    answers = Event.objects.filter(pk__in=events, kind__in=ANSWERS).order_by("-pk")
    return answers.values_list("pk", flat=True).first()


def answers_of_press(press: int, actor_id: int) -> QuerySet[Event]:
    """What a person answered by one press, as far as it was not undone; `press` is the last event before it."""
    given = Event.objects.filter(pk__gt=press, actor=actor_id, kind__in=ANSWERS, data__press=press, undoing=None)
    return given.order_by("pk")


def asked_about() -> QuerySet[Any, Any]:
    """Current ownership of what customers meet today; `confirmed_at` is when it was confirmed, or began."""
    live = Q(touchpoint__lifecycle=Touchpoint.Lifecycle.LIVE, touchpoint__stage__journey__archived_at__isnull=True)
    current = Ownership.objects.current().accountable().filter(live).order_by()
    asked: QuerySet[Any, Any] = current.annotate(confirmed_at=Coalesce("attested_at", "held_from"))
    return asked


def due_soon(limits: Limits) -> QuerySet[Any, Any]:
    """What is to be confirmed, overdue or within two weeks; not what was answered “not ours”.

    Nothing while the rule that asks for it is off.
    """
    if "unattested" in limits.off:
        return asked_about().none()
    soon = clock.now() - timedelta(days=limits.attest_every_days - AHEAD_DAYS)
    return asked_about().filter(disputed_at__isnull=True, confirmed_at__lt=soon)


def disputed() -> QuerySet[Any, Any]:
    """What its owner said is not theirs, and what nobody has taken over yet."""
    return asked_about().filter(disputed_at__isnull=False)


def answered_by(standing: Standing) -> Q:
    """The condition that a person can answer for an ownership: it is theirs, or that of a department that they lead."""
    return Q(person=standing.person_id) | Q(department__in=standing.leads)


def in_order(ownerships: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """What waited longest first."""
    return ownerships.order_by("confirmed_at", "pk")


def attestation_rows(
    ownerships: Iterable[Any], standing: Standing, known: Directory, limits: Limits
) -> list[AttestationRow]:
    """These ownerships as rows: no statement, or 4 where some of them look for another owner."""
    listed = list(ownerships)
    searching = [row.touchpoint for row in listed if row.disputed_at is not None]
    ids = [touchpoint.pk for touchpoint in searching]
    said, waiting, calls = last_answers(ids), waiting_claims(ids), open_calls(ids) if ids else {}
    near = suggest_owners([Unowned(t.pk, t.stage_id, t.business_unit_id) for t in searching], known)
    period = timedelta(days=limits.attest_every_days)

    def row_of(row: Any) -> AttestationRow:
        here = row.touchpoint_id
        place = place_of(row.touchpoint, row.department_id, known, is_called=here in calls)
        return AttestationRow(
            row,
            known.departments[row.department_id],
            known.units[row.touchpoint.business_unit_id],
            timezone.localdate(row.confirmed_at + period),
            bool(may_attest(standing, place, person_id=row.person_id)),
            said.get(here),
            [one for one in near.get(here, ()) if one.department.id != row.department_id],
            claim_offers(standing, known, place, waiting=waiting.get(here, ())) if row.disputed_at else [],
            calls.get(here),
            standing.active and here not in calls and speaks_for_owner(standing, place),
        )

    return [row_of(row) for row in listed]


def with_places(ownerships: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The ownerships with all that their rows show, in one statement."""
    return ownerships.select_related("touchpoint__stage__journey", "person")


def last_answers(touchpoints: Collection[int]) -> Mapping[int, Said]:
    """Who answered last about each of these touchpoints, undone answers apart: at most 1 statement."""
    if not touchpoints:
        return {}
    told = Event.objects.filter(
        subject_kind=Touchpoint.NOUN, subject_id__in=touchpoints, kind__in=ANSWERS, undoing=None
    )
    rows = told.order_by("id").values_list("subject_id", "actor__name", "data")
    return {
        touchpoint_id: Said(name or "", data.get("reason", "")) for touchpoint_id, name, data in rows if touchpoint_id
    }


def check_answer(ownership: Ownership, held: Held, *, mine: bool, seen: int | None) -> None:
    """Raise what a repeated or late answer is refused with: no statement where there is nothing to refuse."""
    repeated = says_something(_answered(ownership, held, by=""), mine=mine, today=clock.today())
    is_late = seen is not None and seen != mark_of(ownership)
    if repeated and not is_late:
        return
    told = last_answers([held.touchpoint.pk]).get(held.touchpoint.pk)
    last = _answered(ownership, held, by=told.by if told else "")
    says_something(last, mine=mine, today=clock.today()).or_rule_broken()
    raise StaleWrite(
        _("%(by)s has answered about %(name)s since you looked.") % {"by": last.by or last.owner, "name": last.name},
        next_step=_("Look at it again before you answer otherwise."),
    )


def _answered(ownership: Ownership, held: Held, *, by: str) -> Answered:
    def day(moment: datetime | None) -> date | None:
        return timezone.localdate(moment, timezone.get_default_timezone()) if moment else None

    confirmed, disputed_on = day(ownership.attested_at), day(ownership.disputed_at)
    return Answered(held.place.owner_name, held.touchpoint.name, by, confirmed, disputed_on)
