"""A touchpoint that hurts, and on which no open story works."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.models import Flag, Touchpoint
from journeys.queries.catalogue.base import MEDIUM, Facts, ScanRule, about_touchpoint
from journeys.queries.words import Told, Words, named, say, signed
from sprints.models import StoryTouchpoint, Team
from sprints.queries.work import open_work

PAINFUL = -1
SHOWN = 120
"""So much of an open pain point is told."""


def breaches(facts: Facts) -> QuerySet[Touchpoint]:
    """Live, emotion −1 or less or an open pain point, and no unfinished story of an open team works on it.

    Where there is no team, nobody plans work here, and nothing is neglected.
    """
    hurts = Q(emotion__lte=PAINFUL) | ~Q(pain_point="")
    worked_on = StoryTouchpoint.objects.filter(open_work(), touchpoint=OuterRef("pk"))
    return about_touchpoint(
        Touchpoint.objects.live().with_owner().filter(hurts, ~Exists(worked_on), Exists(Team.objects.open())),
        severity=MEDIUM,
        evidence={"emotion": "emotion", "pain_point": "pain_point"},
    )


def tell(flag: Flag, words: Words) -> Told:
    """The sentence and the facts."""
    emotion, pain = flag.evidence.get("emotion"), flag.evidence.get("pain_point", "")
    sentence = say(
        _("%(touchpoint)s in %(unit)s hurts, and no open story works on it"),
        touchpoint=named(flag.touchpoint),
        unit=words.unit(flag.unit_id),
    )
    feeling = _("emotion %(value)s") % {"value": signed(emotion)} if emotion is not None and emotion < 0 else ""
    return sentence, (feeling, pain if len(pain) <= SHOWN else f"{pain[: SHOWN - 1]}…")


RULE = ScanRule(
    code="neglected",
    title=gettext_lazy("Neglected pain"),
    why=gettext_lazy("Customers suffer here, and no team has an open story about it."),
    subject_kind="touchpoint",
    severities=(MEDIUM,),
    breaches=breaches,
    local=True,
)
