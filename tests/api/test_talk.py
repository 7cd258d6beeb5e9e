"""What hangs on stories, and around them, over the API: as people do it on pages, for those who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sprints import commands as sprints
from sprints.models import Attachment, ChecklistItem, Label, Story
from tests.api.boards import share
from tests.api.program import Program, problem
from tests.cast import Cast, deliver
from tests.sprints.squad import Squad
from workspace.activity.models import Event

Made = Callable[..., Program]
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    """A storage of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "uploads"


def newest(kind: str) -> Event:
    return Event.objects.filter(kind=kind).latest("pk")


def ids(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.data
    return [each["id"] for each in answer.data["items"]]


def upload(program: Program, story: Story, name: str, content: bytes, **headers: str) -> Any:
    file = SimpleUploadedFile(name, content)
    sent = program.sent | {key.replace("_", "-"): value for key, value in headers.items()}
    return program.client.post("/api/v1/attachments/", {"story": story.pk, "file": file}, headers=sent)


# --- Labels and initiatives -------------------------------------------------------------------------------------------


def test_a_label_lives_its_life(cast: Cast, squad: Squad, owner: Program) -> None:
    made = owner.post("labels/", {"team": squad.team.pk, "name": "Sale", "tone": 2})
    assert (made.status_code, made.data["tone"], made.data["version"]) == (201, 2, 1)
    path = made["Location"]
    problem(owner.patch(path, {"name": "Offer"}), 428, "version-missing")
    changed = owner.patch(path, {"name": "Offer"}, If_Match=made["ETag"])
    assert (changed.data["name"], changed.data["version"]) == ("Offer", 2)
    told = problem(owner.patch(path, {"tone": 5}, If_Match=made["ETag"]), 412, "stale")
    assert told["current"]["name"] == "Offer"
    problem(owner.post("labels/", {"team": squad.team.pk, "name": "offer"}), 422, "rule-broken")
    assert owner.call("DELETE", path, headers={"If-Match": changed["ETag"]}).status_code == 204
    assert newest("label.removed").data["what"] == "Offer"
    problem(owner.get(path), 404, "unknown")


def test_an_initiative_lives_its_life(cast: Cast, squad: Squad, owner: Program, program: Made) -> None:
    made = owner.post("initiatives/", {"name": "Loyalty", "description": "Come back"})
    path = made["Location"]
    merged = owner.patch(path, {"name": "Loyal", "base_version": 1})
    assert (merged.status_code, merged.data["version"]) == (200, 2)
    assert owner.patch(path, {"description": "Come again", "base_version": 1}).data["name"] == "Loyal"
    problem(owner.patch(path, {"name": "Loyalty", "base_version": 1}), 409, "changed")
    assert owner.post(f"{path}close/").data["closed_at"]
    problem(owner.post(f"{path}close/"), 422, "rule-broken")
    assert owner.post(f"{path}reopen/").data["closed_at"] is None
    assert newest("initiative.reopened").actor_id == cast.shops_lead.pk
    problem(program(cast.member).post("initiatives/", {"name": "Mine"}), 403, "not-allowed")
    problem(owner.post("initiatives/", {"name": "x" * 201}), 400, "not-valid")


# --- Comments ---------------------------------------------------------------------------------------------------------


def test_comments_are_written_changed_deleted_and_brought_back(cast: Cast, squad: Squad, program: Made) -> None:
    author, owner, other = program(cast.member), program(cast.shops_lead), program(cast.other_member)
    made = author.post("comments/", {"story": squad.banner.pk, "text": "Look, @Bela Billing"})
    path = made["Location"]
    assert (made.data["author_name"], made.data["mentions"]) == ("Mia Member", [cast.billing_lead.pk])
    assert made.data["text"] == f"Look, @[person:{cast.billing_lead.pk}]"
    assert newest("comment.written").data["mentions"] == [cast.billing_lead.pk]
    assert author.patch(path, {"text": "Look"}, If_Match=made["ETag"]).data["mentions"] == []
    late = problem(author.patch(path, {"text": "Look here", "base_version": 1}), 409, "changed")
    assert (late["version"], late["errors"][0]["field"]) == (2, "text")
    assert late["current"] == author.get(path).data
    told = problem(other.patch(path, {"text": "No", "base_version": 2}), 403, "not-allowed")
    assert told["next_step"]
    problem(other.call("DELETE", path, headers={"If-Match": "*"}), 403, "not-allowed")
    assert owner.call("DELETE", path, headers={"If-Match": "*"}).status_code == 204
    problem(author.get(path), 404, "unknown")
    assert author.post(f"{path}restore/").data["text"] == "Look"
    problem(author.post(f"{path}restore/"), 422, "rule-broken")
    squad.banner.refresh_from_db()
    assert squad.banner.comment_count == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [({"text": ""}, "text"), ({"text": "x" * 20_001}, "text"), ({"text": "Hi", "story": 10**7}, "story"),
     ({"text": "Hi", "author": 1}, "author"), ({"text": "Hi", "story": "GROW-1"}, "story"), ({}, "text")],
)  # fmt: skip
def test_comments_that_cannot_be_taken(squad: Squad, owner: Program, body: dict[str, Any], field: str) -> None:
    told = problem(owner.post("comments/", {"story": squad.banner.pk} | body), 400, "not-valid")
    assert [each["field"] for each in told["errors"]] == [field]


