"""The settings of the rules: read by everybody inside, changed by administrators."""

from __future__ import annotations

from tests.access.ways import Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """The period of confirmation becomes 90 days."""
    return [
        Way("journeys:rule_settings", "/settings/rules/"),
        Way("journeys:rule_settings", "/settings/rules/", "POST", ("administrator",), {"attest_every_days": "90"}),
    ]
