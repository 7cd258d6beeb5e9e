"""The event log, its deliveries and the jobs in Django's admin, read-only."""

from __future__ import annotations

from django.contrib import admin

from workspace.activity.models import Delivery, Event, Job, Notification, Webhook, WebhookDelivery
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


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Who was told of what."""

    list_display = ("id", "person", "event_id", "group", "at", "read_at", "mail", "mailed_at")
    list_select_related = ("person",)
    list_filter = ("group", "mail")
    ordering = ("-id",)


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Which systems are told."""

    list_display = ("id", "name", "owner", "state", "since", "failing_since", "seq", "lease_until", "held_until")
    list_select_related = ("owner",)
    list_filter = ("state",)
    ordering = ("-id",)


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """What they were told."""

    list_display = ("id", "webhook", "event_id", "state", "attempts", "next_at", "status", "error")
    list_select_related = ("webhook",)
    list_filter = ("state",)
    ordering = ("-id",)
