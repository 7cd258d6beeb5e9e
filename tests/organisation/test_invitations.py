"""Somebody is invited, and comes in by a link that works once and tells nothing to whoever guesses."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial

import pytest
from django.core import mail
from django.test import Client

from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.pages.reading import text_of
from workspace import clock
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Event, Job
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation import commands
from workspace.organisation.commands.invitations import Invited
from workspace.organisation.models import Invitation, Person
from workspace.organisation.queries.invitations import digest_of, secret_of

PASSWORD = "a long way to the sea"


def secret_in(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


@pytest.fixture
def invited(cast: Cast) -> Invited:
    return commands.invite_person("Nina@Example.com", name="Nina New", department=cast.shops, actor=cast.administrator)


@pytest.fixture
def link(invited: Invited) -> str:
    return f"/invitations/{secret_in(invited.link)}/"


@pytest.fixture
def with_mail(settings: object) -> None:
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}  # type: ignore[attr-defined]


def test_the_invited_choose_a_password_and_are_in(client: Client, link: str) -> None:
    page = client.get(link)
    assert "Welcome, Nina New" in text_of(page)
    assert "nina@example.com" in text_of(page)
    before = client.cookies.get("sessionid")
    answer = client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert before is None
    assert client.get("/journeys/").status_code == 200
    person = Person.objects.get(email="nina@example.com")
    assert person.check_password(PASSWORD)
    told = Event.objects.filter(subject_id=person.pk, subject_kind="person").order_by("pk")
    assert list(told.values_list("kind", flat=True))[:3] == [
        "person.created", "person.invited", "person.invitation_accepted",
    ]  # fmt: skip


def test_whoever_was_signed_in_before_gets_a_session_of_their_own(cast: Cast, client: Client, link: str) -> None:
    client.force_login(cast.member, backend="workspace.organisation.backends.WorksHereBackend")
    before = client.cookies["sessionid"].value
    client.session["planted"] = "yes"
    client.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert client.cookies["sessionid"].value != before
    assert "planted" not in client.session


def test_the_secret_is_in_no_log(client: Client, link: str, caplog: pytest.LogCaptureFixture) -> None:
    for path in (link, altered(link)):
        client.get(path)
        client.post(path, {"password": "short", "again": "short"})
        client.post(path, {"password": PASSWORD, "again": PASSWORD})
        assert path not in caplog.text


def test_looking_at_the_link_uses_nothing_up(client: Client, link: str) -> None:
    for _time in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    assert client.post(link, {"password": PASSWORD, "again": PASSWORD}).status_code == 302


def test_the_page_stays_in_no_cache_and_its_address_goes_nowhere(client: Client, link: str) -> None:
    for path in (link, "/invitations/guessed/"):
        answer = client.get(path)
        assert answer.headers["Referrer-Policy"] == "strict-origin"
        assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        ("short", "short", "too short"),
        ("password123", "password123", "too common"),
        ("nina@example.com", "nina@example.com", "too similar"),
        (PASSWORD, "another way to the sea", "differ"),
        ("", "", "required"),
    ],
)
def test_a_password_that_will_not_do_is_said_and_the_link_still_works(
    client: Client, link: str, password: str, again: str, words: str
) -> None:
    answer = client.post(link, {"password": password, "again": again})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert client.get(link).status_code == 200


def altered(link: str) -> str:
    return link[:-2] + ("A" if link[-2] != "A" else "B") + "/"


def test_every_link_that_does_not_work_is_answered_alike(cast: Cast, client: Client, invited: Invited) -> None:
    """Used, late, revoked, replaced, of somebody who was shut out, or guessed: one answer, and it says whom to ask."""

    def another(name: str) -> tuple[str, Person]:
        one = commands.invite_person(f"{name}@example.com", name=name, actor=cast.administrator)
        return f"/invitations/{secret_in(one.link)}/", one.person

    used, _person = another("used")
    client.post(used, {"password": PASSWORD, "again": PASSWORD})
    client.logout()
    revoked, person = another("revoked")
    commands.revoke_invitation(person, actor=cast.administrator)
    replaced, person = another("replaced")
    commands.invite_again(person, actor=cast.administrator)
    shut_out, person = another("out")
    commands.deactivate_person(person, actor=cast.administrator)
    back, person = another("back")
    commands.deactivate_person(person, actor=cast.administrator)
    commands.reactivate_person(person, actor=cast.administrator)
    gone, person = another("gone")
    commands.set_leaving_date(person, on=clock.today(), actor=cast.administrator)
    promoted, person = another("promoted")
    commands.set_role(person, role=Person.Role.EXECUTIVE, actor=cast.administrator)
    moved, person = another("moved")
    commands.change_email(person, email="elsewhere@example.com", actor=cast.administrator)
    wrong = altered(f"/invitations/{secret_in(invited.link)}/")
    late, _person = another("late")
    told = set()
    with clock.at(clock.now() + timedelta(days=13)):
        assert client.get(late).status_code == 200
    for path in (used, revoked, replaced, shut_out, back, gone, promoted, moved, wrong, "/invitations/x/"):
        for answer in (client.get(path), client.post(path, {"password": PASSWORD, "again": PASSWORD})):
            assert answer.status_code == 404, path
            told.add(text_of(answer))
    with clock.at(clock.now() + timedelta(days=14)):
        assert client.post(late, {"password": PASSWORD, "again": PASSWORD}).status_code == 404
        told.add(text_of(client.get(late)))
    (words,) = told
    assert "Ask whoever invited you for a new one" in words


def test_only_the_digest_of_the_secret_is_kept(invited: Invited) -> None:
    secret = secret_in(invited.link)
    assert len(secret) == 43
    assert invited.invitation.digest == digest_of(secret)
    rows = [*Invitation.objects.values(), *Event.objects.values(), *Job.objects.values()]
    assert secret not in json.dumps(rows, default=str)


@pytest.mark.usefixtures("with_mail")
def test_the_link_is_mailed_after_the_commit_and_stands_in_no_job(cast: Cast, client: Client) -> None:
    invited = commands.invite_person("nina@example.com", name="Nina New", actor=cast.administrator)
    assert invited.is_mailed
    assert mail.outbox == []
    assert secret_in(invited.link) not in json.dumps(list(Job.objects.values()), default=str)
    work_on_waiting()
    (letter,) = mail.outbox
    assert letter.to == ["nina@example.com"]
    assert invited.link in letter.body
    assert "Ada Admin invites you" in letter.body


@pytest.mark.usefixtures("with_mail")
def test_what_was_revoked_before_it_was_mailed_is_not_mailed(cast: Cast) -> None:
    invited = commands.invite_person("nina@example.com", name="Nina New", actor=cast.administrator)
    commands.revoke_invitation(invited.person, actor=cast.administrator)
    work_on_waiting()
    assert mail.outbox == []


@pytest.mark.usefixtures("with_mail")
def test_a_link_that_cannot_be_made_again_is_not_mailed_wrong(cast: Cast, settings: object) -> None:
    commands.invite_person("nina@example.com", name="Nina New", actor=cast.administrator)
    settings.SECRET_KEY = "quite another key, after somebody saw the first one"  # type: ignore[attr-defined]
    work_on_waiting()
    assert mail.outbox == []
    assert "invite them again" in Job.objects.get(kind="organisation.mail_invitation").error


def test_who_may_invite_whom(cast: Cast) -> None:
    allowed = {
        (name, role)
        for name in ("administrator", "executive", "retail_head", "shops_lead", "shops_deputy", "member", "guest")
        for role in Person.Role.values
        if _may(cast, name, role)
    }
    inviting = ("executive", "retail_head", "shops_lead", "shops_deputy")
    assert allowed == {("administrator", role) for role in Person.Role.values} | {(name, "guest") for name in inviting}


def _may(cast: Cast, name: str, role: str) -> bool:
    try:
        commands.invite_person(f"{name}.{role}@example.com", name="X", role=role, actor=getattr(cast, name))
    except NotAllowed as refusal:
        return not refusal.next_step
    return True


def test_a_forged_role_is_refused(cast: Cast, client: Client) -> None:
    client.force_login(cast.shops_lead, backend="workspace.organisation.backends.WorksHereBackend")
    page = client.get("/organisation/people/invite/").content.decode()
    assert 'value="guest"' in page
    assert 'value="administrator"' not in page
    sent = {"name": "Mallory", "email": "mallory@example.com", "role": "administrator"}
    answer = client.post("/organisation/people/invite/", sent)
    assert answer.status_code == 403
    assert "Ask an administrator" in text_of(answer)
    assert client.post("/organisation/people/invite/", sent | {"role": "god"}).status_code == 422
    assert not Person.objects.filter(email="mallory@example.com").exists()


def test_somebody_who_is_here_already_is_not_invited_again(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator, backend="workspace.organisation.backends.WorksHereBackend")
    answer = client.post("/organisation/people/invite/", {"name": "Mia", "email": "MIA@example.com", "role": "member"})
    assert answer.status_code == 422
    assert "There is a person with the address mia@example.com already." in text_of(answer)


def test_the_link_is_shown_once_and_only_where_there_is_no_mail(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator, backend="workspace.organisation.backends.WorksHereBackend")
    answer = client.post(
        "/organisation/people/invite/", {"name": "Nina", "email": "nina@example.com", "role": "member"}
    )
    invitation = Invitation.objects.get()
    assert secret_of(invitation) in answer.content.decode()
    assert {"private", "no-store"} <= set(answer.headers["Cache-Control"].split(", "))
    person = client.get(f"/organisation/people/{invitation.person_id}/")
    assert secret_of(invitation) not in person.content.decode()


def test_who_has_a_password_needs_no_invitation(cast: Cast, client: Client, invited: Invited, link: str) -> None:
    client.post(link, {"password": PASSWORD, "again": PASSWORD})
    with pytest.raises(RuleBroken, match="has chosen a password"):
        commands.invite_again(Person.objects.get(pk=invited.person.pk), actor=cast.administrator)


@pytest.mark.django_db(transaction=True)
def test_somebody_who_is_invited_twice_at_once_is_here_once(cast: Cast) -> None:
    results = at_once(*[partial(commands.invite_person, "nina@example.com", name="Nina", actor=cast.administrator)] * 4)
    assert [type(error) for error in errors(results)] == [RuleBroken] * 3
    assert Person.objects.filter(email="nina@example.com").count() == 1
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_link_that_is_used_twice_at_once_works_once(cast: Cast) -> None:
    invited = commands.invite_person("nina@example.com", name="Nina", actor=cast.administrator)
    secret = secret_in(invited.link)
    passwords = [f"a long way to the sea {n}" for n in range(4)]
    results = at_once(*(partial(commands.accept_invitation, secret, password=password) for password in passwords))
    assert [type(error) for error in errors(results)] == [Unknown] * 3
    winner = next(n for n, result in enumerate(results) if isinstance(result, Person))
    assert Person.objects.get(pk=invited.person.pk).check_password(passwords[winner])
    assert Event.objects.filter(kind="person.invitation_accepted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_send_a_new_link_at_once_leave_one_that_works(cast: Cast) -> None:
    person = commands.invite_person("nina@example.com", name="Nina", actor=cast.administrator).person
    results = at_once(*[partial(commands.invite_again, person, actor=cast.administrator)] * 3)
    assert errors(results) == []
    assert Invitation.objects.unanswered().count() == 1
