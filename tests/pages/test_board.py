"""The board of a team as people read it."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client

from sprints import commands
from tests.cast import Cast
from tests.pages.boards import BOARD, card_of, enter, shown
from tests.pages.reading import text_of
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.commands import share

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgetful_cards")]


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
