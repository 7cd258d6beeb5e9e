"""Erased people in files that still name them: their address reads as the one that stands in its place here.

What is kept of it is a digest with the installation's secret key. It says nothing by itself, and lets a file that
names the address again be recognised, so that a nightly import brings nobody back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.utils.crypto import salted_hmac

from workspace import db
from workspace.organisation.commands.imports.rows import Record
from workspace.organisation.models import ImportedRow, Person

KIND = "erased"
DOMAIN = "erased.invalid"


def digest_of(email: str) -> str:
    """What is kept of an address."""
    return salted_hmac("throughline.erased", email.strip().lower(), algorithm="sha256").hexdigest()


def address_in_place_of(person_id: int) -> str:
    """The address that stands for an erased person; mail to it goes nowhere."""
    return f"erased-{person_id}@{DOMAIN}"


def is_erased(email: str) -> bool:
    """Whether an address stands for somebody who was erased."""
    return email.strip().lower().endswith(f"@{DOMAIN}")


def without_erased(records: Sequence[Record]) -> Sequence[Record]:
    """The records with the addresses of erased people replaced: at most 2 statements, none without addresses."""
    digests = {cell.lower(): digest_of(cell) for record in records for cell in _addresses(record.cells.values())}
    if not digests:
        return records
    rows = ImportedRow.objects.filter(kind=KIND, key__in=db.one_of("text", digests.values()))
    erased = {key: address_in_place_of(cells["person"]) for key, cells in rows.order_by().values_list("key", "cells")}
    found = {cell: erased[digest] for cell, digest in digests.items() if digest in erased}
    for email in Person.objects.filter(email__in=found).values_list("email", flat=True) if found else ():
        del found[email]  # somebody was added anew under this address
    return [_replaced(record, found) for record in records] if found else records


def _addresses(cells: Iterable[str]) -> Iterable[str]:
    return (cell for cell in cells if "@" in cell)


def _replaced(record: Record, found: Mapping[str, str]) -> Record:
    if not any(cell.lower() in found for cell in record.cells.values()):
        return record
    cells = {column: found.get(cell.lower(), cell) for column, cell in record.cells.items()}
    return replace(record, cells=cells)
