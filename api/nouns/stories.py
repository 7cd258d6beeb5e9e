"""Stories: the work of teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from django.db.models import BigIntegerField, CharField, Field, IntegerField, QuerySet
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.shapes import Plan, Shape
from api.kernel.wanted import Included
from api.nouns.columns import ColumnsView
from api.nouns.initiatives import InitiativesView
from api.nouns.inside import InsideView
from api.nouns.labels import LabelsView
from api.nouns.of_teams import NamesView, nothing_named, teams_of
from api.nouns.sprints import SprintsView
from api.nouns.story_bulk import GIVES, TAKES, SeveralStories
from api.nouns.story_filters import ORDERINGS, StoryFilters
from api.nouns.story_forms import ChangedStory, Move, NewStory, check_named, places_in, story_key, with_places
from api.nouns.story_shapes import PlaceShape, StoryShape, told_of_story
from api.nouns.teams import TeamsView
from api.nouns.touchpoints import TouchpointsView
from sprints import commands
from sprints.models import Story, Team
from sprints.queries.field_values import RELATIONS
from sprints.queries.order import order_lock
from workspace import db
from workspace.errors import RuleBroken


class StoriesView(SeveralStories):
    """Stories: the work of teams. Each is addressed by its code (GROW-42) or its id."""

    noun, plural = "story", "stories"
    shape: ClassVar[type[Shape]] = StoryShape
    takes = {"create": NewStory, "partial_update": ChangedStory, "move": Move} | TAKES
    gives = {"move": PlaceShape, **GIVES}
    brief = ("move",)
    filterset_class = StoryFilters
    orderings = ORDERINGS
    includes = {
        "team": Included("team", TeamsView),
        "sprint": Included("sprint", SprintsView),
        "column": Included("column", ColumnsView),
        "assignees": Included("assignees", NamesView),
        "labels": Included("labels", LabelsView),
        "touchpoints": Included("touchpoints", TouchpointsView),
        "initiative": Included("initiative", InitiativesView),
        "created_by": Included("created_by", NamesView),
    }
    lookup_value_converter = "str"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before anything is done. A move answers where the story is, unless more is asked for."""
        if self.action == "move" and not _asked(request) - set(PlaceShape.names()):
            self.shape = PlaceShape  # type: ignore[misc]  # of this request alone
        super().initial(request, *args, **kwargs)

    def includes_offered(self) -> Mapping[str, Included]:
        """What this person can ask for: guests, and tokens that are limited to teams, nothing that lies beyond."""
        limited, names = access_of(self.request).limits, self.shape.names()
        return {
            name: one
            for name, one in self.includes.items()
            if one.field in names
            and not (self.person.is_guest and issubclass(one.view, InsideView))
            and not (limited and not one.view.is_of_a_team)
        }

    def key_of(self, kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The story whose code or id the address holds. Raises Unknown for what is neither."""
        key = story_key(kwargs["pk"])
        if key is None:
            raise self.unknown({"": kwargs["pk"][:40]})
        return key

    def read_at(self, key: Mapping[str, Any], plan: Plan) -> Sequence[Sequence[Any]]:
        """As always; what people inside ask without limits is the same for all of them, and made once."""
        if self.person.is_guest or access_of(self.request).limits:
            return super().read_at(key, plan)
        return _story_at(plan, tuple(sorted(key))).ask(**key)

    def hold(self, thing: Any) -> None:
        """Hold the story; where the command takes the order of the team, that first."""
        if self.action != "partial_update":
            db.lock(order_lock(thing.team_id))
        db.lock_row(Story, thing.pk)

    def create(self, request: Request) -> Response:
        """Create a story with the next number of its team, at the end of the order unless neighbours are given."""
        given = self.filled()
        story = self.do_create(given)
        joined = {name: sorted(set(given.get(name, ()))) for name in RELATIONS}
        told = told_of_story(story, StoryShape, self.person, joined)
        response = self._answered(told, code=status.HTTP_201_CREATED)
        response.headers["Location"] = f"{request.path}{story.pk}/"
        return response

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change its fields. With a `base_version`, changes of other fields since then stay; else send If-Match."""
        story, given = self.one(), self.filled()
        return self.changed(story, lambda: self.do_change(story, given), is_required="base_version" not in given)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete it. It can be restored for 30 days."""
        story = self.one()
        self.filled()
        return self.removed(story, lambda: commands.delete_story(story, actor=self.person))

    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str) -> Response:
        """Move it to a column, into a sprint or the backlog, next to others. It needs no version, and changes none."""
        given = self.filled()
        story = self._with_places(self.key_of(self.kwargs), given)
        moved: list[Story] = []
        self.unless_stale(story, lambda: moved.append(self._move(story, given)), is_required=False)
        if self.shape is not PlaceShape:
            return self.answer({"pk": story.pk})
        return self._answered(told_of_story(moved[-1], PlaceShape, self.person))

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Bring a deleted story back to its place."""
        key = self.key_of(self.kwargs)
        if self.person.is_guest:
            raise self.unknown(key)
        story = Story.objects.filter(team__in=teams_of(self).values("pk"), **key).order_by().first()
        if story is None:
            raise self.unknown(key)
        self.filled()
        return self.changed(story, lambda: commands.restore_story(story, actor=self.person), is_required=False)

    def do_create(self, given: Mapping[str, Any]) -> Story:
        """Create one: 1 statement beside those of the command."""
        fields = dict(given)
        team = with_places(teams_of(self), fields, "pk").filter(pk=fields["team"]).first()
        if team is None:
            raise nothing_named("team", fields.pop("team"), Team._meta.verbose_name)
        column, sprint = places_in(team, fields, team.pk)
        del fields["team"]
        fields |= {"column": column, "sprint": sprint if "sprint" in fields else None}
        try:
            return commands.create_story(team, **fields, actor=self.person)
        except RuleBroken:
            check_named(given, team.pk, self.person)
            raise

    def do_change(self, story: Story, given: Mapping[str, Any]) -> Story:
        """Change one."""
        try:
            return commands.change_story(story, **given, actor=self.person)
        except RuleBroken:
            check_named(given, story.team_id, self.person)
            raise

    def do_move(self, key: Mapping[str, Any], given: Mapping[str, Any]) -> Story:
        """Move one: 1 statement beside those of the command."""
        return self._move(self._with_places(key, given), given)

    def _with_places(self, key: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
        queryset: QuerySet[Any] = with_places(self.get_queryset().only("team", "version"), given, "team")
        story = queryset.filter(**key).first()
        if story is None:
            raise self.unknown(key)
        return story

    def _move(self, story: Any, given: Mapping[str, Any]) -> Story:
        column, sprint = places_in(story, given, story.team_id)
        after, before = given.get("after"), given.get("before")
        return commands.move_story(story, column=column, sprint=sprint, after=after, before=before, actor=self.person)

    def _answered(self, told: dict[str, Any], *, code: int = status.HTTP_200_OK) -> Response:
        """A story that a command answered with, cut and with what is sent along."""
        along = self.along([told])
        (cut,) = self._cut([told])
        return self.versioned(cut | along, told["version"], code=code)


def _asked(request: Request) -> set[str]:
    """The names of all fields, and of all that is to be sent along, that are asked for."""
    told = (text for name in ("fields", "include") for text in request.query_params.getlist(name))
    return {name.strip() for text in told for name in text.split(",") if name}


_KEYS: Mapping[str, Field[Any, Any]] = {"pk": BigIntegerField(), "number": IntegerField(), "team__key": CharField()}


@lru_cache(maxsize=64)
def _story_at(plan: Plan, names: tuple[str, ...]) -> db.Ready[Sequence[Any]]:
    """How one story is read by its id, or by its code."""
    named = {name: db.Open(name, _KEYS[name]) for name in names}
    return db.Ready(lambda: Story.objects.present().order_by().filter(**named).values_list(*plan.columns)[:1])