# --- Checklists -------------------------------------------------------------------------------------------------------


def test_a_checklist_is_written_ticked_ordered_and_emptied(cast: Cast, squad: Squad, owner: Program) -> None:
    first, second, third = (
        owner.post("checklist-items/", {"story": squad.banner.pk, "text": text}) for text in ("Draw", "Print", "Send")
    )
    ticked = owner.patch(first["Location"], {"is_ticked": True}, If_Match=first["ETag"])
    assert (ticked.data["is_ticked"], ticked.data["version"]) == (True, 2)
    problem(owner.patch(first["Location"], {"text": "Paint"}, If_Match=first["ETag"]), 412, "stale")
    moved = owner.post(f"{third['Location']}move/", {"position": 1})
    assert (moved.data["position"], moved.data["version"]) == (1, 1)
    assert owner.patch(third["Location"], {"text": "Mail"}, If_Match=third["ETag"]).status_code == 200
    listed = owner.get(f"checklist-items/?story={squad.banner.pk}")
    assert ids(listed) == [third.data["id"], first.data["id"], second.data["id"]]
    assert owner.call("DELETE", first["Location"], headers={"If-Match": "*"}).status_code == 204
    squad.banner.refresh_from_db()
    assert (squad.banner.item_count, squad.banner.ticked_count) == (2, 0)
    problem(owner.post(f"{second['Location']}move/", {"position": 0}), 400, "not-valid")


# --- Attachments ------------------------------------------------------------------------------------------------------


def test_a_file_is_attached_downloaded_and_taken_off(cast: Cast, squad: Squad, program: Made, client: Any) -> None:
    owner = program(cast.member)
    answer = upload(owner, squad.banner, "banner.png", PNG)
    made = answer.json()
    assert (answer.status_code, made["content_type"], made["size"]) == (201, "image/png", len(PNG))
    assert made["uploaded_by"] == cast.member.pk
    path = answer["Location"]
    got = owner.client.get(f"{path}file/", headers=owner.sent | {"Accept": "image/*"})
    client.force_login(cast.member)
    page = client.get(f"/attachments/{made['id']}/")
    assert got.getvalue() == page.getvalue() == PNG
    for name in ("Content-Type", "Content-Disposition", "Content-Security-Policy", "X-Content-Type-Options",
                 "Cache-Control", "Content-Length"):  # fmt: skip
        assert got[name] == page[name], name
    assert answer["ETag"].startswith('W/"'), "a file has no version"
    assert owner.call("DELETE", path).status_code == 204
    assert newest("attachment.removed").subject_id == made["id"]
    problem(owner.get(f"{path}file/"), 404, "unknown")


