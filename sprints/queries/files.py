"""Files that people have attached: where they lie, what their bytes are, and who may have them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import filetype  # type: ignore[import-untyped]
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from sprints.models import Attachment, Story
from workspace.errors import Unknown
from workspace.organisation.models import Person

PIECE = 64 * 1024
FOLDER, INCOMING = "attachments", "incoming"

_HEAD = 8192  # as much as the library looks at
_LARGEST_DIRECTORY = 1024 * 1024
_OFFICE = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_OPEN = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odg",
}
_BEGINNINGS = (
    (re.compile(rb"#!"), "script"),
    (re.compile(rb"\{\\rtf"), "rtf"),
    (re.compile(rb"%!"), "ps"),
    (re.compile(rb"(<\?xml.*?\?>\s*)?(<!doctype\s+svg.*?>\s*)?<([a-z]+:)?svg\b", re.I | re.S), "svg"),
    (re.compile(rb"<!doctype\s+html|<(html|head|body|script|iframe|style|meta|title)\b", re.I), "html"),
    (re.compile(rb"<\?php", re.I), "script"),
    (re.compile(rb"(<\?xml[^>]*>\s*)(<!doctype\s+html|<html\b)", re.I), "html"),
    (re.compile(rb"<\?xml", re.I), "xml"),
)
"""What text begins with that is more than text. Comments and white space before it are left out."""
_BEFORE = re.compile(rb"\A(?:\xef\xbb\xbf|\s|<!--.*?-->)+", re.S)
_PROGRAMS = (
    (b"MZ", "exe"),
    (b"\x7fELF", "elf"),
    (b"\xfe\xed\xfa\xce", "macho"),
    (b"\xfe\xed\xfa\xcf", "macho"),
    (b"\xce\xfa\xed\xfe", "macho"),
    (b"\xcf\xfa\xed\xfe", "macho"),
    (b"\xca\xfe\xba\xbe", "macho"),
)


def folder() -> Path:
    """Where attachments lie; no web server reaches it."""
    return Path(settings.MEDIA_ROOT) / FOLDER


def path_of(digest: str) -> Path:
    """Where the file with this SHA-256 lies. Raises ValueError for a text that is none."""
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise ValueError(f"{digest!r} is no SHA-256 in hexadecimal")
    return folder() / digest[:2] / digest[2:4] / digest


def pieces_of(attachment: Attachment) -> Iterator[bytes]:
    """The file, piece by piece. Raises Unknown, before the first of them, where it does not lie there any more."""
    try:
        file = path_of(attachment.digest).open("rb")
    except FileNotFoundError:
        raise Unknown(
            _("The file “%(name)s” is not in the storage.") % {"name": attachment.name},
            next_step=_("Ask an administrator: it may be in a backup."),
        ) from None

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(PIECE):
                yield piece

    return pieces()


def attachments_for(person: Person) -> QuerySet[Attachment]:
    """The attachments of the stories that the person may see; removed ones are nowhere."""
    stories = Story.objects.visible_to(person).order_by()
    return Attachment.objects.filter(deleted_at__isnull=True, story__in=stories.values("pk"))


def kind_of(path: Path, *, is_text: bool) -> str:
    """What the bytes of a file are: a code of `sprints.rules.files`, or the usual ending of what the library knows.

    `is_text`: all of it is UTF-8 without NUL. At most some kilobytes and a ZIP's directory are read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return "empty"
    if is_text and not head.startswith(b"%PDF-"):
        return _kind_of_text(head)
    for beginning, code in _PROGRAMS:
        if head.startswith(beginning):
            return code
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    known = filetype.guess(head)
    if known is None:
        return "unknown"
    return {"apng": "png"}.get(known.extension, str(known.extension))


def _kind_of_text(head: bytes) -> str:
    begins = _BEFORE.sub(b"", head)
    return next((code for pattern, code in _BEGINNINGS if pattern.match(begins)), "txt")


def _kind_of_zip(path: Path) -> str:
    """What kind of document a ZIP archive is; "zip" for none, "macros" for one that holds a program."""
    if _directory_size(path) > _LARGEST_DIRECTORY:
        return "zip"
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in names):
                return "macros"
            if "mimetype" in names:
                with archive.open("mimetype") as said:
                    return _OPEN.get(said.read(100).strip(), "zip")
            if "[Content_Types].xml" in names:
                return next((code for part, code in _OFFICE.items() if any(n.startswith(part) for n in names)), "zip")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return "zip"
    return "zip"


def _directory_size(path: Path) -> int:
    """The bytes of a ZIP's directory, as its end says, so that none that is huge is ever read; of a ZIP64, too many."""
    with path.open("rb") as file:
        length = file.seek(0, 2)
        file.seek(max(0, length - 65_557))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22 or tail[max(0, end - 20) : end].startswith(b"PK\x06\x07"):
        return _LARGEST_DIRECTORY + 1
    return int.from_bytes(tail[end + 12 : end + 16], "little")
