"""A file that somebody uploads: kept until its import has a copy of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files import File

from workspace.activity.models import Job
from workspace.organisation.commands.imports.requesting import request_import
from workspace.organisation.commands.imports.running import forget, imports_folder
from workspace.organisation.models import Person

LONGEST_NAME = 100  # bytes: a disk takes some 250, and ".rejected.csv" comes behind


def _of_any_size(_size: int, _lines: int) -> None:
    """Nothing is too large."""


def keep_upload(content: File[Any], *, name: str, check: Callable[[int, int], None] = _of_any_size) -> Path:
    """Keep an uploaded file in a folder of its own. `check` is told its bytes and lines so far, and may refuse it."""
    folder = uuid.uuid4().hex
    path = imports_folder() / folder / plain_name(name)
    path.parent.mkdir(mode=0o700, parents=True)
    size = lines = 0
    try:
        with path.open("xb") as file:
            for piece in content.chunks():
                size, lines = size + len(piece), lines + piece.count(b"\n")
                check(size, lines)
                file.write(piece)
    except BaseException:
        forget(folder)
        raise
    path.chmod(0o600)
    return path


def import_upload(what: str, content: File[Any], *, name: str, is_rehearsal: bool = False, actor: Person) -> Job:
    """Ask for the import of an uploaded file, or for a rehearsal of it. Raises what `request_import` raises."""
    path = keep_upload(content, name=name)
    try:
        return request_import(what, path, is_rehearsal=is_rehearsal, actor=actor)
    finally:
        forget(path.parent.name)


def plain_name(name: str) -> str:
    """A name of a file that harms no folder, whatever the browser called it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isalnum() or letter in " ._-").strip(" .")
    return (kept or "file.csv").encode()[-LONGEST_NAME:].decode(errors="ignore")
