"""Which journeys, stages and touchpoints the rows of a file of whole journeys mean: known by their lasting ids."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from journeys.models import Journey, Stage, Touchpoint
from journeys.queries.export import (
    JOURNEY,
    SEAL,
    STAGE,
    TOUCHPOINT,
    journey_cells,
    stage_cells,
    touchpoint_cells,
    untouched,
)
from journeys.queries.lasting_ids import by_lasting_id, named_so, own_mark, own_number
from workspace import db
from workspace.organisation.commands.imports.kinds import Remembered
from workspace.organisation.commands.imports.rows import WAITING, Record, Row
from workspace.organisation.models import ImportedRow

CODE = "journeys"
NUMBER = "number"
"""Under this word a remembered row keeps which stage it is: that stays, whatever name it is given here."""

LONGEST_KEY = 200


def key_of(row: Mapping[str, str]) -> str:
    """The lasting name of a row: what it is, and its id."""
    return row_key(row["row"].lower(), row["id"])


def row_key(word: str, lasting_id: str) -> str:
    """The lasting name of the row of a journey, stage or touchpoint."""
    key = f"{word} {lasting_id}"
    return key if len(key) <= LONGEST_KEY else f"{word} {hashlib.sha256(lasting_id.encode()).hexdigest()}"


def numbers_of_stages(mark: str, ids: Collection[str]) -> dict[str, int]:
    """The numbers of the stages with these lasting ids: 1 statement. An id that came with a file counts first."""
    keys = {row_key(STAGE, lasting_id): lasting_id for lasting_id in ids}
    rows = ImportedRow.objects.filter(kind=CODE, key__in=db.one_of("text", keys)).order_by() if keys else None
    remembered = rows.values_list("key", "cells") if rows is not None else ()
    found = {keys[key]: int(cells[NUMBER]) for key, cells in remembered if NUMBER in cells}
    for lasting_id in ids:
        number = own_number(mark, lasting_id)
        if number is not None:
            found.setdefault(lasting_id, number)
    return found


class Found:
    """What some rows name, locked: touchpoints before journeys, as everybody else takes them. At most 7 statements.

    `stages` holds removed ones too. `journeys` are all that the rows or their stages belong to.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.mark = mark = own_mark()
        self.by_word: dict[str, list[Row]] = {JOURNEY: [], STAGE: [], TOUCHPOINT: []}
        for row in rows:
            row.cells.pop(NUMBER, None)  # of an attempt that the database refused
            self.by_word[row.cells["row"].lower()].append(row)
        self.touchpoints = self._touchpoints(mark)
        ids = _ids(self.by_word[STAGE]) | _parents(self.by_word[TOUCHPOINT])
        numbers = numbers_of_stages(mark, ids)
        self.journeys = self._journeys(mark, numbers.values())
        self.stages = self._stages(numbers)

    def reject_repeated(self) -> None:
        """Reject rows that mean what a row above them means under another id: that of a file, and the one from here."""
        for word, things in ((JOURNEY, self.journeys), (TOUCHPOINT, self.touchpoints)):
            first: dict[int, Row] = {}
            for row in self.by_word[word]:
                thing = things.get(row.cells["id"])
                if thing is not None and first.setdefault(thing.pk, row) is not row:
                    line = first[thing.pk].record.line
                    row.reject("id", _("Line %(line)s names the same one. Keep one of the two rows.") % {"line": line})
            self.by_word[word] = [row for row in self.by_word[word] if not row.is_rejected]

    def _touchpoints(self, mark: str) -> dict[str, Touchpoint]:
        ids = _ids(self.by_word[TOUCHPOINT])
        if not ids:
            return {}
        held = Touchpoint.objects.select_for_update(no_key=True).filter(named_so(mark, ids)).order_by("pk")
        return by_lasting_id(mark, ids, list(held))

    def _journeys(self, mark: str, stages: Collection[int]) -> dict[str, Journey]:
        ids = _ids(self.by_word[JOURNEY]) | _parents(self.by_word[STAGE])
        around = Stage.objects.filter(pk__in=db.one_of("bigint", stages)).order_by().values("journey")
        held = Journey.objects.select_for_update(no_key=True).filter(named_so(mark, ids) | Q(pk__in=around))
        self.held = {journey.pk: journey for journey in held.order_by("pk")}
        return by_lasting_id(mark, ids, list(self.held.values()))

    def _stages(self, numbers: Mapping[str, int]) -> dict[str, Stage]:
        if not numbers:
            return {}
        rows = Stage.objects.filter(pk__in=db.one_of("bigint", numbers.values())).order_by()
        by_number = {stage.pk: stage for stage in rows}
        for stage in by_number.values():
            stage.journey = self.held[stage.journey_id]
        return {key: by_number[number] for key, number in numbers.items() if number in by_number}


