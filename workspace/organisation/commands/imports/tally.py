"""The counts of an import. They add up: rows = added + changed + unchanged + rejected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from workspace.organisation.commands.imports.cells import shortened
from workspace.organisation.commands.imports.rows import Row


@dataclass(slots=True)
class Tally:
    """How many rows there were and what became of them. `partly`: taken, and counted above, but not with every cell."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    partly: int = 0
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def count(self, rows: Sequence[Row]) -> Tally:
        """The counts with these rows on top; this one stays as it is."""
        new = Tally.of(asdict(self))
        for row in rows:
            new.rows += 1
            outcome = "rejected" if row.is_rejected else row.outcome
            setattr(new, outcome, getattr(new, outcome) + 1)
            if row.is_rejected:
                continue
            new.partly += bool(row.problems)
            for code, value in row.notes:
                noted = new.notes.setdefault(code, {"count": 0, "value": shortened(value), "line": row.record.line})
                noted["count"] += 1
        return new

    @property
    def went_well(self) -> bool:
        """Whether everything was taken."""
        return not self.rejected and not self.partly

    @staticmethod
    def of(kept: dict[str, Any]) -> Tally:
        """The counts that a job has kept."""
        return Tally(**(kept | {"notes": {code: dict(note) for code, note in kept.get("notes", {}).items()}}))
