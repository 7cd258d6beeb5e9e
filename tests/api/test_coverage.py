"""Coverage over the API, now and day by day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from journeys import commands
from journeys.models import CoverageSnapshot
from tests.api.program import Program, problem
from tests.cast import Cast
from workspace import clock

Made = Callable[..., Program]


def test_coverage_now_and_by_day(cast: Cast, program: Made) -> None:
    asks, today = program(cast.member, "read"), clock.today()
    unit = {"unit": cast.service.pk, "journey": None, "channel": "", "scope": "unit", "id": None}
    now = {"on": today.isoformat(), "live": 3, "owned": 1, "share": 1 / 3}
    assert asks.get(f"coverage/?unit={cast.service.pk}").data == {"items": [{**unit, **now}], "next": None}
    (whole,) = asks.get("coverage/?scope=all&fields=live,owned").data["items"]
    assert whole == {"live": 6, "owned": 3}
    (store,) = asks.get("coverage/?channel=store").data["items"]
    assert (store["live"], store["owned"]) == (3, 1)
    (journey,) = asks.get(f"coverage/?journey__in={cast.journey.pk},99999").data["items"]
    assert (journey["journey"], journey["share"]) == (cast.journey.pk, 0.5)
    assert {one["scope"] for one in asks.get("coverage/").data["items"]} == {"all", "unit", "journey", "channel"}
    most = asks.get("coverage/?live__gte=3&owned__lt=2&scope__in=unit,channel&channel__startswith=s").data["items"]
    assert most == [store]
    problem(asks.get("coverage/?limit=3"), 400, "not-valid")

    commands.note_coverage(today)
    for days in (1, 2, 3):
        CoverageSnapshot.objects.create(
            on=date(2026, 1, days), scope="unit", scope_id=cast.service.pk, live=4, owned=days
        )
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    (noted,) = asks.get(f"coverage/?as_of={today}&unit={cast.service.pk}").data["items"]
    assert {**noted, "id": None} == {**unit, **now}
    days = asks.get(f"coverage/?unit={cast.service.pk}&from=2026-01-02&until=2026-01-31&limit=1").data
    assert [(one["on"], one["owned"]) for one in days["items"]] == [("2026-01-02", 2)]
    following = asks.get(days["next"].removeprefix("http://testserver")).data
    assert [(one["on"], one["share"]) for one in following["items"]] == [("2026-01-03", 0.75)]
    assert asks.get(f"coverage/{following['items'][0]['id']}/").data == following["items"][0]
    told = problem(asks.get(f"coverage/?as_of={today + timedelta(days=1)}"), 400, "not-valid")
    assert told["errors"][0]["field"] == "as_of"
