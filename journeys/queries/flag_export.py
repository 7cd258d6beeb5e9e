"""Every flag of a filter as rows of a spreadsheet, read in portions: as much memory for a million as for ten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from journeys.models import Flag
from journeys.queries.directory import Directory
from journeys.queries.explanations import explain
from journeys.queries.inbox import with_subjects
from journeys.queries.words import Words, words_for
from workspace.plain import plain_text

PORTION = 500


def flag_header() -> list[str]:
    """The names of the columns."""
    return [
        _("Rule"), _("Severity"), _("State"), _("Subject"), _("Journey"), _("Stage"), _("Business units"),
        _("Department"), _("Asked"), _("Due"), _("Since"), _("What is wrong"), _("Link"),
    ]  # fmt: skip


def flag_cells(flags: QuerySet[Flag], known: Directory, *, address: str) -> Iterator[Sequence[Any]]:
    """The flags as rows under `flag_header`: 1 statement, and 1 for the names of each portion of 500.

    `address` is that of the inbox, with its host. The language and the time zone are those in which this was called,
    also where the rows are read later, when the request has been answered.
    """
    return _cells(flags, known, address, translation.get_language(), timezone.get_current_timezone())


def _cells(flags: QuerySet[Flag], known: Directory, address: str, language: str, zone: Any) -> Iterator[Sequence[Any]]:
    rows = iter(with_subjects(flags).iterator(chunk_size=PORTION))
    while portion := list(islice(rows, PORTION)):
        with translation.override(language), timezone.override(zone):
            words = words_for(portion, known)
            cells = [_row(flag, words, known, address) for flag in portion]
        yield from cells


def _row(flag: Flag, words: Words, known: Directory, address: str) -> list[Any]:
    told = explain(flag, words)
    units = (known.units.get(unit or 0) for unit in dict.fromkeys((flag.unit_id, flag.other_unit_id)))
    department = known.departments.get(flag.department_id or 0)
    return [
        told.title,
        flag.get_severity_display(),
        flag.get_state_display(),
        _subject(flag, words),
        flag.journey.name if flag.journey else "",
        flag.touchpoint.stage.name if flag.touchpoint else "",
        "; ".join(unit.name for unit in units if unit is not None),
        department.name if department else "",
        flag.asked.name if flag.asked else "",
        flag.due_on,
        timezone.localtime(flag.opened_at),
        "; ".join([plain_text(told.sentence), *map(str, told.facts)]),
        f"{address}?flag={flag.pk}",
    ]


def _subject(flag: Flag, words: Words) -> str:
    if flag.crossing is not None and flag.subject_kind == "crossing":
        return str(flag.crossing)
    if flag.touchpoint is not None:
        return flag.touchpoint.name
    if flag.subject_kind == "unit":
        return words.unit(flag.subject_id)
    return plain_text(words.other(flag.subject_kind, flag.subject_id))
