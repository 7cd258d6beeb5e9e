"""Whole journeys as rows of a file: one for each journey, stage and touchpoint; every fact stands there once."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from journeys.models import Journey, Ownership, Stage, Touchpoint
from journeys.queries.lasting_ids import ids_of_stages, own_mark
from workspace import db

JOURNEY, STAGE, TOUCHPOINT = "journey", "stage", "touchpoint"
KEYS = ("row", "id")
OF_JOURNEY = ("name", "description", "persona", "state", "accountable_email")
OF_STAGE = ("part_of", "name", "position")
OF_TOUCHPOINT = (
    "part_of", "name", "step", "channel", "business_unit", "visibility", "owner_department", "owner_email",
    "supporting_departments", "system", "volume", "emotion", "moment_of_truth", "lifecycle", "pain_point",
)  # fmt: skip
SAID_BY = {JOURNEY: OF_JOURNEY, STAGE: OF_STAGE, TOUCHPOINT: OF_TOUCHPOINT}
SAID = tuple(dict.fromkeys(("part_of", "name", "position", *OF_JOURNEY, *OF_TOUCHPOINT)))
SEAL = "as_exported"
COLUMNS = (*KEYS, *SAID, SEAL)
NUMBERS = frozenset({"position", "step", "volume", "emotion"})

JOURNEYS_AT_ONCE = 100
SEAL_VERSION = "v1."
MARK_LENGTH = 4  # letters that stand for a cell: one change in 16 million is not noticed

Cells = dict[str, str]


def exported_rows(journeys: QuerySet[Journey]) -> Iterator[list[str | int]]:
    """The rows below `COLUMNS`: each journey, its stages that are present, and behind each its touchpoints.

    6 statements for each hundred journeys, and 2. They tell of one moment inside `db.one_moment` alone.
    """
    mark = own_mark()
    pks = list(journeys.order_by("name", "pk").values_list("pk", flat=True))
    for start in range(0, len(pks), JOURNEYS_AT_ONCE):
        some = pks[start : start + JOURNEYS_AT_ONCE]
        wanted = db.one_of("bigint", some)
        travelled = dict(journey_cells(Journey.objects.filter(pk__in=wanted), mark))
        stages: defaultdict[int, list[tuple[int, Cells]]] = defaultdict(list)
        for pk, journey_id, cells in stage_cells(Stage.objects.present().filter(journey__in=wanted), mark):
            stages[journey_id].append((pk, cells))
        met: defaultdict[int, list[Cells]] = defaultdict(list)
        present = Q(stage__journey__in=wanted, stage__removed_at__isnull=True)
        for _pk, stage_id, cells in touchpoint_cells(present, mark):
            met[stage_id].append(cells)
        for pk in some:
            if pk not in travelled:
                continue
            yield _line(travelled[pk])
            for stage_id, cells in stages[pk]:
                yield _line(cells)
                yield from map(_line, met[stage_id])


def journey_cells(journeys: QuerySet[Journey], mark: str) -> Iterator[tuple[int, Cells]]:
    """What a file says about these journeys, by number: 1 statement."""
    rows = journeys.order_by("name", "pk").values_list(
        "pk", "external_id", "name", "description", "persona__name", "state", "accountable__email"
    )
    for pk, external_id, *values in rows:
        yield pk, _cells(JOURNEY, external_id or f"{mark}{pk}", OF_JOURNEY, values)


def stage_cells(stages: QuerySet[Stage], mark: str) -> Iterator[tuple[int, int, Cells]]:
    """What a file says about these stages: number, number of the journey, cells. 2 statements."""
    rows = list(
        stages.order_by("journey", "position", "pk").values_list(
            "pk", "journey_id", "journey__external_id", "name", "position"
        )
    )
    ids = ids_of_stages(mark, [row[0] for row in rows])
    for pk, journey_id, external_id, name, position in rows:
        part_of = external_id or f"{mark}{journey_id}"
        yield pk, journey_id, _cells(STAGE, ids[pk], OF_STAGE, (part_of, name, position))


def touchpoint_cells(which: Q, mark: str) -> Iterator[tuple[int, int, Cells]]:
    """What a file says about these touchpoints: number, number of the stage, cells. 3 statements."""
    rows = list(
        Touchpoint.objects.with_owner()
        .filter(which)
        .order_by("stage", "step", "pk")
        .values_list(
            "pk", "stage_id", "external_id", "name", "step", "channel", "business_unit__name", "visibility",
            "current__department__code", "unmatched_owner", "current__person__email", "system__name", "volume",
            "emotion", "moment_of_truth", "lifecycle", "pain_point",
        )
    )  # fmt: skip
    ids = ids_of_stages(mark, {row[1] for row in rows})
    supporting = _supporting([row[0] for row in rows])
    for pk, stage_id, external_id, name, step, channel, unit, visibility, code, unmatched, email, *others in rows:
        owner = (code or unmatched, email, ";".join(supporting.get(pk, ())))
        values = (ids[stage_id], name, step, channel, unit, visibility, *owner, *others)
        yield pk, stage_id, _cells(TOUCHPOINT, external_id or f"{mark}{pk}", OF_TOUCHPOINT, values)


def _supporting(pks: Sequence[int]) -> Mapping[int, list[str]]:
    """The codes of the departments that are responsible beside the owner, by touchpoint."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    if pks:
        rows = Ownership.objects.current().filter(
            kind=Ownership.Kind.RESPONSIBLE, touchpoint__in=db.one_of("bigint", pks)
        )
        for touchpoint, code in rows.order_by("department__code").values_list("touchpoint", "department__code"):
            found[touchpoint].append(code)
    return found


def _cells(word: str, lasting_id: str, columns: Sequence[str], values: Sequence[Any]) -> Cells:
    said = {name: value if name == "part_of" else _text(value) for name, value in zip(columns, values, strict=True)}
    cells = dict.fromkeys(COLUMNS, "") | {"row": word, "id": lasting_id} | said
    return cells | {SEAL: sealed(cells)}


def _text(value: Any) -> str:
    """A value as the importer reads its cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
    return with_plain_lines(str(value).replace("\0", "")).strip()


def with_plain_lines(text: str) -> str:
    """The text with its line ends as spreadsheets write them inside a cell, whatever a browser had sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line(cells: Mapping[str, str]) -> list[str | int]:
    return [int(cells[name]) if name in NUMBERS and cells[name] else cells[name] for name in COLUMNS]


# -- which cells somebody has changed since


def sealed(cells: Mapping[str, str]) -> str:
    """A mark for each cell, so that an import can tell which of them were changed after the export."""
    return SEAL_VERSION + "".join(_mark(name, cells[name]) for name in SAID)


def untouched(cells: Mapping[str, str]) -> Collection[str] | None:
    """The columns whose cells are as they were exported; None for a row that carries no seal that can be read."""
    seal = cells.get(SEAL, "").removeprefix(SEAL_VERSION)
    if seal == cells.get(SEAL, "") or len(seal) != MARK_LENGTH * len(SAID):
        return None
    marks = {name: seal[MARK_LENGTH * place :][:MARK_LENGTH] for place, name in enumerate(SAID)}
    return {name for name, mark in marks.items() if name in cells and _mark(name, cells[name]) == mark}


def _mark(column: str, value: str) -> str:
    digest = hashlib.sha256(f"{column}\0{with_plain_lines(value)}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:3]).decode()
