"""Coming in by an invitation is a sign-in like any other: it is in the list, and ends with the rest."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from journeys.commands import change_journey
from tests.cast import Cast
from tests.sign_in.ways import ANOTHER, PASSWORD, enter, kinds, text_of, who_is_in
from workspace import clock
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation import commands
from workspace.organisation.commands import forget_ways_in, set_password
from workspace.organisation.commands.invitations import Invited
from workspace.organisation.models import Invitation, Person
from workspace.organisation.queries.invitations import invitation_state
from workspace.organisation.queries.people import standing_of


@pytest.fixture
def nina(cast: Cast) -> Invited:
    return commands.invite_person("nina@example.com", name="Nina", actor=cast.administrator)


def accept(client: Client, invited: Invited, password: str = PASSWORD) -> int:
    link = invited.link.removeprefix("http://localhost:8000")
    return client.post(link, {"password": password, "again": password}).status_code


def test_the_place_is_in_the_list(nina: Invited, client: Client) -> None:
    assert accept(client, nina) == 302
    assert UserSession.objects.get(user=nina.person).session_key == client.session.session_key
    assert "Here" in text_of(client.get("/account/sessions/"))


def test_the_place_is_signed_out_from_elsewhere(nina: Invited, client: Client) -> None:
    accept(client, nina)
    other = Client()
    enter(other, "nina@example.com")
    answer = other.post("/account/sessions/end-others/", follow=True)
    assert "in 1 other place." in text_of(answer)
    assert (who_is_in(client), who_is_in(other)) == (None, nina.person.pk)


def test_the_place_ends_with_the_job_for_good(cast: Cast, nina: Invited, client: Client) -> None:
    accept(client, nina)
    commands.deactivate_person(nina.person, actor=cast.administrator)
    assert not Session.objects.exists()
    commands.reactivate_person(nina.person, actor=cast.administrator)
    assert who_is_in(client) is None


def test_it_works_where_addresses_must_be_proven(nina: Invited, client: Client, settings) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    accept(client, nina, ANOTHER)
    assert who_is_in(client) == nina.person.pk


# --- No way in beside the others -------------------------------------------------------------------------------------


def sign_in_at_the_company(person: Person) -> None:
    Client().force_login(person, backend="workspace.organisation.backends.WorksHereBackend")


def choose_a_password(person: Person) -> None:
    set_password(person, password=PASSWORD, actor=person)


def hold_a_passkey(person: Person) -> None:
    Authenticator.objects.create(user=person, type=Authenticator.Type.WEBAUTHN, data={})


OTHER_WAYS = {
    "a password of their own": choose_a_password,
    "a sign-in elsewhere": sign_in_at_the_company,
    "a passkey": hold_a_passkey,
    "ways in that were forgotten": lambda person: forget_ways_in(person, actor=None),
}


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_an_open_link_does_not_outlive_another_way_in(nina: Invited, client: Client, way: str) -> None:
    OTHER_WAYS[way](nina.person)
    assert accept(client, nina, ANOTHER) == 404
    assert who_is_in(client) is None
    assert not Person.objects.get(pk=nina.person.pk).check_password(ANOTHER)


@pytest.mark.parametrize("way", ["a password of their own", "a sign-in elsewhere", "a passkey"])
def test_whoever_has_come_in_is_not_invited_again(cast: Cast, nina: Invited, way: str) -> None:
    OTHER_WAYS[way](nina.person)
    with pytest.raises(RuleBroken, match="already"):
        commands.invite_again(nina.person, actor=cast.administrator)


def test_the_link_ends_with_the_first_sign_in_and_the_log_says_so(nina: Invited) -> None:
    sign_in_at_the_company(nina.person)
    assert not Invitation.objects.unanswered().exists()
    assert kinds()[-1] == "person.invitation_revoked"


def test_whoever_shares_nothing_with_a_guest_any_more_sends_no_new_link(cast: Cast) -> None:
    change_journey(cast.journey, accountable=cast.member, actor=cast.administrator)
    invited = commands.invite_and_share(
        "journey", cast.journey.pk, email="a@example.com", name="Agency", until=clock.today(), actor=cast.member
    )
    again = commands.invite_again(invited.person, actor=cast.member)
    state = invitation_state(again.person, standing_of(cast.member))
    assert state is not None
    assert state.may_invite
    change_journey(cast.journey, accountable=cast.executive, actor=cast.administrator)
    for act in (commands.invite_again, commands.revoke_invitation):
        with pytest.raises(NotAllowed):
            act(again.person, actor=cast.member)
    state = invitation_state(again.person, standing_of(cast.member))
    assert state is not None
    assert not state.may_invite
