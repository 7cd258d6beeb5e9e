"""The board of a team as people read it, and what they do on it without a script."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sprints import commands
from sprints.filters import views_page
from sprints.models import Story
from sprints.views import cards
from tests.cast import Cast
from tests.pages.reading import text_of
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.commands import share
from workspace.organisation.models import SavedView

pytestmark = pytest.mark.django_db

BOARD = "/teams/GROW/"


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory of the test's own: the ids of the tests come back."""
    monkeypatch.setattr(cards, "_memory", cards._Memory(at_most=10_000))


def enter(client: Client, person: Any) -> Client:
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")
    return client


def card_of(response: Any, story: Story) -> str:
    """The HTML of one card; "" where it is not shown."""
    found = re.search(rf'<li class="story-card" id="card-{story.pk}".*?</li>', response.content.decode(), re.DOTALL)
    return found[0] if found else ""


def shown(response: Any) -> list[str]:
    """The titles of the cards, from the left column to the right, from top to bottom."""
    return re.findall(r'class="story-link"[^>]*>([^<]+)<', response.content.decode())


def test_says_how_the_sprint_stands(squad: Squad, cast: Cast, client: Client) -> None:
    commands.change_sprint(squad.sprint, interrupt_points=3, actor=cast.shops_lead)
    commands.move_story(squad.mail, column=squad.done, actor=cast.member)
    commands.create_story(
        squad.team,
        title="Fix the till",
        points=5,
        unplanned_reason="It is down",
        sprint=squad.sprint,
        actor=cast.member,
    )
    text = text_of(enter(client, cast.member).get(BOARD))
    assert "Sprint goal: More first orders" in text
    assert "14 days left" in text
    assert "5 points done, 8 committed" in text
    assert "Interrupts: 5 of 3 points · over budget" in text


