"""What is downloaded is kept, never shown or run; a spreadsheet runs nothing of it."""

from __future__ import annotations

import asyncio
import csv
import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from workspace.answers import download
from workspace.csv_out import csv_chunks, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30 1234",
        "-2+3+cmd|' /C calc'!A0",
        "@SUM(A1:A9)",
        "\t=1",
        "\r=1",
        "\nplain",
        "  =1+1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff@x",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "﹢1",
        "−1",
    ],
)
def test_text_that_a_spreadsheet_would_run_is_made_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Checkout", "a=b", "Q1 - Q2", "'quoted", "1-2", "   ", "Zürich"])
def test_other_text_stays_as_it_is(text):
    assert safe_cell(text) == text


def test_numbers_stay_numbers_and_days_are_iso():
    assert [safe_cell(value) for value in (-5, 2.5, Decimal("-1.20"), None, True)] == [
        -5,
        2.5,
        Decimal("-1.20"),
        "",
        "yes",
    ]
    assert safe_cell(date(2026, 3, 1)) == "2026-03-01"
    assert safe_cell(datetime(2026, 3, 1, 9, tzinfo=UTC)) == "2026-03-01T09:00:00+00:00"


def test_a_file_reads_back_as_what_was_written():
    rows = [(number, f"name {number}", 'a "quoted", one\nwith a line') for number in range(1, 1203)]

    chunks = list(csv_chunks(["n", "name", "note"], rows))

    assert len(chunks) == 3
    text = b"".join(chunks).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["n", "name", "note"]
    assert [(int(n), name, note) for n, name, note in read[1:]] == rows


def test_a_download_is_kept_and_never_run():
    response = download("../../evil\\gaps\r\nX-Evil: 1.html", "text/html", iter([b"<script>"]))

    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; ")
    assert "/" not in disposition.replace("utf-8''", "")
    assert "\n" not in disposition
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]
    assert "private" in response["Cache-Control"]


def test_a_download_is_sent_piece_by_piece_behind_an_asgi_server():
    made = []

    def pieces():
        for number in range(3):
            made.append(number)
            yield b"%d" % number

    async def first_two():
        return [(piece, len(made)) async for piece in download("a.csv", "text/csv", pieces())]

    with ThreadPoolExecutor(1) as thread:  # where no loop runs: the browser of other tests keeps one in this thread
        assert thread.submit(asyncio.run, first_two()).result() == [(b"0", 1), (b"1", 2), (b"2", 3)]
