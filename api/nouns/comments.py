"""What people say about stories."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import filters_of, linked, moment, number, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.shapes import Hung, Shape, grouped
from api.kernel.wanted import Included
from api.nouns.of_teams import NamesView
from api.nouns.reach import OfStoryView, ReachedStory, team_field
from sprints import commands
from sprints.models import Comment
from sprints.rules.talk import LONGEST_COMMENT
from workspace.organisation.models import Person

MARKDOWN = "Markdown; `@` and the name of somebody who sees the story mentions them."


def _mentions_of(ids: Collection[int], _viewer: Person) -> Mapping[int, list[int]]:
    links = Comment.mentions.through.objects.filter(comment__in=ids).order_by("comment_id", "person_id")
    return grouped(links.values_list("comment_id", "person_id"))


class CommentShape(Shape):
    """What somebody said about a story."""

    id = serializers.IntegerField()
    story = serializers.IntegerField(source="story_id")
    team = team_field()
    author = serializers.IntegerField(source="author_id", allow_null=True)
    author_name = serializers.CharField(source="author.name", allow_null=True)
    text = serializers.CharField(help_text="Markdown; `@[person:ID]` stands for somebody who is mentioned.")
    mentions = serializers.ListField(child=serializers.IntegerField(), help_text="People who are mentioned.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()

    parts = {"mentions": Hung(_mentions_of)}


class NewComment(Input):
    """A comment that is to be."""

    story = ReachedStory()
    text = serializers.CharField(max_length=LONGEST_COMMENT, help_text=MARKDOWN)


class ChangedComment(Input):
    """What can be changed of a comment."""

    text = serializers.CharField(max_length=LONGEST_COMMENT, help_text=MARKDOWN)
    base_version = serializers.IntegerField(
        min_value=1, required=False, help_text="Instead of If-Match: the version that you have read."
    )


class CommentsView(OfStoryView):
    """Comments: what people say about stories."""

    noun, plural = "comment", "comments"
    shape = CommentShape
    takes = {"create": NewComment, "partial_update": ChangedComment}
    filterset_class = filters_of(
        "CommentFilters",
        reference("id", "pk"),
        reference("story"),
        reference("team", "story__team_id"),
        reference("author", is_optional=True),
        text("author_name", "author__name"),
        text("text"),
        linked("mentions", Comment.mentions.through._base_manager.all, "comment", "person"),
        moment("created_at"),
        moment("changed_at", is_optional=True),
        number("version"),
    )
    orderings = {"id": Key("pk"), "story": Key("story_id"), "created_at": Key("created_at")}
    ordering = ("created_at", "id")
    includes = OfStoryView.includes | {
        "author": Included("author", NamesView),
        "mentions": Included("mentions", NamesView),
    }

    def visible(self) -> QuerySet[Any]:
        """Those on the stories that the request reaches; deleted ones are nowhere."""
        return self.on_stories(Comment.objects.filter(deleted_at__isnull=True))

    def create(self, request: Request) -> Response:
        """Say something about a story."""
        self.check_limits()
        given = self.filled()
        return self.created(commands.write_comment(given["story"], text=given["text"], actor=self.person).pk)

    def partial_update(self, request: Request, pk: int) -> Response:
        """Say it in other words; its author alone can."""
        comment, given = self.one(), self.filled()
        return self.changed(
            comment,
            lambda: commands.change_comment(comment, **given, actor=self.person),
            is_required="base_version" not in given,
        )

    def destroy(self, request: Request, pk: int) -> Response:
        """Delete it; for 30 days it can be brought back."""
        comment = self.one()
        return self.removed(comment, lambda: commands.delete_comment(comment, actor=self.person))

    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: int) -> Response:
        """Bring a deleted one back."""
        self.check_limits()
        comment = self.on_stories(Comment.objects.filter(pk=pk)).first()
        if comment is None:
            raise self.unknown({"pk": pk})
        self.filled()
        return self.changed(comment, lambda: commands.restore_comment(comment, actor=self.person), is_required=False)
