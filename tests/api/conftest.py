"""Programs that call the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.api.program import Program
    from tests.cast import Cast
    from tests.sprints.squad import Squad


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    """Ids come again in each test, and with them the limits of whoever asked much in an earlier one."""
    from tests.caching import empty_cache

    empty_cache()


@pytest.fixture
def program(db: None) -> Callable[..., Program]:
    """A program that acts for somebody, with a token of this scope that somebody made for themselves."""
    from tests.api.program import Program
    from workspace.organisation.commands import make_token

    def made(person: Any, scope: str = "write", **kwargs: Any) -> Program:
        return Program(make_token(person, name="A program", scope=scope, actor=person, **kwargs).secret)

    return made


@pytest.fixture
def member(cast: Cast, squad: Squad, program: Callable[..., Program]) -> Program:
    """A program of Mia, a member of the team; its use is noted already."""
    made = program(cast.member)
    made.get("me/")
    return made


@pytest.fixture
def owner(cast: Cast, squad: Squad, program: Callable[..., Program]) -> Program:
    """A program of Liam, who is product owner of the team; its use is noted already."""
    made = program(cast.shops_lead)
    made.get("me/")
    return made
