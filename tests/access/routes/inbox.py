"""The inbox: its file, its saved views, and the answers to many flags at once."""

from __future__ import annotations

from journeys.commands import bulk
from tests.access.ways import INSIDERS, Way, both
from tests.cast import Cast
from workspace.organisation.commands.saved_views import save_view

ANSWERING = ("head", "executive", "administrator")
OTHERS = tuple(kind for kind in INSIDERS if kind not in ANSWERING)


def ways(cast: Cast) -> list[Way]:
    """The view and the job are those of the head of Service, who is asked about the till; nobody else sees them."""
    flag = str(cast.flag("no-owner", cast.till).pk)
    view = save_view("Tills", page="flags", query="q=till", filters=["q"], actor=cast.service_head)
    job = bulk.request_answers([flag], bulk.Answer("acknowledge"), actor=cast.service_head)
    not_theirs = dict.fromkeys((kind for kind in INSIDERS if kind != "head"), 404)
    # Whoever may not answer is told so flag by flag, on a page that says what became of each.
    told = dict.fromkeys(OTHERS, 200)
    return [
        Way("journeys:export_flags", "/flags/export/"),
        *both("journeys:save_view", "/flags/views/save/", data={"name": "Critical ones", "query": "severity=4"}),
        *both("journeys:rename_view", f"/flags/views/{view.pk}/rename/", by=("head",), data={"name": "All tills"},
              answers=not_theirs),
        *both("journeys:delete_view", f"/flags/views/{view.pk}/delete/", by=("head",), answers=not_theirs),
        Way("journeys:bulk_flags", "/flags/answer/acknowledge/", "POST", ANSWERING, {"flag": [flag]}, told, done=200),
        Way("journeys:answered_flags", f"/flags/answers/{job.pk}/", by=("head",), answers=not_theirs),
    ]  # fmt: skip
