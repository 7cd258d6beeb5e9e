"""What belongs to a team: whoever sees the team sees it, and a token limited to teams opens it for these alone."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from api.kernel.access import access_of
from api.kernel.nouns import NounView
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Shape
from api.kernel.views import ApiView
from sprints.models import Team
from sprints.queries.order import order_lock
from workspace import db
from workspace.errors import Text
from workspace.organisation.models import Person


def teams_of(view: ApiView) -> QuerySet[Team]:
    """The teams that the person sees and the token opens."""
    teams = Team.objects.visible_to(view.person).order_by()
    access = access_of(view.request)
    return teams.filter(pk__in=access.limits.get(Team.NOUN, ())) if access.limits else teams


def scopes_of(request: Request) -> list[str] | None:
    """The scopes of events that the token opens; None for a token without limits."""
    limits = access_of(request).limits
    return [f"{Team.NOUN}:{pk}" for pk in limits.get(Team.NOUN, ())] if limits else None


class SeenTeam(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """The id of a team that the person sees and the token opens."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Team.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Team]:
        """The teams that can be named."""
        return teams_of(self.context["view"])


class OfTeamsView(NounView):
    """A noun that belongs to teams."""

    is_of_a_team = True
    team_path: ClassVar[str] = "team"
    """Where the team stands, seen from the noun."""

    def get_queryset(self) -> QuerySet[Any]:
        """What the person may see, of the teams that the token opens."""
        queryset = super().get_queryset()
        access = access_of(self.request)
        if not access.limits:
            return queryset
        return queryset.filter(**{f"{self.team_path}__in": access.limits.get(Team.NOUN, ())})

    def of_seen_teams(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """These, without those of teams that a guest does not see."""
        if not self.person.is_guest:
            return queryset
        seen = Team.objects.visible_to(self.person).order_by().values("pk")
        return queryset.filter(**{f"{self.team_path}__in": seen})

    def hold(self, thing: Any) -> None:
        """Hold the order of the team, the team and the thing, one after the other, as the commands do."""
        db.lock(order_lock(thing.team_id))
        db.lock_row(Team, thing.team_id)
        super().hold(thing)


class NameShape(Shape):
    """A person, as everybody who sees their work knows them."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class NamesView(NounView):
    """The names of people who stand in what is sent, for guests and limited tokens too. It has no address."""

    noun, plural = "person", "people"
    shape = NameShape
    is_of_a_team = True

    def visible(self) -> QuerySet[Any]:
        """Everybody whose id was seen already."""
        return Person.objects.order_by()


def nothing_named(field: str, value: Any, noun: Text | None) -> Exception:
    """The refusal of an id that names nothing the person can see."""
    return not_valid(
        Wrong(
            field,
            _("There is no %(noun)s %(id)s that you can see.") % {"noun": noun, "id": value},
            value,
            _("Send the id of one that is there."),
        )
    )
