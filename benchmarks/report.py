"""The measurements as tables."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

Results = dict[str, Any]


def print_report(results: Sequence[Results]) -> None:
    """Print what was measured: one table for each part, one line for each database and size."""
    for part, title, head, cells in (
        ("scan", "Full scan", _SCAN, _scan_cells),
        ("delta", "One claim, and the scan around it", _DELTA, _delta_cells),
        ("import", "Import of touchpoints", _IMPORT, _import_cells),
        ("live", "Changes heard by open pages", _LIVE, _live_cells),
    ):
        lines = [[*_where(result), *cells(result[part])] for result in results if part in result]
        if lines:
            _print_table(title, ["database", "touchpoints", *head], lines)
    lines = [
        [*_where(result), name, f"{page['statements']}", f"{page['cpu_ms']:.0f}", f"{page['ms']:.0f}"]
        for result in results
        for name, page in result.get("pages", {}).get("pages", {}).items()
    ]
    if lines:
        _print_table("Pages", ["database", "touchpoints", "page", "statements", "CPU ms", "ms"], lines)
    lines = [
        [*_where(result), name, f"{page['statements']}", f"{page['cpu_ms']:.0f}", f"{page['ms']:.0f}"]
        for result in results
        for name, page in result.get("finding", {}).get("finding", {}).items()
    ]
    if lines:
        _print_table("Finding", ["database", "touchpoints", "words", "statements", "CPU ms", "ms"], lines)
    for part, title in (("boards", "Boards"), ("map", "Journey map")):
        lines = [
            [*_where(result), name, *(_number(page.get(one)) for one in _BOARD)]
            for result in results
            for name, page in result.get(part, {}).get(part, {}).items()
        ]
        if lines:
            _print_table(title, ["database", "touchpoints", "what", "statements", "rows", "CPU ms", "ms", "kB"], lines)
    lines = [
        [*_where(result), name, *(f"{request[one]:.{places}f}" for one, places in _API)]
        for result in results
        for name, request in result.get("api", {}).get("api", {}).items()
    ]
    if lines:
        head = [
            "database",
            "touchpoints",
            "request",
            "statements",
            "web ms",
            "database ms",
            "both ms",
            "a second",
            "kB",
        ]
        _print_table("Requests of programs, four at once", head, lines)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"


_API = (("statements", 0), ("web_ms", 1), ("database_ms", 1), ("cpu_ms", 1), ("per_second", 0), ("kb", 1))
_BOARD = ("statements", "rows", "cpu_ms", "ms", "kb")
_SCAN = ["bare s", "bare + events s", "scan s", "÷ bare", "÷ bare + events", "quiet s", "÷ scan", "flags", "peak MB"]
_DELTA = ["statements", "read", "ms", "large tables read from end to end"]
_LIVE = ["pages", "processes", "events", "heard %", "p50 ms", "p95 ms", "p99 ms", "MB", "stop s"]
_IMPORT = ["rows", "s", "rows/s", "the same again s", "peak MB"]


def _where(result: Results) -> list[str]:
    return [result["database"], f"{result['touchpoints']:,}"]


def _scan_cells(rounds: list[Results]) -> list[str]:
    """Medians; the ratios are those of each round, for what else runs on the machine slows its neighbours alike."""

    def middle(name: str, under: str = "") -> float:
        return float(median(one[name]["seconds"] / (one[under]["seconds"] if under else 1) for one in rounds))

    return [
        f"{middle('bare'):.1f}",
        f"{middle('bare_with_events'):.1f}",
        f"{middle('first'):.1f}",
        f"{middle('first', 'bare'):.2f}",
        f"{middle('first', 'bare_with_events'):.2f}",
        f"{middle('second'):.1f}",
        f"{middle('second', 'first'):.2f}",
        f"{sum(rule['opened'] for rule in rounds[0]['first']['counts'].values()):,}",
        f"{median(one['first']['peak_mb'] for one in rounds):.0f}",
    ]


def _delta_cells(delta: Results) -> list[str]:
    return [
        f"{delta['statements']:.0f}",
        f"{delta['read']:,.0f}",
        f"{1000 * delta['seconds']:.0f}",
        ", ".join(delta["full_reads"]) or "none",
    ]


def _import_cells(done: Results) -> list[str]:
    return [
        f"{done['rows']:,}",
        f"{done['seconds']:.1f}",
        f"{done['rows'] / done['seconds']:,.0f}",
        f"{done['again_seconds']:.1f}",
        f"{done['peak_mb']:.0f}",
    ]


def _live_cells(heard: Results) -> list[str]:
    names = ("streams", "processes", "events", "delivered", "p50", "p95", "p99")
    return [*(f"{heard.get(name, 0):,}" for name in names), f"{heard['mb']:.0f}", f"{heard['stop_s']:.1f}"]


def _print_table(title: str, head: list[str], lines: list[list[str]]) -> None:
    widths = [max(len(line[column]) for line in [head, *lines]) for column in range(len(head))]
    print(f"\n{title}")
    for line in [head, ["-" * width for width in widths], *lines]:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
