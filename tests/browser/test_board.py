"""The board in a browser: carried by mouse, by finger and by keyboard; the story beside it; filters; any screen."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from sprints import commands
from sprints.models import Story
from tests.browser.conftest import NARROW, Visitor, box
from tests.browser.test_live import ARRIVES, is_same, listening
from tests.cast import Cast, deliver
from tests.sprints.squad import Squad

pytestmark = [pytest.mark.chromium, pytest.mark.django_db(transaction=True)]


def card(page: Page, story: Story) -> Locator:
    return page.locator(f"#card-{story.pk}")


def column(page: Page, one: Any) -> Locator:
    return page.locator(f'.cards[data-column="{one.pk}"][data-lane="all"]')


def where(story: Story) -> str:
    return Story.objects.select_related("column").get(pk=story.pk).column.name


def saved(page: Page) -> None:
    """Wait until nothing of the board is on its way to the server."""
    expect(page.locator(".story-card[data-saving]")).to_have_count(0)


def test_the_board_is_accessible_in_any_look(visit: Visitor, squad: Squad, cast: Cast) -> None:
    commands.change_story(squad.banner, blocked_reason="Legal has not answered", actor=cast.shops_lead)
    commands.change_story(squad.video, unplanned_reason="The press asked", actor=cast.shops_lead)
    seen = visit("/teams/GROW/", person=cast.shops_lead)
    expect(card(seen.page, squad.banner)).to_contain_text("Blocked: Legal has not answered")
    assert seen.wrong_in_any_look() == []
    card(seen.page, squad.mail).locator(".story-pick").check(force=True)
    expect(seen.page.locator("#bulk")).to_contain_text("1 chosen")
    assert seen.wrong_in_any_look() == []


def test_a_card_is_carried_by_mouse(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page = seen.page
    card(page, squad.banner).drag_to(column(page, squad.doing))
    expect(column(page, squad.doing).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    expect(page.locator("#toasts")).to_contain_text(f"{squad.banner.code} is in “Doing”")
    assert where(squad.banner) == "Doing"
    expect(page.locator(f"#numbers-{squad.doing.pk} [data-column-count]")).to_have_text("2")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(column(page, squad.todo).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    assert where(squad.banner) == "To do"
    assert seen.complaints == []


def test_a_card_goes_between_its_neighbours(visit: Visitor, squad: Squad, cast: Cast) -> None:
    other = commands.create_story(squad.team, title="Flyer", sprint=squad.sprint, actor=cast.member)
    page = visit("/teams/GROW/", person=cast.member).page
    card(page, other).drag_to(card(page, squad.banner), target_position={"x": 60, "y": 4})
    expect(column(page, squad.todo).locator(".story-link")).to_have_text(["Flyer", "Banner for the spring sale"])
    expect(page.locator("#toasts")).to_contain_text(f"{other.code} is in “To do”")
    ranks = dict(Story.objects.filter(sprint=squad.sprint).values_list("pk", "rank"))
    assert ranks[other.pk] < ranks[squad.banner.pk]


def test_a_finger_carries_after_a_long_press(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = visit("/teams/GROW/", person=cast.member, has_touch=True).page
    start, end = box(card(page, squad.banner)), box(column(page, squad.doing))
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    here = (start["x"] + 60, start["y"] + 30)
    there = (end["x"] + 80, end["y"] + end["height"] - 20)
    send("touchStart", here)
    expect(page.locator(".carried")).to_be_attached()
    send("touchMove", there)
    send("touchEnd")
    expect(column(page, squad.doing).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    saved(page)
    assert where(squad.banner) == "Doing"


def test_a_card_is_carried_by_keyboard_and_it_is_said_where_it_is(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page, said = seen.page, seen.page.locator("#announcer")
    card(page, squad.banner).locator(".story-link").focus()
    page.keyboard.press("Space")
    expect(said).to_have_text(re.compile(rf"Picked up {squad.banner.code} in To do, place 1 of 1"))
    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("Doing, place 1 of 2")
    page.keyboard.press("ArrowDown")
    expect(said).to_have_text("Doing, place 2 of 2")
    page.keyboard.press("Escape")
    expect(said).to_have_text(f"{squad.banner.code} is back where it was.")
    expect(column(page, squad.todo).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    assert where(squad.banner) == "To do"
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(said).to_have_text(f"{squad.banner.code} dropped in Doing, place 1 of 2.")
    saved(page)
    assert where(squad.banner) == "Doing"
    expect(card(page, squad.banner).locator(".story-link")).to_be_focused()
    assert seen.complaints == []


def test_a_full_column_is_not_offered_and_says_why(visit: Visitor, squad: Squad, cast: Cast) -> None:
    commands.move_story(squad.mail, column=squad.review, actor=cast.member)
    page = visit("/teams/GROW/", person=cast.member).page
    review = page.locator(f'.cell[data-column="{squad.review.pk}"]')
    start, end = box(card(page, squad.banner)), box(review)
    page.mouse.move(start["x"] + 50, start["y"] + 30)
    page.mouse.down()
    page.mouse.move(end["x"] + 80, end["y"] + 200, steps=4)
    expect(review).to_have_attribute("data-refuses", re.compile("“Review” is full: 2 of 2"))
    page.mouse.up()
    expect(column(page, squad.todo).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    assert where(squad.banner) == "To do"
    card(page, squad.banner).locator(".story-link").focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#announcer")).to_contain_text("“Review” is full")
    expect(page.locator("#announcer")).to_contain_text("Done")
    page.keyboard.press("Escape")


def test_what_the_server_refuses_comes_back_and_says_why(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = visit("/teams/GROW/", person=cast.member).page
    page.evaluate("document.querySelectorAll('[data-live]').forEach((one) => one.removeAttribute('data-live'))")
    # Meanwhile the column is filled by somebody else; this page does not know it yet.
    page.route("**/state/**", lambda route: route.abort())
    commands.move_story(squad.mail, column=squad.review, actor=cast.shops_lead)
    card(page, squad.banner).drag_to(column(page, squad.review))
    expect(page.locator("#toasts")).to_contain_text("“Review” takes 2 stories at once and has 2")
    expect(column(page, squad.todo).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    assert where(squad.banner) == "To do"


def test_who_is_not_in_the_team_sees_the_board_without_handles(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = visit("/teams/GROW/", person=cast.other_member).page
    expect(page.get_by_text("You are not in this team")).to_be_visible()
    expect(page.locator(".story-pick, .story-move, .quick-add")).to_have_count(0)
    card(page, squad.banner).drag_to(column(page, squad.doing))
    expect(column(page, squad.todo).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    assert where(squad.banner) == "To do"


def test_a_story_opens_beside_the_board_and_gives_the_focus_back(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page = seen.page
    card(page, squad.mail).locator(".story-link").focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("complementary", name="Story")
    expect(panel.get_by_label("Title", exact=True)).to_have_value(squad.mail.title)
    expect(page).to_have_url(re.compile(rf"/stories/{squad.mail.code}/$"))
    assert seen.wrong_in_any_look() == []
    page.set_viewport_size({"width": 1440, "height": 900})
    panel.get_by_role("textbox", name="Points").fill("8")
    panel.get_by_role("textbox", name="Points").press("Enter")
    expect(panel.get_by_text("Saved")).to_be_visible()
    expect(card(page, squad.mail).locator(".story-points")).to_contain_text("8")
    panel.locator("#story-past > summary").click()
    expect(panel.locator("#story-history")).to_contain_text("created")
    expect(panel.get_by_role("navigation", name="Main")).to_have_count(0)
    panel.get_by_label("Write a comment").fill("Half a thought")
    page.keyboard.press("Escape")  # leaves the field; what was typed stays
    expect(panel.get_by_label("Write a comment")).to_have_value("Half a thought")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/teams/GROW/$"))
    expect(card(page, squad.mail).locator(".story-link")).to_be_focused()
    page.go_forward()
    expect(page.get_by_role("complementary", name="Story")).to_be_visible()


def test_what_somebody_else_changed_is_said_and_what_was_typed_is_kept(
    visit: Visitor, squad: Squad, cast: Cast
) -> None:
    page = visit(f"/stories/{squad.mail.code}/", person=cast.member).page
    points = page.get_by_role("textbox", name="Points")
    points.fill("13")
    commands.change_story(squad.mail, points=1, actor=cast.shops_lead)
    points.press("Enter")
    field = page.locator("#field-points")
    expect(field.locator(".errors")).to_be_visible()
    expect(field.get_by_role("textbox", name="Points")).to_have_value("13")
    field.get_by_role("textbox", name="Points").press("Enter")
    expect(field.get_by_text("Saved")).to_be_visible()
    assert Story.objects.get(pk=squad.mail.pk).points == 13


def test_a_column_takes_titles_one_after_the_other(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page = seen.page
    page.get_by_label("Add a story to To do").click()
    field = page.get_by_label("Title of the new story in To do")
    expect(field).to_be_focused()
    for title in ("Price tags", "Shelf labels"):
        field.fill(title)
        field.press("Enter")
        expect(page.locator("#announcer")).to_have_text(f"Added: {title}")
    expect(field).to_be_focused()
    field.press("Escape")
    expect(column(page, squad.todo).get_by_role("link", name="Shelf labels")).to_be_visible()
    assert Story.objects.filter(sprint=squad.sprint, column=squad.todo).count() == 3
    assert seen.complaints == []


def test_a_title_is_written_where_it_stands(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = visit("/teams/GROW/", person=cast.member).page
    page.keyboard.press("j")
    expect(card(page, squad.banner).locator(".story-link")).to_be_focused()
    page.keyboard.press("e")
    field = page.get_by_label(f"Title of {squad.banner.code}")
    field.fill("Banner for the summer sale")
    field.press("Enter")
    expect(card(page, squad.banner).get_by_role("link", name="Banner for the summer sale")).to_be_focused()
    saved(page)
    assert Story.objects.get(pk=squad.banner.pk).title == "Banner for the summer sale"


def test_several_are_chosen_and_changed_together(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page = seen.page
    page.keyboard.press("j")
    page.keyboard.press("x")
    card(page, squad.mail).locator(".story-link").click(modifiers=["ControlOrMeta"])
    bar = page.locator("#bulk")
    expect(bar).to_contain_text("2 chosen")
    bar.get_by_role("button", name="Points…").click()
    dialog = page.get_by_role("dialog", name="Points: 2 stories")
    expect(dialog).to_be_visible()
    assert seen.wrong_in_any_look() == []
    dialog.get_by_role("textbox", name="Points").fill("2")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("2 stories are changed.")
    expect(card(page, squad.mail).locator(".story-points")).to_contain_text("2")
    expect(bar).to_be_hidden()
    assert set(Story.objects.filter(sprint=squad.sprint).values_list("points", flat=True)) == {2, None}


def test_filters_stand_in_the_address_and_as_chips(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = visit("/teams/GROW/", person=cast.member).page
    page.keyboard.press("/")
    expect(page.get_by_label("Search this board")).to_be_focused()
    page.keyboard.type("mail")
    expect(page.locator(".story-card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"q=mail"))
    page.get_by_label("Search this board").fill("")
    expect(page.locator(".story-card")).to_have_count(3)
    page.locator(".filter-fold > summary").click()
    page.locator(".filter-panel").get_by_label("Assignee").select_option("me")
    expect(page.locator(".story-card")).to_have_count(1)
    expect(page.get_by_role("group", name="Active filters")).to_contain_text("Assignee: Me")
    card(page, squad.mail).locator(".story-link").click()
    expect(page.get_by_role("complementary", name="Story")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"assignee=me"))
    expect(page.locator(".story-card")).to_have_count(1)


def test_going_back_through_filters_leaves_a_board_that_works(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page = seen.page
    page.get_by_label("Search this board").fill("mail")
    expect(page.locator(".story-card")).to_have_count(1)
    page.go_back()
    expect(page.locator(".story-card")).to_have_count(3)
    card(page, squad.banner).locator(".story-link").click()
    panel = page.get_by_role("complementary", name="Story")
    expect(panel.get_by_label("Title", exact=True)).to_have_value(squad.banner.title)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    card(page, squad.banner).drag_to(column(page, squad.doing))
    saved(page)
    assert where(squad.banner) == "Doing"
    assert seen.complaints == []


def test_what_was_asked_for_before_a_filter_does_not_undo_it(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page, held = seen.page, list[Route]()
    page.route(re.compile(r"/teams/GROW/$"), lambda route: held.append(route))
    commands.add_column(squad.team, name="Waiting", category="doing", actor=cast.shops_lead)
    deliver()  # which makes another board of it
    for _look in range(200):
        if not held:
            page.wait_for_timeout(100)
    assert held, "the board has not fetched itself"
    page.get_by_label("Search this board").fill("mail")
    expect(page.locator(".story-card")).to_have_count(1)
    with page.expect_response(re.compile(r"/teams/GROW/$")):
        held[0].continue_()
    page.wait_for_timeout(500)
    expect(page.locator(".story-card")).to_have_count(1)
    expect(page.get_by_text("Waiting", exact=True)).to_be_visible()
    assert seen.complaints == []


def test_a_collapsed_column_stays_so(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = visit("/teams/GROW/", person=cast.member).page
    page.get_by_role("button", name="Column Done").click()
    expect(column(page, squad.done)).to_be_hidden()
    page.reload()
    expect(column(page, squad.done)).to_be_hidden()
    expect(page.get_by_role("button", name="Column Done")).to_have_attribute("aria-expanded", "false")


def test_the_board_needs_no_script(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = visit("/teams/GROW/", person=cast.member, width=NARROW, java_script_enabled=False).page
    page.get_by_role("link", name=f"Move {squad.banner.code} to…").click()
    page.get_by_label("Column").select_option(str(squad.doing.pk))
    page.get_by_role("button", name="Move").click()
    expect(page.get_by_text(f"{squad.banner.code} is in “Doing”")).to_be_visible()
    assert where(squad.banner) == "Doing"
    page.locator(".story-pick").first.check()
    page.get_by_role("button", name="Points…").click()
    page.get_by_role("textbox", name="Points").fill("5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("1 story is changed.")).to_be_visible()


def test_what_others_do_shows_without_disturbing_who_types(visit: Visitor, squad: Squad, cast: Cast) -> None:
    page = listening(visit("/teams/GROW/", person=cast.member).page)
    card(page, squad.mail).locator(".story-link").focus()
    commands.move_story(squad.banner, column=squad.done, actor=cast.shops_lead)
    expect(column(page, squad.done).locator(f"#card-{squad.banner.pk}")).to_be_visible(timeout=ARRIVES)
    assert is_same(page)
    expect(card(page, squad.mail).locator(".story-link")).to_be_focused()


def test_an_interrupt_says_why_and_lies_in_its_lane(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/", person=cast.member)
    page = seen.page
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog", name="New interrupt")
    dialog.get_by_label("Title").fill("Fix the till")
    dialog.get_by_label("Why it cannot wait").fill("It is down")
    dialog.get_by_role("button", name="Create").click()
    lane = page.get_by_role("region", name=re.compile("^Interrupts"))
    expect(lane.get_by_role("link", name="Fix the till")).to_be_visible()
    expect(lane).to_contain_text("Unplanned: It is down")
    assert seen.complaints == []


def test_a_card_stays_in_its_lane(visit: Visitor, squad: Squad, cast: Cast) -> None:
    seen = visit("/teams/GROW/?lanes=assignee", person=cast.member)
    page = seen.page
    mine = page.locator(f'.cards[data-lane="{cast.member.pk}"]')
    nobody = page.locator('.cards[data-lane="none"]')
    card(page, squad.banner).drag_to(mine.nth(0))
    expect(nobody.nth(0).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    assert where(squad.banner) == "To do"
    card(page, squad.banner).drag_to(nobody.nth(1))
    expect(nobody.nth(1).locator(f"#card-{squad.banner.pk}")).to_be_visible()
    saved(page)
    assert where(squad.banner) == "Doing"
    assert seen.wrong_in_any_look() == []
