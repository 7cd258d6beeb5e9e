"""The page on which people make and revoke tokens."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from sprints import commands as sprints
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sign_in.ways import PASSWORD, confirm_it_is_me
from workspace.organisation.commands import set_password
from workspace.organisation.models import Token

pytestmark = pytest.mark.usefixtures("fresh_cache")  # ids come again, and with them how often a token has asked


@pytest.fixture
def mia(cast: Cast, client: Client) -> Client:
    """The browser of Mia Member, who has just said once more who she is."""
    set_password(cast.member, password=PASSWORD, actor=None)
    client.force_login(cast.member, backend="workspace.organisation.backends.WorksHereBackend")
    confirm_it_is_me(client)
    return client


def secret_in(page: str) -> str:
    """The token that a page shows."""
    found = re.search(r"data-token>(tl_[\w-]{43})<", page)
    assert found is not None, page
    return found[1]


def test_a_token_is_made_shown_once_used_and_revoked(cast: Cast, mia: Client) -> None:
    assert "No program acts for you" in mia.get("/account/tokens/").content.decode()
    made = mia.post("/account/tokens/new/", {"name": "Nightly <sync>", "scope": "write", "days": "30"})
    asks = Program(secret_in(made.content.decode()))
    assert asks.get("me/").data["scope"] == "write"
    listed = mia.get("/account/tokens/").content.decode()
    assert "Nightly &lt;sync&gt;" in listed
    assert asks.sent["Authorization"][-43:] not in listed
    assert "no-store" in made["Cache-Control"]
    mia.post(f"/account/tokens/{Token.objects.get().pk}/revoke/")
    problem(asks.get("me/"), 401, "not-signed-in")
    assert "No program acts for you" in mia.get("/account/tokens/").content.decode()


def test_a_token_can_be_for_some_teams_alone(cast: Cast, mia: Client) -> None:
    team = sprints.create_team("Growth", key="GROW", actor=cast.administrator)
    form = {"name": "Board screen", "scope": "read", "days": "90", "teams": [team.pk]}
    asks = Program(secret_in(mia.post("/account/tokens/new/", form).content.decode()))
    assert asks.get("me/").data["limits"] == {"team": [team.pk]}
    assert "Growth" in mia.get("/account/tokens/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scope": "admin"}, {"scope": "all"}, {"days": "9999"}, {"teams": "77"}, {"name": "x" * 81}]
)
def test_forms_that_cannot_be_taken_come_back(cast: Cast, mia: Client, wrong: dict[str, str]) -> None:
    sprints.create_team("Growth", key="GROW", actor=cast.administrator)
    answer = mia.post("/account/tokens/new/", {"name": "Sync", "scope": "read", "days": "30"} | wrong)
    assert answer.status_code == 422
    assert not Token.objects.exists()


def test_nobody_makes_a_token_without_saying_who_they_are_once_more(cast: Cast, client: Client) -> None:
    set_password(cast.member, password=PASSWORD, actor=None)
    client.force_login(cast.member, backend="workspace.organisation.backends.WorksHereBackend")
    answer = client.post("/account/tokens/new/", {"name": "Sync", "scope": "read", "days": "30"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/again/")
    assert not Token.objects.exists()
