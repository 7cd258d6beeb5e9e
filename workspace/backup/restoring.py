"""Restoring a backup: all of it is checked before anything is touched, then the database goes in one transaction."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from journeys.models import Touchpoint
from workspace.activity.models import Event
from workspace.backup import engines
from workspace.backup.archive import DATABASE, SECRET_KEY, UPLOADS, Watch, unpack
from workspace.backup.caching import forget_cache
from workspace.backup.making import NOT_UPLOADED, STAGED, secret_key_in_use, uploaded
from workspace.backup.manifest import Manifest
from workspace.backup.problems import BackupError
from workspace.organisation.models import BusinessUnit, Person

COUNTED = {"business units": BusinessUnit, "people": Person, "touchpoints": Touchpoint, "events": Event}


def held() -> Mapping[str, int]:
    """What this installation holds, in words and numbers; only what there is any of."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    counts = {
        words: model._default_manager.count() for words, model in COUNTED.items() if model._meta.db_table in tables
    }
    counts["uploaded files"] = sum(1 for _ in uploaded())
    return {words: count for words, count in counts.items() if count}


def in_words(counts: Mapping[str, int]) -> str:
    """`12 people, 90 touchpoints`."""
    return ", ".join(f"{count:,} {words}" for words, count in counts.items())


def check(file: Path, watch: Watch) -> Manifest:
    """Read a backup to its end and check it, without restoring it. Raises BackupError."""
    with _staging() as staged:
        return _unpacked(file, staged, watch)


def restore(file: Path, watch: Watch, *, replace: bool) -> tuple[Manifest, bool]:
    """Put a backup in the place of this installation; its manifest, and whether its secret key was taken.

    Raises BackupError, with nothing changed: for a backup that is damaged, of a newer version or of another engine; and
    where there is something to lose, unless it is to be replaced.
    """
    with _staging() as staged:
        manifest = _unpacked(file, staged, watch)
        if not replace and (there := held()):
            raise BackupError(
                f"This installation holds {in_words(there)}.",
                "Add --replace to give all of that up, after a backup of it, or name an empty one.",
            )
        new = (staged / UPLOADS.rstrip("/")).resolve()
        check_exchange(Path(settings.MEDIA_ROOT), new.parent)
        engines.load(staged / DATABASE, watch)
        _exchange(new, Path(settings.MEDIA_ROOT))
        takes_key = (staged / SECRET_KEY).exists() and settings.IS_EMBEDDED and secret_key_in_use() is not None
        if takes_key:
            (staged / SECRET_KEY).replace(Path(settings.DATA_DIR) / SECRET_KEY)
    connections.close_all()
    forget_cache()
    call_command("migrate", interactive=False, verbosity=0)  # what this version has added since, and the guards
    return manifest, takes_key


@contextmanager
def _staging() -> Iterator[Path]:
    """A folder in DATA_DIR, its owner's alone, that is gone afterwards.

    What is put into its `uploads` lies in a hidden folder among the present ones: they may be on a disk of their own.
    Raises BackupError where neither can be made.
    """
    with ExitStack() as stack:
        try:
            name, beside = (
                stack.enter_context(tempfile.TemporaryDirectory(prefix=STAGED, dir=folder))
                for folder in (settings.DATA_DIR, settings.MEDIA_ROOT)
            )
        except OSError as error:
            raise BackupError(f"{error.filename} cannot be made: {error.strerror}.", "See to that folder.") from None
        new = Path(beside).resolve() / UPLOADS.rstrip("/")
        new.mkdir()
        (Path(name) / new.name).symlink_to(new)
        yield Path(name)


def _unpacked(file: Path, staged: Path, watch: Watch) -> Manifest:
    manifest = unpack(file, staged, watch)
    migrations = MigrationLoader(connection, ignore_no_migrations=True).disk_migrations
    known = {f"{app}.{name}" for app, name in migrations}
    known |= {f"{app}.{name}" for migration in migrations.values() for app, name in migration.replaces}
    manifest.check_fits(engine=engines.engine(), known=known)
    if not (staged / DATABASE).exists():
        raise BackupError("There is no database in it.", "Take another backup.")
    return manifest


def check_exchange(present: Path, staged: Path) -> None:
    """Raise BackupError unless all that is uploaded can be moved into `staged`: each is moved there and back."""
    for path in _exchanged(present, staged):
        try:
            path.replace(staged / path.name).replace(path)
        except OSError as error:
            raise BackupError(f"{path} cannot be moved: {error.strerror}.", "See to it, then try again.") from None


def _exchange(new: Path, present: Path) -> None:
    """Put what is in `new` in the place of what is in `present`, name by name: each is a rename on the same disk."""
    aside = new.parent / "replaced"
    aside.mkdir()
    for path in _exchanged(present, new.parent):
        path.replace(aside / path.name)
    for path in list(new.iterdir()):
        path.replace(present / path.name)


def _exchanged(present: Path, staged: Path) -> list[Path]:
    """What is uploaded now, and what restores that were killed have left there."""
    return [path for path in present.iterdir() if path.name not in (staged.name, *NOT_UPLOADED)]
