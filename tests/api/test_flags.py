"""Flags over the API: finding them, answering one or several, waivers, and scans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Claim, Flag, Waiver
from tests.api.program import Program, problem
from tests.cast import Cast, grow
from tests.journeys.reading import kinds_since, last_event_id, owner
from workspace import clock
from workspace.activity.commands.jobs import work_on

Made = Callable[..., Program]


@pytest.fixture
def flag(cast: Cast) -> Flag:
    """Nobody owns the till."""
    return cast.flag("no-owner", cast.till)


def silence(days: int, **more: Any) -> dict[str, Any]:
    return {"until": (clock.today() + timedelta(days=days)).isoformat(), "reason": "Rebuilt.", **more}


def statuses(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.data
    return [result["status"] for result in answer.data["results"]]


def test_a_flag_says_what_is_wrong_for_whom_and_who_might_own_it(cast: Cast, program: Made, flag: Flag) -> None:
    told = program(cast.member, "read").get(f"flags/{flag.pk}/?include=asked,touchpoint,unit,journey").data
    assert (told["rule"], told["severity"], told["state"]) == ("no-owner", "critical", "open")
    assert (told["subject_kind"], told["subject_id"], told["touchpoint"]) == ("touchpoint", cast.till.pk, cast.till.pk)
    assert "Till" in told["words"]["sentence"]
    assert "<" not in told["words"]["sentence"]
    assert (told["asked"], told["asked_as"]) == (flag.asked_id, Flag.Level(flag.asked_level).name.lower())
    assert (told["due_on"], told["evidence"], told["version"]) == (flag.due_on.isoformat(), flag.evidence, flag.version)
    assert cast.billing.pk in [one["department"] for one in told["suggested_owners"]]
    assert all(one["reason"] for one in told["suggested_owners"])
    assert told["included"]["touchpoints"][str(cast.till.pk)]["name"] == "Till"


def test_every_filter_of_flags(cast: Cast, program: Made, flag: Flag) -> None:
    commands.acknowledge_flag(flag, actor=cast.service_head)
    asks = program(cast.service_head, "read")
    flags, early = Flag.objects.all(), "2000-01-01T00:00:00Z"
    mine = (
        flags.filter(asked=cast.service_head) | flags.filter(unit=cast.service) | flags.filter(other_unit=cast.service)
    )
    mine |= flags.filter(department__in=[])
    expected = {
        f"id={flag.pk}": flags.filter(pk=flag.pk),
        "rule=no-owner": flags.filter(rule="no-owner"),
        "rule__in=boundary-gap,no-owner": flags.filter(rule__in=["boundary-gap", "no-owner"]),
        "severity=critical": flags.filter(severity=4),
        "severity__in=low,critical": flags.filter(severity__in=[1, 4]),
        "severity__gte=high": flags.filter(severity__gte=3),
        "state=acknowledged": flags.filter(pk=flag.pk),
        "state__in=open,acknowledged": flags.exclude(state="resolved"),
        f"subject_kind=touchpoint&subject_id={cast.till.pk}": flags.filter(touchpoint=cast.till),
        f"touchpoint={cast.till.pk}": flags.filter(touchpoint=cast.till),
        "crossing__isnull=false": flags.filter(crossing__isnull=False),
        f"journey={cast.journey.pk}": flags.filter(journey=cast.journey),
        f"unit={cast.service.pk}": flags.filter(unit=cast.service),
        f"other_unit__in={cast.service.pk}": flags.filter(other_unit=cast.service),
        "department__isnull=true": flags.filter(department=None),
        "resolved_at__isnull=true": flags.filter(resolved_at=None),
        f"opened_at__lt={early}": flags.none(),
        f"due_on__lte={flag.due_on}": flags.filter(due_on__lte=flag.due_on),
        f"asked={cast.service_head.pk}": flags.filter(asked=cast.service_head),
        f"asked_as__lte=head&asked_at__gte={early}": flags.filter(asked_level__lte=3, asked_at__isnull=False),
        "silent_until__isnull=false": flags.none(),
        "silence_reason__contains=x": flags.none(),
        "for_me=true": mine.distinct(),
        "for_me=false": flags.exclude(pk__in=mine.values("pk")),
    }
    for query, listed in expected.items():
        told = asks.get(f"flags/?limit=500&{query}")
        assert told.status_code == 200, told.data
        assert sorted(one["id"] for one in told.data["items"]) == sorted(listed.values_list("pk", flat=True)), query
    for wrong in ("severity=terrible", "severity__in=low,5", "state=gone"):
        problem(asks.get(f"flags/?{wrong}"), 400, "not-valid")


def test_flags_come_worst_first(cast: Cast, program: Made) -> None:
    seen: list[int] = []
    path = "flags/?limit=2&fields=id"
    asks = program(cast.member, "read")
    while path:
        told = asks.get(path).data
        seen += [one["id"] for one in told["items"]]
        path = (told["next"] or "").removeprefix("http://testserver")
    assert seen == list(Flag.objects.order_by("-severity", "due_on", "id").values_list("pk", flat=True))


def test_a_flag_is_acknowledged_silenced_waived_and_speaks_again(cast: Cast, program: Made, flag: Flag) -> None:
    asks, path, before = program(cast.service_head), f"flags/{flag.pk}/", last_event_id()
    read = asks.get(path)
    assert asks.post(f"{path}acknowledge/", If_Match=read["ETag"]).data["state"] == "acknowledged"
    stale = problem(asks.post(f"{path}snooze/", silence(3), If_Match=read["ETag"]), 412, "stale")
    assert stale["current"]["state"] == "acknowledged"
    problem(asks.post(f"{path}acknowledge/"), 422, "rule-broken")
    told = asks.post(f"{path}snooze/", silence(3)).data
    assert (told["state"], told["silence_reason"]) == ("snoozed", "Rebuilt.")
    assert "too far away" in problem(asks.post(f"{path}snooze/", silence(400)), 422, "rule-broken")["detail"]
    told = asks.post(f"{path}waive/", silence(200)).data
    assert (told["state"], told["silent_until"]) == ("waived", silence(200)["until"])
    (waiver,) = asks.get(f"waivers/?flag={flag.pk}&ended_at__isnull=true&rule=no-owner&include=granted_by").data[
        "items"
    ]
    assert (waiver["reason"], waiver["granted_by"]) == ("Rebuilt.", cast.service_head.pk)
    assert asks.post(f"{path}end-silence/").data["state"] == "open"
    assert asks.get(f"waivers/{waiver['id']}/").data["ended_at"]
    expected = ["flag.acknowledged", "flag.snoozed", "flag.waived", "flag.silence_ended"]
    assert kinds_since(before) == expected
    assert Waiver.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"until": "2026-01-01"}, "reason"),
        ({"reason": "Later."}, "until"),
        ({"reason": "Later.", "until": "someday"}, "until"),
        ({"reason": "Later.", "until": "2099-01-01", "colour": "red"}, "colour"),
    ],
)
def test_a_silence_has_a_reason_and_an_end(
    cast: Cast, program: Made, flag: Flag, body: dict[str, Any], field: str
) -> None:
    asks = program(cast.service_head)
    for action in ("snooze", "waive"):
        told = problem(asks.post(f"flags/{flag.pk}/{action}/", body), 400, "not-valid")
        assert [each["field"] for each in told["errors"]] == [field]


def test_flags_of_others_are_not_answered(cast: Cast, program: Made, flag: Flag) -> None:
    asks = program(cast.online_lead)
    told = problem(asks.post(f"flags/{flag.pk}/acknowledge/"), 403, "not-allowed")
    assert told["next_step"]
    problem(asks.post("flags/99999/acknowledge/"), 404, "unknown")
    for path in ("flags/", f"flags/{flag.pk}/", "waivers/", "scans/"):
        problem(program(cast.guest).get(path), 404, "unknown")
    problem(program(cast.guest).post("flags/bulk-acknowledge/", {"items": [{"id": flag.pk}]}), 404, "unknown")


def test_several_flags_are_answered_each_for_itself(cast: Cast, program: Made, flag: Flag) -> None:
    other = cast.flag("no-owner", cast.ask_a_seller)  # of Retail
    asks = program(cast.service_head)
    items = [{"id": flag.pk, "version": flag.version}, {"id": other.pk}, {"id": 99999}, {"id": "x"}, {"id": flag.pk}]
    answer = asks.post("flags/bulk-acknowledge/", {"items": items})
    assert statuses(answer) == [200, 403, 404, 400, 422]
    first, second = answer.data["results"][:2]
    assert (first["id"], first["version"], first["told"]) == (flag.pk, flag.version + 1, "Acknowledged.")
    assert second["problem"]["next_step"]
    seen = [{"id": flag.pk, "version": flag.version, **silence(3)}]
    assert statuses(asks.post("flags/bulk-snooze/", {"items": seen})) == [412]
    assert statuses(asks.post("flags/bulk-snooze/", {"items": [{"id": flag.pk, **silence(3)}]})) == [200]
    assert statuses(asks.post("flags/bulk-waive/", {"items": [{"id": flag.pk, **silence(3)}, {"id": flag.pk}]})) == [
        200,
        400,
    ]
    flag.refresh_from_db()
    assert flag.state == "waived"
    problem(asks.post("flags/bulk-waive/", {"items": []}), 400, "not-valid")
    problem(asks.post("flags/bulk-waive/", {"items": [{"id": 1}] * 501}), 400, "not-valid")


def test_what_several_flags_are_about_is_claimed_once(cast: Cast, program: Made, flag: Flag) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    both = [{"id": one.pk, "department": cast.care.pk} for one in (flag, cast.flag("contested", cast.till))]
    answer = program(cast.care_lead).post("flags/bulk-claim/", {"items": both})
    assert statuses(answer) == [200, 200]
    assert {result["told"] for result in answer.data["results"]} == {"Care owns it now."}
    assert owner(cast.till) == cast.care
    assert Claim.objects.filter(touchpoint=cast.till, department=cast.care).count() == 1


def test_unowned_touchpoints_are_assigned_by_their_flags(cast: Cast, program: Made, flag: Flag) -> None:
    line = cast.flag("no-owner", cast.fault_line)
    items = [{"id": one.pk, "department": cast.billing.pk} for one in (flag, line)]
    items.append({"id": cast.flag("no-owner", cast.ask_a_seller).pk, "department": cast.shops.pk})
    assert statuses(program(cast.service_head).post("flags/bulk-assign/", {"items": items})) == [200, 200, 403]
    assert [owner(one) for one in (cast.till, cast.fault_line, cast.ask_a_seller)] == [cast.billing, cast.billing, None]


def test_flags_cost_as_many_statements_whatever_their_number(cast: Cast, program: Made) -> None:
    asks, counts = program(cast.member, "read"), []
    asks.get("me/")  # notes that the token is used
    path = "flags/?limit=500&state=open&include=unit,other_unit,department,asked,touchpoint,journey"
    numbers = []
    for size in (1, 6):
        grow(cast, by=size)
        with CaptureQueriesContext(connection) as seen:
            numbers.append(len(asks.get(path).data["items"]))
        counts.append(len(seen))
    assert numbers[1] > numbers[0] + 20
    assert counts[0] == counts[1]
    assert counts[0] <= 20, counts


def test_a_scan_is_asked_for_and_watched(cast: Cast, program: Made) -> None:
    asks = program(cast.administrator)
    problem(program(cast.member).post("scans/"), 403, "not-allowed")
    asked = asks.post("scans/")
    assert (asked.status_code, asked.data["state"], asked.data["result"]) == (202, "queued", None)
    assert asked.data["requested_by"] == cast.administrator.pk
    assert asks.post("scans/")["Location"] == asked["Location"], "one that is under way is not begun twice"
    work_on(asked.data["id"])
    told = asks.get(asked["Location"]).data
    progress = told["progress"]
    assert (told["state"], progress["done"]) == ("done", progress["total"])
    assert told["result"]["subjects"] == 6
    assert set(told["result"]["rules"]["no-owner"]) == {"opened", "resolved", "reopened", "changed"}
    listed = program(cast.member, "read").get(f"scans/?state=done&requested_by={cast.administrator.pk}").data["items"]
    assert listed == [told]
    assert asks.get("scans/?state__in=queued,running&progress_total__gte=1&note=x").data["items"] == []
