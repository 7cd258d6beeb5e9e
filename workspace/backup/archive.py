"""The file of a backup: a tar.gz of parts, written under another name until it is whole, read with suspicion."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from workspace.backup.manifest import MOST_BYTES, NAME, Manifest
from workspace.backup.problems import BackupError

DATABASE, SECRET_KEY, UPLOADS = "database", "secret-key", "uploads/"
PIECE = 1024 * 1024

Watch = Callable[[int, int, str], None]
"""Called with what is done, of how much, and what it is."""


class Writer:
    """Adds parts to an archive, and keeps their sums."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.parts: dict[str, tuple[str, int]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add a file. One that is gone since it was listed is left out."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return
        with source:
            size = os.fstat(source.fileno()).st_size
            summed = _Summing(source, size)
            self._add(name, size, summed)
            self.parts[name] = (summed.digest.hexdigest(), size)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a part that is no file, without a sum."""
        self._add(name, len(content), io.BytesIO(content))

    def _add(self, name: str, size: int, source: io.BytesIO | _Summing) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        self.tar.addfile(info, source)  # type: ignore[arg-type]


class _Summing:
    """A file of a fixed size that sums what is read of it; what was added to it meanwhile is not seen."""

    def __init__(self, source: io.BufferedReader, size: int) -> None:
        self.source, self.left = source, size
        self.digest = hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self.source.read(min(size, self.left))
        self.left -= len(piece)
        self.digest.update(piece)
        return piece


@contextmanager
def written(file: Path) -> Iterator[tuple[Writer, Path]]:
    """An archive to write into, and a folder beside it for what is made on the way.

    It gets its name, readable by its owner alone, when the block ends well; otherwise nothing of it stays. Raises
    BackupError when there is a file of that name, or the folder cannot be written to.
    """
    if file.exists():
        raise BackupError(f"{file} exists already.", "Name another file, or move that one away.")
    try:
        folder = tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent)  # 0700
    except OSError as error:
        raise BackupError(f"{file.parent} cannot be written to: {error.strerror}.", "Name another folder.") from None
    with folder as name:
        draft = Path(name) / "draft"
        with _private(draft) as out:
            with (
                gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=6) as packed,
                tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Writer(tar), Path(name)
            out.flush()
            os.fsync(out.fileno())
        if file.exists():
            raise BackupError(f"{file} was made by somebody else in the meantime.", "Name another file.")
        draft.replace(file)


def _private(path: Path) -> IO[bytes]:
    """A new file to write, readable by its owner alone."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def unpack(file: Path, into: Path, watch: Watch) -> Manifest:
    """Unpack an archive into an empty folder, checking every part; its manifest.

    Raises BackupError for a file that cannot be read, that is cut off, that holds anything but plain files in their
    places, or whose sums do not hold.
    """
    try:
        size = file.stat().st_size
        with file.open("rb") as source, tarfile.open(fileobj=source, mode="r|gz") as tar:
            sums: dict[str, tuple[str, int]] = {}
            told: bytes | None = None
            for member in tar:
                _check_place(member, known=sums)
                content = tar.extractfile(member)
                assert content is not None  # it is a plain file
                if member.name == NAME:
                    if member.size > MOST_BYTES:
                        raise BackupError("Its manifest is too large.", "It is no backup of Throughline.")
                    told = content.read()
                    continue
                sums[member.name] = _keep(content, into / member.name)
                watch(source.tell(), size, member.name)
    except (tarfile.TarError, OSError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BackupError(f"{file} cannot be read: {error}.", "It is no backup, or it is damaged.") from None
    if told is None:
        raise BackupError(f"{file} has no manifest.", "It is no backup of Throughline, or it is cut off.")
    manifest = Manifest.from_json(told)
    if sums != dict(manifest.parts):
        wrong = sorted(set(sums.items()) ^ set(manifest.parts.items()))[0][0]
        raise BackupError(f"{file} is damaged: {wrong} is not what the manifest says.", "Take another backup.")
    return manifest


def _check_place(member: tarfile.TarInfo, *, known: dict[str, tuple[str, int]]) -> None:
    """Raise BackupError unless it is a plain file with a place in a backup: nothing leads out of the folder."""
    path = PurePosixPath(member.name)
    is_inside = (
        not path.is_absolute() and ".." not in path.parts and "\\" not in member.name and "\0" not in member.name
    )
    is_expected = member.name in (DATABASE, SECRET_KEY, NAME) or (
        member.name.startswith(UPLOADS) and len(path.parts) > 1
    )
    if not (member.isreg() and is_inside and is_expected and str(path) == member.name) or member.name in known:
        raise BackupError(
            f"It holds {member.name[:200]!r}, which has no place in a backup.", "It is not to be trusted."
        )


def _keep(content: IO[bytes], path: Path) -> tuple[str, int]:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with _private(path) as out:
        while piece := content.read(PIECE):
            digest.update(piece)
            out.write(piece)
            size += len(piece)
    return digest.hexdigest(), size
