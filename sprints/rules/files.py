"""Which files are taken: decided by what their bytes are, which the name has to agree with."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.errors import Text
from workspace.organisation.rules.decisions import YES, Decision, no

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken: what people call it, what browsers do, and the endings that names have."""

    words: Text
    content_type: str
    endings: tuple[str, ...]


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KINDS: dict[str, FileKind] = {
    "png": FileKind(gettext_lazy("a PNG image"), "image/png", ("png",)),
    "jpg": FileKind(gettext_lazy("a JPEG image"), "image/jpeg", ("jpg", "jpeg", "jpe")),
    "gif": FileKind(gettext_lazy("a GIF image"), "image/gif", ("gif",)),
    "webp": FileKind(gettext_lazy("a WebP image"), "image/webp", ("webp",)),
    "pdf": FileKind(gettext_lazy("a PDF document"), "application/pdf", ("pdf",)),
    "mp4": FileKind(gettext_lazy("an MP4 video"), "video/mp4", ("mp4", "m4v")),
    "webm": FileKind(gettext_lazy("a WebM video"), "video/webm", ("webm",)),
    "mp3": FileKind(gettext_lazy("an MP3 recording"), "audio/mpeg", ("mp3",)),
    "docx": FileKind(gettext_lazy("a Word document"), f"{_OFFICE}wordprocessingml.document", ("docx",)),
    "xlsx": FileKind(gettext_lazy("an Excel workbook"), f"{_OFFICE}spreadsheetml.sheet", ("xlsx",)),
    "pptx": FileKind(gettext_lazy("a PowerPoint presentation"), f"{_OFFICE}presentationml.presentation", ("pptx",)),
    "odt": FileKind(gettext_lazy("an OpenDocument text"), f"{_OPEN}text", ("odt",)),
    "ods": FileKind(gettext_lazy("an OpenDocument spreadsheet"), f"{_OPEN}spreadsheet", ("ods",)),
    "odp": FileKind(gettext_lazy("an OpenDocument presentation"), f"{_OPEN}presentation", ("odp",)),
    "odg": FileKind(gettext_lazy("an OpenDocument drawing"), f"{_OPEN}graphics", ("odg",)),
    "txt": FileKind(gettext_lazy("plain text"), "text/plain", ("txt", "text", "csv", "md", "markdown")),
}

REFUSED: dict[str, Text] = {
    "empty": gettext_lazy("an empty file"),
    "exe": gettext_lazy("a program for Windows"),
    "elf": gettext_lazy("a program for Linux"),
    "macho": gettext_lazy("a program for macOS"),
    "script": gettext_lazy("a script that a computer runs"),
    "html": gettext_lazy("a web page (HTML)"),
    "svg": gettext_lazy("an SVG drawing, which can hold a program"),
    "xml": gettext_lazy("an XML file"),
    "zip": gettext_lazy("a ZIP archive"),
    "macros": gettext_lazy("an office document with macros"),
    "rtf": gettext_lazy("an RTF document"),
    "ps": gettext_lazy("a PostScript file"),
    "unknown": gettext_lazy("nothing that the house knows"),
}
"""What people are told of kinds that are not taken; of others, their usual ending."""

_TEXTS = {"csv": "text/csv", "md": "text/markdown", "markdown": "text/markdown"}


def clean_name(name: str) -> str:
    """A file's name as it is kept: its last part, without control and direction characters, its ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    plain = " ".join(plain.split()).strip()
    if not plain.strip(". "):
        return "file"
    if len(plain) <= LONGEST_NAME:
        return plain
    ending = PurePath(plain).suffix[:20]
    return plain[: LONGEST_NAME - len(ending)].rstrip() + ending


def ending_of(name: str) -> str:
    """What stands behind the last dot of a name, in lower case; "" for none."""
    return PurePath(name).suffix[1:].lower()


def content_type_of(code: str, name: str) -> str:
    """The content type of a kind that is taken; of text, as the name's ending says."""
    return _TEXTS.get(ending_of(name), KINDS[code].content_type) if code == "txt" else KINDS[code].content_type


def words_for(code: str) -> str:
    """What people call a kind of file, taken or not."""
    if code in KINDS:
        return str(KINDS[code].words)
    return str(REFUSED[code]) if code in REFUSED else _("a file of the type “%(code)s”") % {"code": code}


def is_size_allowed(size: int, *, limit_mb: int) -> Decision:
    """A file has at most `limit_mb` megabytes, of 1,048,576 bytes each."""
    if size <= limit_mb * 1024 * 1024:
        return YES
    return no(
        _("The file is larger than %(limit)d MB.") % {"limit": limit_mb},
        _("Make it smaller, or put it where large files are kept and link to it."),
    )


def is_file_allowed(name: str, code: str) -> Decision:
    """A file is taken if its bytes are of a kind that is taken, and its name does not say something else."""
    if code not in KINDS:
        return no(
            _("“%(name)s” is %(kind)s; such files are not taken.") % {"name": name, "kind": words_for(code)},
            _("Images, PDF, MP4, WebM and MP3, office documents and plain text are."),
        )
    ending = ending_of(name)
    if ending and ending not in KINDS[code].endings:
        return no(
            _("“%(name)s” is not what its name says: by its bytes it is %(kind)s.")
            % {"name": name, "kind": words_for(code)},
            _("If that is right, rename it so that it ends in .%(ending)s.") % {"ending": KINDS[code].endings[0]},
        )
    return YES
