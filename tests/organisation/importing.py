"""What the tests of imports share: writing a file, importing it, and the whole state that an import may change."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import apps

from workspace.activity.models import Event
from workspace.organisation.commands.imports import Outcome, import_file


class Folder:
    """A folder of files to import."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, columns: str, *rows: Sequence[str]) -> Path:
        """Write a file: its columns, separated by spaces, and its rows."""
        path = self.path / f"{name}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns.split())
            writer.writerows(rows)
        return path

    def take(self, kind: str, columns: str, *rows: Sequence[str], **options: Any) -> Outcome:
        """Write a file and import it."""
        return import_file(kind, self.write(kind, columns, *rows), **options)

    def take_bytes(self, kind: str, content: bytes) -> Outcome:
        """Import a file of exactly these bytes."""
        path = self.path / f"{kind}.csv"
        path.write_bytes(content)
        return import_file(kind, path)


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """Added, changed, unchanged and rejected rows; they add up, whatever is asked."""
    tally = outcome.tally
    assert tally.rows == tally.added + tally.changed + tally.unchanged + tally.rejected
    return tally.added, tally.changed, tally.unchanged, tally.rejected


def problems(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Line, column and value of everything that was rejected."""
    return [(problem["line"], problem["column"], problem["value"]) for problem in outcome.first_problems(1000)]


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that an import may change: a copy of it is equal as long as nothing has changed."""
    labels = ("organisation", "journeys")
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    rows = {model._meta.label: sorted(model._default_manager.values_list(), key=repr) for model in models}
    return rows | {"events": sorted(Event.objects.values_list("pk", "kind"))}
