"""Showing the progress of long work on a terminal: a line that rewrites itself, or nothing where nobody is looking."""

from __future__ import annotations

from types import TracebackType
from typing import TextIO

from workspace.activity.registry import Step


class ProgressLine:
    """Shows steps on `stream` when it is a terminal: `12,000 of 12,900 (93 %) note`."""

    def __init__(self, stream: TextIO, label: str) -> None:
        """Show steps of `label` on `stream`."""
        self.stream = stream
        self.label = label
        self.shown = 0

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.shown:
            self.stream.write("\r" + " " * self.shown + "\r")
            self.stream.flush()

    def __call__(self, step: Step) -> None:
        """Show one step."""
        if not self.stream.isatty():
            return
        share = f" ({100 * step.done // step.total} %)" if step.total else ""
        line = f"{self.label}: {step.done:,} of {step.total:,}{share} {step.note}".rstrip()
        self.stream.write("\r" + line.ljust(self.shown))
        self.stream.flush()
        self.shown = len(line)
