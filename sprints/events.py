"""The kinds of event of teams, sprints and stories. Their scope is the team: `team:7`."""

from django.utils.translation import gettext_lazy as _

from workspace.activity.kinds import ACTOR, declare, tell_guests

TEAM_CREATED = declare("team.created", _("{actor} created the team {subject}."), icon="users")
TEAM_CHANGED = declare("team.changed", _("{actor} changed {subject}: {fields}."), icon="pencil")
TEAM_ARCHIVED = declare("team.archived", _("{actor} archived {subject}."), icon="archive")
TEAM_REOPENED = declare("team.reopened", _("{actor} opened {subject} again."), icon="archive-restore")
MEMBER_ADDED = declare(
    "team.member_added", _("{actor} added {person} to {subject} as {role}."), icon="user-plus", person="person"
)
MEMBER_CHANGED = declare(
    "team.member_changed", _("{actor} changed {person} in {subject}: {fields}."), icon="user-cog", person="person"
)
MEMBER_REMOVED = declare(
    "team.member_removed", _("{actor} took {person} out of {subject}."), icon="user-minus", person="person"
)
COLUMN_ADDED = declare("column.added", _("{actor} added the column {subject}."), icon="columns-3")
COLUMN_CHANGED = declare("column.changed", _("{actor} changed the column {subject}: {fields}."), icon="columns-3")
COLUMN_REMOVED = declare(
    "column.removed", _("{actor} removed the column {what}; its stories went to {to}."), icon="columns-3", to="column"
)
COLUMNS_ORDERED = declare("column.ordered", _("{actor} ordered the columns anew."), icon="columns-3")
ABSENCE_ENTERED = declare(
    "absence.entered", _("{actor} entered an absence of {subject}, {on} to {until}."), icon="calendar-off"
)
ABSENCE_REMOVED = declare(
    "absence.removed", _("{actor} removed an absence of {subject}, {on} to {until}."), icon="calendar-off"
)

SPRINT_PLANNED = declare("sprint.planned", _("{actor} planned {subject}, {on} to {until}."), icon="calendar-plus")
SPRINT_CHANGED = declare("sprint.changed", _("{actor} changed {subject}: {fields}."), icon="calendar-cog")
SPRINT_STARTED = declare("sprint.started", _("{actor} started {subject} with {count} stories."), icon="play")
SPRINT_CLOSED = declare("sprint.closed", _("{actor} closed {subject}; {count} stories were not done."), icon="flag")
SPRINT_REMOVED = declare("sprint.removed", _("{actor} removed the planned sprint {what}."), icon="calendar-x")

STORY_CREATED = declare("story.created", _("{actor} created {subject}."), icon="square-plus")
STORY_CHANGED = declare("story.changed", _("{actor} changed {subject}: {fields}."), icon="pencil")
STORIES_CHANGED = declare("story.changed_together", _("{actor} changed {count} stories: {fields}."), icon="pencil")
STORY_MOVED = declare(
    "story.moved", _("{actor} moved {subject} from {old} to {new}."), icon="move", old="column", new="column"
)
STORY_ORDERED = declare("story.ordered", _("{actor} gave {subject} another place."), icon="arrow-up-down")
STORY_SCHEDULED = declare("story.scheduled", _("{actor} put {subject} into another sprint."), icon="calendar-check")
STORIES_MOVED = declare("story.moved_together", _("{actor} moved {count} stories."), icon="move")
STORY_DELETED = declare("story.deleted", _("{actor} deleted {subject}."), icon="trash-2")
STORY_RESTORED = declare("story.restored", _("{actor} restored {subject}."), icon="rotate-ccw")
STORIES_DELETED = declare("story.deleted_together", _("{actor} deleted {count} stories."), icon="trash-2")
STORIES_RESTORED = declare("story.restored_together", _("{actor} restored {count} stories."), icon="rotate-ccw")
STORIES_IMPORTED = declare(
    "story.imported", _("{actor} imported stories: {added} new, {changed} changed."), icon="upload"
)
ORDER_REBALANCED = declare("story.rebalanced", _("{actor} shortened the keys of the order."), icon="arrow-up-down")

