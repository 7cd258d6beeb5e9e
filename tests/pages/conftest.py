"""Pages, as people see them."""

from __future__ import annotations

import pytest


@pytest.fixture
def forgetful_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory of the test's own: the ids of the tests come back."""
    from sprints.views import cards

    monkeypatch.setattr(cards, "_memory", cards._Memory(at_most=10_000))
