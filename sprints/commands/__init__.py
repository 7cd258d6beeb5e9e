"""The writers of teams, sprints and stories."""

from sprints.commands.absences import enter_absence, remove_absence
from sprints.commands.approvals import answer_approval, answer_by_link, ask_approval, withdraw_approval
from sprints.commands.attachments import attach_file, remove_attachment
from sprints.commands.changing import change_stories, change_story
from sprints.commands.checklist import add_item, change_item, move_item, remove_item
from sprints.commands.closing import close_sprint
from sprints.commands.columns import add_column, change_column, order_columns, remove_column
from sprints.commands.comments import change_comment, delete_comment, restore_comment, write_comment
from sprints.commands.deleting import delete_stories, delete_story, restore_stories, restore_story
from sprints.commands.flag_stories import create_story_from_flag
from sprints.commands.initiatives import change_initiative, close_initiative, create_initiative, reopen_initiative
from sprints.commands.labels import change_label, create_label, remove_label
from sprints.commands.members import add_member, change_member, remove_member
from sprints.commands.moving import KEEP, move_stories, move_story
from sprints.commands.sprints import change_sprint, plan_sprint, remove_sprint, start_sprint
from sprints.commands.stories import create_story
from sprints.commands.teams import archive_team, change_team, create_team, reopen_team

__all__ = [
    "KEEP",
    "add_column",
    "add_item",
    "add_member",
    "answer_approval",
    "answer_by_link",
    "archive_team",
    "ask_approval",
    "attach_file",
    "change_column",
    "change_comment",
    "change_initiative",
    "change_item",
    "change_label",
    "change_member",
    "change_sprint",
    "change_stories",
    "change_story",
    "change_team",
    "close_initiative",
    "close_sprint",
    "create_initiative",
    "create_label",
    "create_story",
    "create_story_from_flag",
    "create_team",
    "delete_comment",
    "delete_stories",
    "delete_story",
    "enter_absence",
    "move_item",
    "move_stories",
    "move_story",
    "order_columns",
    "plan_sprint",
    "remove_absence",
    "remove_attachment",
    "remove_column",
    "remove_item",
    "remove_label",
    "remove_member",
    "remove_sprint",
    "reopen_initiative",
    "reopen_team",
    "restore_comment",
    "restore_stories",
    "restore_story",
    "start_sprint",
    "withdraw_approval",
    "write_comment",
]
