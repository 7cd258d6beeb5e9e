"""What the stories of a team can be narrowed by, on the board and in the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from sprints.models import Assignment, Story, StoryLabel, StoryTouchpoint
from sprints.queries.board import BoardFacts
from sprints.queries.words import with_words
from workspace import db

ME, NOBODY, ANY, NONE = "me", "none", "any", "none"


class StoryFilter(filters.FilterSet):  # type: ignore[misc]  # the package has no types
    """Stories by words or code, assignee, department, label, type, touchpoint, and whether blocked or unplanned.

    A value that is not among the choices is said beside its field and narrows nothing.
    """

    q = filters.CharFilter(label=_("Title or number"), method="by_words")
    assignee = filters.ChoiceFilter(label=_("Assignee"), method="by_assignee", empty_label=_("Anybody"), choices=[])
    department = filters.ChoiceFilter(label=_("Department"), method="by_department", empty_label=_("Any"), choices=[])
    label = filters.ChoiceFilter(label=_("Label"), method="by_label", empty_label=_("Any"), choices=[])
    kind = filters.ChoiceFilter(label=_("Type"), choices=Story.Kind.choices, empty_label=_("Any"))
    touchpoint = filters.ChoiceFilter(label=_("Touchpoint"), method="by_touchpoint", empty_label=_("Any"), choices=[])
    blocked = filters.BooleanFilter(label=_("Blocked"), method="by_blocked", widget=forms.CheckboxInput)
    unplanned = filters.BooleanFilter(label=_("Unplanned"), method="by_unplanned", widget=forms.CheckboxInput)

    class Meta:
        model = Story
        fields: list[str] = []

    def __init__(self, *args: Any, facts: BoardFacts, viewer_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer_id = viewer_id
        self.seen_touchpoints = list(facts.touchpoints)
        people = [(person.id, person.name) for person in facts.people.values()]
        fields = self.form.fields
        fields["assignee"].choices = [(ME, _("Me")), (NOBODY, _("Nobody")), *people]
        fields["department"].choices = list(facts.departments.items())
        fields["label"].choices = [(label.id, label.name) for label in facts.labels.values()]
        fields["touchpoint"].choices = [(ANY, _("Some")), (NONE, _("None")), *facts.touchpoints.items()]

    @property
    def is_active(self) -> bool:
        """Whether it narrows anything."""
        return any(self.form.data.get(name) for name in self.filters)

    def by_words(self, queryset: QuerySet[Story], _name: str, value: str) -> QuerySet[Story]:
        """Stories whose title holds these words, or whose number is this."""
        return with_words(queryset, value)

    def by_assignee(self, queryset: QuerySet[Story], _name: str, value: str) -> QuerySet[Story]:
        """Stories of one person, or of nobody."""
        links = Assignment.objects.order_by().filter(story=OuterRef("pk"))
        if value == NOBODY:
            return queryset.filter(~Exists(links))
        return queryset.filter(Exists(links.filter(person=self.viewer_id if value == ME else int(value))))

    def by_department(self, queryset: QuerySet[Story], _name: str, value: str) -> QuerySet[Story]:
        """Stories that somebody of the department works on."""
        links = Assignment.objects.order_by().filter(story=OuterRef("pk"), person__department=int(value))
        return queryset.filter(Exists(links))

    def by_label(self, queryset: QuerySet[Story], _name: str, value: str) -> QuerySet[Story]:
        """Stories with the label."""
        return queryset.filter(Exists(StoryLabel.objects.order_by().filter(story=OuterRef("pk"), label=int(value))))

    def by_touchpoint(self, queryset: QuerySet[Story], _name: str, value: str) -> QuerySet[Story]:
        """Stories that work on the touchpoint, on some, or on none, as far as the viewer sees them."""
        seen = db.one_of("bigint", self.seen_touchpoints)
        links = StoryTouchpoint.objects.order_by().filter(story=OuterRef("pk"), touchpoint__in=seen)
        if value in (ANY, NONE):
            return queryset.filter(Exists(links) if value == ANY else ~Exists(links))
        return queryset.filter(Exists(links.filter(touchpoint=int(value))))

    def by_blocked(self, queryset: QuerySet[Story], _name: str, value: bool) -> QuerySet[Story]:
        """Stories that something blocks."""
        return queryset.exclude(blocked_reason="") if value else queryset

    def by_unplanned(self, queryset: QuerySet[Story], _name: str, value: bool) -> QuerySet[Story]:
        """Stories that nobody had planned."""
        return queryset.exclude(unplanned_reason="") if value else queryset


BOARD_FILTERS = (*StoryFilter.base_filters, "lanes")
"""What a saved view of a board keeps."""


def views_page(team_id: int) -> str:
    """Under which name the views of this team's board are saved."""
    return f"board.{team_id}"
