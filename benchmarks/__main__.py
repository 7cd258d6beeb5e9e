"""`python -m benchmarks`, or `make bench`: measure, print tables, write JSON."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.databases import NAME, Place, can_reach
from benchmarks.report import print_report

SERVER = "postgres://postgres@127.0.0.1:5432"
PARTS = ("scan", "delta", "import", "pages", "finding", "boards", "api", "map", "live")

EXAMPLES = f"""
SQLite files are kept in a temporary folder, and on a PostgreSQL server in databases called {NAME}…, which are dropped
at the end. The data of the installation is not touched. A million touchpoints take some 5 GB of disk for a while.

examples:
  python -m benchmarks                                            10,000 and 100,000, on SQLite, and on PostgreSQL
                                                                  where one answers at 127.0.0.1:5432
  python -m benchmarks --size 10k,100k,1m --json figures.json
  python -m benchmarks --database postgres://me@db.example --size 1m --part scan --rounds 1
  make bench ARGS="--database sqlite --size 10k"
"""


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measure Throughline's budgets on data of its own.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--size", type=_sizes, default=[10_000, 100_000], help="touchpoints: 10k,100k,1m (10k,100k)")
    parser.add_argument("--database", action="append", metavar="DB", help="sqlite, or postgres://user@host; repeatable")
    parser.add_argument("--part", action="append", choices=PARTS, help="measure this part alone; repeatable")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the full scan (3); the median is told")
    parser.add_argument("--rows", type=_size, default=100_000, help="rows of the file to import (100k)")
    parser.add_argument(
        "--files", type=Path, metavar="FOLDER", help="org.csv and touchpoints.csv: the map of their largest journey too"
    )
    parser.add_argument("--streams", type=int, default=100, help="open pages that hear of changes (100)")
    parser.add_argument("--processes", type=int, default=1, help="web processes that serve them (1)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure to this file")
    options = parser.parse_args()
    results: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as folder:
        for server in _servers(options.database):
            place = Place(Path(folder), server)
            for touchpoints in options.size:
                results.append(_measure(place, touchpoints, options))
                if options.json:
                    options.json.write_text(json.dumps(results, indent=1))
    print_report(results)


def _measure(place: Place, touchpoints: int, options: argparse.Namespace) -> dict[str, Any]:
    parts = options.part or PARTS
    _say(f"{place.engine}, {touchpoints:,} touchpoints: making them …")
    result: dict[str, Any] = {"database": place.engine, "touchpoints": touchpoints}
    with _database(place, NAME) as filled:
        result["fill"] = place.run(filled, "fill", str(touchpoints))
        if "scan" in parts:
            result["scan"] = [_scan_round(place, filled, number) for number in range(1, options.rounds + 1)]
        if "delta" in parts or "pages" in parts:
            with _database(place, f"{NAME}_copy", filled) as copy:
                place.run(copy, "scan")
                for part in ("delta", "pages"):
                    if part in parts:
                        _say(f"  {part} …")
                        result[part] = place.run(copy, part)
        for part, words, arguments in (
            ("import", f"import of {options.rows:,} rows", [str(options.rows)]),
            ("finding", "finding", []),
            ("boards", "boards", []),
            ("api", "requests of programs", []),
            ("map", "the journey map", [str(options.files)] if options.files else []),
            ("live", f"{options.streams:,} open pages", [str(options.streams), str(options.processes)]),
        ):
            if part in parts:
                _say(f"  {words} …")
                with _database(place, f"{NAME}_copy", filled) as copy:
                    result[part] = place.run(copy, part, *arguments)
    return result


def _scan_round(place: Place, filled: str, number: int) -> dict[str, Any]:
    """Bare statements without events and with them, and a scan, each on a copy of its own; then a second scan."""
    _say(f"  full scan, round {number} …")
    measured: dict[str, Any] = {}
    for name, how in (("bare", "alone"), ("bare_with_events", "with-events")):
        with _database(place, f"{NAME}_copy", filled) as copy:
            measured[name] = place.run(copy, "bare", how)
    with _database(place, f"{NAME}_copy", filled) as copy:
        measured["first"] = place.run(copy, "scan")
        measured["second"] = place.run(copy, "scan")
    changed = sum(sum(rule.values()) for rule in measured["second"]["counts"].values())
    if changed:
        raise SystemExit(f"The second scan was to change nothing, but changed {changed:,} flags.")
    return measured


@contextmanager
def _database(place: Place, name: str, source: str = "") -> Iterator[str]:
    if source:
        place.copy(source, name)
    else:
        place.create(name)
    try:
        yield name
    finally:
        place.drop(name)


def _servers(chosen: list[str] | None) -> list[str | None]:
    """The databases to measure: None is SQLite."""
    if chosen is None:
        return [None, SERVER] if can_reach(SERVER) else [None]
    for database in chosen:
        if database != "sqlite" and not database.startswith(("postgres://", "postgresql://")):
            raise SystemExit(f"{database!r} is no database to measure; say sqlite, or postgres://user@host:port.")
        if database != "sqlite" and not can_reach(database):
            raise SystemExit(f"No PostgreSQL answers at {database}.")
    return [None if database == "sqlite" else database for database in chosen]


def _size(text: str) -> int:
    factor = {"k": 1_000, "m": 1_000_000}.get(text[-1:].lower(), 1)
    try:
        size = int(text[:-1] if factor > 1 else text) * factor
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; say 10k, 100k or 1m") from None
    if size < 1_000:
        raise argparse.ArgumentTypeError(f"{text!r} is too small to measure; 1k is the least")
    return size


def _sizes(text: str) -> list[int]:
    return [_size(part) for part in text.split(",")]


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
