"""Importing stories: a thousand rows with some twenty statements, new ones at the end of their team's order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy

from sprints import events
from sprints.commands.imports import reading
from sprints.commands.imports.carrying import Carrying
from sprints.commands.imports.drafts import Found, NewStory, write_new
from sprints.commands.imports.finding import Finding
from sprints.commands.imports.placing import Placing
from sprints.models import Story
from sprints.queries.field_values import told
from sprints.rules.imports import may_import_stories
from sprints.rules.stories import fold
from workspace import clock
from workspace.activity.commands.events import Happening, record
from workspace.organisation.commands.imports import cells
from workspace.organisation.commands.imports.kinds import Column, Effects, ImportKind, Told
from workspace.organisation.commands.imports.rows import Row

PLAIN = {
    "title": "title",
    "type": "kind",
    "description": "description",
    "points": "points",
    "channel": "channel",
    "due_on": "due_on",
    "publish_on": "publish_on",
}
PLACE = ("column", "sprint", "in_column_since", "started_at", "done_at")
WRITTEN = (*PLAIN.values(), *PLACE, "external_id", "folded_title", "version", "revision")


def take(rows: Sequence[Row], file: str) -> Effects:
    """Write stories, where they stand and what they carry: some 20 statements, and 3 for each team with new ones."""
    return _Desk(rows).write()


class _Desk:
    """The stories that some rows name, locked with the orders of their teams, and what changes about them."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.now = clock.now()
        self.finding = Finding(rows)
        self.placing = Placing(self.finding, self.now)
        for row in self.finding.rows:
            self.placing.check(row, self.finding.stories.get(row))
        self.rows = self.finding.rows
        self.carrying = Carrying(self.finding)
        self.new: list[tuple[Row, NewStory]] = []
        self.changed: list[Story] = []
        self.told: defaultdict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        self.links: dict[NewStory, dict[str, list[int]]] = {}

    def write(self) -> Effects:
        """Settle every row, then write everything together."""
        effects = Effects()
        effects.happenings += self.carrying.create_labels(self.rows)
        for row in self.rows:
            story = self.finding.stories.get(row)
            if story is None:
                self._add(row)
            else:
                self._settle(row, story)
        write_new([story for _row, story in self.new], self.now)
        # An upsert of rows that are locked and read afresh: one statement, where an update of many takes one per field.
        Story.objects.bulk_create(self.changed, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN)
        self.carrying.write()
        for row, new in self.new:
            self.finding.remember(row, new.number)
            self.told[new.team_id][new.pk] = {"created": new.told() | self.links[new]}
        effects.happenings += [self._happening(team_id, stories) for team_id, stories in self.told.items()]
        return effects

    def _add(self, row: Row) -> None:
        column, sprint = self.placing.place_new(row)
        new = NewStory(self.finding.team_of[row], column, sprint, row.get("external_id") or None)
        self._set(row, new)
        self.links[new] = {name: sorted(ids) for name, (_old, ids) in self.carrying.settle(row, new).items()}
        self.new.append((row, new))
        row.outcome = "added"

    def _settle(self, row: Row, story: Story) -> None:
        self.finding.remember(row, story.number)
        before = {name: getattr(story, name) for name in (*PLAIN.values(), "external_id")}
        self._set(row, story)
        if row.get("external_id"):
            story.external_id = row.get("external_id")
        changes = {
            name: (old, getattr(story, name)) for name, old in before.items() if getattr(story, name) != old
        } | self.carrying.settle(row, story)
        move = self.placing.move(row, story)
        if not changes and not move:
            return
        entry: dict[str, Any] = {"move": move} if move else {}
        if changes:
            story.version += 1
            story.revision += 1
            story.folded_title = fold(story.title)
            entry["version"] = story.version
            entry["old"] = {name: told(old) for name, (old, _new) in changes.items()}
            entry["new"] = {name: told(new) for name, (_old, new) in changes.items()}
        self.changed.append(story)
        self.told[story.team_id][story.pk] = entry
        row.outcome = "changed"

    def _set(self, row: Row, story: Found) -> None:
        """Set what the row says anew."""
        for column, name in PLAIN.items():
            if column in row.news:
                setattr(story, name, row.values[column])

    def _happening(self, team_id: int, stories: dict[int, dict[str, Any]]) -> Happening:
        data = {"stories": {str(pk): entry for pk, entry in stories.items()}}
        scope = self.finding.ground.teams[team_id].scope
        return Happening(events.STORIES_IMPORTED, None, data, scope, subjects=(Story.NOUN, list(stories)))


def finish(effects: Effects, told_of: Told, actor: models.Model | None) -> None:
    """Record one event for the stories of each team, and those of new labels before."""
    by_scope: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    others = []
    for happening in effects.happenings:
        if happening.kind == events.STORIES_IMPORTED:
            by_scope[happening.scope] |= happening.data["stories"]
        else:
            others.append(happening)
    imported = [_imported(scope, stories, told_of.file) for scope, stories in by_scope.items()]
    record(actor, *others, *imported)


def _imported(scope: str, stories: dict[str, Any], file: str) -> Happening:
    """What tells of the stories of a team: of each that is new what reports replay, of each other old and new."""
    added = sum("created" in entry for entry in stories.values())
    data = {"added": added, "changed": len(stories) - added, "file": file, "stories": stories}
    return Happening(
        events.STORIES_IMPORTED, data=data, scope=scope, subjects=(Story.NOUN, [int(pk) for pk in stories])
    )


STORIES = ImportKind(
    code="stories",
    columns=(
        Column("team", required=True, filled=True, longest=200),
        Column("title", required=True, filled=True, longest=300, read=reading.title),
        Column("external_id", longest=200),
        Column("description", longest=50_000, read=reading.text),
        Column("type", read=cells.choice(*Story.Kind.values), empty=Story.Kind.STORY.value),
        Column("points", read=reading.points, empty=None),
        Column("column", longest=100),
        Column("sprint", longest=100, read=reading.sprint, empty=None),
        Column("assignee_email", longest=254, read=cells.email),
        Column("labels", longest=2000, read=reading.labels),
        Column("due_on", read=reading.day("due_on"), empty=None),
        Column("publish_on", read=reading.day("publish_on"), empty=None),
        Column("channel", longest=50),
        Column("touchpoints", longest=5000),
    ),
    key=reading.key_of,
    key_column="title",
    may_import=may_import_stories,
    take=take,
    finish=finish,
    tables=(Story,),
    notes={
        "new-label": gettext_lazy(
            "{count} labels were new to their team and were created, for example “{value}” (line {line})."
        ),
        "deleted-story": gettext_lazy(
            "{count} rows name a story that was deleted here, for example “{value}” (line {line}). They were left"
            " alone; the next import of the file asks again."
        ),
    },
    rehearsed_at_once=True,
)
