"""What a sprint comes to."""

from __future__ import annotations

from decimal import Decimal

from sprints.rules.reports import Present, report_data


def test_an_empty_sprint_comes_to_nothing() -> None:
    data = report_data({}, [], unfinished_to=None, removed_to={})
    nothing = {"stories": 0, "points": "0"}
    assert data == {
        "committed": nothing, "done": nothing, "unfinished": nothing, "added": nothing, "removed": nothing,
        "unplanned": nothing, "stories": [],
    }  # fmt: skip


def test_what_was_committed_counts_with_its_points_then_and_what_is_done_with_its_points_now() -> None:
    present = [Present(1, Decimal("8.0"), is_done=True, is_unplanned=False)]
    data = report_data({1: Decimal("3.0")}, present, unfinished_to=None, removed_to={})
    assert data["committed"] == {"stories": 1, "points": "3"}
    assert data["done"] == {"stories": 1, "points": "8"}
    assert data["stories"][0]["to"] == ""


def test_a_story_without_an_estimate_counts_as_a_story_and_no_points() -> None:
    present = [Present(1, None, is_done=False, is_unplanned=True)]
    data = report_data({2: None}, present, unfinished_to=7, removed_to={2: 9})
    assert data["added"] == data["unfinished"] == data["unplanned"] == {"stories": 1, "points": "0"}
    assert data["removed"] == data["committed"] == {"stories": 1, "points": "0"}
    assert [(row["id"], row["to"]) for row in data["stories"]] == [(1, 7), (2, 9)]


def test_each_story_is_committed_or_added_and_done_unfinished_or_removed() -> None:
    committed = {1: Decimal(1), 2: Decimal(2), 3: Decimal("0.5")}
    present = [
        Present(1, Decimal(1), is_done=True, is_unplanned=False),
        Present(2, Decimal(2), is_done=False, is_unplanned=False),
        Present(4, Decimal("2.5"), is_done=True, is_unplanned=True),
    ]
    data = report_data(committed, present, unfinished_to=None, removed_to={3: "backlog"})
    for row in data["stories"]:
        assert len({"committed", "added"} & set(row["is"])) == 1
        assert len({"done", "unfinished", "removed"} & set(row["is"])) == 1
    stories = {kind: data[kind]["stories"] for kind in ("committed", "added", "removed", "done", "unfinished")}
    assert stories["committed"] + stories["added"] - stories["removed"] == stories["done"] + stories["unfinished"]
    assert data["done"]["points"] == "3.5"
