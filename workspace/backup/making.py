"""Making a backup: the database at one moment, then the uploads, then what proves that all of it is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from workspace import clock
from workspace.backup import engines
from workspace.backup.archive import DATABASE, SECRET_KEY, UPLOADS, Watch, written
from workspace.backup.manifest import FORMAT, NAME, Manifest
from workspace.backup.problems import BackupError

STAGED = ".restore-"
"""How folders begin in which a restore lays out what it brings."""

NOT_UPLOADED = ("lost+found",)
"""What a disk keeps for itself, where the uploads are on one of their own."""


def back_up(file: Path, watch: Watch) -> Manifest:
    """Write a backup of this installation, while it runs. Raises BackupError; then there is no such file."""
    migrations = applied_migrations()
    if not migrations:
        raise BackupError("The database is empty: there is nothing to back up.", "Run manage.py migrate first.")
    with written(file) as (archive, folder):
        dumped = folder / DATABASE
        counts = engines.dump(dumped, watch)
        archive.add(DATABASE, dumped)
        dumped.unlink()
        if (key := secret_key_in_use()) is not None:
            archive.add(SECRET_KEY, key)
        uploads = sorted(uploaded())
        for number, path in enumerate(uploads, start=1):
            archive.add(UPLOADS + path.relative_to(settings.MEDIA_ROOT).as_posix(), path)
            watch(number, len(uploads), "uploads")
        manifest = Manifest(
            format=FORMAT,
            made_at=clock.now().isoformat(timespec="seconds"),
            engine=engines.engine(),
            migrations=migrations,
            counts=counts,
            parts=archive.parts,
        )
        archive.add_bytes(NAME, manifest.to_json())
    return manifest


def applied_migrations() -> tuple[str, ...]:
    """What was migrated in this database, as `app.name`; nothing where it is empty."""
    connection.close()  # a connection of before a restore would read what is gone
    return tuple(sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations()))


def uploaded() -> Iterator[Path]:
    """The files that people have uploaded; links are not followed, what restores have left is none of them."""
    folder = Path(settings.MEDIA_ROOT)
    for top in folder.iterdir():
        if top.name in NOT_UPLOADED or top.name.startswith(STAGED):
            continue
        within = top.rglob("*") if top.is_dir() and not top.is_symlink() else ()
        yield from (path for path in (top, *within) if path.is_file() and not path.is_symlink())


def secret_key_in_use() -> Path | None:
    """The file of the key that signs sessions and links, where it is not in the environment."""
    file = Path(settings.DATA_DIR) / SECRET_KEY
    return file if file.exists() and file.read_text().strip() == settings.SECRET_KEY else None
