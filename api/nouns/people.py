"""People."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, day, filters_of, flag, moment, reference, text, whole
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.views import ADMIN
from api.nouns.people_forms import ROLES, ChangedPerson, NewGuest, NewPerson
from api.nouns.people_steps import PersonSteps
from workspace.organisation import commands
from workspace.organisation.models import Person


class PersonShape(Shape):
    """A person."""

    example = {"name": "Olga Online", "role": "member", "delegate": None, "left_on": None}

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    job_title = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=ROLES)
    department = serializers.IntegerField(source="department_id", allow_null=True, help_text="Home department.")
    delegate = serializers.IntegerField(source="delegate_id", allow_null=True)
    time_zone = serializers.CharField(allow_blank=True, help_text="Empty: that of the installation.")
    is_active = serializers.BooleanField()
    left_on = serializers.DateField(allow_null=True, help_text="First day on which the person is gone.")
    erased_at = serializers.DateTimeField(allow_null=True, help_text="Since then nothing here says who it was.")
    version = serializers.IntegerField()


class PeopleView(PersonSteps):
    """People: who they are, where their home is, and whether they are here."""

    noun, plural = "person", "people"
    shape = PersonShape
    scopes = {**PersonSteps.scopes, **dict.fromkeys(("create", "partial_update"), ADMIN)}
    takes = {**PersonSteps.takes, "create": NewPerson, "partial_update": ChangedPerson, "invite_guest": NewGuest}
    statuses = {"invite_guest": status.HTTP_201_CREATED}
    filterset_class = filters_of(
        "PersonFilters",
        reference("id", "pk"),
        text("name"),
        text("email"),
        text("job_title"),
        choice("role", ROLES),
        reference("department", is_optional=True),
        reference("delegate", is_optional=True),
        text("time_zone"),
        flag("is_active"),
        day("left_on", is_optional=True),
        moment("erased_at", is_optional=True),
        whole("version"),
    )
    orderings = {"id": Key("pk"), "name": Key("name"), "email": Key("email"), "left_on": Key("left_on", True)}
    ordering = ("name", "id")

    def visible(self) -> QuerySet[Any]:
        """Everybody, also those who left."""
        return Person.objects.all()

    def create(self, request: Request) -> Response:
        """Add a person, and with `invite` mail them a link by which they come in."""
        self.check_limits()
        given = self.filled()
        if given.pop("invite"):
            return self.created(commands.invite_person(**given, actor=self.person).person.pk)
        return self.created(commands.create_person(**given, actor=self.person).pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change name, job title, home department or time zone; what else there is of a person has steps of its own."""

        def act(person: Person, *, actor: Person, **given: Any) -> None:
            has_home = given.get("department", True) is not None
            commands.change_person(person, **given, has_home=has_home, actor=actor)

        return self.change_of_fields(self.one(), act)

    @action(detail=False, methods=["post"], url_path="invite-guest")
    def invite_guest(self, request: Request) -> Response:
        """Invite a guest, who sees what is shared with them: for those who may share something. A link is mailed."""
        self.check_limits()
        invited = commands.invite_person(**self.filled(), role=Person.Role.GUEST, actor=self.person)
        response = self.answer({"pk": invited.person.pk}, code=status.HTTP_201_CREATED)
        response.headers["Location"] = reverse("api:person-detail", args=[invited.person.pk])
        return response