def _ids(rows: Iterable[Row]) -> set[str]:
    return {row.cells["id"] for row in rows}


def _parents(rows: Iterable[Row]) -> set[str]:
    return {row.get("part_of") for row in rows} - {""}


def compare_with(records: Sequence[Record], remembered: Remembered) -> Remembered:
    """What rows are compared with that say what they were when they were exported.

    A cell that is as it was exported says nothing new, whatever has been decided here since; one that was changed is
    compared with what stands here now. A file from the same export as the one before is compared with that one.
    At most 12 statements, and none without such rows.
    """
    fresh = [
        record
        for record in records
        if untouched(record.cells) is not None and remembered.get(record.key, {}).get(SEAL) != record.cells[SEAL]
    ]
    if not fresh:
        return remembered
    here = _cells_here(fresh)
    compared = dict(remembered)
    for record in fresh:
        now = here.get((record.cells["row"].lower(), record.cells["id"]))
        if now is not None:
            compared[record.key] = _before(record, now, remembered.get(record.key, {}))
    return compared


def _before(record: Record, now: Mapping[str, str], remembered: Mapping[str, Any]) -> dict[str, Any]:
    same = untouched(record.cells) or ()
    before: dict[str, Any] = {
        name: value if name in same or name in ("row", "id", SEAL) else now.get(name, "")
        for name, value in record.cells.items()
    }
    kept = {WAITING: remembered[WAITING]} if WAITING in remembered else {}
    number = {NUMBER: now[NUMBER]} if now["row"] == STAGE else {}
    return {name: value for name, value in before.items() if value} | kept | number


def _cells_here(records: Sequence[Record]) -> dict[tuple[str, str], dict[str, str]]:
    """What a file would say now about what these rows name, by what it is and its id."""
    mark = own_mark()
    ids: dict[str, set[str]] = {JOURNEY: set(), STAGE: set(), TOUCHPOINT: set()}
    for record in records:
        ids.get(record.cells["row"].lower(), set()).add(record.cells["id"])
    found: dict[tuple[str, str], dict[str, str]] = {}

    def keep(word: str, numbers: Mapping[str, int], cells: Mapping[int, dict[str, str]]) -> None:
        for lasting_id, number in numbers.items():
            if number in cells:
                found[word, lasting_id] = cells[number] | {NUMBER: str(number)}

    for word, model in ((JOURNEY, Journey), (TOUCHPOINT, Touchpoint)):
        if ids[word]:
            rows: Any = model._default_manager.filter(named_so(mark, ids[word])).order_by("pk")
            numbers = {key: thing.pk for key, thing in by_lasting_id(mark, ids[word], list(rows)).items()}
            which = Q(pk__in=db.one_of("bigint", numbers.values()))
            if word == JOURNEY:
                keep(word, numbers, dict(journey_cells(Journey.objects.filter(which), mark)))
            else:
                keep(word, numbers, {pk: cells for pk, _stage, cells in touchpoint_cells(which, mark)})
    if ids[STAGE]:
        numbers = numbers_of_stages(mark, ids[STAGE])
        stages = Stage.objects.filter(pk__in=db.one_of("bigint", numbers.values()))
        keep(STAGE, numbers, {pk: cells for pk, _journey, cells in stage_cells(stages, mark)})
    return found
