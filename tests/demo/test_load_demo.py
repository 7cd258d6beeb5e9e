"""`load_demo` leaves a real organisation alone."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.cast import Cast
from workspace.activity.models import Event
from workspace.demo.loading import sign_ins
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person


def test_another_organisation_is_refused_and_untouched(cast: Cast) -> None:
    people, events = Person.objects.count(), Event.objects.count()
    with pytest.raises(CommandError, match=r"2 business units, \d+ people"):
        call_command("load_demo")
    assert (Person.objects.count(), Event.objects.count()) == (people, events)
    assert not sign_ins()


def test_a_single_person_is_an_organisation_already(db: None) -> None:
    organisation.create_person("first@example.com", name="First", role=Person.Role.ADMINISTRATOR, actor=None)
    with pytest.raises(CommandError, match="DATABASE_URL"):
        call_command("load_demo")


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        call_command("load_demo", "--help", stdout=StringIO())
    assert "manage.py load_demo" in capsys.readouterr().out
