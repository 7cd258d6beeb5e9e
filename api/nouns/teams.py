"""Teams, and who is in them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.filters import choice, filters_of, linked, moment, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.by_person import ByPersonView
from api.nouns.of_teams import NamesView, OfTeamsView
from api.nouns.sharing import SharingSteps
from sprints import commands
from sprints.models import Membership, Team
from workspace import db
from workspace.errors import NotAllowed
from workspace.organisation.models import Person

UNFINISHED = Team.Unfinished.choices
ROLES = Membership.Role.choices
BASE = "The version that the change was made for, instead of If-Match: changes of other fields since then stay."


class TeamShape(Shape):
    """A team."""

    example = {"name": "Growth", "description": "Finds what brings visitors back."}

    id = serializers.IntegerField()
    key = serializers.CharField(help_text="Stands before the number of each story: GROW-42.")
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    sprint_days = serializers.IntegerField(help_text="Days from the first of a sprint to its last.")
    interrupt_points = serializers.IntegerField(allow_null=True, help_text="Points a sprint for unplanned work.")
    unfinished_to = serializers.ChoiceField(choices=UNFINISHED, help_text="Where unfinished work goes.")
    last_number = serializers.IntegerField(help_text="The number of the newest story.")
    archived_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class NewTeam(Input):
    """A team that is to be. It gets four columns, and who makes it becomes its product owner."""

    example = {"name": "Growth", "description": "Finds what brings visitors back."}

    name = serializers.CharField(max_length=200)
    key = serializers.CharField(max_length=10)
    description = serializers.CharField(allow_blank=True, required=False)
    sprint_days = serializers.IntegerField(min_value=1, max_value=56, required=False)


class ChangedTeam(Input):
    """What can be changed of a team. Its key stays."""

    example = {"name": "Growth", "description": "Finds what brings visitors back."}

    name = serializers.CharField(max_length=200, required=False)
    description = serializers.CharField(allow_blank=True, required=False)
    sprint_days = serializers.IntegerField(min_value=1, max_value=56, required=False)
    interrupt_points = serializers.IntegerField(min_value=0, max_value=32767, allow_null=True, required=False)
    unfinished_to = serializers.ChoiceField(choices=UNFINISHED, required=False)
    base_version = serializers.IntegerField(min_value=1, required=False, help_text=BASE)


class TeamsView(SharingSteps, OfTeamsView):
    """Teams: who plans sprints together, and works on one backlog."""

    noun, plural = "team", "teams"
    shape = TeamShape
    team_path = "pk"
    takes = {"create": NewTeam, "partial_update": ChangedTeam}
    filterset_class = filters_of(
        "TeamFilters",
        reference("id", "pk"),
        text("key"),
        text("name"),
        text("description"),
        number("sprint_days"),
        number("interrupt_points", is_optional=True),
        choice("unfinished_to", UNFINISHED),
        number("last_number"),
        linked("member", Membership._base_manager.all, "team", "person"),
        moment("archived_at", is_optional=True),
        number("version"),
    )
    orderings = {"id": Key("pk"), "key": Key("key"), "name": Key("name"), "archived_at": Key("archived_at", True)}
    ordering = ("name", "id")

    def visible(self) -> QuerySet[Any]:
        """All, archived ones too; of guests' those that are shared with them."""
        return Team.objects.visible_to(self.person).order_by()

    def hold(self, thing: Any) -> None:
        """Hold the names of all teams where one is changed, then the team."""
        if "name" in self.request.data:
            db.lock("sprints.teams")
        db.lock_row(Team, thing.pk)

    def create(self, request: Request) -> Response:
        """Create a team with four columns."""
        given = self.filled()
        if access_of(request).limits:
            raise NotAllowed(
                _("This token is limited to some teams, and a new one is none of them."),
                next_step=_("Make a token without limits."),
            )
        return self.created(commands.create_team(**given, actor=self.person).pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change its name, description or settings."""
        team, given = self.one(), self.filled()
        return self.changed(
            team,
            lambda: commands.change_team(team, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: int) -> Response:
        """Archive it: its work stays to be read."""
        team = self.one()
        self.filled()
        return self.changed(team, lambda: commands.archive_team(team, actor=self.person), is_required=False)

    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Open an archived team again."""
        team = self.one()
        self.filled()
        return self.changed(team, lambda: commands.reopen_team(team, actor=self.person), is_required=False)


class MemberShape(Shape):
    """Somebody in a team."""

    team = serializers.IntegerField(source="team_id")
    person = serializers.IntegerField(source="person_id")
    role = serializers.ChoiceField(choices=ROLES)
    allocation = serializers.IntegerField(help_text="% of the working time that the team has.")


class NewMember(Input):
    """Who is to be in the team."""

    person = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())
    role = serializers.ChoiceField(choices=ROLES, required=False)
    allocation = serializers.IntegerField(min_value=0, max_value=100, required=False)


class ChangedMember(Input):
    """What can be changed of a member."""

    role = serializers.ChoiceField(choices=ROLES, required=False)
    allocation = serializers.IntegerField(min_value=0, max_value=100, required=False)


class MembersView(ByPersonView, OfTeamsView):
    """The members of a team, each under the id of the person. They have no version: If-Match is not asked for."""

    noun, plural = "member", "teams/<int:team>/members"
    within = TeamsView
    shape = MemberShape
    takes = {"create": NewMember, "partial_update": ChangedMember}
    filterset_class = filters_of("MemberFilters", reference("person"), choice("role", ROLES), number("allocation"))
    orderings = {"person": Key("person_id"), "name": Key("person__name"), "allocation": Key("allocation")}
    ordering = ("person",)
    includes = {"person": Included("person", NamesView)}

    def visible(self) -> QuerySet[Any]:
        """Everybody in a team that the person sees. Raises Unknown for another one."""
        return Membership.objects.filter(team=self.holder()).order_by()

    def create(self, request: Request, team: int) -> Response:
        """Add somebody to the team."""
        into, given = self.holder(), self.filled()
        member = commands.add_member(into, **given, actor=self.person)
        return self.added(member.person_id)

    def partial_update(self, request: Request, team: int, pk: int) -> Response:
        """Change a role, or how much of the working time the team has."""
        member, given = self.one(), self.filled()
        commands.change_member(member.team, person=member.person, **given, actor=self.person)
        return self.answer({"pk": member.pk})

    def destroy(self, request: Request, team: int, pk: int) -> Response:
        """Take somebody out of the team, and off its unfinished stories."""
        member = self.one()
        commands.remove_member(member.team, person=member.person, actor=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)
