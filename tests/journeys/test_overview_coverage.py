"""The share owned: counted once, compared with four weeks ago, and each number with its touchpoints behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from journeys import commands
from journeys.limits import LIMITS
from journeys.models import CoverageSnapshot, Flag, Touchpoint
from journeys.queries.overview.coverage import Share, StageShare, figures, journeys_in, past, stages_of, trend
from tests.cast import Cast, grow, scan
from tests.journeys.overview import mix_up, owner_of
from workspace import clock
from workspace.activity.queries.changes import change_mark

pytestmark = pytest.mark.usefixtures("fresh_cache")

Scope = CoverageSnapshot.Scope


def note(days_ago: int, scope: str, live: int, owned: int, *, scope_id: int = 0, channel: str = "") -> None:
    on = clock.today() - timedelta(days=days_ago)
    CoverageSnapshot.objects.create(on=on, scope=scope, scope_id=scope_id, channel=channel, live=live, owned=owned)


def test_the_numbers_of_the_cast(cast: Cast) -> None:
    now = figures()
    assert now.whole == Share(live=6, owned=3)
    assert now.truths == Share(live=1, owned=0)  # Till
    assert now.units == {cast.retail.pk: Share(3, 2), cast.service.pk: Share(3, 1)}
    assert now.channels == {"store": Share(3, 1), "web": Share(1, 1), "email": Share(1, 1), "phone": Share(1, 0)}
    # The stage with the most unowned touchpoints comes first, then the larger one, then by name.
    assert now.stages == [
        StageShare("Choose", 1, Share(2, 1)),
        StageShare("Pay", 1, Share(2, 1)),
        StageShare("Use", 1, Share(1, 0)),
        StageShare("Notice", 1, Share(1, 1)),
    ]
    asking = Flag.objects.speaking().values_list("severity", flat=True)
    assert now.severities == {level: list(asking).count(level) for level in set(asking)}


def test_stages_of_one_name_are_one_row_over_all_journeys_and_can_be_narrowed(cast: Cast) -> None:
    grow(cast, by=3, stages=2, touchpoints=2)
    now = figures()
    assert StageShare("Stage 1", 3, Share(6, 0)) in now.stages
    assert now.stage_names == 6
    assert stages_of(journeys_in("journey 2")).stages == [
        StageShare("Stage 1", 1, Share(2, 0)),
        StageShare("Stage 2", 1, Share(2, 0)),
    ]
    assert stages_of(journeys_in("freya")).stages == stages_of(journeys_in("coffee")).stages != []
    assert stages_of(journeys_in("espresso")).stages == []


def test_drafts_retired_touchpoints_and_archived_journeys_do_not_count(cast: Cast) -> None:
    grow(cast, by=1, owned=True)
    commands.retire_touchpoint(cast.till, actor=cast.administrator)
    assert figures().whole == Share(live=17, owned=15)
    commands.archive_journey(cast.journey, actor=cast.administrator)
    assert figures().whole == Share(live=12, owned=12)


def test_a_share_is_never_rounded_up() -> None:
    assert Share(live=3000, owned=2999).thousandths == 999
    assert Share(live=3, owned=2).thousandths == 666
    assert Share().thousandths is None


# --- the worst gaps --------------------------------------------------------------------------------------------------


def test_gaps_go_by_moment_of_truth_severity_emotion_volume_and_age(cast: Cast) -> None:
    def meet(name: str, **fields: Any) -> Touchpoint:
        return commands.add_touchpoint(
            cast.use, name=name, business_unit=cast.service, channel="web", actor=cast.administrator, **fields
        )

    loud, quiet = meet("Loud", volume=9000), meet("Quiet", volume=10)
    older, newer = meet("Older", volume=10), meet("Newer", volume=10)
    glad = meet("Glad", emotion=2, volume=90000)
    days = {quiet: 3, older: 9, newer: 1}
    for touchpoint, ago in days.items():
        Flag.objects.filter(touchpoint=touchpoint).update(opened_at=clock.now() - timedelta(days=ago))
    named = [Flag.objects.get(pk=pk).touchpoint for pk in figures().gaps]
    assert named == [cast.till, cast.fault_line, loud, older, quiet, newer, cast.ask_a_seller, glad]


def test_what_is_snoozed_or_waived_is_not_among_the_worst_gaps(cast: Cast) -> None:
    flag = cast.flag("no-owner", cast.till)
    assert flag.pk in figures().gaps
    until = clock.today() + timedelta(days=9)
    commands.waive_flag(flag, until=until, reason="The tills go.", actor=cast.service_head)
    assert flag.pk not in figures().gaps


def test_at_most_ten_gaps(cast: Cast) -> None:
    grow(cast, by=1)
    assert len(figures().gaps) == 10


# --- how it was ------------------------------------------------------------------------------------------------------


def test_compares_with_the_day_four_weeks_ago(cast: Cast) -> None:
    note(28, Scope.ALL, 6, 4)
    note(28, Scope.UNIT, 3, 3, scope_id=cast.service.pk)
    note(28, Scope.CHANNEL, 2, 0, channel="web")
    note(30, Scope.ALL, 6, 0)
    note(30, Scope.UNIT, 3, 0, scope_id=cast.service.pk)
    before = past(clock.today(), LIMITS)
    assert before.compared_on == clock.today() - timedelta(days=28)
    assert before.whole == Share(6, 4)
    now = figures()
    assert now.whole.points_since(before.whole) == -16.7
    assert now.units[cast.service.pk].points_since(before.units.get(cast.service.pk)) == -66.7
    assert now.units[cast.retail.pk].points_since(before.units.get(cast.retail.pk)) is None
    assert now.channels["web"].points_since(before.channels["web"]) == 100


@pytest.mark.parametrize(("days_ago", "is_compared"), [(27, False), (28, True), (55, True), (56, False)])
def test_takes_the_last_noted_day_before_if_that_day_was_missed(cast: Cast, days_ago: int, is_compared: bool) -> None:
    note(days_ago, Scope.UNIT, 3, 3, scope_id=cast.service.pk)
    assert (past(clock.today(), LIMITS).compared_on is not None) is is_compared


def test_the_trend_ends_now_and_leaves_days_without_a_note_empty(cast: Cast) -> None:
    today = clock.today()
    for days_ago, owned in ((120, 1), (89, 1), (88, 2), (3, 2)):
        note(days_ago, Scope.ALL, 6, owned)
    days = trend(past(today, LIMITS).days, figures().whole, today)
    assert len(days) == 90
    known = {(today - point.day).days: point.share for point in days if point.share}
    assert known == {89: Share(6, 1), 88: Share(6, 2), 3: Share(6, 2), 0: Share(6, 3)}


# --- the lists behind the numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_every_number_leads_to_exactly_the_touchpoints_that_it_counts(cast: Cast, client: Client, seed: int) -> None:
    mix_up(cast, seed)
    scan()
    client.force_login(cast.member, backend="workspace.organisation.backends.WorksHereBackend")

    def listed(address: str) -> list[Touchpoint]:
        page = client.get(address)
        rows = page.context["rows"]
        assert page.context["page"].paginator.count == len(rows), "all of them are on one page"
        for row in rows:
            assert (row.owner.id if row.owner else None) == getattr(owner_of(row.touchpoint), "pk", None)
        return [row.touchpoint for row in rows]

    for by in ("unit", "stage", "channel"):
        page = client.get("/ownership/", {"by": by, "rows": "all"})
        assert len(page.context["rows"]) == page.context["rows_in_all"] > 0
        for row in page.context["rows"]:
            assert len(listed(row.url)) == row.share.live, row.url
            assert len(listed(row.unowned_url)) == row.share.unowned, row.unowned_url
    page = client.get("/ownership/?by=stage&journey=Random")
    assert [row.share for row in page.context["rows"]] != []
    for row in page.context["rows"]:
        assert len(listed(row.url)) == row.share.live, row.url
    assert len(listed(page.context["unowned_url"])) == page.context["whole"].unowned
    assert len(listed(page.context["truths_url"])) == page.context["seen"].now.truths.unowned
    for _name, n, url in page.context["severities"]:
        assert client.get(url).context["page"].paginator.count == n, url


# --- what is kept ----------------------------------------------------------------------------------------------------


def test_the_mark_moves_with_every_event_and_with_nothing_else(cast: Cast) -> None:
    before = change_mark()
    assert change_mark() == before
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    claimed = change_mark()
    assert claimed != before
    scan()  # and what is delivered by it
    assert change_mark() not in {before, claimed}
