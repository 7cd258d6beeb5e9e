"""Teams, sprints and stories in Django's admin, read-only."""

from __future__ import annotations

from django.contrib import admin

from sprints.models import (
    Absence,
    Approval,
    Attachment,
    Column,
    Comment,
    Commitment,
    Initiative,
    Label,
    Membership,
    Sprint,
    SprintReport,
    Story,
    Team,
)
from workspace.read_only.site import ReadOnlyAdmin


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    """Teams."""

    list_display = ("name", "key", "sprint_days", "archived_at")
    search_fields = ("name", "key")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who belongs to which team."""

    list_display = ("team", "person", "role", "allocation")
    list_select_related = ("team", "person")
    list_filter = ("role",)
    search_fields = ("team__name", "person__name")


@admin.register(Column)
class ColumnAdmin(ReadOnlyAdmin):
    """Columns."""

    list_display = ("name", "team", "category", "position", "wip_limit", "wip_blocks")
    list_select_related = ("team",)
    list_filter = ("category",)
    search_fields = ("name", "team__name")


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    """Absences."""

    list_display = ("person", "starts_on", "ends_on")
    list_select_related = ("person",)


@admin.register(Sprint)
class SprintAdmin(ReadOnlyAdmin):
    """Sprints."""

    list_display = ("team", "number", "goal", "state", "starts_on", "ends_on")
    list_select_related = ("team",)
    list_filter = ("state",)
    search_fields = ("team__name", "goal")


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    """What was in a sprint when it started."""

    list_display = ("sprint", "story", "points", "is_done")
    list_select_related = ("sprint", "story")


@admin.register(SprintReport)
class SprintReportAdmin(ReadOnlyAdmin):
    """What came of a sprint."""

    list_display = ("sprint", "made_at", "made_by")
    list_select_related = ("sprint", "made_by")


@admin.register(Initiative)
class InitiativeAdmin(ReadOnlyAdmin):
    """Initiatives."""

    list_display = ("name", "closed_at")
    search_fields = ("name",)


@admin.register(Label)
class LabelAdmin(ReadOnlyAdmin):
    """Labels."""

    list_display = ("name", "team", "tone")
    list_select_related = ("team",)
    search_fields = ("name", "team__name")


@admin.register(Story)
class StoryAdmin(ReadOnlyAdmin):
    """Stories."""

    list_display = ("title", "team", "number", "kind", "column", "sprint", "points", "deleted_at")
    list_select_related = ("team", "column", "sprint")
    list_filter = ("kind",)
    search_fields = ("title", "external_id")


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """Comments."""

    list_display = ("story", "author", "created_at", "deleted_at")
    list_select_related = ("story", "author")


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """Attachments."""

    list_display = ("name", "story", "content_type", "size", "uploaded_by", "deleted_at")
    list_select_related = ("story", "uploaded_by")
    search_fields = ("name",)


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """Approvals, without the digests of their links."""

    list_display = ("asset", "story", "person", "outside_email", "state", "asked_at")
    list_select_related = ("story", "person")
    list_filter = ("state",)
    exclude = ("digest",)
    search_fields = ("asset",)
