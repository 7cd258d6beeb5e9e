"""Files to import."""

from __future__ import annotations

import csv
from pathlib import Path

from benchmarks.company import DEPARTMENTS_PER_UNIT, SYSTEMS, UNITS
from benchmarks.world import CHANNELS

COLUMNS = (
    "external_id",
    "journey",
    "stage",
    "touchpoint",
    "channel",
    "business_unit",
    "owner_department",
    "step",
    "volume",
    "emotion",
    "system",
)


def write_touchpoints_csv(file: Path, rows: int) -> None:
    """A file of new touchpoints as `import_csv touchpoints` reads it: journeys of 15, one in ten without an owner."""
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for row in range(rows):
            unit = row // 15 * 7 % UNITS + 1
            department = (unit - 1) * DEPARTMENTS_PER_UNIT + row * 5 % 6 + 1
            writer.writerow(
                (
                    f"IMPORTED-{row + 1}",
                    f"Imported journey {row // 15 + 1}",
                    f"Stage {row % 15 // 3 + 1}",
                    f"Imported touchpoint {row + 1}",
                    CHANNELS[row % len(CHANNELS)],
                    f"Unit {unit}",
                    "" if row % 10 == 0 else f"D {department}",
                    row % 3 + 1,
                    row * 37 % 90_000,
                    row % 5 - 2,
                    f"System {row % SYSTEMS + 1}",
                )
            )
