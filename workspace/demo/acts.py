"""Acts: one thing that somebody did on one day, played through the command that a page would call.

Each verb makes an act out of plain words: people by the first part of their address, departments by their code,
touchpoints by their external id, crossings by a pair of these. Looked up is only what the act needs, when it plays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from journeys import commands as journeys
from journeys.models import (
    Claim,
    Crossing,
    Flag,
    Handoff,
    Journey,
    Ownership,
    OwnershipCall,
    Persona,
    System,
    Touchpoint,
)
from sprints import commands as sprints
from workspace import clock
from workspace.demo.cast import DOMAIN
from workspace.organisation import commands as organisation
from workspace.organisation.models import BusinessUnit, Department, Person


@dataclass(frozen=True, slots=True)
class Act:
    """What happens `ago` days before the demo is loaded."""

    ago: int
    play: Callable[[], object]


# --- Who and what ----------------------------------------------------------------------------------------------------


def person(handle: str) -> Person:
    """The person whose address begins like this."""
    return Person.objects.get(email=f"{handle}@{DOMAIN}")


def department(code: str) -> Department:
    """The department with this code."""
    return Department.objects.get(code=code)


def touchpoint(external_id: str) -> Touchpoint:
    """The touchpoint with this external id."""
    return Touchpoint.objects.get(external_id=external_id)


def ownership(external_id: str) -> Ownership:
    """Who is accountable for the touchpoint now."""
    return Ownership.objects.current().accountable().get(touchpoint__external_id=external_id)


def waiting_claim(code: str, external_id: str) -> Claim:
    """The undecided claim of the department on the touchpoint."""
    return Claim.objects.waiting().get(department__code=code, touchpoint__external_id=external_id)


def crossing(source: str, target: str) -> Crossing:
    """The crossing from one touchpoint to the next."""
    return Crossing.objects.get(source__external_id=source, target__external_id=target, active=True)


def proposed_handoff(source: str, target: str) -> Handoff:
    """The handoff that waits for an answer at a crossing."""
    return Handoff.objects.get(crossing=crossing(source, target), state=Handoff.State.PROPOSED)


def agreed_handoff(source: str, target: str) -> Handoff:
    """The handoff that both sides of a crossing have accepted."""
    return Handoff.objects.get(crossing=crossing(source, target), state=Handoff.State.ACCEPTED)


def lead_at(external_id: str) -> Person:
    """The lead of the department that owns the touchpoint now."""
    return Person.objects.active().get(
        leaderships__department=ownership(external_id).department, leaderships__is_deputy=False
    )


def flag(rule: str, on: str | tuple[str, str]) -> Flag:
    """The flag of a rule on a touchpoint, a crossing (a pair), or a business unit."""
    flags = Flag.objects.unresolved().filter(rule=rule)
    if isinstance(on, tuple):
        return flags.get(crossing=crossing(*on))
    unit = BusinessUnit.objects.filter(name=on).first()
    if unit is not None:
        return flags.get(subject_kind=BusinessUnit.NOUN, subject_id=unit.pk)
    return flags.get(subject_kind=Touchpoint.NOUN, subject_id=touchpoint(on).pk)


# --- Claims and ownership --------------------------------------------------------------------------------------------


def claim(ago: int, who: str, code: str, external_id: str, reason: str = "") -> Act:
    """A lead claims a touchpoint for their department."""
    return Act(
        ago,
        lambda: journeys.claim_touchpoint(
            touchpoint(external_id), department=department(code), reason=reason, actor=person(who)
        ),
    )


def approve(ago: int, who: str, code: str, external_id: str, reason: str = "") -> Act:
    """A claim is approved."""
    return Act(ago, lambda: journeys.approve_claim(waiting_claim(code, external_id), reason=reason, actor=person(who)))


def deny(ago: int, who: str, code: str, external_id: str, reason: str) -> Act:
    """A claim is denied."""
    return Act(ago, lambda: journeys.deny_claim(waiting_claim(code, external_id), reason=reason, actor=person(who)))


def withdraw(ago: int, who: str, code: str, external_id: str) -> Act:
    """A claim is taken back."""
    return Act(ago, lambda: journeys.withdraw_claim(waiting_claim(code, external_id), actor=person(who)))


def assign(ago: int, who: str, external_id: str, code: str, to: str, reason: str) -> Act:
    """A head gives an unowned touchpoint to a department and a person."""
    return Act(
        ago,
        lambda: journeys.assign_ownership(
            touchpoint(external_id), department=department(code), person=person(to), reason=reason, actor=person(who)
        ),
    )


def transfer(ago: int, who: str, external_id: str, code: str, to: str, reason: str) -> Act:
    """An owned touchpoint goes to another department."""
    return Act(
        ago,
        lambda: journeys.transfer_ownership(
            touchpoint(external_id), department=department(code), person=person(to), reason=reason, actor=person(who)
        ),
    )


def release(ago: int, who: str, external_id: str, reason: str) -> Act:
    """A department gives a touchpoint back."""
    return Act(ago, lambda: journeys.release_ownership(touchpoint(external_id), reason=reason, actor=person(who)))


def hand_to(ago: int, who: str, external_id: str, to: str) -> Act:
    """Another person becomes accountable, the department stays."""
    return Act(
        ago, lambda: journeys.set_accountable_person(touchpoint(external_id), person=person(to), actor=person(who))
    )


def attest(ago: int, who: str, external_id: str) -> Act:
    """Somebody confirms that a touchpoint is still theirs."""
    return Act(ago, lambda: journeys.attest_ownership(ownership(external_id), mine=True, actor=person(who)))


def not_mine(ago: int, who: str, external_id: str) -> Act:
    """Somebody says that a touchpoint is not theirs, whatever the list says."""
    return Act(ago, lambda: journeys.attest_ownership(ownership(external_id), mine=False, actor=person(who)))


def attest_all(ago: int, who: str, code: str, *, but: Sequence[str] = ()) -> Act:
    """A lead confirms everything that the department owns, but for some."""

    def play() -> None:
        actor = person(who)
        owned = Ownership.objects.current().accountable().filter(department__code=code)
        for held in owned.exclude(touchpoint__external_id__in=but).order_by("touchpoint"):
            journeys.attest_ownership(held, mine=True, actor=actor)

    return Act(ago, play)


def call_for_owner(ago: int, who: str, external_id: str, days: int, reason: str) -> Act:
    """A department wants to give a touchpoint up, and calls for another owner for so many days."""
    return Act(
        ago,
        lambda: journeys.call_for_owner(
            touchpoint(external_id), reason=reason, ends_on=clock.today() + timedelta(days=days), actor=person(who)
        ),
    )


def withdraw_call(ago: int, who: str, external_id: str) -> Act:
    """A call for another owner is taken back."""

    def play() -> None:
        call = OwnershipCall.objects.open().get(touchpoint=touchpoint(external_id))
        journeys.withdraw_call(call, actor=person(who))

    return Act(ago, play)


# --- Handoffs --------------------------------------------------------------------------------------------------------


def propose(ago: int, source: str, target: str, what: str, *, within: int) -> Act:
    """The lead at the near end of a crossing proposes what is handed over, within so many hours."""
    return Act(
        ago,
        lambda: journeys.propose_handoff(
            crossing(source, target), what=what, within_hours=within, actor=lead_at(source)
        ),
    )


def decline(ago: int, source: str, target: str, reason: str) -> Act:
    """The lead at the far end declines."""
    return Act(
        ago,
        lambda: journeys.decline_handoff(proposed_handoff(source, target), reason=reason, actor=lead_at(target)),
    )


def agree(ago: int, source: str, target: str, what: str, *, within: int) -> Sequence[Act]:
    """The near end proposes, and the far end accepts some days later."""
    return (
        propose(ago, source, target, what, within=within),
        Act(
            ago - 3,
            lambda: journeys.accept_handoff(proposed_handoff(source, target), actor=lead_at(target)),
        ),
    )


def not_kept(ago: int, who: str, source: str, target: str, reason: str) -> Act:
    """One side says that what was agreed does not happen."""
    return Act(ago, lambda: journeys.report_broken(agreed_handoff(source, target), reason=reason, actor=person(who)))


def confirm(ago: int, who: str, source: str, target: str) -> Act:
    """A side confirms a handoff that was not kept."""
    return Act(ago, lambda: journeys.accept_handoff(proposed_handoff(source, target), actor=person(who)))


# --- Flags -----------------------------------------------------------------------------------------------------------


def acknowledge(ago: int, who: str, rule: str, on: str | tuple[str, str]) -> Act:
    """Somebody has seen a flag and works on it."""
    return Act(ago, lambda: journeys.acknowledge_flag(flag(rule, on), actor=person(who)))


def snooze(ago: int, who: str, rule: str, on: str | tuple[str, str], days: int, reason: str) -> Act:
    """Somebody wants to be asked again in some days."""
    return Act(
        ago,
        lambda: journeys.snooze_flag(
            flag(rule, on), until=clock.today() + timedelta(days=days), reason=reason, actor=person(who)
        ),
    )


def snooze_all(ago: int, who: str, external_id: str, days: int, reason: str) -> Act:
    """Somebody wants to be asked again about everything that is open at a touchpoint and its crossings."""

    def play() -> None:
        actor = person(who)
        for open_flag in Flag.objects.speaking().filter(touchpoint=touchpoint(external_id)).order_by("pk"):
            journeys.snooze_flag(open_flag, until=clock.today() + timedelta(days=days), reason=reason, actor=actor)

    return Act(ago, play)


def waive(ago: int, who: str, rule: str, on: str | tuple[str, str], days: int, reason: str) -> Act:
    """Somebody accepts for some days that a rule does not hold."""
    return Act(
        ago,
        lambda: journeys.waive_flag(
            flag(rule, on), until=clock.today() + timedelta(days=days), reason=reason, actor=person(who)
        ),
    )


# --- The organisation ------------------------------------------------------------------------------------------------


def leave(ago: int, who: str, handle: str) -> Act:
    """A person leaves; the administrator shuts the account."""

    def play() -> None:
        actor = person(who)
        organisation.set_leaving_date(person(handle), on=clock.today(), actor=actor)
        organisation.deactivate_person(person(handle), actor=actor)

    return Act(ago, play)


def archive_department(ago: int, who: str, code: str, into: str) -> Act:
    """A department is merged into another one."""
    return Act(
        ago,
        lambda: organisation.archive_department(department(code), merged_into=department(into), actor=person(who)),
    )


def move_home(ago: int, who: str, handle: str, code: str) -> Act:
    """A person moves to another department."""
    return Act(ago, lambda: organisation.change_person(person(handle), department=department(code), actor=person(who)))


def be_away(ago: int, who: str, *, after: int, days: int) -> Act:
    """Somebody enters an absence that begins so many days after that day, and lasts so many."""

    def play() -> None:
        first, away = clock.today() + timedelta(days=after), person(who)
        sprints.enter_absence(away, starts_on=first, ends_on=first + timedelta(days=days - 1), actor=away)

    return Act(ago, play)


def set_technology_owner(ago: int, who: str, system: str, owner: str) -> Act:
    """A system gets somebody in technology who answers for it."""
    return Act(
        ago,
        lambda: journeys.set_technology_owner(System.objects.get(name=system), person=person(owner), actor=person(who)),
    )


# --- Journeys --------------------------------------------------------------------------------------------------------


def retire(ago: int, who: str, external_id: str) -> Act:
    """A touchpoint is no longer there for customers."""
    return Act(ago, lambda: journeys.retire_touchpoint(touchpoint(external_id), actor=person(who)))


def share_journey(ago: int, who: str, external_id: str, guest: str, *, days: int) -> Act:
    """A guest sees the journey of this touchpoint for so many days."""

    def play() -> None:
        organisation.share(
            Journey.NOUN,
            touchpoint(external_id).stage.journey_id,
            guest=Person.objects.get(email=guest),
            until=clock.today() + timedelta(days=days),
            actor=person(who),
        )

    return Act(ago, play)


def plan_journey(
    ago: int, who: str, name: str, *, persona: str, stages: Mapping[str, Sequence[tuple[str, str, str]]]
) -> Act:
    """A journey as it shall be one day: stages of drafts (name, channel, business unit)."""

    def play() -> None:
        actor = person(who)
        journey = journeys.create_journey(
            name,
            persona=Persona.objects.get(name=persona),
            state=Journey.State.FUTURE,
            accountable=actor,
            actor=actor,
        )
        for stage_name, drafts in stages.items():
            stage = journeys.add_stage(journey, name=stage_name, actor=actor)
            for touchpoint_name, channel, unit in drafts:
                journeys.add_touchpoint(
                    stage,
                    name=touchpoint_name,
                    channel=channel,
                    business_unit=BusinessUnit.objects.get(name=unit),
                    lifecycle=Touchpoint.Lifecycle.DRAFT,
                    actor=actor,
                )

    return Act(ago, play)
