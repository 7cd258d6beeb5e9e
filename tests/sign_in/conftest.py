"""What the tests of signing in share: somebody with a password, and limits that no other test has used up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.caching import empty_cache

if TYPE_CHECKING:  # this file is read before Django is set up
    from tests.cast import Cast
    from workspace.organisation.models import Person


@pytest.fixture(autouse=True)
def unused_limits() -> Iterator[None]:
    empty_cache()
    yield
    empty_cache()


@pytest.fixture
def mia(cast: Cast) -> Person:
    """The member of the cast, with a password."""
    from tests.sign_in.ways import PASSWORD
    from workspace.organisation.commands import set_password

    return set_password(cast.member, password=PASSWORD, actor=None)
