"""What hangs on a story: its checklist, its comments, its attachments."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from sprints.models.stories import Story
from workspace.organisation.models import Person


class ChecklistItem(models.Model):
    """A line of a story's checklist."""

    NOUN = "item"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="items", verbose_name=_("story"))
    text = models.CharField(_("text"), max_length=300)
    position = models.PositiveIntegerField(_("position"))
    is_ticked = models.BooleanField(_("ticked"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("checklist item")
        verbose_name_plural = _("checklist items")
        ordering = ("story", "position", "id")

    def __str__(self) -> str:
        return self.text


class Comment(models.Model):
    """What somebody said about a story, and who is mentioned there."""

    NOUN = "comment"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="comments", verbose_name=_("story"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    text = models.TextField(_("text"), help_text=_("Markdown; @ mentions a person."))
    mentions = models.ManyToManyField(Person, related_name="+", blank=True, verbose_name=_("mentioned"))
    created_at = models.DateTimeField(_("written at"))
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["story", "created_at"], name="comment_by_story"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class Attachment(models.Model):
    """A file of a story, kept where no web server reaches it; `digest` is its SHA-256 and its place in the storage."""

    NOUN = "attachment"

    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="attachments", verbose_name=_("story"))
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=100, help_text=_("As the bytes say, not the sender."))
    size = models.PositiveBigIntegerField(_("size"), help_text=_("Bytes."))
    digest = models.CharField(_("digest"), max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ("uploaded_at", "id")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["digest"], name="attachment_by_digest")]

    def __str__(self) -> str:
        return self.name
