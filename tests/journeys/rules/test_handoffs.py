"""Who speaks for which side of a crossing."""

import pytest

from journeys.rules.handoffs import may_speak, sides_of
from workspace.organisation.rules.standing import HOUSE, Standing


def leader_of(*departments: int, active: bool = True, role: str = "member") -> Standing:
    return Standing(7, role, active, None, frozenset(departments), frozenset({1, 2}))


@pytest.mark.parametrize(
    ("standing", "sides"),
    [
        (leader_of(10), {"from"}),
        (leader_of(20), {"to"}),
        (leader_of(10, 20), {"from", "to"}),
        (leader_of(30), set()),
        (leader_of(10, active=False), set()),
        (leader_of(role="executive"), set()),
        (HOUSE, {"from", "to"}),
    ],
    ids=["from", "to", "both", "neither", "left", "executive who heads both units", "house"],
)
def test_leads_speak_for_their_side_alone(standing: Standing, sides: set[str]) -> None:
    assert sides_of(standing, from_department_id=10, to_department_id=20) == sides


def test_who_speaks_for_no_side_is_told_who_does() -> None:
    decision = may_speak(frozenset(), from_name="Shops", to_name="Billing")
    assert not decision
    assert "Shops" in str(decision.reason)
    assert "Billing" in str(decision.reason)
    assert may_speak(frozenset({"to"}), from_name="Shops", to_name="Billing")