def test_files_that_are_not_taken(cast: Cast, squad: Squad, owner: Program, program: Made, settings: Any) -> None:
    problem(upload(owner, squad.banner, "banner.png", b"MZ" + b"\0" * 99), 422, "rule-broken")
    problem(upload(owner, squad.banner, "banner.pdf", PNG), 422, "rule-broken")
    problem(upload(owner, squad.banner, "page.html", b"<html><script>"), 422, "rule-broken")
    assert problem(upload(owner, squad.banner, "empty.txt", b""), 400, "not-valid")["errors"][0]["field"] == "file"
    settings.MAX_ATTACHMENT_MB = 1
    problem(upload(owner, squad.banner, "large.txt", b"x" * (1024 * 1024 + 1)), 422, "rule-broken")
    told = problem(owner.post("attachments/", {"story": squad.banner.pk, "file": "text"}), 400, "not-valid")
    assert told["errors"][0]["field"] == "file"
    problem(upload(program(cast.other_member), squad.banner, "a.png", PNG), 403, "not-allowed")
    problem(upload(program(cast.guest), squad.banner, "a.png", PNG), 400, "not-valid")
    assert not Attachment.objects.exists()


def test_an_upload_that_is_sent_again_is_done_once(squad: Squad, owner: Program) -> None:
    first = upload(owner, squad.banner, "note.txt", b"One", Idempotency_Key="u-1")
    again = upload(owner, squad.banner, "note.txt", b"One", Idempotency_Key="u-1")
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    problem(upload(owner, squad.banner, "note.txt", b"Two", Idempotency_Key="u-1"), 409, "key-in-use")
    assert Attachment.objects.count() == 1
    assert Attachment.objects.get().size == 3


# --- Approvals --------------------------------------------------------------------------------------------------------


def test_an_approval_is_asked_answered_and_withdrawn(cast: Cast, squad: Squad, owner: Program, program: Made) -> None:
    asked = owner.post("approvals/", {"story": squad.banner.pk, "asset": "Banner", "person": cast.member.pk})
    assert (asked.status_code, asked.data["state"], asked.data["link"]) == (201, "waiting", None)
    path = asked["Location"]
    problem(program(cast.other_member).post(f"{path}answer/", {"approved": True}), 403, "not-allowed")
    member = program(cast.member)
    problem(member.post(f"{path}answer/", {"approved": False}), 422, "rule-broken")
    answered = member.post(f"{path}answer/", {"approved": False, "note": "Larger"}, If_Match=asked["ETag"])
    assert (answered.data["state"], answered.data["note"], answered.data["version"]) == ("rejected", "Larger", 2)
    problem(owner.post(f"{path}withdraw/"), 422, "rule-broken")
    problem(owner.post(f"{path}withdraw/", If_Match=asked["ETag"]), 412, "stale")
    outside = {"story": squad.banner.pk, "asset": "Poster", "outside_email": "ona@client.example"}
    link = owner.post("approvals/", outside)
    assert "/approvals/" in link.data["link"]
    assert link.data["outside"] == "ona@client.example"
    assert owner.post(f"{link['Location']}withdraw/").data["state"] == "withdrawn"
    assert owner.post("approvals/", outside, Idempotency_Key="a-1").data["link"] is None, "no secret is kept"
    told = problem(owner.post("approvals/", outside | {"days": 61}), 400, "not-valid")
    assert told["errors"][0]["field"] == "days"
    problem(owner.post("approvals/", {"story": squad.banner.pk, "asset": "Who?"}), 422, "rule-broken")


# --- Who sees what ----------------------------------------------------------------------------------------------------


