"""Files of stories, and the link by which somebody outside approves an asset."""

from __future__ import annotations

from django.core.files.base import ContentFile

from sprints import commands as sprints
from tests.access.ways import EVERYBODY, INSIDERS, Way, both
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """Everybody inside may have the files of open work. The link is for whoever holds it, signed in or not."""
    owner = cast.billing_lead
    team = sprints.create_team("Content", key="TALK", actor=owner)
    story = sprints.create_story(team, title="Banner", actor=owner)
    file = sprints.attach_file(story, name="banner.txt", content=ContentFile(b"Half price"), actor=owner)
    _approval, secret = sprints.ask_approval(
        story, asset="Banner, final", outside_email="ona@client.example", attachment=file, actor=owner
    )
    _second, used = sprints.ask_approval(story, asset="Banner, draft", outside_email="ona@client.example", actor=owner)
    assert used is not None
    sprints.answer_by_link(used, approved=True)
    link, answer = f"/approvals/{secret}/", {"answer": "changes", "note": "Larger type."}
    gone, unknown = dict.fromkeys(EVERYBODY, 410), dict.fromkeys(EVERYBODY, 404)
    return [
        Way("sprints:attachment", f"/attachments/{file.pk}/", by=INSIDERS),
        Way("sprints:approve_outside", link, by=EVERYBODY),
        Way("sprints:approve_outside", link, "POST", by=EVERYBODY, data=answer, done=200),
        Way("sprints:approval_attachment", f"{link}file/", by=EVERYBODY),
        *both("sprints:approve_outside", f"/approvals/{used}/", by=(), data=answer, answers=gone),
        Way("sprints:approval_attachment", f"/approvals/{used}/file/", by=(), answers=gone),
        *both("sprints:approve_outside", "/approvals/something-else/", by=(), data=answer, answers=unknown),
        Way("sprints:approval_attachment", "/approvals/something-else/file/", by=(), answers=unknown),
    ]
