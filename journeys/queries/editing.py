"""What is offered to whoever edits a journey: places in its order, units, channels, people; what archiving means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from journeys.models import Claim, Flag, Handoff, Journey, Stage, Touchpoint
from workspace import clock, db
from workspace.organisation.models import BusinessUnit, Share

Choice = tuple[str, str]
Group = tuple[str, list[Choice]]

END, BEFORE, AFTER, BESIDE = "end", "before", "after", "beside"


def places_of(journey_id: int, *, but: int | None = None) -> list[Group]:
    """The places at which a touchpoint can stand, stage by stage: 2 statements.

    A place is “stage:end”, or “stage:before:touchpoint”, “…:after:…” and “…:beside:…”.
    """
    stages = Stage.objects.present().filter(journey=journey_id).order_by("position", "pk")
    there = Touchpoint.objects.filter(stage__journey=journey_id).exclude(lifecycle=Touchpoint.Lifecycle.RETIRED)
    by_stage: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for pk, name, stage in there.exclude(pk=but or 0).order_by("step", "pk").values_list("pk", "name", "stage"):
        by_stage[stage].append((pk, name))
    return [(stage.name, _places(stage, by_stage[stage.pk])) for stage in stages]


def _places(stage: Stage, touchpoints: Sequence[tuple[int, str]]) -> list[Choice]:
    offered = [(f"{stage.pk}:{END}", _("%(stage)s: at the end") % {"stage": stage.name})]
    for pk, name in touchpoints:
        offered += [
            (f"{stage.pk}:{BEFORE}:{pk}", _("before %(name)s") % {"name": name}),
            (f"{stage.pk}:{BESIDE}:{pk}", _("beside %(name)s, as an alternative") % {"name": name}),
        ]
    return offered


def open_units(*, and_this: int | None = None) -> QuerySet[BusinessUnit]:
    """Units that are open, and one that may not be."""
    return BusinessUnit.objects.filter(Q(archived_at__isnull=True) | Q(pk=and_this or 0)).order_by("name")


def known_channels(journey_id: int) -> list[str]:
    """The channels of a journey by name: 1 statement."""
    used = Touchpoint.objects.filter(stage__journey=journey_id).exclude(channel="")
    return sorted(used.order_by().values_list("channel", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class AtArchive:
    """What is there now, and not any more once a journey is archived."""

    touchpoints: int
    flags: int
    claims: int
    handoffs: int
    guests: int


def at_archive(journey: Journey) -> AtArchive:
    """What archiving a journey would end: 1 statement."""
    handoffs = Handoff.objects.filter(crossing__journey=journey, crossing__active=True)
    counts = db.count_all(
        touchpoints=Touchpoint.objects.live().filter(stage__journey=journey),
        flags=Flag.objects.unresolved().filter(journey=journey),
        claims=Claim.objects.waiting().filter(touchpoint__stage__journey=journey),
        handoffs=handoffs.filter(state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED]),
        guests=Share.objects.in_force(clock.today()).filter(noun=Journey.NOUN, subject_id=journey.pk),
    )
    return AtArchive(**counts)