@pytest.fixture
def hung(cast: Cast, squad: Squad) -> dict[str, int]:
    """One of each on a story of the team, and of another team: the ids of the former."""
    other = sprints.create_team("Other", key="OTHER", actor=cast.shops_lead)
    found: dict[str, int] = {}
    for team, story in ((other, None), (squad.team, squad.banner)):
        story = story or sprints.create_story(team, title="Hidden", actor=cast.shops_lead)
        lead = cast.shops_lead
        file = sprints.attach_file(story, name="a.txt", content=ContentFile(b"a"), actor=lead)
        approval, _secret = sprints.ask_approval(
            story, asset="Banner", attachment=file, outside_email="ona@client.example", outside_name="Ona", actor=lead
        )
        found = {
            "labels": sprints.create_label(team, name="Sale", actor=lead).pk,
            "comments": sprints.write_comment(story, text="Larger", actor=lead).pk,
            "checklist-items": sprints.add_item(story, text="Draw", actor=lead).pk,
            "attachments": file.pk,
            "approvals": approval.pk,
        }
    return found


def test_guests_and_limited_tokens_see_what_is_theirs(
    cast: Cast, squad: Squad, hung: dict[str, int], program: Made
) -> None:
    share(squad.team, cast)
    guest = program(cast.guest)
    limited = program(cast.shops_lead, limits={"team": [squad.team.pk]})
    for plural, pk in hung.items():
        assert len(ids(program(cast.shops_lead, "read").get(f"{plural}/"))) == 2, plural
        for asks in (guest, limited):
            assert ids(asks.get(f"{plural}/")) == [pk], plural
            problem(asks.get(f"{plural}/{pk - 1}/"), 404, "unknown")
    assert guest.get("comments/?include=author").data["included"] == {
        "people": {str(cast.shops_lead.pk): {"id": cast.shops_lead.pk, "name": "Liam Lead"}}
    }
    assert guest.post("comments/", {"story": squad.banner.pk, "text": "Nice"}).status_code == 201
    problem(guest.post("labels/", {"team": squad.team.pk, "name": "Mine"}), 403, "not-allowed")
    problem(guest.post("checklist-items/", {"story": squad.banner.pk, "text": "Mine"}), 403, "not-allowed")
    problem(guest.get("initiatives/"), 404, "unknown")
    problem(limited.get("initiatives/"), 403, "not-allowed")
    hidden = Story.objects.get(title="Hidden")
    for asks in (guest, limited):
        told = problem(asks.post("comments/", {"story": hidden.pk, "text": "Hi"}), 400, "not-valid")
        assert told["errors"][0]["field"] == "story"


FILTERS = {
    "labels": "id={id}&team={team}&name=Sale&name__contains=ale&tone=1&tone__gte=1&version=1&story__in=1,{story}",
    "comments": "id={id}&story={story}&team={team}&author={person}&author_name__startswith=Liam&text__contains=LARG"
    "&created_at__gte=2020-01-01T00:00:00Z&changed_at__isnull=true&version=1",
    "checklist-items": "id={id}&story={story}&team={team}&text=Draw&position=1&is_ticked=false&version=1",
    "attachments": "id={id}&story={story}&team={team}&name=a.txt&content_type=text/plain&size__lte=1"
    "&digest__startswith=ca97&uploaded_by={person}&uploaded_at__gte=2020-01-01T00:00:00Z",
    "approvals": "id={id}&story={story}&team={team}&asset=Banner&attachment__isnull=false&person__isnull=true"
    "&outside=Ona&state=waiting&note__in=,x&asked_by={person}&asked_at__gte=2020-01-01T00:00:00Z"
    "&ends_at__gte=2020-01-01T00:00:00Z&answered_at__isnull=true&version=1",
}


