"""What an organisation may set about the rules: each setting declared once, with its bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journeys.limits import LIMITS, Limits
from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

OFF = "off."
"""What stands before the code of a scan rule in the key of its switch: `off.no-owner` is true where it is off."""

PATIENCE = {"patience_critical": 4, "patience_high": 3, "patience_medium": 2, "patience_low": 1}

_lazy = gettext_lazy
DAYS, WORKING_DAYS, PERCENT = _lazy("days"), _lazy("working days"), _lazy("%")
POINTS, TOUCHPOINTS, TO_ONE, TIES = _lazy("percentage points"), _lazy("touchpoints"), _lazy(": 1"), _lazy("ties")
SPRINTS = _lazy("sprints")


@dataclass(frozen=True, slots=True)
class Setting:
    """A number that people may set. `rule` is the code of the scan rule it belongs to, "" where it is about all flags.

    `is_share` ones are percentages with at most one decimal, kept in `Limits` as a share of 1.
    """

    key: str
    rule: str
    label: str | Promise
    help: str | Promise
    unit: str | Promise
    minimum: int
    maximum: int
    is_share: bool = False

    def of(self, limits: Limits) -> int | float:
        """The value in these limits, in the unit of the setting."""
        if self.key in PATIENCE:
            return limits.patience_days[PATIENCE[self.key]]
        value: int | float = getattr(limits, self.key)
        return plain(100 * value) if self.is_share else value

    @property
    def default(self) -> int | float:
        """The value as Throughline comes."""
        return self.of(LIMITS)


SETTINGS = (
    Setting(
        "top_volume_share", "no-owner", _lazy("Busiest touchpoints"),
        _lazy("Among this share of the highest volumes, a touchpoint without an owner is critical."),
        PERCENT, 1, 50, is_share=True,
    ),
    Setting(
        "decide_claim_working_days", "claim-overdue", _lazy("Decide a claim within"),
        _lazy("After that the claim is flagged and climbs."), WORKING_DAYS, 1, 60,
    ),
    Setting(
        "deny_claim_after_days", "claim-overdue", _lazy("Deny an undecided claim after"),
        _lazy("Counted from the day on which it was made."), DAYS, 2, 180,
    ),
    Setting(
        "attest_every_days", "unattested", _lazy("Confirm ownership every"),
        _lazy("An owner who has not said “still ours” for so long is flagged."), DAYS, 7, 1825,
    ),
    Setting(
        "attest_grace_days", "unattested", _lazy("Severity rises after a further"),
        _lazy("From medium to high."), DAYS, 1, 365,
    ),
    Setting(
        "overloaded_above", "overloaded-owner", _lazy("Accountable for at most"),
        _lazy("One person; whoever has more is flagged."), TOUCHPOINTS, 1, 10000,
    ),
    Setting(
        "siloed_ratio", "siloed-unit", _lazy("Internal to external ties at most"),
        _lazy("A tie is a crossing; internal where both touchpoints lie in the unit."), TO_ONE, 1, 100,
    ),
    Setting(
        "siloed_min_ties", "siloed-unit", _lazy("Judged from"),
        _lazy("A unit with fewer is too small to say anything about."), TIES, 1, 10000,
    ),
    Setting(
        "coverage_target", "coverage-drop", _lazy("Target of coverage"),
        _lazy("The share of live touchpoints that somebody owns; a unit below it is flagged."),
        PERCENT, 1, 100, is_share=True,
    ),
    Setting(
        "coverage_drop", "coverage-drop", _lazy("Fall that is flagged"),
        _lazy("Also where the target is still kept."), POINTS, 1, 100, is_share=True,
    ),
    Setting(
        "coverage_drop_days", "coverage-drop", _lazy("Measured over"),
        _lazy("Against the coverage noted so many days ago."), DAYS, 1, 365,
    ),
    Setting(
        "blind_spot_sprints", "blind-spot", _lazy("Touched within the last"),
        _lazy("Sprints of each team; a stage on which none of their stories works is flagged."), SPRINTS, 1, 26,
    ),
    Setting(
        "patience_critical", "", _lazy("A critical flag is answered within"),
        _lazy("Then it is put to the next one up; it is also how a due date is set."), DAYS, 1, 365,
    ),
    Setting("patience_high", "", _lazy("A high one within"), "", DAYS, 1, 365),
    Setting("patience_medium", "", _lazy("A medium one within"), "", DAYS, 1, 365),
    Setting("patience_low", "", _lazy("A low one within"), "", DAYS, 1, 365),
    Setting(
        "longest_snooze_days", "", _lazy("Longest snooze"), _lazy("Silences that began before keep their end."),
        DAYS, 1, 366,
    ),
    Setting("longest_waiver_days", "", _lazy("Longest waiver"), "", DAYS, 1, 1830),
)  # fmt: skip

_by_key = {setting.key: setting for setting in SETTINGS}


def find_setting(key: str) -> Setting | None:
    """The setting with this key; None for an unknown one and for a switch."""
    return _by_key.get(key)


def may_set_rules(standing: Standing) -> Decision:
    """Periods, targets and switches of the rules are the administrators' to change."""
    if standing.is_administrator:
        return YES
    return no(_("Only administrators change the rules."), _("Ask an administrator."))


