"""Which keys a file has named already, and where. On disk, so that memory stays flat however long the file is."""

from __future__ import annotations

import sqlite3
from types import TracebackType


class SeenKeys:
    """A scratch index that vanishes with the process; whoever resumes reads the file again from its beginning."""

    def __enter__(self) -> SeenKeys:
        self.index = sqlite3.connect("", isolation_level=None)  # no name: a file of its own that nobody else sees
        self.index.execute("PRAGMA journal_mode=OFF")
        self.index.execute("PRAGMA synchronous=OFF")
        self.index.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")
        self.index.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.index.close()

    def first_line(self, key: str, line: int) -> int | None:
        """The line that named this key before; None when this is the first."""
        added = self.index.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line))
        if added.rowcount:
            return None
        return int(self.index.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()[0])
