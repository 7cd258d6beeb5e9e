"""The checklist of a story."""

from __future__ import annotations

from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.talking import about, count, hold_story, one_line
from sprints.models import ChecklistItem, Story
from sprints.queries.standing import working_standing
from sprints.rules.talk import has_room_for_item, is_item
from sprints.rules.working import may_work
from workspace import db
from workspace.activity.commands.events import record
from workspace.errors import Unknown
from workspace.organisation.models import Person


@db.command
def add_item(story: Story, *, text: str, actor: Person | None) -> ChecklistItem:
    """Add an item at the end. Raises NotAllowed; Unknown; RuleBroken for a wrong text, or a list that is full."""
    may_work(working_standing(actor, story.team_id)).or_not_allowed()
    text = one_line(text)
    is_item(text).or_rule_broken()
    held = hold_story(story.pk)
    has_room_for_item(held.item_count).or_rule_broken()
    last = held.items.order_by("-position").values_list("position", flat=True).first() or 0
    item = ChecklistItem.objects.create(story=held, text=text, position=last + 1)
    count(held, item_count=1)
    record(actor, about(held, events.ITEM_ADDED, held, item=item.pk, what=text))
    return item


@db.command
def change_item(
    item: ChecklistItem, *, text: str | None = None, is_ticked: bool | None = None, actor: Person | None
) -> ChecklistItem:
    """Change the text of an item, tick it or untick it; None leaves it as it is. What is so already writes nothing.

    Raises NotAllowed; Unknown where it is gone; RuleBroken for a wrong text.
    """
    may_work(working_standing(actor, item.story.team_id)).or_not_allowed()
    story, item = _held(item)
    old = {"text": item.text, "is_ticked": item.is_ticked}
    if text is not None:
        item.text = one_line(text)
        is_item(item.text).or_rule_broken()
    if is_ticked is not None:
        item.is_ticked = is_ticked
    changed = [field for field, value in old.items() if getattr(item, field) != value]
    if not changed:
        return item
    item.version += 1
    item.save(update_fields=[*changed, "version"])
    count(story, ticked_count=int(item.is_ticked) - int(bool(old["is_ticked"])))
    new = {field: getattr(item, field) for field in changed}
    data = {"fields": ", ".join(changed), "old": {field: old[field] for field in changed}, "new": new}
    record(actor, about(story, events.ITEM_CHANGED, story, item=item.pk, what=item.text, **data))
    return item


@db.command
def move_item(item: ChecklistItem, *, position: int, actor: Person | None) -> ChecklistItem:
    """Put an item at a place of its list, counted from 1; beyond the end is the end.

    5 statements, whatever the length of the list. Raises NotAllowed; Unknown where it is gone.
    """
    may_work(working_standing(actor, item.story.team_id)).or_not_allowed()
    story, item = _held(item)
    there = list(story.items.order_by("position", "pk"))
    old = [each.pk for each in there].index(item.pk) + 1
    new = max(1, min(position, len(there)))
    if old == new:
        return item
    there.insert(new - 1, there.pop(old - 1))
    for place, each in enumerate(there, start=1):
        each.position = place
    ChecklistItem.objects.bulk_update(there, ["position"])
    item.position = new
    count(story)
    data = {"fields": "position", "old": {"position": old}, "new": {"position": new}}
    record(actor, about(story, events.ITEM_CHANGED, story, item=item.pk, what=item.text, **data))
    return item


@db.command
def remove_item(item: ChecklistItem, *, actor: Person | None) -> None:
    """Take an item off its list. Raises NotAllowed; Unknown where it is gone already."""
    may_work(working_standing(actor, item.story.team_id)).or_not_allowed()
    story, item = _held(item)
    pk, was_ticked = item.pk, item.is_ticked
    item.delete()
    count(story, item_count=-1, ticked_count=-int(was_ticked))
    old = {"position": item.position, "is_ticked": was_ticked}
    record(actor, about(story, events.ITEM_REMOVED, story, item=pk, what=item.text, old=old))


def _held(item: ChecklistItem) -> tuple[Story, ChecklistItem]:
    """The story, locked, and the item as it is now."""
    story = hold_story(item.story_id)
    now = story.items.filter(pk=item.pk).first()
    if now is None:
        raise Unknown(
            _("“%(text)s” is not on the checklist any more.") % {"text": item.text},
            next_step=_("Somebody took it off; reload the page."),
        )
    return story, now
