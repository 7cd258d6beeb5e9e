"""An owner calls for another: whoever the call is for takes it at once, and it ends with any change of owner."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys import commands, tasks
from journeys.commands.moving import move_ownerships
from journeys.models import Claim, Flag, OwnershipCall, Touchpoint
from journeys.queries.calls import open_calls
from tests.cast import Cast, scan
from tests.journeys.reading import current, data_of, kinds_since, last_event_id, owner
from tests.journeys.test_import_touchpoints import Sheet, touchpoint
from workspace import clock
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Job
from workspace.errors import NotAllowed, RuleBroken, StaleWrite

SOON = timedelta(days=14)


def call(cast: Cast, touchpoint: Touchpoint | None = None, *, who: str = "online_lead") -> OwnershipCall:
    """Online Store calls for another owner of Compare online, which lies in its own unit."""
    return commands.call_for_owner(
        touchpoint or cast.compare_online,
        reason="We close our comparison.",
        ends_on=clock.today() + SOON,
        actor=getattr(cast, who),
    )


def states() -> list[str]:
    return list(OwnershipCall.objects.order_by("pk").values_list("state", flat=True))


# --- Calling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["online_lead", "retail_head", "executive"])
def test_the_owners_lead_the_units_head_and_executives_call(cast: Cast, who: str) -> None:
    made = call(cast, who=who)
    assert owner(cast.compare_online) == cast.online, "it stays the owner"
    assert data_of("call.made") == [
        {
            "touchpoint": cast.compare_online.pk,
            "department": cast.online.pk,
            "reason": "We close our comparison.",
            "until": made.ends_on.isoformat(),
        }
    ]
    assert open_calls([cast.compare_online.pk, cast.till.pk])[cast.compare_online.pk].id == made.pk
    assert len(open_calls([cast.compare_online.pk, cast.till.pk])) == 1


@pytest.mark.parametrize("who", ["member", "shops_lead", "service_head", "administrator", "guest", "leaver"])
def test_nobody_else_calls(cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="A lead of Online Store"):
        call(cast, who=who)
    assert not OwnershipCall.objects.exists()


def test_an_executive_calls_for_nothing_that_their_own_department_could_then_take(cast: Cast) -> None:
    cast.executive.department = cast.shops
    cast.executive.save()
    with pytest.raises(NotAllowed, match="Nobody decides about their own department"):
        call(cast, who="executive")


@pytest.mark.parametrize(("days", "says"), [(0, "too soon"), (-3, "too soon"), (91, "too far away"), (1, ""), (90, "")])
def test_a_call_ends_between_tomorrow_and_ninety_days(cast: Cast, days: int, says: str) -> None:
    day = clock.today() + timedelta(days=days)
    if not says:
        commands.call_for_owner(cast.compare_online, reason="We close.", ends_on=day, actor=cast.online_lead)
        return
    with pytest.raises(RuleBroken, match=f"{day.isoformat()} is {says}"):
        commands.call_for_owner(cast.compare_online, reason="We close.", ends_on=day, actor=cast.online_lead)


def test_what_cannot_be_called_for_is_refused_with_the_reason(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="A call has a reason"):
        commands.call_for_owner(cast.compare_online, reason=" ", ends_on=clock.today() + SOON, actor=cast.online_lead)
    with pytest.raises(RuleBroken, match="Nobody owns Till"):
        call(cast, cast.till, who="executive")
    call(cast)
    with pytest.raises(RuleBroken, match="Online Store calls for another owner of Compare online already"):
        call(cast)
    commands.claim_touchpoint(cast.receipt, department=cast.shops, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="Once that is decided you can call; a lead of Billing"):
        call(cast, cast.receipt, who="billing_lead")
    commands.claim_touchpoint(cast.receipt, department=cast.online, actor=cast.online_lead)
    with pytest.raises(RuleBroken, match="you can call; an executive decides"):
        call(cast, cast.receipt, who="billing_lead")
    commands.retire_touchpoint(cast.shop_window, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="Shop window is retired"):
        call(cast, cast.shop_window, who="shops_lead")


# --- Answering -------------------------------------------------------------------------------------------------------


def test_a_department_of_the_unit_takes_it_at_once_approved_by_who_called(cast: Cast) -> None:
    call(cast)
    claim = commands.claim_touchpoint(cast.compare_online, department=cast.shops, at_once=True, actor=cast.shops_lead)
    assert claim.state == Claim.State.ACCEPTED
    assert claim.decided_by == cast.online_lead
    row = current(cast.compare_online)
    assert (row.department, row.person, row.approved_by) == (cast.shops, cast.shops_lead, cast.online_lead)
    assert states() == ["answered"]
    assert data_of("call.answered") == [
        {"touchpoint": cast.compare_online.pk, "department": cast.online.pk, "winner": cast.shops.pk}
    ]


def test_a_department_of_another_unit_waits_for_the_head_of_the_touchpoints_unit(cast: Cast) -> None:
    call(cast)
    claim = commands.claim_touchpoint(cast.compare_online, department=cast.billing, actor=cast.billing_lead)
    assert claim.state == Claim.State.WAITING
    with pytest.raises(NotAllowed, match="the head of Retail, or an executive"):
        commands.approve_claim(claim, actor=cast.online_lead)
    commands.approve_claim(claim, actor=cast.retail_head)
    assert owner(cast.compare_online) == cast.billing
    assert states() == ["answered"]


def test_without_a_call_the_same_claim_waits_for_the_owner(cast: Cast) -> None:
    withdrawn = call(cast)
    commands.withdraw_call(withdrawn, actor=cast.online_lead)
    with pytest.raises(StaleWrite, match="Online Store does not call for another owner of Compare online any more"):
        commands.claim_touchpoint(cast.compare_online, department=cast.shops, at_once=True, actor=cast.shops_lead)
    claim = commands.claim_touchpoint(cast.compare_online, department=cast.shops, actor=cast.shops_lead)
    assert claim.state == Claim.State.WAITING


def test_who_was_told_that_the_owner_decides_is_told_that_it_calls_by_now(cast: Cast) -> None:
    call(cast)
    with pytest.raises(StaleWrite, match="Online Store calls for another owner"):
        commands.claim_touchpoint(cast.compare_online, department=cast.shops, at_once=False, actor=cast.shops_lead)
    assert owner(cast.compare_online) == cast.online


# --- Ending ----------------------------------------------------------------------------------------------------------


def by_releasing(cast: Cast) -> None:
    commands.release_ownership(cast.compare_online, reason="Nobody wants it.", actor=cast.online_lead)


def by_handing_over(cast: Cast) -> None:
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)


def by_merging(cast: Cast) -> None:
    move_ownerships(cast.online, to=cast.shops, actor=cast.administrator)


@pytest.mark.parametrize(
    ("change", "state"), [(by_releasing, "withdrawn"), (by_handing_over, "answered"), (by_merging, "answered")]
)
def test_a_call_ends_when_the_owner_changes_by_any_path(cast: Cast, change, state: str) -> None:
    call(cast)
    change(cast)
    assert states() == [state]
    assert len(data_of(f"call.{state}")) == 1


@pytest.mark.parametrize(("named", "state"), [("WEB", "answered"), ("", "withdrawn")])
def test_a_call_ends_when_a_file_changes_the_owner(cast: Cast, tmp_path: Path, named: str, state: str) -> None:
    sheet = Sheet(tmp_path)
    sheet.rows({"external_id": "M1", "owner_department": "SHOPS"})
    call(cast, touchpoint("M1"), who="executive")
    sheet.rows({"external_id": "M1", "owner_department": named})
    assert states() == [state]
    assert len(data_of(f"call.{state}")) == 1


@pytest.mark.parametrize("who", ["member", "shops_lead", "service_head", "administrator"])
def test_a_call_is_withdrawn_by_nobody_else(cast: Cast, who: str) -> None:
    made = call(cast)
    with pytest.raises(NotAllowed):
        commands.withdraw_call(made, actor=getattr(cast, who))
    commands.withdraw_call(made, actor=cast.retail_head)
    with pytest.raises(RuleBroken, match="withdrawn already"):
        commands.withdraw_call(made, actor=cast.online_lead)


def run_daily() -> None:
    tasks.keep_daily()
    for job in Job.objects.filter(kind="journeys.end_calls", state=Job.State.QUEUED):
        work_on(job.pk)


def test_unanswered_on_its_day_the_head_of_the_unit_is_asked(cast: Cast) -> None:
    made = call(cast)
    run_daily()
    assert states() == ["open"]
    OwnershipCall.objects.filter(pk=made.pk).update(ends_on=clock.today())
    before = last_event_id()
    run_daily()
    run_daily()
    assert states() == ["unanswered"]
    assert kinds_since(before).count("call.unanswered") == 1
    assert data_of("call.unanswered")[0]["asked"] == cast.retail_head.pk
    assert owner(cast.compare_online) == cast.online


def test_a_call_for_what_was_retired_since_ends_and_asks_nobody(cast: Cast) -> None:
    made = call(cast)
    commands.retire_touchpoint(cast.compare_online, actor=cast.administrator)
    OwnershipCall.objects.filter(pk=made.pk).update(ends_on=clock.today())
    run_daily()
    assert states() == ["withdrawn"]


# --- What a claim costs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("called", [False, True])
def test_a_claim_takes_at_most_ten_statements_with_the_closing_of_its_flags(cast: Cast, *, called: bool) -> None:
    scan()
    touchpoint = cast.compare_online if called else cast.ask_a_seller
    if called:
        call(cast)
    with CaptureQueriesContext(connection) as captured:
        commands.claim_touchpoint(touchpoint, department=cast.shops, actor=cast.shops_lead)
    spent = [q["sql"] for q in captured if not q["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(spent) <= 10, spent
    assert owner(touchpoint) == cast.shops
    if not called:
        assert cast.flag("no-owner", touchpoint).state == Flag.State.RESOLVED
