"""Journeys, and with which guests they are shared."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import check_parameters, choice, filters_of, moment, reference, text, whole
from api.kernel.inputs import Input
from api.kernel.nouns import Included
from api.kernel.paging import Key
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Shape
from api.nouns.guests import GuestsView
from api.nouns.people import PeopleView
from api.nouns.personas import PersonasView
from journeys import commands
from journeys.models import Journey, Persona
from journeys.queries.listed import listed_journeys
from journeys.queries.sharing import may_share_journey
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person, Share
from workspace.organisation.queries.people import standing_of
from workspace.organisation.queries.sharing import shares_of

STATES = Journey.State.choices


class JourneyShape(Shape):
    """A journey: the way of a persona through our touchpoints."""

    id = serializers.IntegerField()
    external_id = serializers.CharField(
        source="known_as", allow_null=True, help_text="What an import calls it; null for guests."
    )
    name = serializers.CharField()
    persona = serializers.IntegerField(source="persona_id", allow_null=True)
    state = serializers.ChoiceField(choices=STATES, help_text="Only the current state is watched for gaps.")
    description = serializers.CharField(allow_blank=True)
    accountable = serializers.IntegerField(
        source="answers", allow_null=True, help_text="The person accountable for the whole of it; null for guests."
    )
    accountable_name = serializers.CharField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    live = serializers.IntegerField(help_text="Touchpoints that customers meet today.")
    owned = serializers.IntegerField(help_text="Those of them that a department owns.")
    unowned = serializers.IntegerField(help_text="Those of them that nobody owns.")
    flags = serializers.IntegerField(
        source="speaking", allow_null=True, help_text="Flags that ask for something now; null for guests."
    )
    version = serializers.IntegerField()


class NewJourney(Input):
    """A journey that is to be, without stages yet."""

    name = serializers.CharField(max_length=300)
    persona = serializers.PrimaryKeyRelatedField(queryset=Persona.objects.all(), allow_null=True, default=None)
    state = serializers.ChoiceField(choices=STATES, default=Journey.State.CURRENT)
    description = serializers.CharField(max_length=5000, allow_blank=True, default="")
    accountable = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, default=None)


class ChangedJourney(Input):
    """What can be changed of a journey."""

    name = serializers.CharField(max_length=300, required=False)
    persona = serializers.PrimaryKeyRelatedField(queryset=Persona.objects.all(), allow_null=True, required=False)
    state = serializers.ChoiceField(choices=STATES, required=False)
    description = serializers.CharField(max_length=5000, allow_blank=True, required=False)
    accountable = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), allow_null=True, required=False)
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: merges with what others changed since."
    )


class ShareShape(serializers.Serializer[Any]):
    """A guest who sees the journey."""

    guest = serializers.IntegerField(source="guest_id")
    name = serializers.CharField(source="guest.name")
    email = serializers.EmailField(source="guest.email")
    until = serializers.DateField(source="last_day", help_text="The last day on which it is open to them.")
    shared_by = serializers.IntegerField(source="granted_by_id", allow_null=True)
    shared_at = serializers.DateTimeField(source="granted_at")


class SharesShape(serializers.Serializer[Any]):
    """The guests who see the journey, by name."""

    items = ShareShape(many=True)


class SharedUntil(Input):
    """With which guest, and until which day."""

    guest = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())
    until = serializers.DateField(help_text="The last day on which it is open to them.")


class SharedWith(Input):
    """With which guest it is shared."""

    guest = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())


class JourneysView(GuestsView):
    """Journeys, archived ones too. Guests see those that are shared with them."""

    noun, plural = "journey", "journeys"
    shape = JourneyShape
    takes = {
        "create": NewJourney,
        "partial_update": ChangedJourney,
        "share": SharedUntil,
        "change_share": SharedUntil,
        "unshare": SharedWith,
    }
    gives = {"shares": SharesShape, "share": SharesShape, "change_share": SharesShape, "unshare": SharesShape}
    filterset_class = filters_of(
        "JourneyFilters",
        reference("id", "pk"),
        text("external_id", "known_as"),
        text("name"),
        reference("persona", is_optional=True),
        choice("state", STATES),
        text("description"),
        reference("accountable", "answers", is_optional=True),
        text("accountable_name"),
        moment("archived_at", is_optional=True),
        whole("live"),
        whole("owned"),
        whole("unowned"),
        whole("flags", "speaking"),
    )
    orderings = {
        "id": Key("pk"),
        "name": Key("name"),
        "archived_at": Key("archived_at", True),
    }
    ordering = ("name", "id")
    includes = {"persona": Included("persona", PersonasView), "accountable": Included("accountable", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """All, archived ones too; to guests those that are shared with them today."""
        return listed_journeys(self.person)

    def create(self, request: Request) -> Response:
        """Make a journey."""
        self.check_limits()
        journey = commands.create_journey(**self.filled(), actor=self.person)
        return self.created(journey.pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Change it; with `base_version` instead of If-Match, other fields may have been changed meanwhile."""
        journey, given = self.one(), self.filled()
        return self.changed(
            journey,
            lambda: commands.change_journey(journey, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: int) -> Response:
        """Archive it: its touchpoints are live no longer, and its flags close."""
        journey = self.one()
        self.filled()
        return self.changed(journey, lambda: commands.archive_journey(journey, actor=self.person), is_required=False)

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Open an archived one again, as it was."""
        journey = self.one()
        self.filled()
        return self.changed(journey, lambda: commands.restore_journey(journey, actor=self.person), is_required=False)

    @action(detail=True, methods=["get"])
    def shares(self, request: Request, pk: int) -> Response:
        """The guests who see it, for those who may share it."""
        return self._shares(self._shareable())

    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: int) -> Response:
        """Let a guest see it until the end of a day."""
        journey, given = self._shareable(), self.filled()
        organisation.share(Journey.NOUN, journey.pk, **given, actor=self.person)
        return self._shares(journey)

    @action(detail=True, methods=["post"], url_path="change-share")
    def change_share(self, request: Request, pk: int) -> Response:
        """Let a guest see it until the end of another day."""
        journey, given = self._shareable(), self.filled()
        organisation.change_share(self._share(journey, given["guest"]), until=given["until"], actor=self.person)
        return self._shares(journey)

    @action(detail=True, methods=["post"])
    def unshare(self, request: Request, pk: int) -> Response:
        """Close it to a guest, now."""
        journey, given = self._shareable(), self.filled()
        organisation.end_share(self._share(journey, given["guest"]), actor=self.person)
        return self._shares(journey)

    def _shareable(self) -> Journey:
        """The journey, if the person may share it. Raises Unknown, for every guest as well, and NotAllowed."""
        self.for_insiders()
        check_parameters(self.request.query_params, set())
        journey: Journey = self.one()
        may_share_journey(standing_of(self.person), journey.pk).or_not_allowed()
        return journey

    def _share(self, journey: Journey, guest: Person) -> Share:
        for one in shares_of(Journey.NOUN, journey.pk):
            if one.guest_id == guest.pk:
                return one
        raise not_valid(
            Wrong("guest", _("It is not shared with them."), guest.pk, _("Look at `shares/` for those who see it."))
        )

    def _shares(self, journey: Journey) -> Response:
        shared = shares_of(Journey.NOUN, journey.pk)
        return self.versioned({"items": ShareShape(shared, many=True).data})
