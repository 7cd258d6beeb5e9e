"""A stage that no team has touched for some sprints."""

from __future__ import annotations

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import IntegerField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.models import Flag, Journey, Stage
from journeys.queries.catalogue.base import LOW, Facts, ScanRule, findings
from journeys.queries.words import Told, Words, linked_journey, say
from sprints.models import Sprint, StoryTouchpoint


def recent_sprints(n: int) -> QuerySet[Sprint]:
    """Of every open team the last `n` sprints that have started."""
    started = Sprint.objects.exclude(state=Sprint.State.PLANNED).filter(team__archived_at__isnull=True)
    later = started.filter(team=OuterRef("team"), number__gt=OuterRef("number")).order_by().values("team")
    behind = Subquery(later.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return started.annotate(behind=behind).filter(Q(behind__isnull=True) | Q(behind__lt=n))


def breaches(facts: Facts) -> QuerySet[Stage]:
    """A stage of a current-state journey with live touchpoints, none of which a story of these sprints works on.

    Judged once a team has started so many sprints.
    """
    n = facts.limits.blind_spot_sprints
    recent = recent_sprints(n).order_by().values("pk")
    touched = StoryTouchpoint.objects.filter(
        touchpoint__stage=OuterRef("pk"), story__deleted_at__isnull=True, story__sprint__in=recent
    )
    seasoned = (
        Sprint.objects.exclude(state=Sprint.State.PLANNED)
        .filter(team__archived_at__isnull=True)
        .order_by()
        .values("team")
        .annotate(n=Count("pk"))
        .filter(n__gte=n)
    )
    live = Q(touchpoints__lifecycle="live")
    stages = Stage.objects.filter(
        Exists(seasoned), ~Exists(touched), journey__archived_at__isnull=True, journey__state=Journey.State.CURRENT
    ).annotate(
        live=Count("touchpoints", filter=live),
        first_unit=Min("touchpoints__business_unit_id", filter=live),
        last_unit=Max("touchpoints__business_unit_id", filter=live),
    )
    return findings(
        stages.filter(live__gt=0),
        severity=LOW,
        journey="journey_id",
        unit="first_unit",
        person="journey__accountable_id",
        evidence={"live": "live", "sprints": Value(n, IntegerField())},
    )


def tell(flag: Flag, words: Words) -> Told:
    """The sentence; its facts stand in it."""
    text = _(
        "%(stage)s in %(journey)s: no story of the last %(sprints)s sprints works on its %(live)s live touchpoints"
    )
    return say(
        text,
        stage=words.other("stage", flag.subject_id),
        journey=linked_journey(flag.journey),
        sprints=flag.evidence.get("sprints", 0),
        live=flag.evidence.get("live", 0),
    ), ()


RULE = ScanRule(
    code="blind-spot",
    title=gettext_lazy("Blind spot"),
    why=gettext_lazy("No team has worked on this stage for several sprints."),
    subject_kind="stage",
    severities=(LOW,),
    breaches=breaches,
    local=True,
)
