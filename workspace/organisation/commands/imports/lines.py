"""The lines of a file that nobody has checked: of bounded length, whatever their bytes, and to be read again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import BinaryIO

LINE_LIMIT = 1_000_000  # bytes; a row has some twenty cells of at most 100,000 characters
BOM = b"\xef\xbb\xbf"


class LineTooLong(Exception):
    """A line that is not kept whole, so that one bad file cannot fill the memory."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, its text, the byte of the file that is no UTF-8 (if any), and whether it was cut off."""

    number: int
    text: str
    wrong_byte: int | None
    cut: bool


class Lines:
    """Reads line by line for the csv module, and keeps those of the present row until the next one begins."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.number = 0
        self.ahead: deque[Line] = deque()
        self.row: list[Line] = []

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self.ahead.popleft() if self.ahead else self._read()
        if line is None:
            raise StopIteration
        self.row.append(line)
        if line.cut:
            raise LineTooLong
        return line.text

    def begin_row(self) -> None:
        """Forget the lines of the row before."""
        self.row.clear()

    def read_again_after_first(self) -> Line:
        """Give back every line of the present row but its first, which is returned."""
        first, *rest = self.row
        self.ahead.extendleft(reversed(rest))
        self.row = [first]
        return first

    @property
    def wrong_byte(self) -> int | None:
        """The first byte of the present row that is no UTF-8."""
        return next((line.wrong_byte for line in self.row if line.wrong_byte is not None), None)

    def _read(self) -> Line | None:
        start = self.file.tell()
        raw = self.file.readline(LINE_LIMIT)
        if not raw:
            return None
        self.number += 1
        cut = len(raw) == LINE_LIMIT and not raw.endswith(b"\n")
        if cut:
            while (more := self.file.readline(LINE_LIMIT)) and not more.endswith(b"\n"):
                pass
        if start == 0 and raw.startswith(BOM):
            start, raw = len(BOM), raw[len(BOM) :]
        try:
            return Line(self.number, raw.decode(), None, cut)
        except UnicodeDecodeError as error:
            return Line(self.number, raw.decode("utf-8", "surrogateescape"), start + error.start, cut)


def printable(text: str) -> str:
    r"""The text with bytes that are no UTF-8 written as \xe9."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def is_broken(text: str) -> bool:
    """Whether the text holds bytes that are no UTF-8."""
    return not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text)
