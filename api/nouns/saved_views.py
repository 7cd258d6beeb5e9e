"""Saved views: the filters of a page under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, flag, number, reference, text
from api.kernel.inputs import Input
from api.kernel.nouns import NounView
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Made, Shape
from api.kernel.values import WholeNumber
from api.nouns.of_teams import SeenTeam, teams_of
from journeys.filters import FlagFilter
from journeys.queries.inbox_views import PAGE as FLAGS
from sprints.filters import BOARD_FILTERS, views_page
from sprints.models import Team
from sprints.queries.standing import working_standing
from sprints.rules.working import may_run, may_work
from workspace.organisation.commands.saved_views import delete_view, rename_view, save_view
from workspace.organisation.models import SavedView
from workspace.organisation.rules.saved_views import LONGEST_NAME, LONGEST_QUERY

BOARD = "board"
BOARDS = f"{BOARD}."


def _place(page: str) -> str:
    return page.partition(".")[0]


def _team(page: str) -> int | None:
    return int(page.removeprefix(BOARDS)) if page.startswith(BOARDS) else None


class SavedViewShape(Shape):
    """The filters of a page under a name."""

    example = {"team": None, "name": "Severe ones", "is_shared": False}

    id = serializers.IntegerField()
    place = serializers.ChoiceField(choices=[FLAGS, BOARD], help_text="Which page.")
    team = serializers.IntegerField(allow_null=True, help_text="Of a board: whose.")
    name = serializers.CharField()
    query = serializers.CharField(allow_blank=True, help_text="The query string of the page.")
    is_shared = serializers.BooleanField(help_text="Whether everybody who sees the board has it.")
    person = serializers.IntegerField(source="person_id", help_text="Who saved it.")
    version = serializers.IntegerField()

    parts = {"place": Made(_place, ("page",)), "team": Made(_team, ("page",))}


class NewSavedView(Input):
    """A view that is to be."""

    example = {"name": "Severe ones", "is_shared": False}
    example_without = ("team",)

    place = serializers.ChoiceField(choices=[FLAGS, BOARD], help_text="Which page.")
    team = SeenTeam(allow_null=True, default=None, help_text="Of a board: whose.")
    name = serializers.CharField(max_length=LONGEST_NAME)
    query = serializers.CharField(allow_blank=True, max_length=LONGEST_QUERY, help_text="The query string of the page.")
    is_shared = serializers.BooleanField(default=False, help_text="For everybody who sees the board.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A board is a team's, and the inbox nobody's; only filters of the page are kept."""
        is_board = attrs["place"] == BOARD
        if is_board != (attrs["team"] is not None):
            raise serializers.ValidationError({"team": _("A board is that of a team, and no other page is.")})
        if attrs["is_shared"] and not is_board:
            raise serializers.ValidationError({"is_shared": _("Only views of a board are shared.")})
        known = BOARD_FILTERS if is_board else FlagFilter.base_filters
        if unknown := [name for name in parse_qs(attrs["query"], keep_blank_values=True) if name not in known]:
            said = _("Known are: %(known)s.") % {"known": ", ".join(known)}
            raise not_valid(Wrong("query", _("The page has no such filter."), ", ".join(unknown), said))
        return attrs


class RenamedView(Input):
    """What can be changed of a view."""

    example = {"name": "Severe ones"}

    name = serializers.CharField(max_length=LONGEST_NAME)


def _of_place(queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
    return queryset.filter(Q(page=value) | Q(page__startswith=f"{value}."))


def _of_team(queryset: QuerySet[Any], _name: str, value: Any) -> QuerySet[Any]:
    return queryset.filter(page=views_page(int(value)))


class SavedViewsView(NounView):
    """Saved views: one's own of the flags inbox and of boards, and those that are shared on boards one sees."""

    noun, plural = "saved view", "saved-views"
    shape = SavedViewShape
    takes = {"create": NewSavedView, "partial_update": RenamedView}
    filterset_class = filters_of(
        "SavedViewFilters",
        reference("id", "pk"),
        {
            "place": django_filters.ChoiceFilter(method=_of_place, choices=[(FLAGS, FLAGS), (BOARD, BOARD)]),
            "team": WholeNumber(method=_of_team),
        },
        text("name"),
        text("query"),
        flag("is_shared"),
        reference("person"),
        number("version"),
    )
    orderings = {"id": Key("pk"), "name": Key("name"), "place": Key("page")}
    ordering = ("place", "name", "id")

    def visible(self) -> QuerySet[Any]:
        """One's own, and what is shared on the boards that one sees."""
        shared = Q(is_shared=True, page__startswith=BOARDS)
        if self.person.is_guest:
            shared = Q(is_shared=True, page__in=[views_page(pk) for pk in teams_of(self).values_list("pk", flat=True)])
        return SavedView.objects.filter(Q(person=self.person) | shared)

    def create(self, request: Request) -> Response:
        """Keep the filters of a page under a name; whoever works in the team can share those of its board."""
        self.check_limits()
        given = self.filled()
        team: Team | None = given.pop("team")
        if given.pop("place") == FLAGS:
            if self.person.is_guest:
                raise self.unknown({"place": FLAGS})
            page, filters = FLAGS, FlagFilter.base_filters
        else:
            page, filters = views_page(team.pk if team else 0), BOARD_FILTERS
        if given["is_shared"] and team is not None:
            may_work(working_standing(self.person, team.pk)).or_not_allowed()
        view = save_view(given.pop("name"), page=page, filters=filters, **given, actor=self.person)
        return self.created(view.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Rename one's own; whoever runs the team renames shared ones too."""
        view, given = self.one(), self.filled()
        runs = self._runs(view)
        return self.changed(view, lambda: rename_view(view, name=given["name"], keeps_shared=runs, actor=self.person))

    def destroy(self, request: Request, pk: int) -> Response:
        """Forget one's own; whoever runs the team forgets shared ones too."""
        view = self.one()
        runs = self._runs(view)
        return self.removed(view, lambda: delete_view(view, keeps_shared=runs, actor=self.person))

    def _runs(self, view: SavedView) -> bool:
        """Whether the person runs the team whose board it is of."""
        team = Team.objects.open().filter(pk=_team(view.page) or 0).first()
        return team is not None and bool(may_run(working_standing(self.person, team.pk)))
