"""The checklists of stories."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, flag, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.nouns.reach import OfStoryView, ReachedStory, team_field
from sprints import commands
from sprints.models import ChecklistItem
from sprints.rules.talk import LONGEST_ITEM, MOST_ITEMS


class ItemShape(Shape):
    """A line of a story's checklist."""

    id = serializers.IntegerField()
    story = serializers.IntegerField(source="story_id")
    team = team_field()
    text = serializers.CharField()
    position = serializers.IntegerField(help_text="Its order within the list; after a removal there are gaps.")
    is_ticked = serializers.BooleanField()
    version = serializers.IntegerField(help_text="A move does not raise it.")


class NewItem(Input):
    """A line that is to be, at the end of the list."""

    story = ReachedStory()
    text = serializers.CharField(max_length=LONGEST_ITEM)


class ChangedItem(Input):
    """What can be changed of a line."""

    text = serializers.CharField(max_length=LONGEST_ITEM, required=False)
    is_ticked = serializers.BooleanField(required=False)


class ItemPlace(Input):
    """Where a line goes."""

    position = serializers.IntegerField(
        min_value=1, max_value=10 * MOST_ITEMS, help_text="Its place, counted from 1; beyond the end is the end."
    )


class ItemsView(OfStoryView):
    """Checklist items: the lines of the checklists of stories."""

    noun, plural = "checklist item", "checklist-items"
    shape = ItemShape
    takes = {"create": NewItem, "partial_update": ChangedItem, "move": ItemPlace}
    filterset_class = filters_of(
        "ItemFilters",
        reference("id", "pk"),
        reference("story"),
        reference("team", "story__team_id"),
        text("text"),
        number("position"),
        flag("is_ticked"),
        number("version"),
    )
    orderings = {"id": Key("pk"), "story": Key("story_id"), "position": Key("position")}
    ordering = ("story", "position")

    def visible(self) -> QuerySet[Any]:
        """Those of the stories that the request reaches."""
        return self.on_stories(ChecklistItem.objects.all())

    def create(self, request: Request) -> Response:
        """Add a line at the end of a story's checklist."""
        self.check_limits()
        given = self.filled()
        return self.created(commands.add_item(given["story"], text=given["text"], actor=self.person).pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Tick it or untick it, or give it another text."""
        item, given = self.one(), self.filled()
        return self.changed(item, lambda: commands.change_item(item, **given, actor=self.person))

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Put it at another place of its list."""
        item, given = self.one(), self.filled()
        return self.changed(
            item,
            lambda: commands.move_item(item, position=given["position"], actor=self.person),
            is_required=False,
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Take it off its list."""
        item = self.one()
        return self.removed(item, lambda: commands.remove_item(item, actor=self.person))