def test_a_sprint_that_should_be_over_says_so(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    with clock.at(clock.now() + timedelta(days=13)):
        assert "Last day" in text_of(client.get(BOARD))
    with clock.at(clock.now() + timedelta(days=14)):
        assert "Should have ended on" in text_of(client.get(BOARD))


def test_without_an_active_sprint_it_leads_to_planning(squad: Squad, cast: Cast, client: Client) -> None:
    commands.close_sprint(squad.sprint, unfinished_to="next", actor=cast.shops_lead)
    page = enter(client, cast.member).get(BOARD)
    assert "No sprint is under way" in text_of(page)
    assert 'href="/teams/GROW/backlog/"' in page.content.decode()
    closed = client.get(f"{BOARD}?sprint=1")
    assert "This sprint is closed" in text_of(closed)
    assert "data-works" not in closed.content.decode()
    assert shown(client.get(f"{BOARD}?sprint=2")) == [
        "Banner for the spring sale", "Mail after the first order", "Video of the coffee machine",
    ]  # fmt: skip


@pytest.mark.parametrize("number", ["9", "x", "-1", "99999999999999999999"])
def test_a_sprint_that_is_not_there_is_not_found(squad: Squad, cast: Cast, client: Client, number: str) -> None:
    answer = enter(client, cast.member).get(f"{BOARD}?sprint={number}")
    assert answer.status_code == 404
    assert f"no sprint {number}" in text_of(answer)


def test_columns_say_their_count_points_and_limit(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    assert "1 5 points limit 3" in text_of(client.get(BOARD))
    for n in range(2):
        commands.create_story(squad.team, title=f"More {n}", column=squad.doing, sprint=squad.sprint, actor=cast.member)
    assert "At the limit of 3" in text_of(client.get(BOARD))
    commands.create_story(squad.team, title="Too much", column=squad.doing, sprint=squad.sprint, actor=cast.member)
    assert "Over the limit: 4 of 3" in text_of(client.get(BOARD))


def test_a_card_says_what_matters(squad: Squad, cast: Cast, client: Client) -> None:
    owner, today = cast.shops_lead, clock.today()
    label = commands.create_label(squad.team, name="Spring", tone=3, actor=owner)
    commands.change_story(
        squad.mail, labels=[label], kind="experiment", due_on=today - timedelta(days=2),
        publish_on=today + timedelta(days=1), blocked_reason="<b>Legal</b>", actor=owner,
    )  # fmt: skip
    commands.add_item(squad.mail, text="Translate", actor=owner)
    commands.write_comment(squad.mail, text="Ready", actor=owner)
    commands.ask_approval(squad.mail, asset="Mail", person=cast.billing_lead, actor=owner)
    enter(client, cast.member)
    with clock.at(clock.now() + timedelta(days=5)):
        card = card_of(client.get(BOARD), squad.mail)
    for words in (
        squad.mail.code, "experiment", ">5<", "Spring", "7 days late", "5 days here", "0/1", "1 approval waits",
        "&lt;b&gt;Legal&lt;/b&gt;", "Mia Member", "Shops", "Till",
    ):  # fmt: skip
        assert words in card, words


def test_what_is_planned_does_not_age(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    with clock.at(clock.now() + timedelta(days=9)):
        page = client.get(BOARD)
    assert "days here" in card_of(page, squad.mail)
    assert "days here" not in card_of(page, squad.banner)


def test_unplanned_work_has_a_lane_of_its_own(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    assert 'href="/teams/GROW/stories/new/?unplanned=yes&amp;sprint=1"' in client.get(BOARD).content.decode()
    assert 'data-lane="interrupts"' not in client.get(BOARD).content.decode()
    answer = client.post(
        f"{BOARD}stories/new/",
        {"title": "Fix the till", "unplanned_reason": "It is down", "points": "2", "sprint": "1"},
    )
    assert answer.status_code == 302
    page = client.get(BOARD)
    assert shown(page)[0] == "Fix the till"
    assert "Unplanned: It is down" in text_of(page)
    refused = client.post(f"{BOARD}stories/new/", {"title": "No reason", "unplanned_reason": "", "sprint": "1"})
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=MAIL", ["Mail after the first order"]),
        ("q=first+mail", ["Mail after the first order"]),
        ("q=grow-1", ["Banner for the spring sale"]),
        ("assignee=me", ["Mail after the first order"]),
        ("assignee=none", ["Banner for the spring sale", "Video of the coffee machine"]),
        ("touchpoint=any", ["Mail after the first order"]),
        ("touchpoint=none", ["Banner for the spring sale", "Video of the coffee machine"]),
        ("kind=story", ["Banner for the spring sale", "Mail after the first order", "Video of the coffee machine"]),
        ("kind=nonsense", ["Banner for the spring sale", "Mail after the first order", "Video of the coffee machine"]),
        ("blocked=on", ["Video of the coffee machine"]),
        ("unplanned=on", []),
        ("q=%00", ["Banner for the spring sale", "Mail after the first order", "Video of the coffee machine"]),
        ("label=999999999999999999999", ["Banner for the spring sale", "Mail after the first order",
                                         "Video of the coffee machine"]),
    ],
)  # fmt: skip
def test_filters(squad: Squad, cast: Cast, client: Client, query: str, titles: list[str]) -> None:
    commands.change_story(squad.video, blocked_reason="No camera", actor=cast.member)
    page = enter(client, cast.member).get(f"{BOARD}?{query}")
    assert shown(page) == titles
    if not titles:
        assert "No story matches" in text_of(page)


def test_columns_count_all_whatever_is_shown(squad: Squad, cast: Cast, client: Client) -> None:
    text = text_of(enter(client, cast.member).get(f"{BOARD}?q=mail"))
    assert "To do 1 0 shown 3 points" in text.replace("Add a story to To do ", "")


@pytest.mark.parametrize(
    ("by", "lanes"),
    [
        ("assignee", ["Mia Member", "Nobody"]),
        ("department", ["Shops", "No department"]),
        ("touchpoint", ["Till", "No touchpoint"]),
        ("nonsense", []),
    ],
)
def test_lanes(squad: Squad, cast: Cast, client: Client, by: str, lanes: list[str]) -> None:
    page = enter(client, cast.member).get(f"{BOARD}?lanes={by}").content.decode()
    assert re.findall(r'class="lane-title".*?<span>([^<]+)</span>', page, re.DOTALL) == lanes
    assert page.count('class="story-card"') == 3


def test_an_open_page_asks_what_lies_where_and_for_the_cards_that_are_new(
    squad: Squad, cast: Cast, client: Client
) -> None:
    enter(client, cast.member)
    before = json.loads(client.get(f"{BOARD}state/").content)
    commands.move_story(squad.banner, column=squad.doing, after=squad.mail, actor=cast.shops_lead)
    commands.change_story(squad.mail, title="Mail, rewritten", actor=cast.shops_lead)
    after = json.loads(client.get(f"{BOARD}state/").content)
    cells = after["lanes"][0]["cells"]
    assert [pk for pk, _token in cells[str(squad.doing.pk)]] == [squad.mail.pk, squad.banner.pk]
    tokens = [dict(row for cell in one["lanes"][0]["cells"].values() for row in cell) for one in (before, after)]
    assert tokens[0][squad.banner.pk] == tokens[1][squad.banner.pk]  # a move changes no card
    assert tokens[0][squad.mail.pk] != tokens[1][squad.mail.pk]
    new = client.get(f"{BOARD}cards/?ids={squad.mail.pk},x,{10**30},")
    assert shown(new) == ["Mail, rewritten"]
    assert f'data-token="{tokens[1][squad.mail.pk]}"' in new.content.decode()


def test_a_guest_sees_only_what_was_shared(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.guest)
    for path in (BOARD, f"{BOARD}state/", f"{BOARD}cards/?ids={squad.mail.pk}", f"/stories/{squad.mail.code}/"):
        assert client.get(path).status_code == 404, path
    ends_on = clock.today() + timedelta(days=9)
    share("team", squad.team.pk, guest=cast.guest, until=ends_on, actor=cast.shops_lead)
    page = client.get(BOARD)
    assert "Mia Member" in card_of(page, squad.mail)
    assert "Till" not in page.content.decode()  # of a journey that was not shared
    assert "story-pick" not in page.content.decode()
    story = client.get(f"/stories/{squad.mail.code}/")
    assert story.status_code == 200
    assert "Till" not in story.content.decode()
    drop = client.post(f"/stories/{squad.mail.code}/move/", {"column": squad.done.pk})
    assert drop.status_code == 403


# --- Moving -----------------------------------------------------------------------------------------------------------


def ref_of(client: Client, story: Story) -> str:
    found = re.search(r'data-ref="([^"]+)"', card_of(client.get(BOARD), story))
    assert found
    return found[1]


def test_a_drop_names_its_neighbours(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    ref = ref_of(client, squad.banner)
    sent = {"ref": ref, "column": squad.doing.pk, "before": squad.mail.pk}
    answer = client.post(f"/stories/{squad.banner.code}/move/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    undo = json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    assert shown(client.get(BOARD))[:2] == ["Banner for the spring sale", "Mail after the first order"]
    client.post(undo)
    assert Story.objects.get(pk=squad.banner.pk).column_id == squad.todo.pk


@pytest.mark.parametrize("ref", ["", "7.8:forged", "1.1"])
def test_a_drop_that_was_made_up_is_judged_by_its_address(squad: Squad, cast: Cast, client: Client, ref: str) -> None:
    enter(client, cast.other_member)
    answer = client.post(f"/stories/{squad.banner.code}/move/", {"ref": ref, "column": squad.doing.pk})
    assert answer.status_code == 403
    assert Story.objects.get(pk=squad.banner.pk).column_id == squad.todo.pk


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 422), ({"column": "x"}, 422), ({"column": 10**30}, 422), ({"column": 999999}, 422), ({"after": "1"}, 422)],
)
def test_a_drop_into_nothing_is_refused(squad: Squad, cast: Cast, client: Client, data: Any, status: int) -> None:
    enter(client, cast.member)
    answer = client.post(f"/stories/{squad.banner.code}/move/", data)
    assert answer.status_code == status
    assert Story.objects.get(pk=squad.banner.pk).column_id == squad.todo.pk


def test_a_story_stays_on_the_board_of_its_team(squad: Squad, cast: Cast, client: Client) -> None:
    other = commands.create_team("Brand", key="BRAND", actor=cast.care_lead)
    enter(client, cast.member)
    sent = {"ref": ref_of(client, squad.banner), "column": other.columns.first().pk}  # type: ignore[union-attr]
    answer = client.post(f"/stories/{squad.banner.code}/move/", sent, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "column of another team" in answer.content.decode()
    assert Story.objects.get(pk=squad.banner.pk).column_id == squad.todo.pk


def test_a_full_column_refuses_with_its_numbers(squad: Squad, cast: Cast, client: Client) -> None:
    commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    enter(client, cast.member)
    answer = client.post(
        f"/stories/{squad.banner.code}/move/",
        {"ref": ref_of(client, squad.banner), "column": squad.review.pk},
        headers={"HX-Request": "true"},
    )
    assert answer.status_code == 422
    assert "“Review” takes 2 stories at once and has 2" in answer.content.decode()


def test_the_form_moves_into_another_sprint_and_to_the_beginning(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    path = f"/stories/{squad.banner.code}/move/"
    assert "Sprint 2 (planned)" in client.get(path).content.decode()
    client.post(path, {"column": squad.todo.pk, "sprint": "2", "place": "end"})
    assert Story.objects.get(pk=squad.banner.pk).sprint_id == squad.later.pk
    client.post(path, {"column": squad.doing.pk, "sprint": "1", "place": "start"})
    assert shown(client.get(BOARD))[:2] == ["Banner for the spring sale", "Mail after the first order"]
    client.post(path, {"column": squad.todo.pk, "sprint": "backlog"})
    assert Story.objects.get(pk=squad.banner.pk).sprint_id is None
    assert client.post(path, {"column": squad.todo.pk, "sprint": "77"}).status_code == 422


# --- Together ---------------------------------------------------------------------------------------------------------


def together(client: Client, action: str, stories: list[Story], **data: Any) -> Any:
    sent = {"story": [story.pk for story in stories], **data}
    return client.post(f"{BOARD}stories/{action}/together/", sent)


def test_the_form_comes_first_and_tells_what_is_chosen(squad: Squad, cast: Cast, client: Client) -> None:
    page = together(enter(client, cast.member), "points", [squad.banner, squad.mail])
    assert page.status_code == 200
    assert "Points: 2 stories" in text_of(page)
    assert "GROW-1 Banner for the spring sale" in text_of(page)


def test_many_are_moved_assigned_labelled_and_deleted(squad: Squad, cast: Cast, client: Client) -> None:
    label = commands.create_label(squad.team, name="Spring", actor=cast.shops_lead)
    enter(client, cast.member)
    both = [squad.banner, squad.mail]
    together(client, "assign", both, sent="yes", assignees=[cast.member.pk, cast.billing_lead.pk])
    together(client, "label", both, sent="yes", labels=[label.pk])
    together(client, "move", both, sent="yes", column=squad.done.pk)
    for story in Story.objects.filter(pk__in=[one.pk for one in both]):
        assert story.column_id == squad.done.pk
        assert story.sprint_id == squad.sprint.pk
        assert set(story.assignees.all()) == {cast.member, cast.billing_lead}
        assert list(story.labels.all()) == [label]
    together(client, "delete", both, sent="yes")
    page = client.get(BOARD)
    assert shown(page) == ["Video of the coffee machine"]
    assert "2 stories are deleted." in text_of(page)


def test_all_or_none(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    answer = together(client, "move", [squad.banner, squad.mail], sent="yes", column=squad.review.pk)
    assert answer.status_code == 422
    assert "“Review” takes 2 stories at once" in text_of(answer)
    assert Story.objects.get(pk=squad.banner.pk).column_id == squad.todo.pk
    assert together(client, "points", [squad.banner], sent="yes", points="many").status_code == 422
    assert together(client, "points", [], sent="yes", points="1").status_code == 422
    assert together(client, "burn", [squad.banner]).status_code == 404


# --- Saved views ------------------------------------------------------------------------------------------------------


def test_a_view_is_saved_renamed_and_forgotten(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    sent = {"name": "My mails", "query": "q=mail&lanes=assignee&evil=1"}
    assert client.post(f"{BOARD}views/new/", sent).status_code == 302
    view = SavedView.objects.get(person=cast.member, page=views_page(squad.team.pk))
    assert view.query == "lanes=assignee&q=mail"
    page = client.get(f"{BOARD}?{view.query}")
    assert "Rename “My mails”" in text_of(page)
    client.post(f"{BOARD}views/{view.pk}/rename/", {"name": "Mails"})
    assert "Mails" in text_of(client.get(BOARD))
    assert "Mails" not in text_of(enter(Client(), cast.shops_lead).get(BOARD))
    client.post(f"{BOARD}views/{view.pk}/delete/")
    client.get(BOARD)  # says that it is deleted
    assert "Mails" not in text_of(client.get(BOARD))
