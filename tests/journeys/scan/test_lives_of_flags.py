"""Every rule: raised when it is broken, closed when that is fixed, and the same flag when it is broken again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.db.models import Model

from journeys import commands
from journeys.models import Flag, Touchpoint
from journeys.queries.catalogue import rules
from sprints import commands as sprints
from sprints.models import Team
from tests.cast import Cast, scan
from tests.journeys.reading import current, data_of
from tests.journeys.scan.looking import give, new_journey
from workspace import clock
from workspace.organisation import commands as organisation

MORE_THAN_ANYBODY_LOOKS_AFTER = 16


@dataclass
class Story:
    """How a rule gets broken, and how that is fixed, in a company in which `prepare` has happened."""

    break_it: Callable[[Cast], Model]
    fix_it: Callable[[Cast], object]
    prepare: Callable[[Cast], object] = lambda cast: None
    days_between: int = 0


def release(touchpoint: str) -> Callable[[Cast], Touchpoint]:
    def play(cast: Cast) -> Touchpoint:
        subject: Touchpoint = getattr(cast, touchpoint)
        commands.release_ownership(subject, reason="Not ours.", actor=cast.executive)
        return subject

    return play


def take(touchpoint: str, department: str, who: str) -> Callable[[Cast], object]:
    return lambda cast: commands.claim_touchpoint(
        getattr(cast, touchpoint), department=getattr(cast, department), actor=getattr(cast, who)
    )


def name_an_unknown_owner(cast: Cast) -> Model:
    commands.release_ownership(cast.receipt, reason="x", actor=cast.executive)
    Touchpoint.objects.filter(pk=cast.receipt.pk).update(unmatched_owner="Bills & Co")
    return cast.receipt


def lose_every_lead(cast: Cast) -> Model:
    for person in (cast.shops_lead, cast.shops_deputy):
        organisation.deactivate_person(person, actor=cast.administrator)
    return cast.shop_window


def archive_the_owner(cast: Cast) -> Model:
    owner = current(cast.receipt).department
    organisation.archive_department(owner, actor=cast.administrator)
    return cast.receipt


def move_to_a_new_department(cast: Cast) -> None:
    code = f"NEW{cast.service.departments.count()}"
    department = organisation.create_department(code, unit=cast.service, code=code, actor=cast.administrator)
    commands.transfer_ownership(cast.receipt, department=department, actor=cast.executive)


def let_an_outsider_take_it(cast: Cast) -> Model:
    claim = commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    commands.approve_claim(claim, actor=cast.billing_lead)
    return cast.receipt


def claim_twice(cast: Cast) -> Model:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    return cast.till


def withdraw_all(cast: Cast) -> None:
    for claim in cast.till.claims.waiting():
        commands.withdraw_claim(claim, actor=claim.claimed_by)


def own_too_much(cast: Cast) -> Model:
    give(
        Touchpoint.objects.filter(name__startswith="Step").with_owner().filter(current=None),
        cast.shops,
        cast.member,
        cast,
    )
    return cast.member


def own_one_less(cast: Cast) -> None:
    first = Touchpoint.objects.filter(name="Step 1").get()
    commands.release_ownership(first, reason="x", actor=cast.executive)


def release_behind_a_crossing(cast: Cast) -> Model:
    release("compare_online")(cast)
    return cast.crossing(cast.shop_window, cast.compare_online)


def agree(cast: Cast) -> None:
    crossing = cast.crossing(cast.compare_online, cast.receipt)
    handoff = commands.propose_handoff(crossing, what="The order.", actor=cast.online_lead)
    lead = {cast.billing: cast.billing_lead, cast.care: cast.care_lead}[current(cast.receipt).department]
    commands.accept_handoff(handoff, actor=lead)


def pass_on_the_receipt(cast: Cast) -> Model:
    heir = cast.care if current(cast.receipt).department == cast.billing else cast.billing
    commands.transfer_ownership(cast.receipt, department=heir, actor=cast.executive)
    return cast.crossing(cast.compare_online, cast.receipt)


def open_the_stage(cast: Cast) -> Model:
    release("fault_line")(cast)
    return cast.use


def move_the_last_step(cast: Cast, unit: str) -> Model:
    last = Touchpoint.objects.get(name="Step 10")
    commands.change_touchpoint(last, business_unit=getattr(cast, unit), actor=cast.administrator)
    return cast.retail


def cover_retail(cast: Cast) -> None:
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)


def uncover_retail(cast: Cast) -> Model:
    release("ask_a_seller")(cast)
    return cast.retail


def put_a_system_behind(cast: Cast) -> None:
    system = commands.create_system("Cash desk", technology_owner=cast.care_lead, actor=cast.administrator)
    commands.change_touchpoint(cast.till, system=system, actor=cast.administrator)


def own_the_system(cast: Cast, owner: str = "care_lead") -> Model:
    cast.till.refresh_from_db()
    assert cast.till.system is not None
    person = getattr(cast, owner) if owner else None
    return commands.set_technology_owner(cast.till.system, person=person, actor=cast.administrator)


def plan_work(cast: Cast) -> None:
    """A team with an active sprint, the only one that counts."""
    team = sprints.create_team("Care", key="CARE", actor=cast.care_lead)
    sprints.start_sprint(sprints.plan_sprint(team, actor=cast.care_lead), actor=cast.care_lead)
    commands.set_rule_settings({"blind_spot_sprints": 1}, actor=cast.administrator)


def stop_work(cast: Cast) -> Touchpoint:
    for work in Team.objects.get().stories.filter(deleted_at=None):
        sprints.delete_story(work, actor=cast.care_lead)
    return cast.fault_line


def begin_work(cast: Cast) -> None:
    team = Team.objects.get()
    sprints.create_story(
        team,
        title="Answer sooner",
        sprint=team.sprints.get(),
        touchpoints=[cast.fault_line],
        actor=cast.care_lead,
    )


STORIES = {
    "no-owner": Story(release("receipt"), take("receipt", "billing", "billing_lead")),
    "unknown-owner": Story(name_an_unknown_owner, take("receipt", "billing", "billing_lead")),
    "inactive-owner": Story(
        lose_every_lead, lambda cast: organisation.reactivate_person(cast.shops_deputy, actor=cast.administrator)
    ),
    "closed-department": Story(archive_the_owner, move_to_a_new_department),
    "outside-unit": Story(
        let_an_outsider_take_it,
        lambda cast: commands.transfer_ownership(cast.receipt, department=cast.billing, actor=cast.executive),
    ),
    "contested": Story(claim_twice, withdraw_all),
    "unattested": Story(
        lambda cast: cast.receipt,
        lambda cast: commands.attest_ownership(current(cast.receipt), mine=True, actor=cast.billing_lead),
        days_between=181,
    ),
    "overloaded-owner": Story(
        own_too_much,
        own_one_less,
        prepare=lambda cast: new_journey(cast, *[cast.retail] * MORE_THAN_ANYBODY_LOOKS_AFTER),
    ),
    "boundary-gap": Story(release_behind_a_crossing, take("compare_online", "online", "online_lead")),
    "unaccepted-handoff": Story(
        pass_on_the_receipt, agree, prepare=lambda cast: commands.retire_touchpoint(cast.till, actor=cast.administrator)
    ),
    "stage-gap": Story(
        open_the_stage, take("fault_line", "care", "care_lead"), prepare=take("fault_line", "care", "care_lead")
    ),
    "siloed-unit": Story(
        lambda cast: move_the_last_step(cast, "retail"),
        lambda cast: move_the_last_step(cast, "service"),
        prepare=lambda cast: new_journey(cast, *[cast.retail] * 9, cast.service),
    ),
    "coverage-drop": Story(uncover_retail, cover_retail, prepare=cover_retail),
    "no-technology-owner": Story(
        lambda cast: own_the_system(cast, ""), own_the_system, prepare=put_a_system_behind
    ),
    "neglected": Story(stop_work, begin_work, prepare=plan_work),
    "blind-spot": Story(lambda cast: stop_work(cast).stage, begin_work, prepare=plan_work),
}  # fmt: skip


def test_there_is_a_story_of_every_rule_but_of_the_claim_that_is_overdue_once() -> None:
    assert {rule.code for rule in rules()} - set(STORIES) == {"claim-overdue"}


@contextmanager
def later(days: int) -> Iterator[None]:
    with clock.at(clock.now() + timedelta(days=days, minutes=1)):
        yield


@pytest.mark.parametrize("rule", STORIES)
def test_raised_closed_and_raised_again_as_the_same_flag(cast: Cast, rule: str) -> None:
    story = STORIES[rule]
    story.prepare(cast)

    with later(story.days_between):
        subject = story.break_it(cast)
        scan()
        first = Flag.objects.get(rule=rule, subject_id=subject.pk)
        assert first.state == Flag.State.OPEN
        assert first.subject_kind == getattr(subject, "NOUN")  # noqa: B009 - models have it, mypy knows none

        with later(0):
            story.fix_it(cast)
            scan()
        closed = Flag.objects.get(pk=first.pk)
        assert closed.state == Flag.State.RESOLVED
        assert closed.resolved_at is not None

        with later(story.days_between), later(1):
            story.break_it(cast)
            scan()
            again = Flag.objects.get(rule=rule, subject_id=subject.pk)
            assert again.pk == first.pk
            assert again.state == Flag.State.OPEN
            assert again.resolved_at is None
            assert again.opened_at > first.opened_at

    for kind in ("flags.opened", "flags.resolved", "flags.reopened"):
        assert rule in [told["rule"] for told in data_of(kind)], kind


@pytest.mark.parametrize("end", ["retired", "draft", "archived"])
@pytest.mark.parametrize("rule", [*STORIES, "claim-overdue"])
def test_nothing_is_raised_about_what_customers_do_not_meet(cast: Cast, rule: str, end: str) -> None:
    if rule == "claim-overdue":
        claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
        days, subject = 10, claim.pk
    else:
        story = STORIES[rule]
        story.prepare(cast)
        with later(story.days_between):
            days, subject = story.days_between, story.break_it(cast).pk
    with later(days):
        scan()
        raised = Flag.objects.unresolved().filter(rule=rule, subject_id=subject)
        assert raised.exists()
        if end == "archived":
            for journey in {stage.journey for stage in (cast.notice, cast.choose)}:
                commands.archive_journey(journey, actor=cast.administrator)
            for touchpoint in Touchpoint.objects.live().filter(name__startswith="Step")[:1]:
                commands.archive_journey(touchpoint.stage.journey, actor=cast.administrator)
        else:
            for touchpoint in Touchpoint.objects.live():
                commands.change_touchpoint(touchpoint, lifecycle=end, actor=cast.administrator)
        scan()
        # A stage without live touchpoints is a gap itself, as long as its journey is there.
        assert raised.exists() is (rule == "stage-gap" and end != "archived")
