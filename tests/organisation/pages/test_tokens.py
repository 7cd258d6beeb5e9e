"""The tokens of the whole house: administrators see whose they are, never a secret, and take them back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sprints import commands as sprints
from sprints.models import Team
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation import commands
from workspace.organisation.models import Token

pytestmark = pytest.mark.usefixtures("fresh_cache")  # ids come again, and with them how often a token has asked
TOKENS = "/organisation/tokens/"


@pytest.fixture
def ada(client: Client, cast: Cast) -> Client:
    """The administrator, signed in."""
    client.force_login(cast.administrator)
    return client


def test_all_tokens_are_listed_with_whose_they_are_and_how_far_they_reach(cast: Cast, ada: Client) -> None:
    assert "No program comes in" in text_of(ada.get(TOKENS))
    team = sprints.create_team("Growth", key="GROW", actor=cast.administrator)
    mine = commands.make_token(cast.administrator, name="List", scope="admin", actor=cast.administrator)
    limits = {Team.NOUN: [team.pk]}
    made = commands.make_token(cast.member, name="Screen <x>", limits=limits, actor=cast.member)
    gone = commands.make_token(cast.guest, name="Old", limits={Team.NOUN: [999]}, actor=cast.guest)
    response = ada.get(TOKENS)
    words = text_of(response)
    for said in (
        "List", "read, write and administer", "Screen <x>", "Mia Member", "only in Growth", "never",
        "Gus Guest", "only in what is not there any more", f"secret …{made.token.hint}",
    ):  # fmt: skip
        assert said in words
    for token in (mine, made, gone):
        assert token.secret not in response.content.decode()
        assert token.token.digest not in response.content.decode()


def test_tokens_are_found_by_person_name_scope_and_state(cast: Cast, ada: Client) -> None:
    commands.make_token(cast.member, name="Nightly sync", actor=cast.member)
    commands.make_token(cast.other_member, name="Reports", scope="write", actor=cast.other_member)
    revoked = commands.make_token(cast.other_member, name="Lost", actor=cast.other_member)
    commands.revoke_token(revoked.token.pk, actor=cast.other_member)
    with clock.at(clock.now() - timedelta(days=30)):
        commands.make_token(cast.executive, name="Ended", term=timedelta(days=7), actor=cast.executive)
    names = ("Nightly sync", "Reports", "Lost", "Ended")
    for query, found in {
        "": {"Nightly sync", "Reports"}, "q=mia": {"Nightly sync"}, "q=OMAR@example": {"Reports"},
        "q=sync+mia": {"Nightly sync"}, "scope=write": {"Reports"}, "state=revoked": {"Lost"}, "state=over": {"Ended"},
        "state=all": set(names), f"person={cast.other_member.pk}": {"Reports"}, "q=zebra": set(),
        "person=99999999999999999999": {"Nightly sync", "Reports"},
    }.items():  # fmt: skip
        words = text_of(ada.get(f"{TOKENS}?{query}"))
        assert {name for name in names if name in words} == found, query
        assert ("No token matches" in words) is (not found)
    assert "Only those of Omar Other." in text_of(ada.get(f"{TOKENS}?person={cast.other_member.pk}"))


def test_one_is_taken_back_with_a_reason_that_its_owner_reads(cast: Cast, ada: Client) -> None:
    made = commands.make_token(cast.member, name="Sync", actor=cast.member)
    path = f"{TOKENS}{made.token.pk}/take-back/"
    for empty in ("", "   "):
        assert ada.post(path, {"reason": empty}).status_code == 422
    assert Program(made.secret).get("me/").status_code == 200
    assert ada.post(path, {"reason": "It stood in a <chat>"}, follow=True).redirect_chain == [(TOKENS, 302)]
    problem(Program(made.secret).get("me/"), 401, "not-signed-in")
    event = Event.objects.latest("pk")
    assert (event.kind, event.actor_id, event.subject_id) == (
        "person.token_taken_back", cast.administrator.pk, cast.member.pk,
    )  # fmt: skip
    assert event.data == {"what": "Sync", "reason": "It stood in a <chat>"}
    assert ada.get(path).status_code == 404, "once is enough"
    history = f"/organisation/people/{cast.member.pk}/history/"
    told = "Ada Admin took the token “Sync” of Mia Member back: It stood in a <chat>"
    ada.force_login(cast.member)
    assert told in text_of(ada.get(history))
    ada.force_login(cast.other_member)
    assert "Sync" not in text_of(ada.get(history))


def test_others_see_no_way_there_and_nobody_elses_tokens(cast: Cast, ada: Client) -> None:
    token = commands.make_token(cast.executive, name="Sync", actor=cast.executive).token
    person = f"/organisation/people/{cast.executive.pk}/"
    for path in ("/organisation/", "/organisation/people/", person):
        assert TOKENS in ada.get(path).content.decode(), path
    ada.force_login(cast.member)
    for path in ("/organisation/", "/organisation/people/", person):
        assert TOKENS not in ada.get(path).content.decode(), path
    assert ada.get(f"{TOKENS}?person={cast.member.pk}").status_code == 403
    assert ada.post(f"{TOKENS}{token.pk}/take-back/", {"reason": "Mine now"}).status_code == 403
    assert "Sync" not in text_of(ada.get("/account/tokens/"))
    assert Token.objects.get().revoked_at is None


def test_the_list_costs_no_more_with_many_tokens(cast: Cast, ada: Client) -> None:
    team = sprints.create_team("Growth", key="GROW", actor=cast.administrator)
    limits = {Team.NOUN: [team.pk]}
    commands.make_token(cast.member, name="First", limits=limits, actor=cast.member)
    before = statements(ada, TOKENS)
    for number, owner in enumerate((cast.member, cast.other_member, cast.executive) * 20):
        commands.make_token(owner, name=f"Number {number}", limits=limits, actor=owner)
    assert statements(ada, TOKENS) == before <= 8
    assert ada.get(TOKENS).content.decode().count('<th scope="row">') == 50
    assert statements(ada, f"/organisation/people/{cast.member.pk}/") <= 12
