"""The refusals of the house. Each says why, and what to do next; the edges turn them into pages and API answers."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.functional import Promise

Text = str | Promise


class Refusal(Exception):
    """A command said no. `reason` is a sentence for people, `next_step` what they can do about it."""

    status = 400

    def __init__(self, reason: Text, *, next_step: Text = "") -> None:
        self.reason = str(reason)
        self.next_step = str(next_step)
        super().__init__(" ".join(part for part in (self.reason, self.next_step) if part))


class NotAllowed(Refusal):
    """The actor may not do this; `next_step` says who may."""

    status = 403


class Unknown(Refusal):
    """There is no such thing, or none that the actor may know of."""

    status = 404


class StaleWrite(Refusal):
    """What was to be changed has changed in the meantime.

    `version` is what it has come to, where that is known; `fields` are those that somebody else changed as well.
    """

    status = 409

    def __init__(
        self, reason: Text, *, next_step: Text = "", version: int | None = None, fields: Collection[str] = ()
    ) -> None:
        super().__init__(reason, next_step=next_step)
        self.version, self.fields = version, tuple(fields)


class RuleBroken(Refusal):
    """The request is understood, but a rule of the house forbids its result."""

    status = 422
