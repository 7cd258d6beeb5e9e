"""The scan rules, one file each. `find(code)` gives one, `rules()` all of them, higher apps add theirs with `add`."""

from __future__ import annotations

from journeys.queries.catalogue import (
    boundary_gap,
    claim_overdue,
    closed_department,
    contested,
    coverage_drop,
    inactive_owner,
    no_owner,
    no_technology_owner,
    outside_unit,
    overloaded_owner,
    siloed_unit,
    stage_gap,
    unaccepted_handoff,
    unattested,
    unknown_owner,
)
from journeys.queries.catalogue.base import Facts, ScanRule

__all__ = ["Facts", "ScanRule", "add", "find", "local_rules", "ownership_rules", "rules"]

_rules: dict[str, ScanRule] = {}


def add(rule: ScanRule) -> None:
    """Add a rule to the catalogue. Raises ValueError when its code is taken."""
    if rule.code in _rules:
        raise ValueError(f"scan rule {rule.code!r} is declared twice")
    _rules[rule.code] = rule


def find(code: str) -> ScanRule | None:
    """The rule with this code."""
    return _rules.get(code)


def rules() -> tuple[ScanRule, ...]:
    """Every rule, in the order of the catalogue."""
    return tuple(_rules.values())


def local_rules() -> tuple[ScanRule, ...]:
    """Rules that can be judged around one touchpoint: re-evaluated right after every change."""
    return tuple(rule for rule in _rules.values() if rule.local)


def ownership_rules() -> tuple[ScanRule, ...]:
    """Rules about the ownership of one touchpoint: settled in the transaction of the change itself."""
    return tuple(rule for rule in _rules.values() if rule.ownership)


for _module in (
    no_owner,
    unknown_owner,
    inactive_owner,
    closed_department,
    outside_unit,
    contested,
    claim_overdue,
    unattested,
    overloaded_owner,
    boundary_gap,
    unaccepted_handoff,
    stage_gap,
    siloed_unit,
    coverage_drop,
    no_technology_owner,
):
    add(_module.RULE)
