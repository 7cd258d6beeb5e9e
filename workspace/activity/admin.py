"""The event log, its deliveries and the jobs in Django's admin, read-only."""

from __future__ import annotations

from django.contrib import admin

from workspace.activity.models import Delivery, Event, Job
from workspace.read_only.site import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened."""

    list_display = ("id", "seq", "at", "kind", "actor", "subject_kind", "subject_id")
    list_select_related = ("actor",)
    ordering = ("-id",)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Who was told."""

    list_display = ("event_id", "consumer", "seq", "state", "attempts", "next_at")
    list_filter = ("state", "consumer")
    ordering = ("-id",)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Work behind the pages."""

    list_display = ("id", "kind", "state", "attempts", "progress_done", "progress_total", "created_at", "finished_at")
    list_filter = ("state", "kind")
    ordering = ("-id",)
