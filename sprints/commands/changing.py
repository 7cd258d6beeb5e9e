"""Changing the fields of stories, one or several at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.relations import link_rows, linked_ids, unlink_rows
from sprints.models import Story
from sprints.queries.field_values import RELATIONS, Writer, check_added, check_initiative, read_values, told
from sprints.queries.merging import changed_since, in_words
from sprints.queries.standing import working_standing
from sprints.queries.stories import read_stories
from sprints.rules.moving import is_of_one_team, is_there
from sprints.rules.stories import fold
from sprints.rules.teams import is_open
from sprints.rules.working import may_work
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import StaleWrite
from workspace.organisation.models import Person
from workspace.organisation.queries.changes import is_behind

SOME = 100
"""Rows that one statement writes."""


@dataclass(slots=True)
class Change:
    """What changes about one story: old and new values of the fields whose new value is another."""

    story: Story
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """What an event keeps of it: ids, days and points as text."""
        return {
            "old": {name: told(value) for name, value in self.old.items()},
            "new": {name: told(value) for name, value in self.new.items()},
        }

    def own_columns(self) -> dict[str, Any]:
        """The columns of the story's own row that change, the version and the revision of its card with them."""
        columns = {name: value for name, value in self.new.items() if name not in RELATIONS}
        if "title" in columns:
            columns["folded_title"] = fold(columns["title"])
        return columns | {"version": self.story.version + 1, "revision": self.story.revision + 1}


@db.command
def change_story(story: Story, *, base_version: int | None = None, actor: Person | None, **fields: Any) -> Story:
    """Change fields of a story; those whose value is the same already count for nothing.

    With a `base_version` that is older than the story, changes of other fields stay and these are added; a field that
    somebody else has changed since is refused, and so is a version that the story has not come to. Raises NotAllowed;
    RuleBroken for a wrong value or a deleted story; StaleWrite; Unknown for a story that is gone; TypeError for an
    unknown field.
    """
    may_work(working_standing(actor, story.team_id)).or_not_allowed()
    writer = Writer(story.team_id, actor)
    values = read_values(writer, fields)
    (change,) = _changes(writer, [story], values)
    if not change.new:
        return change.story
    _check_base(change, base_version)
    _write([change])
    data = {"fields": ", ".join(sorted(change.new))} | change.data()
    record(actor, Happening(events.STORY_CHANGED, change.story, data, change.story.scope))
    return change.story


@db.command
def change_stories(stories: Sequence[Story], *, actor: Person | None, **fields: Any) -> list[Story]:
    """Change the same fields of several stories of a team, all or none; one event names those that changed.

    Returns all of them, in the order of the team. Raises as `change_story` does.
    """
    if not stories:
        return []
    is_of_one_team({story.team_id for story in stories}).or_rule_broken()
    team_id = stories[0].team_id
    may_work(working_standing(actor, team_id)).or_not_allowed()
    writer = Writer(team_id, actor)
    changes = _changes(writer, stories, read_values(writer, fields))
    changed = [change for change in changes if change.new]
    if changed:
        _write(changed)
        ids = [change.story.pk for change in changed]
        names = sorted({name for change in changed for name in change.new})
        rows = {str(change.story.pk): {"version": change.story.version} | change.data() for change in changed}
        data = {"fields": ", ".join(names), "count": len(ids), "stories": rows}
        scope = changed[0].story.scope
        record(actor, Happening(events.STORIES_CHANGED, data=data, scope=scope, subjects=(Story.NOUN, ids)))
    return [change.story for change in changes]


def _changes(writer: Writer, stories: Sequence[Story], values: Mapping[str, Any]) -> list[Change]:
    """Hold the stories and compare: what these values change of each. Checks what is new to one of them."""
    db.lock_rows(Story, [story.pk for story in stories])
    held = read_stories(stories).stories
    team = held[0].team
    is_open(team.name, is_archived=team.archived_at is not None).or_rule_broken()
    for story in held:
        is_there(code=story.code, is_deleted=story.deleted_at is not None).or_rule_broken()
    ids = [story.pk for story in held]
    joined = {name: linked_ids(name, ids) for name in RELATIONS if name in values}
    changes = []
    for story in held:
        change = Change(story)
        for name, value in values.items():
            old = joined[name][story.pk] if name in joined else getattr(story, name)
            if old != value:
                change.old[name], change.new[name] = old, value
        changes.append(change)
    if any("initiative" in change.new for change in changes):
        check_initiative(values["initiative"])
    for name in joined:
        check_added(writer, name, {pk for change in changes for pk in _added(change, name)})
    return changes


def _added(change: Change, name: str) -> frozenset[int]:
    return frozenset(change.new.get(name, ())) - frozenset(change.old.get(name, ()))


def _check_base(change: Change, base_version: int | None) -> None:
    story = change.story
    if base_version is None or not is_behind(story.code, base_version, story.version):
        return
    since = changed_since(story, base_version)
    if names := since.in_the_way_of(change.new):
        raise StaleWrite(
            _("%(code)s was changed in the meantime: %(what)s.") % {"code": story.code, "what": in_words(since, names)},
            next_step=_("Look whether you still want it so, and send it again."),
            version=story.version,
            fields=names,
        )


def _write(changes: Sequence[Change]) -> None:
    """Write what changes: 1 statement for one row, 1 per 100 rows, and those of the relations."""
    names: set[str] = set()
    for change in changes:
        columns = change.own_columns()
        names |= set(columns)
        for name, value in columns.items():
            setattr(change.story, name, value)
    if len(changes) == 1:
        changes[0].story.save(update_fields=sorted(names))
    else:
        Story.objects.bulk_update([change.story for change in changes], sorted(names), batch_size=SOME)
    for name in RELATIONS:
        _write_links(name, [change for change in changes if name in change.new])


def _write_links(name: str, changes: Sequence[Change]) -> None:
    """Join and part. The new others are the same for all of them, so what is not among them goes."""
    gone = {pk for change in changes for pk in change.old[name] - change.new[name]}
    unlink_rows(name, [change.story.pk for change in changes], gone)
    link_rows(name, [(change.story.pk, pk) for change in changes for pk in _added(change, name)])
