"""Undoing over the API: one's own acts, while what they wrote still stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from journeys import commands as journeys
from sprints import commands as sprints
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event

Made = Callable[..., Program]


def newest(kind: str) -> Event:
    return Event.objects.filter(kind=kind).latest("pk")


def test_what_somebody_did_is_undone_by_them_alone(cast: Cast, squad: Squad, owner: Program, program: Made) -> None:
    sprints.change_story(squad.banner, title="Other", actor=cast.shops_lead)
    event = newest("story.changed")
    problem(program(cast.member).post("undo/", {"event": event.pk}), 404, "unknown")
    undone = owner.post("undo/", {"event": event.pk})
    assert (undone.status_code, undone.data["event"]) == (200, event.pk)
    squad.banner.refresh_from_db()
    assert squad.banner.title == "Banner for the spring sale"
    problem(owner.post("undo/", {"event": event.pk}), 422, "rule-broken")
    sprints.change_story(squad.banner, title="Again", actor=cast.shops_lead)
    assert owner.post("undo/").data["event"] == newest("story.changed").pk - 1
    problem(owner.post("undo/", {"event": 0}), 400, "not-valid")
    sprints.change_story(squad.banner, title="Late", actor=cast.shops_lead)
    with clock.at(clock.now() + timedelta(minutes=11)):
        late = program(cast.shops_lead).post("undo/", {"event": newest("story.changed").pk})
        problem(late, 422, "rule-broken")


def test_a_token_that_is_limited_to_teams_undoes_what_was_done_in_them(cast: Cast, squad: Squad, program: Made) -> None:
    other = sprints.create_team("Mailing", key="MAIL", actor=cast.shops_lead)
    theirs = sprints.create_story(other, title="Flyer", actor=cast.shops_lead)
    held = program(cast.shops_lead, limits={"team": [squad.team.pk]})
    sprints.change_story(squad.banner, title="Other", actor=cast.shops_lead)
    within = newest("story.changed")
    sprints.change_story(theirs, title="Leaflet", actor=cast.shops_lead)
    journeys.change_touchpoint(cast.till, name="Checkout", actor=cast.shops_lead)
    for beyond in (newest("story.changed"), newest("touchpoint.changed")):
        problem(held.post("undo/", {"event": beyond.pk}), 404, "unknown")
    assert held.post("undo/").data["event"] == within.pk
    squad.banner.refresh_from_db()
    assert squad.banner.title == "Banner for the spring sale"
    elsewhere = program(cast.shops_lead, limits={"team": [10**6]})
    assert problem(elsewhere.post("undo/"), 404, "unknown")["next_step"]
    problem(elsewhere.post("undo/", {"event": within.pk}), 404, "unknown")
