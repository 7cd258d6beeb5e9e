"""What one person works on over all teams, what waits for their approval, and when they are away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy

from sprints.models import Absence, Approval, Sprint, Story
from workspace import clock
from workspace.organisation.models import Person

SOON = 7
"""A due date is near when it is not further away than this many days."""
AT_MOST = 300

GROUPS = {
    "blocked": gettext_lazy("Blocked"),
    "due": gettext_lazy("Due within a week"),
    "active": gettext_lazy("In a sprint that is under way"),
    "planned": gettext_lazy("In a sprint to come"),
    "backlog": gettext_lazy("In a backlog"),
}


@dataclass(slots=True)
class Group:
    """Stories that ask for the same attention."""

    code: str
    title: str
    stories: list[Story] = field(default_factory=list)


@dataclass(slots=True)
class MyWork:
    """All that the page shows. `is_cut`: there are more than `AT_MOST` stories."""

    groups: Sequence[Group]
    approvals: Sequence[Approval]
    absences: Sequence[Absence]
    is_cut: bool

    @property
    def count(self) -> int:
        """How many stories are shown."""
        return sum(len(group.stories) for group in self.groups)


def my_work(person: Person) -> MyWork:
    """The unfinished stories of a person, by due date and sprint, and what waits for them: 3 statements.

    A story stands once, in the first group that it belongs to; what has no due date comes after what has one.
    """
    stories = (
        Story.objects.visible_to(person)
        .unfinished()
        .filter(assignments__person=person, team__archived_at__isnull=True)
        .select_related("team", "column", "sprint")
        .order_by(F("due_on").asc(nulls_last=True), F("sprint__ends_on").asc(nulls_last=True), "team__name", "rank")
    )
    found = list(stories[: AT_MOST + 1])
    groups = {code: Group(code, str(title)) for code, title in GROUPS.items()}
    soon = clock.today() + timedelta(days=SOON)
    for story in found[:AT_MOST]:
        groups[_group_of(story, soon)].stories.append(story)
    return MyWork(
        groups=[group for group in groups.values() if group.stories],
        approvals=list(waiting_for(person)),
        absences=list(Absence.objects.filter(person=person, ends_on__gte=clock.today())),
        is_cut=len(found) > AT_MOST,
    )


def _group_of(story: Story, soon: date) -> str:
    if story.blocked_reason:
        return "blocked"
    if story.due_on is not None and story.due_on <= soon:
        return "due"
    if story.sprint is None:
        return "backlog"
    return "active" if story.sprint.state == Sprint.State.ACTIVE else "planned"


def waiting_for(person: Person) -> Sequence[Approval]:
    """What this person is asked to approve, the oldest question first: 1 statement."""
    asked = Approval.objects.filter(
        person=person, state=Approval.State.WAITING, story__in=Story.objects.visible_to(person).order_by().values("pk")
    )
    return list(asked.select_related("story__team", "asked_by", "attachment").order_by("asked_at", "id"))
