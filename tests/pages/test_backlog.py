"""The backlog and planning page: what it shows, what one does there with stories, and what it costs."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from sprints import commands
from sprints.models import Story
from tests.cast import Cast
from tests.pages.reading import statements, text_of
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation.commands import share

PAGE = "/teams/GROW/backlog/"
PART = {"HX-Request": "true", "HX-Target": "backlog"}


@pytest.fixture
def page(cast: Cast, squad: Squad, client: Client) -> str:
    """The backlog, opened by a member of the team."""
    client.force_login(cast.member)
    return PAGE


def codes(client: Client) -> dict[str, list[str]]:
    """The stories on the page, by sprint, in the order shown."""
    shown = client.get(PAGE).context["page"]
    plans = {str(plan.sprint): [row.code for row in plan.rows] for plan in shown.sprints}
    return plans | {"backlog": [row.code for row in shown.rows]}


def test_open_sprints_stand_above_the_backlog_all_in_the_order_of_the_team(client: Client, page: str) -> None:
    assert codes(client) == {
        "Sprint 1": ["GROW-1", "GROW-2", "GROW-3"],
        "Sprint 2": [],
        "backlog": ["GROW-4", "GROW-5", "GROW-6", "GROW-7"],
    }
    shown = text_of(client.get(page))
    assert "3 stories · 8 points · 1 without an estimate" in shown
    assert "More first orders" in shown
    assert "no velocity yet" in shown


def test_done_and_deleted_stories_do_not_wait(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    commands.move_story(squad.quiz, column=squad.done, actor=cast.member)
    commands.delete_story(squad.poster, actor=cast.member)
    assert codes(client)["backlog"] == ["GROW-6", "GROW-7"]


def test_capacity_counts_working_days_shares_and_absences(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    plan = client.get(page).context["page"].sprints[0]
    assert plan.capacity.days == Decimal(25)  # 10 working days × (100 % + 100 % + 50 %)
    monday = squad.sprint.starts_on + timedelta(days=(7 - squad.sprint.starts_on.weekday()) % 7)
    commands.enter_absence(cast.member, starts_on=monday, ends_on=monday + timedelta(days=1), actor=cast.member)
    commands.enter_absence(cast.billing_lead, starts_on=monday, ends_on=monday, actor=cast.billing_lead)
    answer = client.get(page)
    assert answer.context["page"].sprints[0].capacity.days == Decimal(23)
    assert "Capacity: 23 days" in text_of(answer)
    assert "Mia Member 10 2 50 % 4" in text_of(answer)


def test_the_velocity_is_the_mean_of_closed_sprints_and_warns_of_more(
    cast: Cast, squad: Squad, client: Client, page: str
) -> None:
    commands.move_story(squad.banner, column=squad.done, actor=cast.member)
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    shown = text_of(client.get(page))
    assert "velocity 3 (of the last closed sprint)" in shown
    assert "more than the team usually does" not in shown
    commands.move_story(squad.mail, sprint=squad.later, actor=cast.member)
    assert "more than the team usually does" in text_of(client.get(page))


def test_a_story_is_added_where_one_types(client: Client, page: str) -> None:
    client.post(f"{page}add/", {"title": "  Leaflet  "})
    client.post(f"{page}add/", {"title": "Mail in May", "sprint": "2"})
    shown = codes(client)
    assert shown["backlog"][-1] == "GROW-8"
    assert shown["Sprint 2"] == ["GROW-9"]
    assert Story.objects.get(number=8).title == "Leaflet"


@pytest.mark.parametrize(("typed", "kept"), [("3", "3"), ("0.5", "0.5"), ("", ""), ("999.5", "999.5")])
def test_an_estimate_is_a_number_of_halves(squad: Squad, client: Client, page: str, typed: str, kept: str) -> None:
    client.post(f"{page}1/points/", {"points": typed})
    squad.banner.refresh_from_db()
    assert squad.banner.points == (Decimal(kept) if kept else None)


@pytest.mark.parametrize("typed", ["many", "-1", "1.3", "1000", "NaN", "Infinity"])
def test_what_is_no_estimate_is_named(squad: Squad, client: Client, page: str, typed: str) -> None:
    answer = client.post(f"{page}1/points/", {"points": typed})
    assert answer.status_code == 422
    assert typed in text_of(answer)
    squad.banner.refresh_from_db()
    assert squad.banner.points == 3


def test_chosen_stories_go_together_and_keep_their_order(squad: Squad, client: Client, page: str) -> None:
    before = Event.objects.count()
    client.post(f"{page}schedule/", {"story": ["7", "4"], "sprint": "2"})
    assert codes(client)["Sprint 2"] == ["GROW-4", "GROW-7"]
    assert Event.objects.count() == before + 1
    client.post(f"{page}schedule/", {"story": ["4", "1"], "sprint": "0"})
    assert codes(client)["backlog"] == ["GROW-5", "GROW-6", "GROW-1", "GROW-4"]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"sprint": "2"}, "No story is chosen."),
        ({"story": ["4"], "sprint": "77"}, "Growth has no sprint 77."),
        ({"story": ["4"], "sprint": "soon"}, "“soon” is no sprint."),
        ({"story": ["4"]}, "“” is no sprint."),
    ],
)
def test_what_cannot_be_planned_is_said(
    squad: Squad, client: Client, page: str, sent: dict[str, Any], told: str
) -> None:
    answer = client.post(f"{page}schedule/", sent)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "GROW-4" in codes(client)["backlog"]


def test_a_closed_sprint_takes_no_stories(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    for path, sent in (("schedule/", {"story": ["4"], "sprint": "1"}), ("4/place/", {"sprint": "1"})):
        answer = client.post(f"{page}{path}", sent)
        assert answer.status_code == 422
        assert "Sprint 1 is closed and takes no stories." in text_of(answer)


@pytest.mark.parametrize(
    ("to", "order"),
    [("up", "4 6 5 7"), ("down", "4 5 7 6"), ("top", "6 4 5 7"), ("bottom", "4 5 7 6")],
)
def test_a_story_goes_one_place_or_all_the_way(client: Client, page: str, to: str, order: str) -> None:
    client.post(f"{page}6/move/", {"sprint": "0", "place": to})
    assert codes(client)["backlog"] == [f"GROW-{number}" for number in order.split()]


def test_at_the_end_of_its_list_a_story_stays(client: Client, page: str) -> None:
    before = Event.objects.count()
    for number, sprint, to in (("4", "0", "up"), ("4", "0", "top"), ("7", "0", "down"), ("3", "1", "bottom")):
        assert client.post(f"{page}{number}/move/", {"sprint": sprint, "place": to}).status_code == 302
    assert Event.objects.count() == before
    assert client.post(f"{page}4/move/", {"sprint": "0", "place": "sideways"}).status_code == 422


def test_a_drop_names_the_stories_beside_it(squad: Squad, client: Client, page: str) -> None:
    client.post(f"{page}7/place/", {"sprint": "1", "after": squad.banner.pk, "before": squad.mail.pk})
    client.post(f"{page}3/place/", {"sprint": "0", "after": "", "before": squad.quiz.pk})
    assert codes(client)["Sprint 1"] == ["GROW-1", "GROW-7", "GROW-2"]
    assert codes(client)["backlog"][0] == "GROW-3"
    assert client.post(f"{page}3/place/", {"sprint": "x"}).status_code == 422


def test_the_form_moves_without_a_script(squad: Squad, client: Client, page: str) -> None:
    assert "GROW-4" in text_of(client.get(f"{page}4/move/"))
    client.post(f"{page}4/move/", {"sprint": "1", "place": "top"})
    client.post(f"{page}5/move/", {"sprint": "1", "place": "after", "after": "GROW-4"})
    client.post(f"{page}1/move/", {"sprint": "0", "place": "bottom"})
    assert codes(client) == {
        "Sprint 1": ["GROW-4", "GROW-5", "GROW-2", "GROW-3"],
        "Sprint 2": [],
        "backlog": ["GROW-6", "GROW-7", "GROW-1"],
    }


@pytest.mark.parametrize(
    ("after", "told"),
    [("", "“” is no number of a story."), ("x", "“x” is no number"), ("6", "GROW-6 is not in Sprint 1.")],
)
def test_a_place_after_a_story_needs_one_that_stands_there(
    squad: Squad, client: Client, page: str, after: str, told: str
) -> None:
    answer = client.post(f"{page}4/move/", {"sprint": "1", "place": "after", "after": after})
    assert answer.status_code == 422
    assert told in text_of(answer)


def test_a_full_column_refuses(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    """Review takes two stories of a sprint; two of the backlog that lie there do not both fit beside the video."""
    for story in (squad.quiz, squad.poster):
        commands.move_story(story, column=squad.review, actor=cast.member)
    answer = client.post(f"{page}schedule/", {"story": ["4", "5"], "sprint": "1"})
    assert answer.status_code == 422
    assert "“Review” takes 2 stories at once" in text_of(answer)
    assert codes(client)["backlog"][:2] == ["GROW-4", "GROW-5"]


def test_what_was_done_can_be_undone_from_the_toast(client: Client, page: str) -> None:
    answer = client.post(f"{page}6/move/", {"sprint": "0", "place": "top"}, headers={"HX-Request": "true"})
    told = json.loads(answer.headers["HX-Trigger"])
    assert "changed" in told
    assert client.post(told["toast"]["undo"]).status_code in (200, 302)
    assert codes(client)["backlog"][0] == "GROW-4"


def test_who_is_not_in_the_team_sees_it_and_is_offered_nothing(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.other_member)
    answer = client.get(PAGE)
    assert "You are not in this team" in text_of(answer)
    html = answer.content.decode()
    for control in ("/points/", "/move/", "/schedule/", "backlog/add/", "data-grip", "sprints/new/"):
        assert control not in html
    refused = client.post(f"{PAGE}4/move/", {"sprint": "0", "place": "down"})
    assert refused.status_code == 403
    assert "You are not in this team." in text_of(refused)


def test_members_plan_stories_and_whoever_runs_the_team_the_sprints(cast: Cast, client: Client, page: str) -> None:
    assert "sprints/1/close/" not in client.get(page).content.decode()
    client.force_login(cast.billing_lead)
    assert "sprints/1/close/" in client.get(page).content.decode()


def test_guests_see_the_plans_of_a_shared_team_but_nobodys_absences(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.guest)
    assert client.get(PAGE).status_code == 404
    until = clock.today() + timedelta(days=3)
    share("team", squad.team.pk, guest=cast.guest, until=until, actor=cast.shops_lead)
    shown = text_of(client.get(PAGE))
    assert "Banner for the spring sale" in shown
    for hidden in ("Capacity", "Working days", "Settings", "New sprint"):
        assert hidden not in shown
    assert client.post(f"{PAGE}add/", {"title": "Mine"}).status_code == 403


def test_a_story_of_another_team_is_not_found_here(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    assert client.post(f"{page}99/points/", {"points": "1"}).status_code == 404
    commands.delete_story(squad.quiz, actor=cast.member)
    assert client.post(f"{page}4/points/", {"points": "1"}).status_code == 404


def test_an_unchanged_page_is_not_sent_again(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    client.get(page)  # brings the cookie that goes with the forms on it
    etag = client.get(page).headers["ETag"]
    assert client.get(page, headers={"If-None-Match": etag}).status_code == 304
    commands.change_story(squad.quiz, points=5, actor=cast.member)
    assert client.get(page, headers={"If-None-Match": etag}).status_code == 200


def test_an_absence_shows_at_once(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    """It belongs to the person, not to the team: the page must not be taken for unchanged."""
    client.get(page)
    etag = client.get(page).headers["ETag"]
    sprint = squad.sprint
    commands.enter_absence(cast.member, starts_on=sprint.starts_on, ends_on=sprint.ends_on, actor=cast.member)
    answer = client.get(page, headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "Capacity: 20 days" in text_of(answer)


def fill(cast: Cast, squad: Squad, n: int) -> None:
    """`n` stories, a third of them in each open sprint, with an assignee and a label each."""
    label = commands.create_label(squad.team, name=f"label {n}", actor=None)
    for number in range(n):
        sprint = (None, squad.sprint, squad.later)[number % 3]
        commands.create_story(
            squad.team, title=f"Story {number}", sprint=sprint, assignees=[cast.member], labels=[label], actor=None
        )


def test_the_page_costs_the_same_at_40_and_at_1000_stories(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    fill(cast, squad, 33)
    few = statements(client, page)
    assert few <= 12
    label = squad.team.labels.get()
    rows = list(Story.objects.filter(team=squad.team).order_by("rank"))
    last = max(row.rank for row in rows)
    made = Story.objects.bulk_create(
        Story(team=squad.team, number=1000 + number, title=f"Many {number}", folded_title=f"many {number}",
              column=squad.todo, sprint=(None, squad.sprint, squad.later, None)[number % 4], rank=f"{last}{number:04}5",
              created_at=clock.now(), in_column_since=clock.now())
        for number in range(960)
    )  # fmt: skip
    for story in made:
        story.label_links.create(label=label)
        story.assignments.create(person=cast.member)
    assert statements(client, page) == few


def test_the_backlog_comes_in_portions(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    last = max(Story.objects.filter(team=squad.team).values_list("rank", flat=True))
    Story.objects.bulk_create(
        Story(team=squad.team, number=1000 + number, title=f"Many {number}", folded_title=f"many {number}",
              column=squad.todo, rank=f"{last}{number:04}5", created_at=clock.now(), in_column_since=clock.now())
        for number in range(300)
    )  # fmt: skip
    first = client.get(page)
    assert len(first.context["page"].rows) == 200
    assert "304 stories" in text_of(first)
    assert "Show more: 104 are left" in text_of(first)
    more = client.get(f"{page}?shown=400", headers=PART)
    assert len(more.context["page"].rows) == 304
    assert "Show more" not in more.content.decode()
    for odd in ("-5", "x", "0", "9" * 30):
        assert client.get(f"{page}?shown={odd}").status_code == 200
