"""Of what people are told by this app, and who."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from sprints import events
from sprints.queries import audiences
from workspace.activity.audiences import Group, add_audience, add_group
from workspace.activity.models import Mail

MENTIONS, ASSIGNED, COMMENTS, APPROVALS = "mentions", "assigned", "comments", "approvals"

GROUPS = (
    Group(
        MENTIONS, _("Mentions"), _("Somebody names you in a comment."), Mail.IMMEDIATE, "sprints:teams",
        for_guests=True,
    ),
    Group(
        APPROVALS, _("Approvals"), _("You are asked for an approval, or one that you asked for is answered."),
        Mail.IMMEDIATE, "sprints:teams", for_guests=True,
    ),
    Group(
        ASSIGNED, _("Stories of mine"), _("Somebody gives you a story."), Mail.DIGEST, "sprints:teams",
        for_guests=True,
    ),
    Group(
        COMMENTS, _("Comments on my stories"), _("Somebody comments on a story that you work on."), Mail.DIGEST,
        "sprints:teams", for_guests=True,
    ),
)  # fmt: skip


def install() -> None:
    """Tell the activity app. Whoever is mentioned in a comment on a story of theirs hears of it as a mention."""
    for group in GROUPS:
        add_group(group)
    add_audience([events.COMMENT_WRITTEN, events.COMMENT_CHANGED], MENTIONS, audiences.mentioned)
    add_audience([events.COMMENT_WRITTEN], COMMENTS, audiences.assignees)
    add_audience(
        [events.STORY_CREATED, events.STORY_CHANGED, events.STORIES_CHANGED], ASSIGNED, audiences.newly_assigned
    )
    add_audience([events.APPROVAL_ASKED], APPROVALS, audiences.asked_for_approval)
    add_audience(
        [events.APPROVAL_GIVEN, events.APPROVAL_REFUSED, events.APPROVAL_GIVEN_OUTSIDE,
         events.APPROVAL_REFUSED_OUTSIDE], APPROVALS, audiences.asked_approval,
    )  # fmt: skip
