"""The pages around the board in a browser: planning by keyboard, by mouse and by finger, on any screen."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from sprints import commands
from sprints.models import Sprint, SprintReport, Story, Team
from tests.browser.conftest import NARROW, Visitor, box
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.commands import share

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]

BACKLOG = "/teams/GROW/backlog/"


def lists(page: Page) -> dict[str, list[str]]:
    """The codes on the page, list by list."""
    found: dict[str, list[str]] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.plan-rows')].map((list) =>"
        " [list.dataset.name, [...list.children].map((row) => row.dataset.code)]))"
    )
    return found


def row(page: Page, number: int) -> Locator:
    return page.locator(f".plan-row[data-number='{number}']")


def settled(page: Page) -> None:
    """The page has fetched itself after what was done."""
    expect(page.locator("#backlog.htmx-request, #backlog.htmx-swapping, #backlog.htmx-settling")).to_have_count(0)


def test_the_pages_are_accessible_on_any_screen(visit: Visitor, cast: Cast, squad: Squad) -> None:
    label = commands.create_label(squad.team, name="launch", tone=4, actor=cast.shops_lead)
    today = clock.today()
    commands.change_story(
        squad.mail, labels=[label], due_on=today - timedelta(days=2), blocked_reason="No picture yet",
        assignees=[cast.shops_lead, cast.member], actor=cast.shops_lead,
    )  # fmt: skip
    commands.enter_absence(cast.shops_lead, starts_on=today, ends_on=today, actor=cast.shops_lead)
    commands.ask_approval(squad.quiz, asset="Questions", person=cast.shops_lead, actor=cast.billing_lead)
    share("team", squad.team.pk, guest=cast.guest, until=today + timedelta(days=3), actor=cast.shops_lead)
    seen = visit(BACKLOG, person=cast.shops_lead)
    assert seen.wrong_in_any_look() == []
    seen.page.locator("#capacity-1 summary").click()
    row(seen.page, 4).get_by_label("Choose GROW-4").check()
    expect(seen.page.locator("#plan-bulk")).to_contain_text("1 chosen")
    assert seen.wrong_in_any_look() == []
    for path in ("/teams/", "/teams/GROW/settings/", "/teams/GROW/sprints/", "/teams/GROW/sprints/1/", "/my-work/"):
        seen.page.goto(path)
        assert (path, seen.wrong_in_any_look()) == (path, [])


def test_the_dialogs_are_accessible_on_any_screen(visit: Visitor, cast: Cast, squad: Squad) -> None:
    seen = visit(BACKLOG, person=cast.shops_lead)
    page = seen.page
    for button, title in (("#close-1", "Close Sprint 1"), ("#new-sprint", "New sprint")):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.locator(button).click()
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        assert (title, seen.wrong_in_any_look()) == (title, [])
        page.keyboard.press("Escape")
    page.goto("/teams/GROW/settings/")
    for button, title in (("#add-column", "Add a column"), ("#add-member", "Add a member")):
        page.set_viewport_size({"width": 1440, "height": 900})
        page.locator(button).click()
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        assert (title, seen.wrong_in_any_look()) == (title, [])
        page.keyboard.press("Escape")


def test_a_sprint_is_planned_started_and_closed_by_keyboard_alone(visit: Visitor, cast: Cast) -> None:
    team = commands.create_team("Brand", key="LOVE", actor=cast.online_lead)
    for title in ("Cake", "Balloons", "Speech", "Music"):
        commands.create_story(team, title=title, actor=cast.online_lead)
    seen = visit("/teams/", person=cast.online_lead)
    page, keys = seen.page, seen.page.keyboard
    seen.tab_to("Brand")
    keys.press("Enter")
    page.wait_for_url(re.compile("/teams/LOVE/"))
    page.goto("/teams/LOVE/backlog/")

    keys.press("p")  # a new sprint
    dialog = page.get_by_role("dialog", name="New sprint")
    expect(dialog.locator("[name=goal]")).to_be_focused()
    keys.type("A party that sells")
    seen.tab_to("Plan it")
    keys.press("Enter")
    expect(page.locator("#plan-1")).to_contain_text("A party that sells")

    keys.press("j")  # carried into the sprint, past the end of its list
    keys.press("m")
    expect(page.locator("#announcer")).to_contain_text("Picked up LOVE-1 in the backlog, place 1 of 4.")
    keys.press("ArrowUp")
    expect(page.locator("#announcer")).to_have_text("Sprint 1, place 1 of 1")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "backlog"):
        keys.press("Enter")
    expect(page.locator("#pick-" + str(Story.objects.get(number=1).pk))).to_be_focused()
    settled(page)
    assert lists(page) == {"Sprint 1": ["LOVE-1"], "the backlog": ["LOVE-2", "LOVE-3", "LOVE-4"]}

    keys.press("e")  # estimated
    keys.type("3")
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "backlog"):
        keys.press("Enter")
    expect(page.locator("#plan-1 .plan-sum")).to_contain_text("3 points")
    settled(page)
    keys.press("Escape")
    keys.press("j")  # two more, chosen and put in together
    keys.press("x")
    keys.press("j")
    keys.press("x")
    expect(page.locator("#plan-bulk")).to_contain_text("2 chosen")
    keys.press("t")
    expect(page.locator("#to-1")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#plan-1 .plan-row")).to_have_count(3)
    settled(page)
    assert lists(page)["Sprint 1"] == ["LOVE-1", "LOVE-2", "LOVE-3"]

    page.reload()  # so that nothing is fetched anew between reaching a button and pressing it
    page.locator("#start-1").focus()
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Start Sprint 1")
    expect(dialog).to_contain_text("3 stories, 3 points")
    seen.tab_to("Start the sprint")
    keys.press("Enter")
    expect(page.locator("#plan-1")).to_contain_text("active")
    assert Sprint.objects.get(team=team).commitments.count() == 3

    page.reload()
    page.locator("#close-1").focus()
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Close Sprint 1")
    expect(dialog).to_contain_text("LOVE-2 Balloons")
    seen.tab_to("Close the sprint")
    keys.press("Enter")
    page.wait_for_url(re.compile("/teams/LOVE/sprints/1/"))
    expect(page.get_by_text("frozen when the sprint closed")).to_be_visible()
    assert SprintReport.objects.get().data["unfinished"] == {"stories": 3, "points": "3"}
    assert Story.objects.filter(sprint=None).count() == 4


def test_what_is_picked_up_goes_back_with_escape(visit: Visitor, cast: Cast, squad: Squad) -> None:
    page = visit(BACKLOG, person=cast.member).page
    before = lists(page)
    row(page, 5).get_by_label("Choose GROW-5").focus()
    page.keyboard.press("m")
    for _ in range(3):
        page.keyboard.press("ArrowUp")
    assert lists(page) != before
    page.keyboard.press("Escape")
    expect(page.locator("#announcer")).to_have_text("GROW-5 is back where it was.")
    assert lists(page) == before
    assert not Story.objects.get(pk=squad.poster.pk).sprint


def drag(page: Page, number: int, onto: Locator) -> None:
    """Carry a story by its grip with the mouse, and lay it before another."""
    grip, target = box(row(page, number).locator("[data-grip]")), box(onto)
    page.mouse.move(grip["x"] + 6, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, grip["y"] - 10, steps=3)
    page.mouse.move(target["x"] + 30, target["y"] + 4, steps=8)
    page.mouse.up()


def test_a_story_is_dragged_into_a_sprint_and_undone(visit: Visitor, cast: Cast, squad: Squad) -> None:
    page = visit(BACKLOG, person=cast.member).page
    page.set_viewport_size({"width": 1440, "height": 1400})
    drag(page, 6, row(page, 2))
    expect(page.locator("#toasts")).to_contain_text("GROW-6 is in Sprint 1.")
    settled(page)
    assert lists(page)["Sprint 1"] == ["GROW-1", "GROW-6", "GROW-2", "GROW-3"]
    squad.survey.refresh_from_db()
    assert squad.survey.sprint == squad.sprint
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".plan-rows[data-sprint='1'] > li")).to_have_count(3)
    squad.survey.refresh_from_db()
    assert squad.survey.sprint is None


def test_a_drop_that_is_refused_goes_back_and_says_why(visit: Visitor, cast: Cast, squad: Squad) -> None:
    page = visit(BACKLOG, person=cast.member).page
    page.set_viewport_size({"width": 1440, "height": 1400})
    before = lists(page)
    commands.change_column(squad.todo, wip_limit=1, wip_blocks=True, actor=cast.shops_lead)
    drag(page, 6, row(page, 2))
    expect(page.locator("#toasts")).to_contain_text("“To do” takes 1 stories at once and has 1")
    assert lists(page) == before


def test_a_story_is_dragged_by_finger(visit: Visitor, cast: Cast, squad: Squad) -> None:
    seen = visit(BACKLOG, person=cast.member, width=NARROW, has_touch=True, is_mobile=True)
    page = seen.page
    row(page, 4).scroll_into_view_if_needed()
    grip, target = box(row(page, 5).locator("[data-grip]")), box(row(page, 4))
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, x: float, y: float) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = grip["x"] + 12, grip["y"] + 12
    touch("touchStart", x, y)
    for step in range(1, 9):
        touch("touchMove", x, y + (target["y"] + 4 - y) * step / 8)
    touch("touchEnd", x, target["y"] + 4)
    expect(page.locator("#toasts")).to_contain_text("GROW-5 is in the backlog.")
    settled(page)
    assert lists(page)["the backlog"][:2] == ["GROW-5", "GROW-4"]


def test_what_one_types_stays_while_the_page_is_fetched_anew(visit: Visitor, cast: Cast, squad: Squad) -> None:
    page = visit(BACKLOG, person=cast.member).page
    page.locator("#add-0").fill("Half a thou")
    row(page, 4).get_by_label("Choose GROW-4").check()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "backlog"):
        row(page, 6).get_by_label("Points of GROW-6").fill("5")
        row(page, 6).get_by_label("Points of GROW-6").press("Enter")
    settled(page)
    expect(page.locator("#add-0")).to_have_value("Half a thou")
    expect(row(page, 4).get_by_label("Choose GROW-4")).to_be_checked()
    expect(page.locator("#plan-bulk")).to_contain_text("1 chosen")
    page.locator("#add-0").press("Enter")
    expect(page.locator("#add-0")).to_have_value("")
    expect(page.locator(".plan-what", has_text="Half a thou")).to_be_visible()


def test_a_wrong_estimate_is_said_and_can_be_mended(visit: Visitor, cast: Cast, squad: Squad) -> None:
    page = visit(BACKLOG, person=cast.member).page
    points = row(page, 1).get_by_label("Points of GROW-1")
    points.fill("lots")
    points.press("Tab")
    expect(page.locator("#toasts")).to_contain_text("“lots” is no number of points.")
    expect(points).to_have_value("lots")
    points.press("Escape")
    expect(points).to_have_value("3")


def test_a_key_is_suggested_from_the_name(visit: Visitor, cast: Cast) -> None:
    seen = visit("/teams/", person=cast.shops_lead)
    page = seen.page
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="New team")
    dialog.get_by_label("Name").press_sequentially("Search and social media")
    expect(dialog.get_by_label("Key")).to_have_value("SASM")
    dialog.get_by_label("Key").fill("FIND")
    dialog.get_by_label("Name").press("End")
    dialog.get_by_label("Name").press_sequentially(" too")
    expect(dialog.get_by_label("Key")).to_have_value("FIND")
    dialog.get_by_role("button", name="Create the team").click()
    page.wait_for_url(re.compile("/teams/FIND/settings/"))
    assert Team.objects.get().name == "Search and social media too"
    assert seen.complaints == []


def test_columns_are_put_in_order_by_hand_and_by_button(visit: Visitor, cast: Cast, squad: Squad) -> None:
    page = visit("/teams/GROW/settings/", person=cast.shops_lead).page
    names = page.locator(".team-column-name b")
    grip, last = box(page.locator(".team-grip").nth(1)), box(page.locator(".team-column").nth(3))
    page.mouse.move(grip["x"] + 6, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 6, grip["y"] + 30, steps=3)
    page.mouse.move(last["x"] + 40, last["y"] + last["height"] - 4, steps=6)
    page.mouse.up()
    expect(page.locator("#toasts")).to_contain_text("Doing is column 4 of 4.")
    expect(names).to_have_text(["To do", "Review", "Done", "Doing"])
    up = page.get_by_role("button", name="Move Doing up")
    up.press("Enter")
    expect(names).to_have_text(["To do", "Review", "Doing", "Done"])
    expect(up).to_be_focused()


def test_all_of_it_works_without_a_script(visit: Visitor, cast: Cast, squad: Squad) -> None:
    page = visit(BACKLOG, person=cast.shops_lead, java_script_enabled=False).page
    row(page, 4).get_by_label("Choose GROW-4").check()
    page.locator("#to-2").click()
    expect(page.get_by_text("1 story is in Sprint 2 now.")).to_be_visible()
    page.locator("#add-0").fill("Leaflet")
    page.locator("#add-0").press("Enter")
    expect(page.get_by_text("GROW-8 is in the backlog, at the end.")).to_be_visible()
    page.get_by_label("Points of GROW-8").fill("2")
    page.get_by_label("Points of GROW-8").press("Enter")
    expect(page.get_by_label("Points of GROW-8")).to_have_value("2")
    page.locator("#close-1").click()
    page.get_by_label("Sprint 2, the next planned one").check()
    page.get_by_role("button", name="Close the sprint").click()
    expect(page.get_by_role("heading", name="Sprint 1 of Growth")).to_be_visible()
