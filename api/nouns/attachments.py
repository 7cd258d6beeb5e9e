"""The files of stories."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, moment, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Shape
from api.kernel.wanted import Included
from api.kernel.wire import JsonParser
from api.nouns.of_teams import NamesView
from api.nouns.reach import OfStoryView, ReachedStory, team_field
from sprints import commands
from sprints.downloads import attachment_file
from sprints.models import Attachment


class AttachmentShape(Shape):
    """A file of a story. It is never changed, only taken off."""

    example = {"name": "comparison.pdf"}

    id = serializers.IntegerField()
    story = serializers.IntegerField(source="story_id")
    team = team_field()
    name = serializers.CharField()
    content_type = serializers.CharField(help_text="As the bytes say, not the sender.")
    size = serializers.IntegerField(help_text="Bytes.")
    digest = serializers.CharField(help_text="SHA-256 of the bytes, in hexadecimal.")
    uploaded_by = serializers.IntegerField(source="uploaded_by_id", allow_null=True)
    uploaded_at = serializers.DateTimeField()


class NewAttachment(Input):
    """A file for a story, as `multipart/form-data`. What it is, its bytes say, and its name has to agree."""

    example = {"file": "Half price until Sunday."}

    story = ReachedStory()
    file = serializers.FileField(help_text="Images, PDF, MP4, WebM, MP3, office documents or plain text.")


class AttachmentsView(OfStoryView):
    """Attachments: the files of stories."""

    noun, plural = "attachment", "attachments"
    shape = AttachmentShape
    parser_classes = (MultiPartParser, JsonParser)
    takes = {"create": NewAttachment}
    files = {"file": "*/*"}
    filterset_class = filters_of(
        "AttachmentFilters",
        reference("id", "pk"),
        reference("story"),
        reference("team", "story__team_id"),
        text("name"),
        text("content_type"),
        number("size"),
        text("digest"),
        reference("uploaded_by", is_optional=True),
        moment("uploaded_at"),
    )
    orderings = {
        "id": Key("pk"),
        "story": Key("story_id"),
        "name": Key("name"),
        "size": Key("size"),
        "uploaded_at": Key("uploaded_at"),
    }
    ordering = ("uploaded_at", "id")
    includes = OfStoryView.includes | {"uploaded_by": Included("uploaded_by", NamesView)}

    def visible(self) -> QuerySet[Any]:
        """Those of the stories that the request reaches; what was taken off is nowhere."""
        return self.on_stories(Attachment.objects.filter(deleted_at__isnull=True))

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """The file itself is sent whatever is accepted: its type is its own."""
        return super().perform_content_negotiation(request, force=force or self.action == "file")

    def create(self, request: Request) -> Response:
        """Attach a file to a story: of a kind that is taken, and not larger than `MAX_ATTACHMENT_MB`."""
        self.check_limits()
        given = self.filled()
        file = given["file"]
        return self.created(
            commands.attach_file(given["story"], name=file.name or "", content=file, actor=self.person).pk
        )

    @action(detail=True, methods=["get"])
    def file(self, request: Request, pk: int) -> HttpResponseBase:
        """The file, to be saved: no browser shows or runs it."""
        return attachment_file(self.one())

    def destroy(self, request: Request, pk: int) -> Response:
        """Take it off its story. It is never changed and has no version: If-Match is not asked for."""
        commands.remove_attachment(self.one(), actor=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)
