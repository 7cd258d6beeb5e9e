"""The suite itself: what is slow or starts processes stays together on one worker."""

import os

import pytest


@pytest.mark.xdist_group("kept together")
def test_a_group_reaches_its_worker_as_one(request: pytest.FixtureRequest) -> None:
    is_spread = "PYTEST_XDIST_WORKER" in os.environ
    assert request.node.nodeid.endswith("@kept together") == is_spread
