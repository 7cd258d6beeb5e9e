"""Journeys as files: out for everybody inside, in for those who decide for the whole house."""

from __future__ import annotations

from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile

from journeys.commands.imports import uploading
from journeys.queries.export import COLUMNS
from tests.access.ways import Way
from tests.cast import Cast
from workspace.organisation.commands.imports.running import rejected_of

IMPORTING = ("executive", "administrator")


def ways(cast: Cast) -> list[Way]:
    """Guests find no files: what stands there names units and people. An upload and an import are one's own.

    Asking for an import writes a job; the events are those of the rows.
    """
    header = ",".join(COLUMNS).encode()

    def upload(rows: bytes) -> str:
        file = SimpleUploadedFile("journeys.csv", header + rows)
        return uploading.receive(file, name="journeys.csv", actor=cast.administrator)

    word = upload(b"\nstage,S1,NONE,Plan" + b"," * (len(COLUMNS) - 4))
    uploading.rehearse(word, actor=cast.administrator, shown=1)
    job = uploading.begin(upload(b"\n"), actor=cast.administrator)
    Path(rejected_of(job)).write_text("row\n")
    theirs = {"executive": 404}
    return [
        Way("journeys:export_journey", f"/journeys/{cast.journey.pk}/export/"),
        Way("journeys:import_journeys", "/journeys/import/", by=IMPORTING),
        Way("journeys:import_journeys", "/journeys/import/", "POST", IMPORTING, answers=dict.fromkeys(IMPORTING, 422)),
        Way("journeys:rejected_in_preview", f"/journeys/import/rejected/?file={word}", by=("administrator",),
            answers=theirs),
        Way("journeys:begin_import", "/journeys/import/begin/", "POST", ("administrator",), {"file": word},
            answers=theirs, is_recorded=False),
        Way("journeys:imported", f"/journeys/imports/{job.pk}/", by=("administrator",), answers=theirs),
        Way("journeys:rejected_rows", f"/journeys/imports/{job.pk}/rejected/", by=("administrator",), answers=theirs),
    ]  # fmt: skip
