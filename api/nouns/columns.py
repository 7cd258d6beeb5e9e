"""The columns of a board."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, filters_of, flag, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Shape, plan_of, rows_of
from api.kernel.wanted import Included
from api.nouns.of_teams import OfTeamsView, SeenTeam, nothing_named
from api.nouns.teams import BASE, TeamsView
from sprints import commands
from sprints.models import Column

CATEGORIES = Column.Category.choices
MOST = 32767
"""The highest WIP limit that can be kept."""


class ColumnShape(Shape):
    """A column of a board."""

    example = {"name": "In review", "category": "doing"}

    id = serializers.IntegerField()
    team = serializers.IntegerField(source="team_id")
    name = serializers.CharField()
    category = serializers.ChoiceField(choices=CATEGORIES, help_text="What it means that a story is here.")
    position = serializers.IntegerField(help_text="From left to right.")
    wip_limit = serializers.IntegerField(allow_null=True, help_text="Stories at once; null: no limit.")
    wip_blocks = serializers.BooleanField(help_text="Whether it takes no more than that; otherwise the board warns.")
    version = serializers.IntegerField()


class ColumnsShape(serializers.Serializer[Any]):
    """The columns of a board, from left to right."""

    items = ColumnShape(many=True)


class NewColumn(Input):
    """A column that is to be, at the right end of the board."""

    example = {"name": "In review", "category": "doing"}

    team = SeenTeam()
    name = serializers.CharField(max_length=100)
    category = serializers.ChoiceField(choices=CATEGORIES)
    wip_limit = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True, required=False)
    wip_blocks = serializers.BooleanField(required=False)


class ChangedColumn(Input):
    """What can be changed of a column. Of another category, its stories are so too."""

    example = {"name": "In review", "category": "doing"}

    name = serializers.CharField(max_length=100, required=False)
    category = serializers.ChoiceField(choices=CATEGORIES, required=False)
    wip_limit = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True, required=False)
    wip_blocks = serializers.BooleanField(required=False)
    base_version = serializers.IntegerField(min_value=1, required=False, help_text=BASE)


class ColumnOrder(Input):
    """All columns of a team, each once, from left to right."""

    team = SeenTeam()
    columns = serializers.ListField(child=serializers.IntegerField(min_value=1), min_length=1, max_length=100)


class ColumnsView(OfTeamsView):
    """Columns: what the board of a team has, from left to right."""

    noun, plural = "column", "columns"
    shape = ColumnShape
    takes = {"create": NewColumn, "partial_update": ChangedColumn, "order": ColumnOrder}
    gives = {"order": ColumnsShape}
    parameters = {"destroy": ("to",)}
    filterset_class = filters_of(
        "ColumnFilters",
        reference("id", "pk"),
        reference("team"),
        text("name"),
        choice("category", CATEGORIES),
        number("position"),
        number("wip_limit", is_optional=True),
        flag("wip_blocks"),
        number("version"),
    )
    orderings = {"id": Key("pk"), "team": Key("team_id"), "position": Key("position"), "name": Key("name")}
    ordering = ("team", "position", "id")
    includes = {"team": Included("team", TeamsView)}

    def visible(self) -> QuerySet[Any]:
        """Those of the teams that the person sees."""
        return self.of_seen_teams(Column.objects.order_by())

    def create(self, request: Request) -> Response:
        """Add a column at the right end of the board."""
        given = self.filled()
        return self.created(commands.add_column(given.pop("team"), **given, actor=self.person).pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change its name, category or WIP limit."""
        column, given = self.one(), self.filled()
        return self.changed(
            column,
            lambda: commands.change_column(column, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=False, methods=["post"])
    def order(self, request: Request) -> Response:
        """Order the columns of a team from left to right."""
        given = self.filled()
        team, wanted = given["team"], given["columns"]
        there = {column.pk: column for column in self.get_queryset().filter(team=team)}
        if unknown := [pk for pk in wanted if pk not in there]:
            raise nothing_named("columns", unknown[0], self.noun)
        commands.order_columns(team, columns=[there[pk] for pk in wanted], actor=self.person)
        plan = plan_of(self.shape, self.shape.names())
        ordered = self.get_queryset().filter(team=team).order_by("position", "pk")
        return self.versioned({"items": rows_of(ordered, plan, self.person)})

    def destroy(self, request: Request, pk: int) -> Response:
        """Remove it; its stories go to the column that `to` names, as a parameter of the address."""
        column = self.one()
        self.filled()
        to = self._successor(column)
        return self.removed(column, lambda: commands.remove_column(column, to=to, actor=self.person))

    def _successor(self, column: Column) -> Column:
        told = self.request.query_params.get("to", "")
        if not (told.isascii() and told.isdigit() and len(told) <= 18):
            raise not_valid(Wrong("to", _("Say which column takes over its stories, by its id."), told))
        to: Column | None = self.get_queryset().filter(pk=int(told)).first()
        if to is None:
            raise nothing_named("to", told, self.noun)
        return to
