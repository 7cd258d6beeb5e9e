"""Approvals of what hangs on stories."""

from __future__ import annotations

from typing import Any

import orjson
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, filters_of, moment, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.nouns.attachments import AttachmentsView
from api.nouns.of_teams import NamesView
from api.nouns.reach import OfStoryView, ReachedStory, stories_reached, team_field
from sprints import commands
from sprints.models import Approval, Attachment
from sprints.queries.approvals import link_with
from sprints.rules.approvals import DAYS, LONGEST_ASSET, LONGEST_NAME, LONGEST_NOTE
from workspace.organisation.models import Person

OUTSIDE = "Name, else address, of somebody outside who is asked by a link."


class ApprovalShape(Shape):
    """A question whether an asset of a story may go out, and the answer."""

    example = {"outside": "", "note": ""}

    id = serializers.IntegerField()
    story = serializers.IntegerField(source="story_id")
    team = team_field()
    asset = serializers.CharField()
    attachment = serializers.IntegerField(source="attachment_id", allow_null=True)
    person = serializers.IntegerField(source="person_id", allow_null=True, help_text="Who is asked, of the house.")
    outside = serializers.CharField(allow_blank=True, help_text=OUTSIDE)
    state = serializers.ChoiceField(choices=Approval.State.choices)
    note = serializers.CharField(allow_blank=True)
    asked_by = serializers.IntegerField(source="asked_by_id", allow_null=True)
    asked_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Until when the link works.")
    answered_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class AskedShape(ApprovalShape):
    """A question that was asked, and the link that answers it, where somebody outside is asked."""

    example = {"person": None, "outside": "Paula Press", "note": ""}

    link = serializers.CharField(
        allow_null=True, help_text="Told this once, and kept nowhere; not told to a request with an Idempotency-Key."
    )


class AskedPerson(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """The id of somebody of the house; guests can name nobody."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Person]:
        """The people who can be named."""
        return Person.objects.none() if self.context["view"].person.is_guest else Person.objects.all()


class AskedAttachment(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """The id of a file of a story that the request reaches."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Attachment.objects.all(), **kwargs)

    def get_queryset(self) -> QuerySet[Attachment]:
        """The files that can be named."""
        stories = stories_reached(self.context["view"]).order_by().values("pk")
        return Attachment.objects.filter(deleted_at__isnull=True, story__in=stories)


class NewApproval(Input):
    """A question to somebody of the house (`person`), or to an address outside by a link (`outside_email`)."""

    example_without = ("outside_email", "outside_name", "attachment")

    story = ReachedStory()
    asset = serializers.CharField(max_length=LONGEST_ASSET, help_text="What is to be approved.")
    person = AskedPerson(allow_null=True, default=None)
    outside_email = serializers.CharField(allow_blank=True, default="", max_length=254)
    outside_name = serializers.CharField(allow_blank=True, default="", max_length=LONGEST_NAME)
    days = serializers.IntegerField(
        min_value=DAYS[0], max_value=DAYS[-1], default=14, help_text="So long the link works."
    )
    attachment = AskedAttachment(allow_null=True, default=None)


class Answer(Input):
    """The answer of the person who was asked; whoever wants changes says which."""

    example = {"approved": False}

    approved = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True, default="", max_length=LONGEST_NOTE)


class ApprovalsView(OfStoryView):
    """Approvals: questions whether an asset may go out, and their answers."""

    noun, plural = "approval", "approvals"
    shape = ApprovalShape
    takes = {"create": NewApproval, "answer_it": Answer}
    gives = {"create": AskedShape}
    filterset_class = filters_of(
        "ApprovalFilters",
        reference("id", "pk"),
        reference("story"),
        reference("team", "story__team_id"),
        text("asset"),
        reference("attachment", is_optional=True),
        reference("person", is_optional=True),
        text("outside"),
        choice("state", Approval.State.choices),
        text("note"),
        reference("asked_by", is_optional=True),
        moment("asked_at"),
        moment("ends_at", is_optional=True),
        moment("answered_at", is_optional=True),
        number("version"),
    )
    orderings = {"id": Key("pk"), "asked_at": Key("asked_at"), "answered_at": Key("answered_at", True)}
    ordering = ("asked_at", "id")
    includes = OfStoryView.includes | {
        "attachment": Included("attachment", AttachmentsView),
        "person": Included("person", NamesView),
        "asked_by": Included("asked_by", NamesView),
    }

    def visible(self) -> QuerySet[Any]:
        """Those of the stories that the request reaches."""
        waiting = When(state=Approval.State.WAITING, then=Value(1))
        approvals = Approval.objects.annotate(
            outside=Case(When(outside_name="", then=F("outside_email")), default=F("outside_name")),
            version=Case(waiting, default=Value(2), output_field=IntegerField()),
        )
        return self.on_stories(approvals)

    def version_of(self, thing: Any) -> int:
        """1 while it waits, then 2: an answer is not changed."""
        return 1 if thing.state == Approval.State.WAITING else 2

    def create(self, request: Request) -> Response:
        """Ask somebody about an asset of a story. Who is asked outside gets the link by mail where mail is set up."""
        self.check_limits()
        given = self.filled()
        approval, secret = commands.ask_approval(given.pop("story"), **given, actor=self.person)
        response = self.answer({"pk": approval.pk}, code=status.HTTP_201_CREATED)
        is_told = secret is not None and "Idempotency-Key" not in request.headers
        response.data = orjson.loads(response.data) | {"link": link_with(secret) if secret and is_told else None}
        response.headers["Location"] = f"{request.path}{approval.pk}/"
        return response

    @action(detail=True, methods=["post"], url_path="answer")
    def answer_it(self, request: Request, pk: int) -> Response:
        """Answer, as the person who was asked."""
        approval, given = self.one(), self.filled()
        return self.changed(
            approval, lambda: commands.answer_approval(approval, **given, actor=self.person), is_required=False
        )

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: int) -> Response:
        """Take the question back; its link does not work any more."""
        approval = self.one()
        self.filled()
        return self.changed(
            approval, lambda: commands.withdraw_approval(approval, actor=self.person), is_required=False
        )
