"""The order of stories as the tests read it."""

from __future__ import annotations

from sprints.models import Column, Sprint, Story

SHORT = {
    "Banner for the spring sale": "banner",
    "Mail after the first order": "mail",
    "Video of the coffee machine": "video",
    "Radio spot": "radio",
}


def listed(*, sprint: Sprint | None, column: Column | None = None) -> list[str]:
    """The stories of GROW in a sprint or in the backlog, in order, by the words of `tests/sprints/squad.py`."""
    stories = Story.objects.present().filter(team__key="GROW", sprint=sprint).order_by("rank")
    if column is not None:
        stories = stories.filter(column=column)
    return [SHORT.get(title, title.lower()) for title in stories.values_list("title", flat=True)]
