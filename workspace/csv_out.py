"""CSV that leaves the house: read by spreadsheets, which take some text for formulas and run it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

ROWS_PER_CHUNK = 500
BYTE_ORDER_MARK = "\ufeff"  # without it, Excel reads UTF-8 as something older
STARTS_A_FORMULA = frozenset("=+-@")
SEEN_FIRST = frozenset("\t\r\n")

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
PLAIN_NUMBER = re.compile(r"0|[1-9][0-9]{0,14}")  # a spreadsheet keeps fifteen digits
TAKEN_FOR_ANOTHER = re.compile(
    r"(?=[^0-9]*[0-9])[0-9\s.,:/%()$€£¥–-]+(?:e[+-]?[0-9]+|\s?[ap]m?)?"  # 007, 1-2, 10:30, 1E5, 3.10, (5), 50%
    rf"|(?:[0-9]{{1,4}}[\s.,/-]*)?{MONTH}(?:[\s.,/-]*[0-9]{{1,4}}){{1,2}}|[0-9]{{1,4}}[\s.,/-]*{MONTH}"  # May 20, MAR1
    r"|true|false",
    re.IGNORECASE,
)
"""What spreadsheets write as another text when they save it: as a number, a day, a time or a truth."""


def csv_chunks(
    header: Sequence[str], rows: Iterable[Sequence[Any]], cell: Callable[[Any], Any] | None = None
) -> Iterator[bytes]:
    """The file in pieces of 500 rows: UTF-8 with a byte order mark, commas, all text quoted, formulas neutralised.

    `cell` makes a cell of a value; `safe_cell` unless it is given.
    """
    cell = cell or safe_cell
    page = io.StringIO()
    writer = csv.writer(page, quoting=csv.QUOTE_NONNUMERIC)
    page.write(BYTE_ORDER_MARK)
    writer.writerow([safe_cell(name) for name in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([cell(value) for value in row])
        if number % ROWS_PER_CHUNK == 0:
            yield page.getvalue().encode()
            page.seek(0)
            page.truncate()
    yield page.getvalue().encode()


def safe_cell(value: Any) -> str | int | float | Decimal:
    """A value as a cell that no spreadsheet runs: numbers as they are, text behind an apostrophe where it must be.

    As OWASP advises (CSV Injection): `=`, `+`, `-` and `@` at the start, also full-width or after anything invisible,
    and tab, carriage return and line feed there. Text that has such an apostrophe already gets one more, so that
    `as_meant` can take it away again.
    """
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float() | Decimal():
            return value
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
    text = str(value).replace("\0", "")
    return f"'{text}" if _could_run(text.lstrip("'")) else text


def lasting_cell(value: Any) -> str | int | float | Decimal:
    """As `safe_cell`, for a file that comes back: text that a spreadsheet would rewrite gets the apostrophe as well.

    So the code 007 does not come back as 7, and what is called 1-2 not as the second of January.
    """
    if not isinstance(value, str):
        return safe_cell(value)
    text = value.replace("\0", "")
    return f"'{text}" if _needs_apostrophe(text.lstrip("'")) else text


def as_meant(cell: str) -> str:
    """The text that `lasting_cell` or `safe_cell` made this cell of: without the apostrophe that they put there."""
    return cell[1:] if cell.startswith("'") and _needs_apostrophe(cell.lstrip("'")) else cell


def _needs_apostrophe(text: str) -> bool:
    if _could_run(text):
        return True
    return PLAIN_NUMBER.fullmatch(text) is None and TAKEN_FOR_ANOTHER.fullmatch(text) is not None


def _could_run(text: str) -> bool:
    if text[:1] in SEEN_FIRST:
        return True
    for character in text:
        if character.isspace() or unicodedata.category(character) in ("Cc", "Cf"):
            continue
        return unicodedata.normalize("NFKC", character)[:1] in STARTS_A_FORMULA or character == "−"
    return False
