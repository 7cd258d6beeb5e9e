"""A story as its page and its panel show it, and what people change there."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sprints import commands
from sprints.models import Approval, Attachment, ChecklistItem, Comment, Story
from tests.cast import Cast
from tests.pages.reading import text_of
from tests.sprints.squad import Squad

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def mail(squad: Squad) -> str:
    """The address of the mail."""
    return f"/stories/{squad.mail.code}/"


def enter(client: Client, person: Any) -> Client:
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")
    return client


def now(story: Story) -> Story:
    return Story.objects.get(pk=story.pk)


def edit(client: Client, mail: str, field: str, value: Any, **more: Any) -> Any:
    return client.post(f"{mail}edit/", {"field": field, field: value, **more}, headers=HTMX)


def test_shows_all_that_hangs_on_it(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    owner = cast.shops_lead
    commands.change_story(squad.mail, description="# Why\n\n**One** mail <script>alert(1)</script>", actor=owner)
    commands.add_item(squad.mail, text="Translate", actor=owner)
    commands.write_comment(squad.mail, text="Look, @Bela Billing", actor=cast.member)
    commands.ask_approval(squad.mail, asset="Mail, final", person=cast.billing_lead, actor=owner)
    page = enter(client, cast.member).get(mail)
    text, html = text_of(page), page.content.decode()
    for words in ("GROW-2", "Doing", "Sprint 1", "0/1", "@Bela Billing", "Mail, final", "Unowned"):
        assert words in text, words
    assert "<strong>One</strong> mail" in html
    assert "<script>alert" not in html
    assert 'value="Mail after the first order"' in html


def test_as_a_panel_it_is_the_part_alone(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    panel = client.get(mail, headers={**HTMX, "HX-Target": "panel"}).content.decode()
    assert "data-closes-panel" in panel
    assert "<html" not in panel
    story = client.get(mail, headers={**HTMX, "HX-Target": "story"}).content.decode()
    assert "data-closes-panel" not in story
    assert "<html" not in story


@pytest.mark.parametrize("path", ["/stories/GROW-999/", "/stories/NONE-1/", f"/stories/GROW-{10**30}/"])
def test_one_that_is_not_there(squad: Squad, cast: Cast, client: Client, path: str) -> None:
    assert enter(client, cast.member).get(path).status_code == 404


def test_who_is_not_in_the_team_reads_and_comments(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    page = enter(client, cast.other_member).get(mail)
    assert "story_points" not in page.content.decode()
    assert "Points 5" in text_of(page)
    assert "Write a comment" in text_of(page)
    assert edit(client, mail, "points", "1").status_code == 403
    client.post(f"{mail}comments/", {"text": "A question"})
    assert Comment.objects.get(story=squad.mail).author == cast.other_member


def test_a_deleted_story_is_gone_and_comes_back(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    answer = client.post(f"{mail}delete/", headers=HTMX)
    toast = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert "Deleted: GROW-2" in toast["text"]
    assert client.get(mail).status_code == 404
    client.post(f"{mail}restore/")
    assert client.get(mail).status_code == 200


# --- Fields -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("title", "Mail after the second order", "Mail after the second order"),
        ("kind", "task", "task"),
        ("points", "0.5", "0.5"),
        ("points", "", "None"),
        ("due_on", "2027-01-02", "2027-01-02"),
        ("due_on", "", "None"),
        ("channel", "email", "email"),
        ("horizon", "long", "long"),
        ("blocked_reason", "Legal", "Legal"),
        ("unplanned_reason", "The press", "The press"),
        ("description", "Some *text*", "Some *text*"),
        ("hypothesis", "More orders", "More orders"),
        ("metric", "Orders", "Orders"),
    ],
)
def test_a_field_is_changed_where_it_stands(
    squad: Squad, cast: Cast, client: Client, mail: str, field: str, value: str, kept: str
) -> None:
    enter(client, cast.member)
    answer = edit(client, mail, field, value, base_version=squad.mail.version)
    assert answer.status_code == 200
    assert str(getattr(now(squad.mail), field)) == kept
    assert f'id="field-{field}"' in answer.content.decode()
    assert f'value="{now(squad.mail).version}"' in answer.content.decode()  # the next change stands on this one
    assert "story-saved" in json.loads(answer.headers["HX-Trigger"])


def test_several_values_of_a_field(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    label = commands.create_label(squad.team, name="Spring", actor=cast.shops_lead)
    enter(client, cast.member)
    edit(client, mail, "assignees", [cast.member.pk, cast.billing_lead.pk])
    edit(client, mail, "labels", [label.pk])
    edit(client, mail, "touchpoints", [cast.till.pk, cast.receipt.pk])
    story = now(squad.mail)
    assert set(story.assignees.all()) == {cast.member, cast.billing_lead}
    assert list(story.labels.all()) == [label]
    assert set(story.touchpoints.all()) == {cast.till, cast.receipt}
    edit(client, mail, "assignees", [])
    assert not now(squad.mail).assignees.exists()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("points", "three", "“three” is no number of points"),
        ("points", "-1", "Points go from 0"),
        ("points", "0.3", "Points go in halves"),
        ("title", "", "This field is required"),
        ("title", "x" * 301, "301"),
        ("due_on", "tomorrow", "Enter a valid date"),
        ("kind", "novel", "novel"),
        ("assignees", ["999999"], "999999"),
        ("touchpoints", ["999999"], "999999"),
        ("description", "x" * 50_001, "50,001"),
    ],
)
def test_a_value_that_cannot_be_taken_comes_back_with_why(
    squad: Squad, cast: Cast, client: Client, mail: str, field: str, value: Any, words: str
) -> None:
    answer = edit(enter(client, cast.member), mail, field, value)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    if isinstance(value, str) and value:
        assert value in answer.content.decode() or field == "kind"
    assert now(squad.mail).version == squad.mail.version


@pytest.mark.parametrize("field", ["", "rank", "team", "version", "x" * 500])
def test_no_other_field_can_be_written(squad: Squad, cast: Cast, client: Client, mail: str, field: str) -> None:
    assert edit(enter(client, cast.member), mail, field, "1").status_code == 404


def test_two_change_the_same_field(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    version = squad.mail.version
    commands.change_story(squad.mail, points=1, actor=cast.shops_lead)
    enter(client, cast.member)
    answer = edit(client, mail, "points", "13", base_version=version)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert 'value="13"' in html
    assert "It says now: 1" in html
    again = re.search(r'id="story-version" name="base_version" value="(\d+)"', html)
    assert again
    assert edit(client, mail, "points", "13", base_version=again[1]).status_code == 200
    assert now(squad.mail).points == 13


def test_a_version_that_nobody_was_shown(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    answer = edit(enter(client, cast.member), mail, "points", "13", base_version=99)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "nobody was shown a version 99 of it" in html
    assert "It says now: 5" in html
    again = re.search(r'id="story-version" name="base_version" value="(\d+)"', html)
    assert again
    assert edit(client, mail, "points", "13", base_version=again[1]).status_code == 200
    assert now(squad.mail).points == 13


def test_two_change_different_fields(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    version = squad.mail.version
    commands.change_story(squad.mail, title="Mail, rewritten", actor=cast.shops_lead)
    assert edit(enter(client, cast.member), mail, "points", "13", base_version=version).status_code == 200
    assert now(squad.mail).title == "Mail, rewritten"
    assert now(squad.mail).points == 13


def test_without_a_script(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    sent = {"field": "points", "points": "8", "base_version_form": squad.mail.version}
    assert client.post(f"{mail}edit/", sent).headers["Location"] == mail
    wrong = client.post(f"{mail}edit/", sent | {"points": "many"})
    assert wrong.status_code == 422
    assert "This was not saved" in text_of(wrong)
    commands.change_story(squad.mail, points=1, actor=cast.shops_lead)
    assert client.post(f"{mail}edit/", sent | {"points": "2"}).status_code == 409


# --- What hangs on it -------------------------------------------------------------------------------------------------


def test_the_checklist(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    for text in ("Write", "Translate"):
        client.post(f"{mail}items/", {"text": text}, headers=HTMX)
    first, second = ChecklistItem.objects.filter(story=squad.mail)
    section = client.post(f"{mail}items/{first.pk}/", {"ticked": "on"}, headers=HTMX)
    assert "1/2" in section.content.decode()
    client.post(f"{mail}items/{second.pk}/", {"position": "1"}, headers=HTMX)
    client.post(f"{mail}items/{second.pk}/", {"text": "Proofread"}, headers=HTMX)
    client.post(f"{mail}items/{first.pk}/", {}, headers=HTMX)
    assert list(squad.mail.items.values_list("text", "is_ticked")) == [("Proofread", False), ("Write", False)]
    client.post(f"{mail}items/{first.pk}/remove/", headers=HTMX)
    assert squad.mail.items.count() == 1
    other = commands.add_item(squad.banner, text="Elsewhere", actor=cast.member)
    assert client.post(f"{mail}items/{other.pk}/remove/").status_code == 404
    assert client.post(f"{mail}items/", {"text": " "}, headers=HTMX).status_code == 422


def test_comments(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    section = client.post(f"{mail}comments/", {"text": "**Good**, @Bela Billing"}, headers=HTMX).content.decode()
    assert "<strong>Good</strong>" in section
    comment = Comment.objects.get(story=squad.mail)
    assert list(comment.mentions.all()) == [cast.billing_lead]
    assert "@Bela Billing" in client.get(f"{mail}comments/{comment.pk}/").content.decode()
    client.post(f"{mail}comments/{comment.pk}/", {"text": "Better", "base_version": comment.version})
    assert Comment.objects.get(pk=comment.pk).text == "Better"
    client.post(f"{mail}comments/{comment.pk}/delete/")
    assert "Better" not in text_of(client.get(mail))


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_a_comment_that_cannot_be_taken_is_kept(
    squad: Squad, cast: Cast, client: Client, mail: str, headers: dict[str, str]
) -> None:
    """Gus sees nothing of this team, so that nobody can call him here."""
    answer = enter(client, cast.member).post(f"{mail}comments/", {"text": "Look, @Gus Guest"}, headers=headers)
    assert answer.status_code == 422
    assert "Look, @Gus Guest" in answer.content.decode()
    assert not Comment.objects.exists()


def test_whom_an_at_sign_can_mention(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    assert "Bela Billing" in client.get(f"{mail}people/?q=bela").content.decode()
    assert "Gus" not in client.get(f"{mail}people/?q=gus").content.decode()
    assert client.get(f"{mail}people/?q=").content.decode().strip() == ""


def test_attachments(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    files = [SimpleUploadedFile(name, b"Dear customer") for name in ("mail.txt", "footer.txt")]
    section = client.post(f"{mail}files/", {"file": files}, headers=HTMX).content.decode()
    assert "mail.txt" in section
    assert "footer.txt" in section
    one = Attachment.objects.get(name="mail.txt")
    assert client.get(f"/attachments/{one.pk}/").status_code == 200
    client.post(f"{mail}files/{one.pk}/remove/", headers=HTMX)
    assert "mail.txt" not in text_of(client.get(mail))
    lying = SimpleUploadedFile("picture.png", b"MZ\x90\x00")
    assert client.post(f"{mail}files/", {"file": lying}, headers=HTMX).status_code == 422
    both = [SimpleUploadedFile("picture.png", b"MZ\x90\x00"), SimpleUploadedFile("plan.txt", b"Monday")]
    answer = client.post(f"{mail}files/", {"file": both}, headers=HTMX)
    assert "plan.txt" in answer.content.decode()
    assert "picture.png" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]


def test_approvals(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    asked = {"asset": "Mail, final", "email": cast.billing_lead.email, "days": "7"}
    client.post(f"{mail}approvals/", asked)
    approval = Approval.objects.get()
    assert approval.person == cast.billing_lead
    asked_person = enter(Client(), cast.billing_lead)
    assert "Answer…" in text_of(asked_person.get(mail))
    answer = {"answer": "no", "note": "The price is wrong"}
    asked_person.post(f"{mail}approvals/{approval.pk}/answer/", answer)
    text = text_of(client.get(mail))
    assert "changes wanted" in text
    assert "The price is wrong" in text
    page = client.post(f"{mail}approvals/", asked | {"email": "rosa@agency.example", "name": "Rosa"})
    link = re.search(r"https?://[^\"]+(/approvals/[^\"]+/)", page.content.decode())
    assert link
    assert Client().get(link[1]).status_code == 200
    outside = Approval.objects.get(outside_email="rosa@agency.example")
    enter(client, cast.shops_lead).post(f"{mail}approvals/{outside.pk}/withdraw/")
    assert Client().get(link[1]).status_code == 410


def test_a_touchpoint_is_found_and_added(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    found = enter(client, cast.member).get(f"{mail}touchpoints/?q=receipt").content.decode()
    assert "Receipt" in found
    assert "Buying a coffee machine" in found
    assert "Till" not in client.get(f"{mail}touchpoints/?q=till").content.decode().replace("“till”", "")
    assert "No touchpoint is called" in client.get(f"{mail}touchpoints/?q=nonsense").content.decode()


def test_its_history(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    commands.change_story(squad.mail, points=8, actor=cast.member)
    text = text_of(enter(client, cast.shops_lead).get(f"{mail}history/"))
    assert "Mia Member changed" in text
    part = client.get(f"{mail}history/", headers={**HTMX, "HX-Target": "story-history"}).content.decode()
    assert "<html" not in part


def test_what_blocks_it(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    enter(client, cast.member)
    answer = client.post(f"{mail}block/", {"blocked_reason": "Legal"}, headers=HTMX)
    assert json.loads(answer.headers["HX-Trigger"])["toast"]["undo"]
    assert now(squad.mail).blocked_reason == "Legal"
    client.post(f"{mail}block/", {"blocked_reason": ""})
    assert now(squad.mail).blocked_reason == ""


def test_a_title_alone_makes_a_story(squad: Squad, cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    sent = {"title": "Price tags", "column": squad.doing.pk, "sprint": "1", "quick": "yes"}
    assert client.post("/teams/GROW/stories/new/", sent, headers=HTMX).status_code == 201
    made = Story.objects.get(title="Price tags")
    assert (made.column_id, made.sprint_id) == (squad.doing.pk, squad.sprint.pk)
    full = sent | {"column": squad.review.pk}
    client.post("/teams/GROW/stories/new/", full, headers=HTMX)
    refused = client.post("/teams/GROW/stories/new/", full, headers=HTMX)
    assert refused.status_code == 422
    assert "“Review” takes 2 stories" in refused.content.decode()
    assert client.post("/teams/GROW/stories/new/", sent | {"title": ""}, headers=HTMX).status_code == 422


def test_a_story_of_a_closed_sprint_stays_as_it_was(squad: Squad, cast: Cast, client: Client, mail: str) -> None:
    commands.move_story(squad.mail, column=squad.done, actor=cast.member)
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    page = enter(client, cast.member).get(mail)
    assert "story_points" not in page.content.decode()