@pytest.mark.parametrize("plural", FILTERS)
def test_lists_are_narrowed_by_each_field(
    cast: Cast, squad: Squad, hung: dict[str, int], owner: Program, plural: str
) -> None:
    if plural == "labels":
        sprints.change_story(squad.banner, labels=[Label.objects.get(pk=hung["labels"])], actor=cast.shops_lead)
    known = {"id": hung[plural], "team": squad.team.pk, "story": squad.banner.pk, "person": cast.shops_lead.pk}
    for one in FILTERS[plural].format(**known).split("&"):
        assert hung[plural] in ids(owner.get(f"{plural}/?{one}")), one
    assert ids(owner.get(f"{plural}/?{FILTERS[plural].format(**known)}")) == [hung[plural]]
    shape = owner.get(f"{plural}/{hung[plural]}/").data
    unfiltered = set(shape) - {one.partition("=")[0].partition("__")[0] for one in FILTERS[plural].split("&")}
    assert unfiltered <= {"mentions"}, "each field has a filter"


def test_what_hangs_on_stories_comes_with_them(
    cast: Cast, squad: Squad, hung: dict[str, int], owner: Program, program: Made
) -> None:
    share(squad.team, cast)
    limited = program(cast.shops_lead, limits={"team": [squad.team.pk]})
    for asks in (owner, limited, program(cast.guest, scope="read")):
        for plural, of_its_own in (
            ("comments", {"author"}), ("checklist-items", set()), ("attachments", {"uploaded_by"}),
            ("approvals", {"person", "asked_by", "attachment"}),
        ):  # fmt: skip
            path = f"{plural}/{hung[plural]}/?fields=id&include={','.join({'story', 'team', *of_its_own})}"
            answer = asks.get(path)
            assert answer.status_code == 200, answer.data
            along = answer.data["included"]
            assert along["teams"][str(squad.team.pk)]["key"] == "GROW"
            assert along["stories"][str(squad.banner.pk)]["code"] == "GROW-1"
            if of_its_own:
                assert str(cast.shops_lead.pk) in along["people"]
    assert owner.get(f"labels/{hung['labels']}/?include=team").data["included"]["teams"]


def test_statements_do_not_grow_with_the_lists(cast: Cast, squad: Squad, owner: Program) -> None:
    owner.get("me/")
    counts: dict[str, list[int]] = {}
    for _size in range(2):
        for number in range(3):
            lead = cast.shops_lead
            sprints.write_comment(squad.banner, text="Look, @Mia Member", actor=lead)
            sprints.add_item(squad.banner, text="Draw", actor=lead)
            sprints.create_label(squad.team, name=f"L{number}.{_size}", actor=lead)
            sprints.attach_file(squad.banner, name="a.txt", content=ContentFile(b"a"), actor=lead)
            sprints.create_initiative(f"I{number}.{_size}", actor=lead)
            sprints.ask_approval(squad.banner, asset=f"A{number}.{_size}", person=cast.member, actor=lead)
        deliver()
        for path in ("comments/?include=author,mentions,story,team", "checklist-items/?include=story,team",
                     "labels/?include=team", "attachments/?include=story,team,uploaded_by",
                     "approvals/?include=story,team,person,asked_by,attachment", "initiatives/"):  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                assert len(ids(owner.get(path))) >= 3
            counts.setdefault(path, []).append(len(asked))
    assert all(few == many <= 8 for few, many in counts.values()), counts
    assert ChecklistItem.objects.count() == 6


@pytest.mark.parametrize("odd", [1.5, "1_0", " 1 ", "１", True, [1]])
def test_what_is_no_id_names_nothing(squad: Squad, member: Program, odd: object) -> None:
    told = problem(member.post("comments/", {"story": odd, "text": "Hm"}), 400, "not-valid")["errors"]
    assert [each["field"] for each in told] == ["story"]
    told = problem(member.post("stories/", {"team": odd, "title": "Hm"}), 400, "not-valid")["errors"]
    assert [each["field"] for each in told] == ["team"]
    told = problem(member.patch(f"stories/{squad.mail.pk}/", {"assignees": [odd], "base_version": 1}), 400, "not-valid")
    assert told["errors"][0]["field"].startswith("assignees")
