"""Levels that are numbers inside and words on the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models


def words_of(levels: type[models.IntegerChoices]) -> list[tuple[str, Any]]:
    """The word of each level, and what people call it."""
    return [(level.name.lower(), level.label) for level in levels]


def word_in(levels: type[models.IntegerChoices]) -> Callable[[int], str]:
    """What gives the word of a level."""
    known = {level.value: level.name.lower() for level in levels}
    return known.__getitem__
