"""Notifications over the API: one's own, read, and chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from sprints import commands as sprints
from tests.api.program import Program, problem
from tests.cast import Cast, deliver
from tests.sprints.squad import Squad

Made = Callable[..., Program]


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.data
    return [each["id"] for each in answer.data["items"]]


def test_notifications_are_listed_read_and_chosen(cast: Cast, squad: Squad, program: Made) -> None:
    sprints.write_comment(squad.banner, text="Look, @Mia Member", actor=cast.shops_lead)
    sprints.write_comment(squad.mail, text="And here", actor=cast.shops_lead)
    deliver()
    asks = program(cast.member)
    asks.get("me/")
    with CaptureQueriesContext(connection) as few:
        (first,) = asks.get("notifications/?group=mentions").data["items"]
    assert (first["kind"], first["read_at"]) == ("comment.written", None)
    assert first["line"]["text"] == "Liam Lead commented on GROW-1 · Banner for the spring sale."
    assert first["line"]["url"] == "/stories/GROW-1/"
    assert len(ids(asks.get("notifications/?read_at__isnull=true"))) >= 2
    assert asks.post(f"notifications/{first['id']}/read/").data["read_at"]
    assert ids(asks.get("notifications/?read_at__isnull=false")) == [first["id"]]
    for query in ("kind=comment.written", f"subject={first['subject']}", f"scope={squad.team.scope}", "count=1",
                  f"event={first['event']}", "on_behalf_of__isnull=true", f"at__lte={first['at']}"):  # fmt: skip
        assert first["id"] in ids(asks.get(f"notifications/?{query}")), query
    with CaptureQueriesContext(connection) as many:
        assert len(ids(asks.get("notifications/"))) >= 2
    assert len(few) == len(many)
    assert asks.post("notifications/read-all/", {"group": "comments"}).data == {"read": 1}
    told = problem(asks.post("notifications/read-all/", {"group": "x"}), 400, "not-valid")
    assert told["errors"][0]["field"] == "group"
    problem(program(cast.other_member).get(f"notifications/{first['id']}/"), 404, "unknown")
    chosen = asks.patch("notifications/settings/", {"hour": 6, "groups": {"mentions": {"mail": "off"}}})
    assert chosen.data["hour"] == 6
    assert chosen.data["groups"]["mentions"] == {"in_app": True, "mail": "off"}
    assert asks.get("notifications/settings/").data == chosen.data
    problem(asks.patch("notifications/settings/", {"groups": {"x": {"mail": "off"}}}), 400, "not-valid")
    problem(asks.patch("notifications/settings/", {"groups": {"mentions": {"mail": "x"}}}), 400, "not-valid")
