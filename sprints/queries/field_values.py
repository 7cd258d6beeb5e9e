"""The fields of a story as somebody gives them, and as the story and the event log keep them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from journeys.models import Touchpoint
from sprints.models import Initiative, Label, Membership, Story
from sprints.rules.stories import (
    TEXT_LIMITS,
    are_points,
    as_day,
    as_points,
    can_be_assigned,
    is_day,
    is_known,
    is_one_of,
    is_text,
    is_title,
    one_line,
    points_text,
)
from workspace.errors import RuleBroken
from workspace.organisation.models import Person

RELATIONS = ("assignees", "labels", "touchpoints")
"""Fields that hold several rows; as a value they are a set of ids."""

PLAIN = (
    "title", "kind", "description", "points", "channel", "due_on", "publish_on", "horizon", "blocked_reason",
    "unplanned_reason", "hypothesis", "metric", "result", "initiative",
)  # fmt: skip
"""Fields of the story's own row."""

FIELDS = (*PLAIN, *RELATIONS)

CHOICES: dict[str, Collection[str]] = {"kind": Story.Kind.values, "horizon": ["", *Story.Horizon.values]}


@dataclass(frozen=True, slots=True)
class Writer:
    """Who gives the fields, and to stories of which team."""

    team_id: int
    actor: Person | None


def check_known(fields: Iterable[str]) -> None:
    """Raise TypeError for a field that a story does not have."""
    if unknown := sorted(set(fields) - set(FIELDS)):
        raise TypeError(f"a story has no {', '.join(unknown)} to change; it has {', '.join(FIELDS)}")


def read_values(writer: Writer, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as they are kept: no statement, but 1 for an initiative. Relations become sets of ids, unchecked.

    Raises RuleBroken naming the value that is wrong, TypeError for an unknown field.
    """
    check_known(fields)
    return {name: _read(writer, name, value) for name, value in fields.items()}


def _read(writer: Writer, name: str, value: Any) -> Any:
    if name in RELATIONS:
        return frozenset(_id_of(name, each) for each in value or ())
    if name == "points":
        are_points(value).or_rule_broken()
        return as_points(value)
    if name in ("due_on", "publish_on"):
        is_day(name, value).or_rule_broken()
        return as_day(value)
    if name in CHOICES:
        is_one_of(name, value, CHOICES[name]).or_rule_broken()
        return value
    if name == "initiative":
        return None if value is None or value == "" else _initiative(_id_of(name, value))
    return read_text(name, value)


def read_text(name: str, value: Any) -> str:
    """A text as it is kept, without white space around it. Raises RuleBroken when it is too long or no text."""
    if name not in TEXT_LIMITS:
        raise TypeError(f"{name} is no text of a story")
    (is_title(value) if name == "title" else is_text(name, value)).or_rule_broken()
    return one_line(value) if name == "title" else value.replace("\r\n", "\n").strip()


def _id_of(name: str, value: Any) -> int:
    if isinstance(value, Model) and value.pk is not None:
        return int(value.pk)
    text = str(value)
    if isinstance(value, int | str) and len(text) <= 18 and text.isascii() and text.isdigit():
        return int(text)
    raise RuleBroken(
        _("“%(value)s” names nothing that a story can have.") % {"value": text[:60]},
        next_step=_("Choose from what the page offers."),
    )


def _initiative(pk: int) -> Initiative:
    initiative = Initiative.objects.filter(pk=pk).first()
    if initiative is None:
        raise RuleBroken(_("There is no initiative %(id)s.") % {"id": pk}, next_step=_("Choose one that is there."))
    return initiative


def check_initiative(initiative: Initiative | None) -> None:
    """Refuse an initiative that is closed: it takes no more stories. Raises RuleBroken."""
    if initiative is not None and initiative.closed_at is not None:
        raise RuleBroken(
            _("The initiative “%(name)s” is closed.") % {"name": initiative.name},
            next_step=_("Choose one that is open, or open it again."),
        )


def check_added(writer: Writer, name: str, ids: Collection[int]) -> None:
    """Refuse people, labels or touchpoints that a story of the team cannot have: 1 statement. Raises RuleBroken.

    Memberships and labels are held until the transaction ends: nobody takes one away before the story has it.
    """
    if ids:
        _CHECKS[name](writer, ids)


def _check_people(writer: Writer, ids: Collection[int]) -> None:
    members = Membership.objects.filter(team=writer.team_id, person__in=ids).select_related("person")
    held = members.select_for_update(no_key=True, of=("self",)).order_by("pk")
    people = {membership.person_id: membership.person for membership in held}
    others = set(ids) - set(people)
    if others:
        found = Person.objects.in_bulk(others)
        is_known("assignees", others - set(found)).or_rule_broken()
        for pk in sorted(found):
            can_be_assigned(found[pk].name, is_member=False, works_here=found[pk].works_here).or_rule_broken()
    for person in people.values():
        can_be_assigned(person.name, is_member=not person.is_guest, works_here=person.works_here).or_rule_broken()


def _check_labels(writer: Writer, ids: Collection[int]) -> None:
    held = Label.objects.filter(team=writer.team_id, pk__in=ids).select_for_update(no_key=True).order_by("pk")
    is_known("labels", set(ids) - set(held.values_list("pk", flat=True))).or_rule_broken()


def _check_touchpoints(writer: Writer, ids: Collection[int]) -> None:
    seen = Touchpoint.objects.all() if writer.actor is None else Touchpoint.objects.visible_to(writer.actor)
    is_known("touchpoints", set(ids) - set(seen.filter(pk__in=ids).values_list("pk", flat=True))).or_rule_broken()


_CHECKS: dict[str, Callable[[Writer, Collection[int]], None]] = {
    "assignees": _check_people,
    "labels": _check_labels,
    "touchpoints": _check_touchpoints,
}


def told(value: Any) -> Any:
    """A value as an event keeps it: ids in lists, days as ISO text, points as text."""
    match value:
        case Decimal():
            return points_text(value)
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case Initiative():
            return value.pk
    return value
