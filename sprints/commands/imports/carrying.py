"""What the stories of a file carry: labels, one assignee, touchpoints. Compared name by name with the last import.

So one more name in a cell does not bring back another one that was taken off here, and what was put on here stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.imports.drafts import Found
from sprints.commands.imports.finding import Finding
from sprints.commands.relations import LINKS
from sprints.models import Label, Story
from sprints.queries.imports import Carried
from sprints.rules.stories import can_be_assigned, one_line
from workspace import db
from workspace.activity.commands.events import Happening
from workspace.organisation.commands.imports.cells import parts
from workspace.organisation.commands.imports.rows import Row

LABELS, ASSIGNEE, TOUCHPOINTS = "labels", "assignee_email", "touchpoints"
RELATION = {LABELS: "labels", ASSIGNEE: "assignees", TOUCHPOINTS: "touchpoints"}
TONE = 1


class Carrying:
    """The labels, people and touchpoints of some rows, and what is joined and parted."""

    def __init__(self, finding: Finding) -> None:
        self.team_of, self.teams = finding.team_of, finding.ground.teams
        rows = finding.rows
        self.carried = Carried.read(
            sorted({self.team_of[row] for row in rows}),
            with_labels=any(LABELS in row.news for row in rows),
            touchpoints={name for cell in _said(rows, TOUCHPOINTS) for name in parts(cell)},
            emails={email.lower() for email in _said(rows, ASSIGNEE)},
        )
        self.present = {
            column: _links(RELATION[column], [story.pk for row, story in finding.stories.items() if column in row.news])
            for column in RELATION
        }
        self.joined: defaultdict[str, list[tuple[Found, int]]] = defaultdict(list)
        self.parted: defaultdict[str, list[int]] = defaultdict(list)

    def create_labels(self, rows: Iterable[Row]) -> list[Happening]:
        """Create the labels that rows name and their team does not have, with 1 statement; what tells of them."""
        new: list[Label] = []
        for row in rows:
            team_id = self.team_of[row]
            for name in self._added(row, LABELS):
                if name.casefold() not in self.carried.labels[team_id]:
                    label = self.carried.labels[team_id][name.casefold()] = Label(team_id=team_id, name=name, tone=TONE)
                    new.append(label)
                    row.note("new-label", name)
        Label.objects.bulk_create(new)
        return [
            Happening(events.LABEL_CREATED, label, {"name": label.name, "tone": TONE}, self.teams[label.team_id].scope)
            for label in new
        ]

    def settle(self, row: Row, story: Found) -> dict[str, tuple[frozenset[int], frozenset[int]]]:
        """Join and part what is new in the row: old and new ids of each relation that changes."""
        changes: dict[str, tuple[frozenset[int], frozenset[int]]] = {}
        for column, name in RELATION.items():
            if column not in row.news:
                continue
            present = self.present[column].get(story.pk, {}) if isinstance(story, Story) else {}
            wanted, unwanted = self._said(row, column)
            joined = [pk for pk in dict.fromkeys(wanted) if pk not in present]
            parted = {pk for pk in unwanted if pk in present and pk not in wanted}
            if joined or parted:
                self.joined[name] += [(story, pk) for pk in joined]
                self.parted[name] += [present[pk] for pk in parted]
                old = frozenset(present)
                changes[name] = old, (old - parted) | set(joined)
        return changes

    def _added(self, row: Row, column: str) -> list[str]:
        """The names that the cell has now and had not last time."""
        if column not in row.news:
            return []
        before = {_plain(name) for name in parts(row.was(column))}
        return [name for name in map(one_line, parts(row.get(column))) if _plain(name) not in before]

    def _dropped(self, row: Row, column: str) -> list[str]:
        """The names that the cell had last time and has no more."""
        now = {_plain(name) for name in parts(row.get(column))}
        return [name for name in map(one_line, parts(row.was(column))) if _plain(name) not in now]

    def _said(self, row: Row, column: str) -> tuple[list[int], list[int]]:
        """The ids that the cell names anew, and those that it names no more."""
        if column == LABELS:
            labels = self.carried.labels[self.team_of[row]]
            gone = [labels.get(name.casefold()) for name in self._dropped(row, column)]
            return (
                [labels[name.casefold()].pk for name in self._added(row, column)],
                [label.pk for label in gone if label is not None],
            )
        return self._touchpoints(row) if column == TOUCHPOINTS else self._assignee(row)

    def _touchpoints(self, row: Row) -> tuple[list[int], list[int]]:
        """Ids that nobody knows are refused, and asked for again with the next import; the others are taken."""
        known = self.carried.touchpoints
        unknown = [name for name in parts(row.get(TOUCHPOINTS)) if name not in known]
        if unknown:
            row.refuse(
                TOUCHPOINTS,
                _("There are no touchpoints with these ids. Import the touchpoints, then this file again."),
                "; ".join(unknown),
            )
            row.kept_back.discard(TOUCHPOINTS)
            row.stored[TOUCHPOINTS] = ";".join(name for name in parts(row.get(TOUCHPOINTS)) if name in known)
        now, before = parts(row.get(TOUCHPOINTS)), parts(row.was(TOUCHPOINTS))
        return (
            [known[name] for name in now if name in known and name not in before],
            [known[name] for name in before if name in known and name not in now],
        )

    def _assignee(self, row: Row) -> tuple[list[int], list[int]]:
        """The person whom the cell names, in place of the one whom it named before."""
        email, people = row.get(ASSIGNEE).lower(), self.carried.people
        was = people.get(row.was(ASSIGNEE).lower())
        gone = [was.id] if was is not None else []
        if not email:
            return [], gone
        person = people.get(email)
        if person is None:
            row.refuse(ASSIGNEE, _("Nobody here has this address. Import the people, then this file again."))
            return [], []
        is_member = (self.team_of[row], person.id) in self.carried.memberships and not person.is_guest
        decision = can_be_assigned(row.get(ASSIGNEE), is_member=is_member, works_here=person.works_here)
        if not decision:
            row.refuse(ASSIGNEE, f"{decision.reason} {decision.next_step}")
            return [], []
        return [person.id], gone

    def write(self) -> None:
        """Write what is joined and parted: at most 2 statements for each relation. The stories have ids by now."""
        for name, (model, column) in LINKS.items():
            if self.parted[name]:
                model._default_manager.filter(pk__in=db.one_of("bigint", self.parted[name])).delete()
            db.insert_rows(model, ("story_id", column), [(story.pk, pk) for story, pk in self.joined[name]])


def _said(rows: Sequence[Row], column: str) -> set[str]:
    """What the cells of a column say and said, in the rows where it is new."""
    new = [row for row in rows if column in row.news]
    return ({row.get(column) for row in new} | {row.was(column) for row in new}) - {""}


def _plain(name: str) -> str:
    return one_line(name).casefold()


def _links(name: str, story_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """The rows that join these stories to others, by story and by the id of the other: at most 1 statement."""
    found: defaultdict[int, dict[int, int]] = defaultdict(dict)
    if story_ids:
        model: tuple[type[Model], str] = LINKS[name]
        links: Any = model[0]._default_manager.filter(story_id__in=db.one_of("bigint", story_ids)).order_by()
        for pk, story_id, other_id in links.values_list("pk", "story_id", model[1]):
            found[story_id][other_id] = pk
    return found
