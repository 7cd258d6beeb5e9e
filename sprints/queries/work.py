"""Which stories work on touchpoints, and which teams a person could put more work into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.models import Flag, Touchpoint
from journeys.queries.names import title_of
from journeys.registry import OpenWork
from sprints.models import Column, Membership, Story, StoryTouchpoint, Team
from workspace.activity.registry import Named
from workspace.errors import RuleBroken
from workspace.organisation.models import Person


def open_work(prefix: str = "story__") -> Q:
    """The condition that a story is open: not deleted, not done, of a team that is not archived."""
    is_there = Q(**{f"{prefix}deleted_at__isnull": True, f"{prefix}team__archived_at__isnull": True})
    return is_there & ~Q(**{f"{prefix}column__category": Column.Category.DONE})


def work_on(touchpoints: Collection[int], person: Person) -> OpenWork:
    """The open stories on these touchpoints, and the teams of the person by name: 1 statement."""
    links = StoryTouchpoint.objects.filter(open_work(), touchpoint__in=touchpoints).order_by()
    stories = links.values_list(
        Value("story", CharField()), F("touchpoint_id"), F("story__team__key"), F("story__number"), F("story__title")
    )
    rows = list(_teams_of(person).union(stories, all=True) if touchpoints else _teams_of(person))
    found: dict[int, list[tuple[str, int, Named]]] = defaultdict(list)
    teams: list[tuple[str, int]] = []
    for word, pk, key, number, name in rows:
        if word == "team":
            teams.append((name, pk))
        else:
            url = reverse("sprints:story", args=[key, number])
            found[pk].append((key, number, Named(f"{key}-{number} {name}", url)))
    return OpenWork(
        {
            pk: [story for _key, _number, story in sorted(listed, key=lambda row: row[:2])]
            for pk, listed in found.items()
        },
        [pk for _name, pk in sorted(teams)],
    )


STORIES_SHOWN = 50


def teams_for(person: Person) -> QuerySet[Team]:
    """The open teams in which the person works; an administrator may put a story into any."""
    if person.is_guest:
        return Team.objects.none()
    teams = Team.objects.open()
    return teams if person.role == Person.Role.ADMINISTRATOR else teams.filter(memberships__person=person)


def story_for(flag: Flag) -> tuple[str, list[Touchpoint]]:
    """What a story that is made from a flag is called, and what it works on: 0 statements.

    The flag comes with its touchpoint or its crossing. Raises RuleBroken for one that is about no single touchpoint.
    """
    touchpoints = flag.touchpoints
    if not touchpoints:
        raise RuleBroken(
            _("This flag is about no single touchpoint."),
            next_step=_("Make a story in the backlog of a team, and add the touchpoints that it works on."),
        )
    return f"{title_of(flag.rule)}: {' → '.join(touchpoint.name for touchpoint in touchpoints)}"[:300], touchpoints


def flags_for_work(person: Person) -> QuerySet[Flag]:
    """The flags that the person sees, each with what a story on it works on."""
    return Flag.objects.visible_to(person).select_related("touchpoint", "crossing__source", "crossing__target")


def stories_on(touchpoint: Touchpoint, person: Person) -> list[Story]:
    """The stories on a touchpoint that the person may see, open ones first, then the newest: 1 statement."""
    is_done = Case(When(column__category=Column.Category.DONE, then=1), default=0)
    stories = Story.objects.visible_to(person).filter(touchpoint_links__touchpoint=touchpoint)
    return list(
        stories.select_related("team", "column", "sprint").order_by(is_done, "-created_at", "-pk")[:STORIES_SHOWN]
    )


def _teams_of(person: Person) -> QuerySet[Any, Any]:
    if person.is_guest:
        return Membership.objects.none().values_list()
    mine = Membership.objects.filter(person=person, team__archived_at__isnull=True).order_by()
    return mine.values_list(Value("team", CharField()), F("team_id"), F("team__key"), Value(0), F("team__name"))
