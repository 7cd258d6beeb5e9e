"""What people say about a story."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.talking import about, count, hold_story, plain
from sprints.models import Comment, Story
from sprints.queries.mentions import Mentions, read_mentions
from sprints.queries.standing import working_standing
from sprints.rules.talk import are_mentions_allowed, is_comment, may_change_comment, may_delete_comment
from sprints.rules.working import may_comment
from workspace import clock, db
from workspace.activity.commands.events import record
from workspace.errors import RuleBroken, StaleWrite, Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.changes import is_behind


@db.command
def write_comment(story: Story, *, text: str, actor: Person | None) -> Comment:
    """Write a comment: Markdown, in which `@` and the name of somebody who sees the story mentions them.

    At most 9 statements, and 3 more where an `@` stands in it. Raises NotAllowed; Unknown; RuleBroken for a text that
    is empty or too long, or a mention of somebody who may not see the story, has left, or is not clear.
    """
    may_comment(working_standing(actor, story.team_id)).or_not_allowed()
    text = plain(text)
    is_comment(text).or_rule_broken()
    held = hold_story(story.pk)
    said = _read(text, held, actor)
    comment = Comment.objects.create(story=held, author=actor, text=said.text, created_at=clock.now())
    comment.mentions.add(*said.people)
    count(held, comment_count=1)
    record(actor, about(held, events.COMMENT_WRITTEN, comment, mentions=sorted(said.people)))
    return comment


@db.command
def change_comment(comment: Comment, *, text: str, base_version: int | None = None, actor: Person | None) -> Comment:
    """Change what a comment says. Its event holds who is mentioned now and was not before, and no text.

    Raises NotAllowed but for its author; StaleWrite when it was changed after `base_version`; Unknown; RuleBroken.
    """
    story, comment = _held(comment)
    team = working_standing(actor, story.team_id)
    may_change_comment(team, author_id=comment.author_id).or_not_allowed()
    if is_behind(_("This comment"), base_version, comment.version):
        raise StaleWrite(
            _("This comment was changed in the meantime."),
            next_step=_("Look at what it says now, and send yours again if you still want it so."),
            version=comment.version,
            fields=["text"],
        )
    text = plain(text)
    is_comment(text).or_rule_broken()
    before = set(comment.mentions.values_list("pk", flat=True).order_by())
    said = _read(text, story, actor, known=before)
    if said.text == comment.text:
        return comment
    comment.text, comment.changed_at = said.text, clock.now()
    comment.version += 1
    comment.save(update_fields=["text", "changed_at", "version"])
    comment.mentions.set(said.people)
    count(story)
    record(actor, about(story, events.COMMENT_CHANGED, comment, mentions=sorted(said.people - before)))
    return comment


@db.command
def delete_comment(comment: Comment, *, actor: Person | None) -> Comment:
    """Delete a comment; for 30 days it can be brought back. Raises NotAllowed; Unknown where it is gone already."""
    story, comment = _held(comment)
    may_delete_comment(working_standing(actor, story.team_id), author_id=comment.author_id).or_not_allowed()
    comment.deleted_at = clock.now()
    comment.version += 1
    comment.save(update_fields=["deleted_at", "version"])
    count(story, comment_count=-1)
    record(actor, about(story, events.COMMENT_DELETED, comment))
    return comment


@db.command
def restore_comment(comment: Comment, *, actor: Person | None) -> Comment:
    """Bring a deleted comment back. Raises NotAllowed; Unknown; RuleBroken for one that is not deleted."""
    story, comment = _held(comment, is_deleted=True)
    may_delete_comment(working_standing(actor, story.team_id), author_id=comment.author_id).or_not_allowed()
    if comment.deleted_at is None:
        raise RuleBroken(_("This comment is not deleted."), next_step=_("Nothing is left to do."))
    comment.deleted_at = None
    comment.version += 1
    comment.save(update_fields=["deleted_at", "version"])
    count(story, comment_count=1)
    record(actor, about(story, events.COMMENT_RESTORED, comment))
    return comment


def _held(comment: Comment, *, is_deleted: bool = False) -> tuple[Story, Comment]:
    """The story, locked, and the comment as it is now. Raises Unknown where it is deleted, unless that is wanted."""
    story = hold_story(comment.story_id)
    now = story.comments.filter(pk=comment.pk).first()
    if now is None or (now.deleted_at is not None and not is_deleted):
        raise Unknown(_("There is no such comment any more."), next_step=_("Somebody deleted it; reload the page."))
    return story, now


def _read(text: str, story: Story, actor: Person | None, *, known: Collection[int] = ()) -> Mentions:
    said = read_mentions(text, team_id=story.team_id, by=actor, known=known)
    are_mentions_allowed(
        count=len(said.people), unseeing=said.unseeing, absent=said.absent, ambiguous=said.ambiguous
    ).or_rule_broken()
    is_comment(said.text).or_rule_broken()
    return said
