"""The writers of the activity app."""

from workspace.activity.commands.jobs import enqueue

__all__ = ["enqueue"]