ITEM_ADDED = declare("story.item_added", _("{actor} added “{what}” to the checklist of {subject}."), icon="list-plus")
ITEM_CHANGED = declare(
    "story.item_changed", _("{actor} changed the checklist of {subject}: {what}."), icon="list-checks"
)
ITEM_REMOVED = declare("story.item_removed", _("{actor} took “{what}” off the checklist of {subject}."), icon="list-x")
COMMENT_WRITTEN = declare(
    "comment.written", _("{actor} commented on {story}."), icon="message-square", story="story", mentions="person"
)
COMMENT_CHANGED = declare(
    "comment.changed", _("{actor} changed a comment on {story}."), icon="message-square", story="story",
    mentions="person",
)  # fmt: skip
COMMENT_DELETED = declare(
    "comment.deleted", _("{actor} deleted a comment on {story}."), icon="message-square-off", story="story"
)
COMMENT_RESTORED = declare(
    "comment.restored", _("{actor} restored a comment on {story}."), icon="message-square", story="story"
)
ATTACHMENT_ADDED = declare(
    "attachment.added", _("{actor} attached {subject} to {story}."), icon="paperclip", story="story"
)
ATTACHMENT_REMOVED = declare(
    "attachment.removed", _("{actor} took {subject} off {story}."), icon="paperclip", story="story"
)
APPROVAL_ASKED = declare(
    "approval.asked", _("{actor} asked for approval of {subject} in {story}."), icon="stamp", story="story",
    person="person",
)  # fmt: skip
APPROVAL_GIVEN = declare("approval.given", _("{actor} approved {subject} in {story}."), icon="stamp", story="story")
APPROVAL_REFUSED = declare(
    "approval.refused", _("{actor} wants changes of {subject} in {story}: {reason}"), icon="stamp", story="story"
)
APPROVAL_GIVEN_OUTSIDE = declare(
    "approval.given_outside", _("Somebody outside approved {subject} in {story}, by a link."), icon="stamp",
    story="story",
)  # fmt: skip
APPROVAL_REFUSED_OUTSIDE = declare(
    "approval.refused_outside", _("Somebody outside wants changes of {subject} in {story}, by a link: {reason}"),
    icon="stamp", story="story",
)  # fmt: skip
APPROVAL_WITHDRAWN = declare(
    "approval.withdrawn", _("{actor} withdrew the question about {subject} in {story}."), icon="stamp", story="story"
)
LABEL_CREATED = declare("label.created", _("{actor} created the label {subject}."), icon="tag")
LABEL_CHANGED = declare("label.changed", _("{actor} changed the label {subject}: {fields}."), icon="tag")
LABEL_REMOVED = declare("label.removed", _("{actor} removed the label {what}."), icon="tag")
INITIATIVE_CREATED = declare("initiative.created", _("{actor} created the initiative {subject}."), icon="rocket")
INITIATIVE_CHANGED = declare(
    "initiative.changed", _("{actor} changed the initiative {subject}: {fields}."), icon="rocket"
)
INITIATIVE_CLOSED = declare("initiative.closed", _("{actor} closed the initiative {subject}."), icon="rocket")
INITIATIVE_REOPENED = declare("initiative.reopened", _("{actor} opened the initiative {subject} again."), icon="rocket")

# What guests read of a team that is shared with them: what its pages show them, so no touchpoints, and no absences.
tell_guests((TEAM_CHANGED, TEAM_ARCHIVED, TEAM_REOPENED, STORY_CHANGED, STORIES_CHANGED), ACTOR, "fields", "count")
tell_guests((COLUMN_ADDED, COLUMN_CHANGED, COLUMN_REMOVED, COLUMNS_ORDERED), ACTOR, "fields", "what", "to")
tell_guests(
    (SPRINT_PLANNED, SPRINT_CHANGED, SPRINT_STARTED, SPRINT_CLOSED, SPRINT_REMOVED),
    ACTOR, "fields", "on", "until", "count", "what",
)  # fmt: skip
tell_guests((STORY_CREATED, STORY_DELETED, STORY_RESTORED), ACTOR, "column", "category", "sprint", "points", "horizon")
tell_guests(
    (STORY_MOVED, STORY_ORDERED, STORY_SCHEDULED),
    ACTOR, "old", "new", "old_category", "new_category", "old_sprint", "new_sprint",
)  # fmt: skip
tell_guests((STORIES_MOVED, STORIES_DELETED, STORIES_RESTORED), ACTOR, "count")
tell_guests((ITEM_ADDED, ITEM_CHANGED, ITEM_REMOVED), ACTOR, "story", "item", "what", "fields")
tell_guests((COMMENT_WRITTEN, COMMENT_CHANGED, COMMENT_DELETED, COMMENT_RESTORED), ACTOR, "story")
tell_guests((ATTACHMENT_ADDED, ATTACHMENT_REMOVED), ACTOR, "story", "size", "content_type")
tell_guests(
    (APPROVAL_ASKED, APPROVAL_GIVEN, APPROVAL_REFUSED, APPROVAL_GIVEN_OUTSIDE, APPROVAL_REFUSED_OUTSIDE,
     APPROVAL_WITHDRAWN), ACTOR, "story", "attachment", "reason",
)  # fmt: skip
tell_guests((LABEL_CREATED, LABEL_CHANGED, LABEL_REMOVED), ACTOR, "fields", "name", "tone", "what")
