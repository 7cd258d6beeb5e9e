"""Journeys and ownership in Django's admin, read-only."""

from __future__ import annotations

from django.contrib import admin

from journeys.models import (
    Claim,
    CoverageSnapshot,
    Crossing,
    Flag,
    Handoff,
    Journey,
    Ownership,
    Persona,
    Scan,
    Stage,
    System,
    Touchpoint,
    Waiver,
)
from workspace.read_only.site import ReadOnlyAdmin


@admin.register(Persona)
class PersonaAdmin(ReadOnlyAdmin):
    """Personas."""

    list_display = ("name",)
    search_fields = ("name",)


@admin.register(Journey)
class JourneyAdmin(ReadOnlyAdmin):
    """Journeys."""

    list_display = ("name", "external_id", "persona", "state", "accountable", "archived_at")
    list_select_related = ("persona", "accountable")
    list_filter = ("state",)
    search_fields = ("name", "external_id")


@admin.register(Stage)
class StageAdmin(ReadOnlyAdmin):
    """Stages."""

    list_display = ("name", "journey", "position")
    list_select_related = ("journey",)
    search_fields = ("name",)


@admin.register(System)
class SystemAdmin(ReadOnlyAdmin):
    """Systems."""

    list_display = ("name", "technology_owner")
    list_select_related = ("technology_owner",)
    search_fields = ("name",)


@admin.register(Touchpoint)
class TouchpointAdmin(ReadOnlyAdmin):
    """Touchpoints."""

    list_display = ("name", "external_id", "stage", "step", "channel", "business_unit", "lifecycle")
    list_select_related = ("stage", "business_unit")
    list_filter = ("lifecycle", "visibility")
    search_fields = ("name", "external_id")


@admin.register(Ownership)
class OwnershipAdmin(ReadOnlyAdmin):
    """Who owned what, and when."""

    list_display = ("touchpoint", "department", "person", "kind", "held_from", "held_until", "attested_at")
    list_select_related = ("touchpoint", "department", "person")
    list_filter = ("kind",)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Claims."""

    list_display = ("touchpoint", "department", "claimed_by", "made_at", "state", "due_on")
    list_select_related = ("touchpoint", "department", "claimed_by")
    list_filter = ("state",)


@admin.register(Crossing)
class CrossingAdmin(ReadOnlyAdmin):
    """Crossings."""

    list_display = ("source", "target", "journey", "active")
    list_select_related = ("source", "target", "journey")
    list_filter = ("active",)


@admin.register(Handoff)
class HandoffAdmin(ReadOnlyAdmin):
    """Handoffs."""

    list_display = ("crossing", "from_department", "to_department", "state", "proposed_at")
    list_select_related = ("crossing__source", "crossing__target", "from_department", "to_department")
    list_filter = ("state",)


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    """Flags."""

    list_display = ("rule", "subject_kind", "subject_id", "severity", "state", "asked", "due_on", "opened_at")
    list_select_related = ("asked",)
    list_filter = ("state", "severity", "rule")


@admin.register(Waiver)
class WaiverAdmin(ReadOnlyAdmin):
    """Waivers."""

    list_display = ("flag", "until", "granted_by", "granted_at", "ended_at")
    list_select_related = ("flag", "granted_by")


@admin.register(Scan)
class ScanAdmin(ReadOnlyAdmin):
    """Scans."""

    list_display = ("id", "on", "state", "started_at", "finished_at", "subjects")


@admin.register(CoverageSnapshot)
class CoverageSnapshotAdmin(ReadOnlyAdmin):
    """Coverage, day by day."""

    list_display = ("on", "scope", "scope_id", "channel", "live", "owned")
    list_filter = ("scope",)
