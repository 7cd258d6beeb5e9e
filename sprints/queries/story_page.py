"""One story as its page and its panel show it: all that hangs on it, and what the viewer may do, with 2 statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value
from django.utils.translation import gettext as _

from journeys.models import Ownership, Touchpoint
from sprints.models import (
    Approval,
    Assignment,
    Attachment,
    ChecklistItem,
    Column,
    Comment,
    Initiative,
    Label,
    Membership,
    Sprint,
    Story,
    StoryLabel,
    StoryTouchpoint,
    Team,
)
from sprints.queries.board.facts import (
    ColumnRow,
    LabelRow,
    PersonRow,
    SprintRow,
    column_row,
    people_row,
    read,
    sprint_row,
    told,
)
from sprints.queries.board.team import standing_in
from sprints.queries.markdown import to_html
from sprints.queries.mentions import mentioned_in
from sprints.queries.story_rows import (
    ApprovalRow,
    CommentRow,
    FileRow,
    ItemRow,
    TouchpointRow,
    approval_row,
    comment_row,
    file_row,
    item_row,
    label_row,
    touchpoint_row,
)
from sprints.rules.standing import TeamStanding
from sprints.rules.working import may_comment, may_work
from workspace.errors import Unknown
from workspace.organisation.models import Person


@dataclass(frozen=True, slots=True)
class StoryPage:
    """All that the page shows, and all that the viewer may do on it."""

    story: Story
    standing: TeamStanding
    viewer_id: int
    columns: Sequence[ColumnRow]
    sprints: Sequence[SprintRow]
    members: Sequence[PersonRow]
    team_labels: Sequence[LabelRow]
    initiatives: Sequence[tuple[int, str]]
    assignees: Sequence[PersonRow]
    labels: Sequence[LabelRow]
    touchpoints: Sequence[TouchpointRow]
    items: Sequence[ItemRow]
    comments: Sequence[CommentRow]
    attachments: Sequence[FileRow]
    approvals: Sequence[ApprovalRow]
    description: str

    @property
    def works(self) -> bool:
        """Whether the viewer changes the story."""
        return self.is_open and bool(may_work(self.standing))

    @property
    def comments_here(self) -> bool:
        """Whether the viewer may say something about it."""
        return self.is_open and bool(may_comment(self.standing))

    @property
    def is_open(self) -> bool:
        """Whether anybody changes it: not in an archived team, nor in a sprint whose report is frozen."""
        return self.story.team.archived_at is None and not (
            self.story.sprint is not None and self.story.sprint.state == Sprint.State.CLOSED
        )

    @property
    def ticked(self) -> int:
        """How many lines of the checklist are done."""
        return sum(item.is_ticked for item in self.items)


def story_seen(person: Person, key: str, number: int) -> Story:
    """The story of an address with team, column, sprint and initiative, with 1 statement; the role as `viewer_role`.

    Raises Unknown, alike for missing and hidden ones.
    """
    role = Membership.objects.filter(team=OuterRef("team"), person=person).order_by().values("role")[:1]
    stories: QuerySet[Story] = Story.objects.visible_to(person).filter(team__key=key, number=number)
    story = (
        stories.order_by()
        .select_related("team", "column", "sprint", "initiative", "created_by")
        .annotate(viewer_role=Subquery(role))
        .first()
    )
    if story is None:
        raise Unknown(
            _("There is no story %(code)s that you can see.") % {"code": f"{key[:20]}-{str(number)[:12]}"},
            next_step=_("It may have been deleted. Check the address, or start from the board of the team."),
        )
    return story


def story_page(story: Story, person: Person) -> StoryPage:
    """Read all that hangs on a story that was read by `story_seen`: 1 statement, and 1 where somebody is mentioned."""
    found = read([*_hanging_on(story, person), *_choices(story.team, story)])
    comments = sorted(found["comment"], key=lambda row: (row["created_at"], row["id"]))
    texts = [story.description, *(row["text"] for row in comments)]
    names = _names(mentioned_in(texts), found, person)
    people = {row["id"]: people_row(row) for row in sorted(found["person"], key=lambda row: -row["is_member"])}
    members = sorted((one for one in people.values() if one.is_member), key=lambda one: one.name.lower())
    assigned = [people_row(row) for row in sorted(found["assignee"], key=lambda row: int(row["link"]))]
    labels = sorted((label_row(row) for row in found["label"]), key=lambda label: label.name.lower())
    chosen = {row["id"] for row in found["labelled"]}
    return StoryPage(
        story=story,
        standing=standing_in(person, getattr(story, "viewer_role", None) or ""),
        viewer_id=person.pk,
        columns=sorted(map(column_row, found["column"]), key=lambda column: (column.position, column.id)),
        sprints=sorted(map(sprint_row, found["sprint"]), key=lambda sprint: sprint.number),
        members=members,
        team_labels=labels,
        initiatives=sorted(((row["id"], row["name"]) for row in found["initiative"]), key=lambda row: row[1].lower()),
        assignees=assigned,
        labels=[label for label in labels if label.id in chosen],
        touchpoints=[touchpoint_row(row) for row in sorted(found["touchpoint"], key=lambda row: int(row["link"]))],
        items=sorted((item_row(row) for row in found["item"]), key=lambda item: (item.position, item.id)),
        comments=[comment_row(row, names, person) for row in comments],
        attachments=[file_row(row) for row in sorted(found["file"], key=lambda row: int(row["id"]))],
        approvals=[approval_row(row, person) for row in sorted(found["approval"], key=lambda row: -int(row["id"]))],
        description=to_html(story.description, names=names),
    )


def _hanging_on(story: Story, person: Person) -> list[QuerySet[Any, Any]]:
    links = StoryTouchpoint.objects.filter(
        story=story, touchpoint__in=Touchpoint.objects.visible_to(person).order_by().values("pk")
    )
    owner = Ownership.objects.filter(
        touchpoint=OuterRef("touchpoint"), kind=Ownership.Kind.ACCOUNTABLE, held_until__isnull=True
    )
    unit = {"unit": Value("")} if person.is_guest else {"unit": F("touchpoint__business_unit__name")}
    return [
        told("assignee", Assignment.objects.filter(story=story), link=F("id"), id=F("person_id"),
             name=F("person__name"), department_id=F("person__department_id"),
             department=F("person__department__name"), is_member=Value(1)),
        told("labelled", StoryLabel.objects.filter(story=story), id=F("label_id")),
        told("touchpoint", links, link=F("id"), id=F("touchpoint_id"), name=F("touchpoint__name"),
             journey=F("touchpoint__stage__journey__name"), stage=F("touchpoint__stage__name"),
             unit_id=F("touchpoint__business_unit_id"), **unit,
             department=Subquery(owner.order_by().values("department__name")[:1])),
        told("item", ChecklistItem.objects.filter(story=story), id=F("id"), text=F("text"), is_ticked=F("is_ticked"),
             position=F("position")),
        told("comment", Comment.objects.filter(story=story, deleted_at__isnull=True), id=F("id"),
             author_id=F("author_id"), author=F("author__name"), text=F("text"), created_at=F("created_at"),
             changed_at=F("changed_at"), version=F("version")),
        told("file", Attachment.objects.filter(story=story, deleted_at__isnull=True), id=F("id"), name=F("name"),
             size=F("size"), uploaded_by=F("uploaded_by__name"), uploaded_at=F("uploaded_at")),
        told("approval", Approval.objects.filter(story=story), id=F("id"), asset=F("asset"), state=F("state"),
             note=F("note"), person_id=F("person_id"), person=F("person__name"), outside_name=F("outside_name"),
             outside_email=F("outside_email"), asked_at=F("asked_at"), answered_at=F("answered_at"),
             ends_at=F("ends_at")),
    ]  # fmt: skip


def _choices(team: Team, story: Story) -> list[QuerySet[Any, Any]]:
    """What can be chosen for the fields of a story."""
    initiatives = Initiative.objects.filter(Q(closed_at__isnull=True) | Q(pk=story.initiative_id))
    return [
        told("column", Column.objects.filter(team=team), id=F("id"), name=F("name"), category=F("category"),
             position=F("position"), wip_limit=F("wip_limit"), wip_blocks=F("wip_blocks")),
        told("sprint", Sprint.objects.filter(Q(team=team) & (~Q(state=Sprint.State.CLOSED) | Q(pk=story.sprint_id))),
             id=F("id"), number=F("number"), goal=F("goal"), starts_on=F("starts_on"), ends_on=F("ends_on"),
             interrupt_points=F("interrupt_points"), state=F("state"), version=F("version")),
        told("label", Label.objects.filter(team=team), id=F("id"), name=F("name"), tone=F("tone")),
        told("person", Person.objects.active().filter(memberships__team=team), id=F("id"), name=F("name"),
             department_id=F("department_id"), department=F("department__name"), is_member=Value(1)),
        told("initiative", initiatives, id=F("id"), name=F("name")),
    ]  # fmt: skip


def _names(mentioned: set[int], found: Mapping[str, list[dict[str, Any]]], person: Person) -> dict[int, str]:
    """The names of the mentioned: mostly they are of the team, so that nothing more has to be read."""
    known = {row["id"]: row["name"] for word in ("person", "assignee") for row in found[word]}
    known[person.pk] = person.name
    missing = mentioned - set(known)
    if missing:
        known |= dict(Person.objects.filter(pk__in=missing).order_by().values_list("pk", "name"))
    return {pk: known[pk] for pk in mentioned if pk in known}
