"""`manage.py create_administrator` lets the first person in."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db
PASSWORD = "seven-green-kettles-sing"


def create(email: str = "ada@example.com") -> str:
    said = StringIO()
    call_command("create_administrator", email, "--name", "Ada Admin", stdout=said)
    return said.getvalue()


def test_the_administrator_can_sign_in(monkeypatch, client: Client):
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)

    assert "ada@example.com can sign in now" in create("Ada@Example.com")

    ada = Person.objects.get(email="ada@example.com")
    assert ada.role == Person.Role.ADMINISTRATOR
    client.post("/sign-in/", {"login": "ADA@example.com", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(ada.pk)


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("ada@example.com", "12345", "too short"),
        ("ada at example", PASSWORD, "“ada at example” is no e-mail address"),
    ],
)
def test_a_wrong_value_is_named_and_nobody_is_added(monkeypatch, email, password, told):
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", password)

    with pytest.raises(CommandError, match=told):
        create(email)

    assert not Person.objects.exists()


def test_an_address_in_use_is_refused(monkeypatch):
    monkeypatch.setenv("ADMINISTRATOR_PASSWORD", PASSWORD)
    create()

    with pytest.raises(CommandError, match=r"ada@example.com already"):
        create()
