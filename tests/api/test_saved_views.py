"""Saved views over the API: one's own, and those that are shared on boards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.api.boards import share
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.organisation.commands.saved_views import save_view

Made = Callable[..., Program]


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.data
    return [each["id"] for each in answer.data["items"]]


def test_views_are_saved_shared_renamed_and_forgotten(cast: Cast, squad: Squad, owner: Program, program: Made) -> None:
    member, other = program(cast.member), program(cast.other_member)
    of_board = {"place": "board", "team": squad.team.pk, "query": "kind=task&lanes=person", "is_shared": True}
    made = member.post("saved-views/", of_board | {"name": "Brand"})
    assert made.status_code == 201, made.data
    assert (made.status_code, made.data["place"], made.data["team"]) == (201, "board", squad.team.pk)
    own = other.post("saved-views/", {"place": "flags", "name": "Bad", "query": "severity=4"})
    assert (own.data["team"], own.data["query"], own.data["is_shared"]) == (None, "severity=4", False)
    problem(other.post("saved-views/", of_board | {"name": "Ours"}), 403, "not-allowed")
    assert ids(other.get("saved-views/")) == [made.data["id"], own.data["id"]]
    path = made["Location"]
    problem(other.patch(path, {"name": "Mine"}, If_Match="*"), 404, "unknown")
    renamed = owner.patch(path, {"name": "The brand"}, If_Match=made["ETag"])
    assert (renamed.data["name"], renamed.data["version"]) == ("The brand", 2)
    problem(member.patch(path, {"name": "Brand"}, If_Match=made["ETag"]), 412, "stale")
    for query in ("place=board", f"team={squad.team.pk}", "name__contains=brand", "is_shared=true", "version=2",
                  f"person={cast.member.pk}", "query__contains=lanes"):  # fmt: skip
        assert ids(other.get(f"saved-views/?{query}")) == [made.data["id"]], query
    for body, field in (
        ({"place": "flags", "name": "x", "query": "colour=red"}, "query"),
        ({"place": "board", "name": "x", "query": ""}, "team"),
        ({"place": "flags", "name": "x", "query": "", "is_shared": True}, "is_shared"),
        ({"place": "map", "name": "x", "query": ""}, "place"),
    ):
        assert problem(member.post("saved-views/", body), 400, "not-valid")["errors"][0]["field"] == field
    hidden = save_view("Hidden", page="board.999", query="", filters=[], is_shared=True, actor=cast.member)
    share(squad.team, cast)
    assert ids(program(cast.guest).get("saved-views/")) == [made.data["id"]]
    problem(program(cast.guest).get(f"saved-views/{hidden.pk}/"), 404, "unknown")
    assert owner.call("DELETE", path, headers={"If-Match": "*"}).status_code == 204
    problem(member.get(path), 404, "unknown")
