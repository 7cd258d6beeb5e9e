"""Why a backup or a restore did not happen."""

from __future__ import annotations


class BackupError(Exception):
    """Nothing was changed. `reason` and `next_step` are sentences for whoever sits at the terminal."""

    def __init__(self, reason: str, next_step: str = "") -> None:
        self.reason, self.next_step = reason, next_step
        super().__init__(" ".join(filter(None, (reason, next_step))))
