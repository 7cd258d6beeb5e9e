"""Importing stories: `stories` writes them, `finding` knows them again, `placing` and `carrying` say what changes."""

from sprints.commands.imports.stories import STORIES

__all__ = ["STORIES"]