def plain(value: float) -> int | float:
    """A number without the noise of binary fractions: one decimal, none where it is 0."""
    rounded = round(value, 1)
    return int(rounded) if rounded == int(rounded) else rounded


def is_setting_allowed(setting: Setting, value: Any) -> Decision:
    """A whole number (a percentage: with at most one decimal) within the bounds; the reason names both."""
    bounds = {
        "label": setting.label,
        "value": _shown(value),
        "minimum": setting.minimum,
        "maximum": setting.maximum,
        "unit": setting.unit,
    }
    next_step = _("Set it to between %(minimum)s and %(maximum)s %(unit)s.") % bounds
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not (isinstance(value, int) or math.isfinite(value)):
        return no(_("%(label)s: “%(value)s” is no number.") % bounds, next_step)
    if not setting.minimum <= value <= setting.maximum:
        return no(
            _("%(label)s: %(value)s is not between %(minimum)s and %(maximum)s %(unit)s.") % bounds,
            next_step,
        )
    if setting.is_share and plain(value) != value:
        return no(_("%(label)s: %(value)s has more than one decimal.") % bounds, next_step)
    if not setting.is_share and value != int(value):
        return no(_("%(label)s: %(value)s is no whole number.") % bounds, next_step)
    return YES


def is_consistent(limits: Limits) -> Decision:
    """A claim is not denied before those who decide it have had their time, weekends included."""
    working = limits.decide_claim_working_days
    at_most = working + 2 * ((working + 4) // 5)
    if limits.deny_claim_after_days > at_most:
        return YES
    return no(
        _("A claim would be denied after %(deny)s days, but %(decide)s working days can take %(days)s.")
        % {"deny": limits.deny_claim_after_days, "decide": working, "days": at_most},
        _("Set the day of denial to at least %(days)s days, or decide sooner.") % {"days": at_most + 1},
    )


def limits_with(values: Mapping[str, Any]) -> Limits:
    """The default limits with these values in their place; what no setting of this release takes is left out."""
    fields: dict[str, Any] = {}
    patience = dict(LIMITS.patience_days)
    for key, value in values.items():
        setting = _by_key.get(key)
        if setting is None or not is_setting_allowed(setting, value):
            continue
        if key in PATIENCE:
            patience[PATIENCE[key]] = int(value)
        else:
            fields[key] = value / 100 if setting.is_share else int(value)
    off = frozenset(key.removeprefix(OFF) for key, value in values.items() if key.startswith(OFF) and value is True)
    return replace(LIMITS, patience_days=patience, off=off, **fields)


def _shown(value: Any) -> str:
    if isinstance(value, int) and abs(value) >= 10**15:
        return _("a number of more than 15 digits")
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return str(value)[:40]
