"""Tokens: who makes them, how far they reach, and when they open nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.api.program import Program, problem
from tests.cast import Cast
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation import commands
from workspace.organisation.models import Person, Token
from workspace.organisation.queries.tokens import tokens_of

Made = Callable[..., Program]


def test_a_secret_is_kept_nowhere(cast: Cast) -> None:
    made = commands.make_token(cast.member, name="Sync", actor=cast.member)
    assert made.secret.startswith("tl_")
    assert made.secret not in str(list(Token.objects.values()))
    assert Program(made.secret).get("me/").data["person"]["name"] == cast.member.name
    assert [token.name for token in tokens_of(cast.member)] == ["Sync"]


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer tl_nothing", "Bearer  ", "Basic YTpi", "tl_nothing", "Bearer é"]
)
def test_who_brings_no_good_token_is_told_how_to_sign_in(cast: Cast, header: str) -> None:
    caller = Program()
    answer = caller.get("me/", Authorization=header) if header else caller.get("me/")
    problem(answer, 401, "not-signed-in")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_opens_nothing_once_it_is_over(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read", term=timedelta(days=1))
    assert asks.get("me/").status_code == 200
    with clock.at(timezone.now() + timedelta(days=1, minutes=1)):
        problem(asks.get("me/"), 401, "not-signed-in")
    revoked = program(cast.member, "read")
    commands.revoke_token(Token.objects.latest("pk").pk, actor=cast.member)
    problem(revoked.get("me/"), 401, "not-signed-in")


@pytest.mark.parametrize("act", ["deactivate_person", "forget_ways_in", "set_leaving_date"])
def test_a_token_ends_with_its_person(cast: Cast, program: Made, act: str) -> None:
    asks = program(cast.member, "read")
    if act == "forget_ways_in":
        commands.forget_ways_in(cast.member, actor=None)
    elif act == "set_leaving_date":
        commands.set_leaving_date(cast.member, on=clock.today(), actor=cast.administrator)
        commands.set_leaving_date(cast.member, on=None, actor=cast.administrator)
    else:
        commands.deactivate_person(cast.member, actor=cast.administrator)
        commands.reactivate_person(cast.member, actor=cast.administrator)
    problem(asks.get("me/"), 401, "not-signed-in")


def test_a_scope_is_not_exceeded(cast: Cast, program: Made) -> None:
    reading, writing = program(cast.administrator, "read"), program(cast.administrator, "write")
    for asks, asked in ((reading, "admin"), (writing, "admin")):
        told = problem(asks.post("business-units/", {"name": "Mine"}), 403, "not-allowed")
        assert asked in told["detail"]
    assert program(cast.administrator, "admin").post("business-units/", {"name": "Mine"}).status_code == 201


def test_a_limited_token_opens_only_what_it_names(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read", limits={"team": [7, 7, 9]})
    assert asks.get("me/").data["limits"] == {"team": [7, 9]}
    problem(asks.get("people/"), 403, "not-allowed")


def test_whose_tokens_one_may_make(cast: Cast) -> None:
    service = commands.create_person("sync@example.com", name="Nightly sync", actor=cast.administrator)
    made = commands.make_token(service, name="Sync", scope="write", actor=cast.administrator)
    assert Program(made.secret).get("me/").data["person"]["name"] == "Nightly sync"
    for person, actor in ((cast.administrator, cast.member), (service, cast.executive)):
        with pytest.raises(NotAllowed):
            commands.make_token(person, name="Sync", actor=actor)
    commands.set_password(cast.member, password="warm and dry at home", actor=cast.member)
    with pytest.raises(NotAllowed, match="theirs alone"):
        commands.make_token(cast.member, name="Sync", actor=cast.administrator)
    with pytest.raises(RuleBroken, match="administer"):
        commands.make_token(cast.member, name="Sync", scope="admin", actor=cast.member)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("scope", "all"),
        ("term", timedelta(0)),
        ("term", timedelta(days=367)),
        ("term", timedelta(days=-1)),
    ],
)
def test_tokens_that_are_not_made(cast: Cast, field: str, value: object) -> None:
    fields: dict[str, object] = {"name": "Sync", field: value}
    with pytest.raises(RuleBroken):
        commands.make_token(cast.member, actor=cast.member, **fields)  # type: ignore[arg-type]


def test_whose_tokens_one_may_revoke(cast: Cast) -> None:
    token = commands.make_token(cast.member, name="Sync", actor=cast.member).token
    with pytest.raises(Unknown):
        commands.revoke_token(token.pk, actor=cast.other_member)
    with pytest.raises(Unknown):
        commands.revoke_token(999, actor=cast.administrator)
    commands.revoke_token(token.pk, actor=cast.administrator)
    commands.revoke_token(token.pk, actor=cast.member)
    assert tokens_of(cast.member) == []


def test_the_last_use_is_noted_now_and_then(cast: Cast, program: Made) -> None:
    asks, start = program(cast.member, "read", term=timedelta(days=5)), timezone.now()
    noted = []
    for minutes in (0, 5, 11):
        with clock.at(start + timedelta(minutes=minutes)):
            asks.get("me/")
        noted.append(Token.objects.get(person=cast.member).used_at)
    assert noted == [start, start, start + timedelta(minutes=11)]


def test_who_asks_too_often_has_to_wait(cast: Cast, program: Made, settings: object) -> None:
    cache.clear()
    settings.API_REQUESTS_PER_MINUTE = 3  # type: ignore[attr-defined]
    asks, other = program(cast.member, "read"), program(cast.member, "read")
    left = [asks.get("me/")["RateLimit"] for _ in range(3)]
    assert [each.split(";")[1] for each in left] == ["r=2", "r=1", "r=0"]
    refused = asks.get("me/")
    problem(refused, 429, "too-many")
    assert int(refused["Retry-After"]) > 0
    assert other.get("me/").status_code == 200


def test_the_session_of_a_page_may_read_and_writes_only_with_its_token_against_forgery(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.administrator, backend="workspace.organisation.backends.WorksHereBackend")
    assert client.get("/api/v1/me/").json()["scope"] == "admin"
    forged = client.post("/api/v1/business-units/", {"name": "Mine"}, content_type="application/json")
    problem(forged, 403, "not-allowed")


def test_erasing_a_person_erases_their_tokens(cast: Cast) -> None:
    commands.make_token(cast.member, name="Sync of Mia", actor=cast.member)
    commands.deactivate_person(cast.member, actor=cast.administrator)
    commands.erase_person(Person.objects.get(pk=cast.member.pk), actor=cast.administrator)
    assert not Token.objects.filter(person=cast.member).exists()
