"""The periods, targets and sizes of the scan rules, and how patient the house is.

These are the defaults; `journeys.queries.limits.limits_now` reads what the organisation has set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """What the rules measure against. Days are calendar days unless the name says working days.

    `off` are the codes of the scan rules that are switched off. `journeys.rules.settings` declares what people may set.
    """

    decide_claim_working_days: int = 5
    deny_claim_after_days: int = 14
    attest_every_days: int = 180
    attest_grace_days: int = 30
    overloaded_above: int = 15
    siloed_ratio: int = 5
    siloed_min_ties: int = 6
    coverage_target: float = 0.80
    coverage_drop: float = 0.05
    coverage_drop_days: int = 28
    blind_spot_sprints: int = 3
    top_volume_share: float = 0.10
    longest_snooze_days: int = 90
    longest_waiver_days: int = 366
    patience_days: dict[int, int] = field(default_factory=lambda: {4: 2, 3: 5, 2: 10, 1: 20}, hash=False)
    off: frozenset[str] = frozenset()


LIMITS = Limits()


def add_working_days(start: date, days: int) -> date:
    """The day that lies `days` working days (Monday to Friday) after `start`."""
    here = start
    while days > 0:
        here += timedelta(days=1)
        if here.weekday() < 5:
            days -= 1
    return here
