"""What the tests of webhooks share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.activity.receiver import Receiver
    from tests.cast import Cast


@pytest.fixture
def hooks(cast: Cast, settings: Any) -> Iterator[Receiver]:
    """A receiver that the installation may reach; all that happened before is told."""
    from tests.activity.hooked import HERE, NOON
    from tests.activity.receiver import receiver
    from workspace import clock
    from workspace.activity.commands.delivery import deliver_events

    settings.WEBHOOKS_MAY_REACH = HERE
    while deliver_events():
        pass
    with receiver() as listening, clock.at(NOON):
        yield listening
