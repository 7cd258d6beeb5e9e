"""What people do on the board of a team without a script: moving, several at once, and saved views."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from sprints import commands
from sprints.filters import views_page
from sprints.models import Story
from tests.cast import Cast
from tests.pages.boards import BOARD, card_of, enter, shown
from tests.pages.reading import text_of
from tests.sprints.squad import Squad
from workspace.organisation.models import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgetful_cards")]


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
