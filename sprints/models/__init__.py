"""The facts of the app: teams and their sprints, and the stories that they work on."""

from sprints.models.approvals import Approval
from sprints.models.sprints import Commitment, Sprint, SprintReport
from sprints.models.stories import Assignment, Initiative, Label, Story, StoryLabel, StoryTouchpoint
from sprints.models.talk import Attachment, ChecklistItem, Comment
from sprints.models.teams import Absence, Column, Membership, Team

__all__ = [
    "Absence",
    "Approval",
    "Assignment",
    "Attachment",
    "ChecklistItem",
    "Column",
    "Comment",
    "Commitment",
    "Initiative",
    "Label",
    "Membership",
    "Sprint",
    "SprintReport",
    "Story",
    "StoryLabel",
    "StoryTouchpoint",
    "Team",
]
