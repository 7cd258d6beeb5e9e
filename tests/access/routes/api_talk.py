"""The API of labels, initiatives, and what hangs on stories, as the session of a page goes it."""

from __future__ import annotations

from django.core.files.base import ContentFile

from sprints import commands as sprints
from tests.access.ways import GUESTS, INSIDERS, Way
from tests.cast import Cast

ANY = {"If-Match": "*"}
MEMBERS = ("lead", "administrator")
NOWHERE = dict.fromkeys(GUESTS, 400)
"""What guests name in a body is nothing that they can see."""


def ways(cast: Cast) -> list[Way]:
    """Bela Billing runs a team of one; Mia Member has commented, and is asked for an approval."""
    owner = cast.billing_lead
    team = sprints.create_team("Content", key="TALK", actor=owner)
    story = sprints.create_story(team, title="Banner", actor=owner)
    label = sprints.create_label(team, name="Sale", actor=owner)
    item = sprints.add_item(story, text="Proofread", actor=owner)
    comment = sprints.write_comment(story, text="Larger, please", actor=cast.member)
    gone = sprints.delete_comment(sprints.write_comment(story, text="No", actor=cast.member), actor=cast.member)
    file = sprints.attach_file(story, name="banner.txt", content=ContentFile(b"Half price"), actor=owner)
    asked, _secret = sprints.ask_approval(story, asset="Banner, final", person=cast.member, actor=owner)
    initiative = sprints.create_initiative("Spring", actor=owner)
    closed = sprints.close_initiative(sprints.create_initiative("Winter", actor=owner), actor=owner)
    root = "/api/v1/"
    labels, initiatives, comments = f"{root}labels/", f"{root}initiatives/", f"{root}comments/"
    items, files, approvals = f"{root}checklist-items/", f"{root}attachments/", f"{root}approvals/"
    keepers = ("lead", "other_lead", "head", "other_head", "executive", "administrator")

    def listed(noun: str, path: str) -> Way:
        return Way(f"api:{noun}-list", path, by=(*INSIDERS, *GUESTS), limited=200)

    def made(noun: str, path: str, by: tuple[str, ...], **data: object) -> Way:
        return Way(f"api:{noun}-list", path, "POST", by, data, answers=NOWHERE, done=201, limited=400)

    def one(noun: str, path: str, method: str = "GET", by: tuple[str, ...] = INSIDERS, **fields: object) -> Way:
        done = {"DELETE": 204}.get(method, 0)
        return Way(f"api:{noun}", path, method, by, done=done, limited=404, **fields)  # type: ignore[arg-type]

    return [
        listed("label", labels),
        made("label", labels, MEMBERS, team=team.pk, name="Offer"),
        one("label-detail", f"{labels}{label.pk}/"),
        one("label-detail", f"{labels}{label.pk}/", "PATCH", MEMBERS, data={"tone": 3}, headers=ANY),
        one("label-detail", f"{labels}{label.pk}/", "DELETE", MEMBERS, headers=ANY),
        Way("api:initiative-list", initiatives),
        Way("api:initiative-list", initiatives, "POST", keepers, {"name": "Autumn"}, done=201),
        Way("api:initiative-detail", f"{initiatives}{initiative.pk}/"),
        Way("api:initiative-detail", f"{initiatives}{initiative.pk}/", "PATCH", keepers, {"name": "May"}, headers=ANY),
        Way("api:initiative-close", f"{initiatives}{initiative.pk}/close/", "POST", keepers),
        Way("api:initiative-reopen", f"{initiatives}{closed.pk}/reopen/", "POST", keepers),
        listed("comment", comments),
        made("comment", comments, INSIDERS, story=story.pk, text="Good"),
        one("comment-detail", f"{comments}{comment.pk}/"),
        one("comment-detail", f"{comments}{comment.pk}/", "PATCH", ("member",), data={"text": "Fine"}, headers=ANY),
        one("comment-detail", f"{comments}{comment.pk}/", "DELETE", ("member", *MEMBERS), headers=ANY),
        one("comment-restore", f"{comments}{gone.pk}/restore/", "POST", ("member", *MEMBERS)),
        listed("checklist_item", items),
        made("checklist_item", items, MEMBERS, story=story.pk, text="Print"),
        one("checklist_item-detail", f"{items}{item.pk}/"),
        one("checklist_item-detail", f"{items}{item.pk}/", "PATCH", MEMBERS, data={"is_ticked": True}, headers=ANY),
        one("checklist_item-detail", f"{items}{item.pk}/", "DELETE", MEMBERS, headers=ANY),
        one("checklist_item-move", f"{items}{item.pk}/move/", "POST", MEMBERS, data={"position": 1},
            is_recorded=False),
        listed("attachment", files),
        Way("api:attachment-list", files, "POST", (), {"story": story.pk}, limited=400,
            answers=dict.fromkeys((*INSIDERS, *GUESTS), 400)),
        one("attachment-detail", f"{files}{file.pk}/"),
        one("attachment-detail", f"{files}{file.pk}/", "DELETE", MEMBERS, headers=ANY),
        one("attachment-file", f"{files}{file.pk}/file/"),
        listed("approval", approvals),
        made("approval", approvals, MEMBERS, story=story.pk, asset="Poster", person=cast.other_member.pk),
        one("approval-detail", f"{approvals}{asked.pk}/"),
        one("approval-answer-it", f"{approvals}{asked.pk}/answer/", "POST", ("member",), data={"approved": True}),
        one("approval-withdraw", f"{approvals}{asked.pk}/withdraw/", "POST", MEMBERS),
    ]  # fmt: skip
