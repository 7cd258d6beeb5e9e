"""What a backup says about itself: what it was made of, when, and the sums of its parts."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from workspace.backup.problems import BackupError

FORMAT = 1
NAME = "manifest.json"
MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """`parts` are SHA-256 and size by name in the archive; `counts` rows by table; `migrations` what was applied."""

    format: int
    made_at: str
    engine: str
    migrations: tuple[str, ...]
    counts: Mapping[str, int]
    parts: Mapping[str, tuple[str, int]]

    def to_json(self) -> bytes:
        """The manifest as it stands in the archive."""
        return json.dumps(asdict(self), indent=1, sort_keys=True).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Read a manifest. Raises BackupError when it is none."""
        try:
            told: dict[str, Any] = json.loads(text)
            if told["format"] != FORMAT:
                raise BackupError(
                    f"It is of format {told['format']!r}; this version of Throughline reads format {FORMAT}.",
                    "Restore it with the version that made it.",
                )
            return cls(
                format=FORMAT,
                made_at=str(told["made_at"]),
                engine=str(told["engine"]),
                migrations=tuple(map(str, told["migrations"])),
                counts={str(name): int(count) for name, count in told["counts"].items()},
                parts={str(name): (str(digest), int(size)) for name, (digest, size) in told["parts"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BackupError(f"Its manifest cannot be read ({error}).", "It is no backup of Throughline.") from None

    def check_fits(self, *, engine: str, known: Collection[str]) -> None:
        """Raise BackupError unless it was made on this engine, by this version or an older one."""
        if self.engine != engine:
            raise BackupError(
                f"It was made on {self.engine}; this installation runs on {engine}.",
                "Set DATABASE_URL to a database of that kind, or leave it unset for SQLite.",
            )
        newer = sorted(set(self.migrations) - set(known))
        if newer:
            raise BackupError(
                f"It was made by a newer version of Throughline: this one does not know {newer[0]}.",
                "Install the version that made it, or a later one.",
            )
