"""The form of every decision in the house."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Text


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes, or no with the reason and the next step (who could do it, or what to change)."""

    allowed: bool
    reason: Text = ""
    next_step: Text = ""

    def __bool__(self) -> bool:
        return self.allowed

    def or_not_allowed(self) -> None:
        """Raise NotAllowed unless the answer is yes."""
        if not self.allowed:
            raise NotAllowed(self.reason, next_step=self.next_step)

    def or_rule_broken(self) -> None:
        """Raise RuleBroken unless the answer is yes."""
        if not self.allowed:
            raise RuleBroken(self.reason, next_step=self.next_step)

    def or_stale(self, version: int) -> None:
        """Raise StaleWrite, with the version that there is, unless the answer is yes."""
        if not self.allowed:
            raise StaleWrite(self.reason, next_step=self.next_step, version=version)


YES = Decision(True)


def no(reason: Text, next_step: Text = "") -> Decision:
    """A refusal."""
    return Decision(False, reason, next_step)
