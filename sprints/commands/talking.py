"""What the commands about a story's checklist, comments, attachments and approvals share."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from sprints.models import Story
from sprints.rules.teams import is_open
from workspace import db
from workspace.activity.commands.events import Happening
from workspace.errors import Unknown


def hold_story(story_id: int) -> Story:
    """The story with its team, locked until the transaction ends: its counters and what they count change together.

    1 statement, 2 on PostgreSQL. Raises Unknown where it is deleted, RuleBroken where its team is archived.
    """
    db.lock_row(Story, story_id)
    story = Story.objects.present().select_related("team").filter(pk=story_id).first()
    if story is None:
        raise Unknown(
            _("There is no story %(id)s any more.") % {"id": story_id},
            next_step=_("It was deleted; whoever works in the team can bring it back."),
        )
    is_open(story.team.name, is_archived=story.team.archived_at is not None).or_rule_broken()
    return story


def count(story: Story, **by: int) -> None:
    """Count these counters of the story up or down, and its revision up: 1 statement."""
    counters = {name: F(name) + number for name, number in by.items() if number}
    Story.objects.filter(pk=story.pk).update(**counters, revision=F("revision") + 1)


def about(story: Story, kind: str, subject: Any, **data: Any) -> Happening:
    """What happened to something that hangs on the story, or to the story itself, whose version does not go up."""
    if subject is story:
        subject = (Story.NOUN, story.pk)
    return Happening(kind, subject, {"story": story.pk, **data}, story.scope)


def plain(text: str) -> str:
    """A text of several lines as it is kept: one kind of line end, no NUL or half characters, no space around it."""
    whole = text.encode("utf-8", "ignore").decode().replace("\0", "")
    return whole.replace("\r\n", "\n").replace("\r", "\n").strip()


def one_line(text: str) -> str:
    """A text of one line as it is kept."""
    return " ".join(plain(text).split())
