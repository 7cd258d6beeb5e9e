"""Journeys, stages and touchpoints as rows of lists, with their numbers; and what of them guests see."""

from __future__ import annotations

from typing import Any

from django.db.models import (
    BooleanField,
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from journeys.models import Claim, Flag, Journey, Ownership, OwnershipCall, Persona, Stage, Touchpoint
from workspace.organisation.models import Person

Rows = QuerySet[Any, Any]
"""What is annotated and not read costs nothing, unless something is narrowed or ordered by it."""


def listed_personas(viewer: Person) -> Rows:
    """Personas; a guest sees the names of those whose journeys they see."""
    personas: Rows = Persona.objects.all()
    if viewer.is_guest:
        personas = personas.filter(pk__in=Journey.objects.visible_to(viewer).order_by().values("persona"))
    listed: Rows = personas.annotate(told=Value("", TextField()) if viewer.is_guest else F("description"))
    return listed


def listed_journeys(viewer: Person) -> Rows:
    """Journeys that a person sees, archived ones too, with live, owned and unowned touchpoints and speaking flags."""
    journeys: Rows = Journey.objects.visible_to(viewer)
    listed: Rows = journeys.annotate(
        answers=_inside(viewer, F("accountable_id"), IntegerField()),
        accountable_name=F("accountable__name"),
        known_as=_inside(viewer, F("external_id"), CharField()),
        speaking=_inside(viewer, _number(Flag.objects.speaking(), "journey"), IntegerField()),
        **_coverage("stage__journey"),
    )
    return listed


def listed_stages(viewer: Person) -> Rows:
    """Stages that were not removed, of the journeys that a person sees, with live, owned and unowned touchpoints."""
    stages: Rows = Stage.objects.present()
    if viewer.is_guest:
        stages = stages.filter(journey__in=Journey.objects.visible_to(viewer).order_by().values("pk"))
    listed: Rows = stages.annotate(**_coverage("stage"))
    return listed


def listed_touchpoints(viewer: Person) -> Rows:
    """Touchpoints that a person sees, with journey and owner, and what waits or is wrong there.

    A guest learns what customers meet and the names of those who answer for it, and nothing else of the house.
    """
    owned: Rows = Touchpoint.objects.visible_to(viewer).with_owner()
    calls = OwnershipCall.objects.open().filter(touchpoint=OuterRef("pk"))
    listed: Rows = owned.annotate(
        journey=F("stage__journey_id"),
        owner=F("current__department_id"),
        owner_name=F("current__department__name"),
        accountable_name=F("current__person__name"),
        unit=_inside(viewer, F("business_unit_id"), IntegerField()),
        technology=_inside(viewer, F("system_id"), IntegerField()),
        known_as=_inside(viewer, F("external_id"), CharField()),
        named_owner=_inside(viewer, F("unmatched_owner"), CharField()),
        owner_unit=_inside(viewer, F("current__department__unit_id"), IntegerField()),
        accountable=_inside(viewer, F("current__person_id"), IntegerField()),
        owned_since=_inside(viewer, F("current__held_from"), DateTimeField()),
        attested_at=_inside(viewer, F("current__attested_at"), DateTimeField()),
        disputed_at=_inside(viewer, F("current__disputed_at"), DateTimeField()),
        waiting=_inside(viewer, _number(Claim.objects.waiting(), "touchpoint"), IntegerField()),
        speaking=_inside(viewer, _number(Flag.objects.speaking(), "touchpoint"), IntegerField()),
        is_called=_inside(viewer, Exists(calls), BooleanField()),
    )
    return listed


def _inside(viewer: Person, value: Any, kind: Any) -> Combinable:
    """The value for people inside; nothing for a guest, who cannot narrow or order by it either."""
    return Value(None, kind) if viewer.is_guest else value


def _number(rows: Any, subject: str) -> Combinable:
    """How many of these rows belong to the row outside."""
    counted = rows.filter(**{subject: OuterRef("pk")}).order_by().values(subject).annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _coverage(within: str) -> dict[str, Combinable]:
    """Live touchpoints, those of them that somebody owns, and those that nobody does."""
    live = Touchpoint.objects.live()
    owner = Ownership.objects.current().accountable().filter(touchpoint=OuterRef("pk"))
    return {
        "live": _number(live, within),
        "owned": _number(live.filter(Exists(owner)), within),
        "unowned": _number(live.filter(~Exists(owner)), within),
    }
