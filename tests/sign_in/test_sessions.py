"""Where one is signed in: the list, signing out elsewhere, and the end of everything with the job."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.pages.reading import statements
from tests.sign_in.ways import ANOTHER, PASSWORD, enter, kinds, text_of, who_is_in
from workspace import clock
from workspace.errors import NotAllowed, Unknown
from workspace.organisation.commands import (
    deactivate_person,
    end_session,
    end_sessions,
    end_sessions_of_leavers,
    reactivate_person,
    set_leaving_date,
    set_password,
)
from workspace.organisation.models import Person

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def phone(mia: Person) -> Client:
    phone = Client(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="198.51.100.7")
    enter(phone)
    return phone


def the_other(mia: Person, client: Client) -> UserSession:
    return UserSession.objects.exclude(session_key=client.session.session_key).get(user=mia)


def test_the_list_names_each_place(mia: Person, phone: Client, client: Client) -> None:
    enter(client)
    page = text_of(client.get("/account/sessions/"))
    assert "Safari on iPhone from 198.51.100.7, since Today" in page
    assert page.count("Here") == 1


def test_one_place_is_signed_out(mia: Person, phone: Client, client: Client) -> None:
    enter(client)
    key = phone.session.session_key
    answer = client.post(f"/account/sessions/{the_other(mia, client).pk}/end/", follow=True)
    assert "You are signed out there." in text_of(answer)
    assert (who_is_in(phone), who_is_in(client)) == (None, mia.pk)
    assert not Session.objects.filter(session_key=key).exists()
    assert kinds()[-1] == "person.sessions_ended"


def test_all_other_places_are_signed_out(mia: Person, phone: Client, client: Client) -> None:
    third = Client()
    for each in (third, client):
        enter(each)
    answer = client.post("/account/sessions/end-others/", follow=True)
    assert "in 2 other places" in text_of(answer)
    assert (who_is_in(phone), who_is_in(third), who_is_in(client)) == (None, None, mia.pk)


def test_the_session_of_another_is_not_there(cast: Cast, mia: Person, phone: Client, client: Client) -> None:
    set_password(cast.executive, password=PASSWORD, actor=None)
    enter(client, "eve@example.com")
    theirs = UserSession.objects.get(user=mia)
    assert client.post(f"/account/sessions/{theirs.pk}/end/").status_code == 404
    assert "iPhone" not in text_of(client.get("/account/sessions/"))
    assert who_is_in(phone) == mia.pk


def test_a_place_that_is_none_any_more_is_not_counted(mia: Person, client: Client) -> None:
    enter(client)
    chosen = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    client.post("/account/password/", chosen)  # the session goes on under another key
    answer = client.post("/account/sessions/end-others/", follow=True)
    assert "in 0 other places" in text_of(answer)
    assert who_is_in(client) == mia.pk


def test_a_session_that_ran_out_is_not_listed(mia: Person, phone: Client, client: Client) -> None:
    enter(client)
    Session.objects.filter(session_key=phone.session.session_key).update(expire_date=clock.now() - timedelta(hours=1))
    assert "iPhone" not in text_of(client.get("/account/sessions/"))


def test_looking_writes_nothing_and_costs_little(mia: Person, phone: Client, client: Client) -> None:
    enter(client)
    for path in ("/account/", "/account/sessions/"):
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        assert not [q["sql"] for q in captured if not q["sql"].upper().startswith("SELECT")], path
    small = [statements(client, path) for path in ("/account/", "/account/sessions/")]
    for _ in range(10):
        enter(Client())
    assert [statements(client, path) for path in ("/account/", "/account/sessions/")] == small
    assert max(small) <= 12


@pytest.mark.parametrize("how", ["deactivated", "left"])
def test_everything_ends_with_the_job_for_good(cast: Cast, mia: Person, phone: Client, how: str) -> None:
    if how == "deactivated":
        deactivate_person(mia, actor=cast.administrator)
    else:
        set_leaving_date(mia, on=clock.today(), actor=cast.administrator)
    assert not UserSession.objects.filter(user=mia).exists()
    assert not Session.objects.exists()
    reactivate_person(mia, actor=cast.administrator)
    assert who_is_in(phone) is None


def test_a_refused_deactivation_ends_nothing(cast: Cast, mia: Person, phone: Client) -> None:
    with pytest.raises(NotAllowed):
        deactivate_person(mia, actor=cast.executive)
    assert who_is_in(phone) == mia.pk


def test_a_leaving_date_that_passes_ends_everything(cast: Cast, mia: Person, phone: Client, client: Client) -> None:
    set_password(cast.executive, password=PASSWORD, actor=None)
    enter(client, "eve@example.com")
    set_leaving_date(mia, on=clock.today() + timedelta(days=3), actor=cast.administrator)
    assert end_sessions_of_leavers() == 0
    with clock.at(clock.now() + timedelta(days=3)):
        assert who_is_in(phone) is None, "refused at once"
        assert end_sessions_of_leavers() == 1
    assert not UserSession.objects.filter(user=mia).exists()
    assert who_is_in(client) == cast.executive.pk


def test_only_the_person_and_administrators_end_sessions(cast: Cast, mia: Person, phone: Client) -> None:
    theirs = UserSession.objects.get(user=mia)
    for stranger in (cast.executive, cast.guest, cast.shops_lead):
        with pytest.raises(NotAllowed):
            end_sessions(mia, actor=stranger)
        with pytest.raises(NotAllowed):
            end_session(mia, session_id=theirs.pk, actor=stranger)
    with pytest.raises(Unknown):
        end_session(cast.executive, session_id=theirs.pk, actor=cast.administrator)
    assert end_sessions(mia, actor=cast.administrator) == 1
    assert who_is_in(phone) is None


def test_signing_out_ends_the_session_itself(mia: Person, phone: Client) -> None:
    key = phone.session.session_key
    assert phone.get("/sign-out/").status_code == 405
    assert phone.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert not Session.objects.filter(session_key=key).exists()
