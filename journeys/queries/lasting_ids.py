"""The ids under which journeys, stages and touchpoints leave the house, and are known again when they come back.

What a file once brought keeps the id that it had there. What was made here is called after this installation and its
number, such as `tl-3fa9c21e-12`; another installation keeps that as the id from a file, so that it never means
something else there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from datetime import UTC
from typing import TypeVar

from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Q

from journeys.models import Journey, Touchpoint
from workspace import db
from workspace.organisation.models import ImportedRow

Thing = TypeVar("Thing", Journey, Touchpoint)

STAGE_IDS = "stage-ids"
"""The kind of remembered row that keeps, for the number of a stage, the id that a file gave it."""


def own_mark() -> str:
    """What the ids of things that were made here begin with: 1 statement. It hangs on when the tables were laid."""
    laid = MigrationRecorder.Migration.objects.order_by("pk").values_list("applied", flat=True).first()
    moment = laid.astimezone(UTC).isoformat() if laid is not None else ""
    return f"tl-{hashlib.sha256(moment.encode()).hexdigest()[:8]}-"


def own_number(mark: str, lasting_id: str) -> int | None:
    """The number of something that was made here; None for an id that came with a file."""
    number = lasting_id.removeprefix(mark)
    is_written_so = number.isascii() and number.isdecimal() and not number.startswith("0") and len(number) < 19
    return int(number) if number != lasting_id and is_written_so else None


def own_numbers(mark: str, ids: Collection[str]) -> set[int]:
    """The numbers of those that were made here."""
    return {number for lasting_id in ids if (number := own_number(mark, lasting_id)) is not None}


def named_so(mark: str, ids: Collection[str]) -> Q:
    """The condition that a journey or touchpoint is known by one of these ids."""
    return Q(external_id__in=db.one_of("text", ids)) | Q(pk__in=db.one_of("bigint", own_numbers(mark, ids)))


def by_lasting_id(mark: str, ids: Collection[str], things: Collection[Thing]) -> dict[str, Thing]:
    """These things by those of the ids that mean them; the id that came with a file counts first."""
    by_number = {thing.pk: thing for thing in things}
    found = {thing.external_id: thing for thing in things if thing.external_id in ids and thing.external_id is not None}
    for lasting_id in ids:
        number = own_number(mark, lasting_id)
        if lasting_id not in found and number in by_number:
            found[lasting_id] = by_number[number]
    return found


def ids_of_stages(mark: str, pks: Collection[int]) -> Mapping[int, str]:
    """The lasting ids of these stages: 1 statement."""
    if not pks:
        return {}
    rows = ImportedRow.objects.filter(kind=STAGE_IDS, key__in=db.one_of("text", map(str, pks))).order_by()
    given = {int(key): str(cells["id"]) for key, cells in rows.values_list("key", "cells")}
    return {pk: given.get(pk, f"{mark}{pk}") for pk in pks}
