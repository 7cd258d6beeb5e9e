"""The words that sentences about flags are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Value
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from journeys.models import Flag, Journey, Stage, System, Touchpoint
from journeys.queries.directory import Directory
from workspace.organisation.models import Person


@dataclass(frozen=True, slots=True)
class Explanation:
    """`sentence` names and links the subject, `facts` stand beside it."""

    title: str
    sentence: SafeString
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Words:
    """The names that sentences need: departments and units, and people, stages and systems by (noun, id)."""

    known: Directory
    names: Mapping[tuple[str, int], str]

    def department(self, department_id: Any) -> SafeString:
        """The name of a department."""
        department = self.known.departments.get(department_id)
        return format_html("<b>{}</b>", department.name if department else _("a department"))

    def unit(self, unit_id: Any) -> str:
        """The name of a unit."""
        unit = self.known.units.get(unit_id)
        return unit.name if unit else _("no unit")

    def other(self, noun: str, subject_id: Any) -> SafeString:
        """The name of a person, stage or system."""
        return format_html("<b>{}</b>", self.names.get((noun, subject_id), _("(deleted)")))


def words_for(flags: Iterable[Flag], known: Directory) -> Words:
    """Read the names that the sentences of these flags need: at most 1 statement."""
    wanted: dict[str, set[int]] = {"person": set(), "stage": set(), "system": set()}
    for flag in flags:
        if flag.subject_kind in wanted:
            wanted[flag.subject_kind].add(flag.subject_id)
        if flag.evidence.get("person"):
            wanted["person"].add(flag.evidence["person"])
    arms = [
        model._default_manager.filter(pk__in=wanted[noun])
        .order_by()
        .values_list(Value(noun, CharField()), "pk", "name")
        for noun, model in (("person", Person), ("stage", Stage), ("system", System))
        if wanted[noun]
    ]
    rows: Any = arms[0].union(*arms[1:], all=True) if arms else []
    return Words(known, {(noun, pk): name for noun, pk, name in rows})


Told = tuple[SafeString, Iterable[str]]


def say(text: str, **parts: object) -> SafeString:
    """A translated sentence with its places filled, each escaped unless it is safe already."""
    return SafeString(text % {name: format_html("{}", part) for name, part in parts.items()})


def link(touchpoint: Touchpoint) -> SafeString:
    """The name of a touchpoint, with a link."""
    return format_html('<a href="{}">{}</a>', touchpoint.get_absolute_url(), touchpoint.name)


def named(touchpoint: Touchpoint | None) -> SafeString:
    """A touchpoint as "Till (Pay, shop)"."""
    if touchpoint is None:
        return format_html("{}", _("(deleted)"))
    where = ", ".join(part for part in (touchpoint.stage.name, touchpoint.channel.replace("_", " ")) if part)
    return format_html("{} ({})", link(touchpoint), where)


def linked_journey(journey: Journey | None) -> SafeString:
    """The name of a journey, with a link."""
    if journey is None:
        return format_html("{}", _("(deleted)"))
    return format_html('<a href="{}">{}</a>', journey.get_absolute_url(), journey.name)


def crossing_of(flag: Flag) -> SafeString:
    """Both ends of the crossing of a flag."""
    if flag.crossing is None:
        return format_html("{}", _("(deleted)"))
    return format_html("{} → {}", link(flag.crossing.source), link(flag.crossing.target))


def day(value: Any) -> str:
    """A day or a moment of the evidence, which came through JSON."""
    parsed: date | datetime | None = value if isinstance(value, date | datetime) else None
    if isinstance(value, str):
        parsed = parse_datetime(value) if len(value) > len("2026-01-01") else parse_date(value)
    if parsed is None:
        return str(value or "")
    return date_format(localtime(parsed) if isinstance(parsed, datetime) and parsed.tzinfo else parsed, "j F Y")


def signed(value: int) -> str:
    """An emotion with its sign."""
    return f"{value:+d}".replace("-", "−") if value else "0"
