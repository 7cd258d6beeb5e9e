"""People from a file."""

from datetime import date
from pathlib import Path

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.organisation.importing import Folder, counts, everything, problems
from workspace import clock
from workspace.activity.models import Event
from workspace.organisation import commands
from workspace.organisation.models import DepartmentLead, Person

COLUMNS = "email name department_code job_title is_lead status left_on time_zone"
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def row(
    email: str,
    name: str,
    code: str = "",
    title: str = "",
    lead: str = "",
    status: str = "",
    left: str = "",
    zone: str = "",
):
    return (email, name, code, title, lead, status, left, zone)


def test_people_come_into_being_and_lead(folder: Folder, cast: Cast) -> None:
    outcome = folder.take(
        "people",
        COLUMNS,
        row("Nora@Example.com", "Nora", "SHOPS", "Buyer", "yes", "", "", "Europe/Berlin"),
        row("otto@example.com", "Otto", left="2020-01-01"),
    )
    assert counts(outcome) == (2, 0, 0, 0)
    nora, otto = Person.objects.get(email="nora@example.com"), Person.objects.get(email="otto@example.com")
    assert (nora.department, nora.job_title, nora.time_zone, nora.role) == (
        cast.shops,
        "Buyer",
        "Europe/Berlin",
        "member",
    )
    assert not nora.has_usable_password()
    assert DepartmentLead.objects.filter(department=cast.shops, person=nora, is_deputy=False).exists()
    assert not otto.works_here
    event = Event.objects.get(kind="organisation.imported")
    assert (event.subject_kind, event.subjects.count()) == ("person", 2)


def test_the_same_file_twice_changes_nothing(folder: Folder, cast: Cast) -> None:
    rows = [row("nora@example.com", "Nora", "SHOPS", lead="yes"), row("liam@example.com", "Liam", "SHOPS", lead="yes")]
    folder.take("people", COLUMNS, *rows)
    before = everything()
    assert counts(folder.take("people", COLUMNS, *rows)) == (0, 0, 2, 0)
    assert everything() == before


def test_a_nightly_file_does_not_revert_what_was_decided_here(folder: Folder, cast: Cast) -> None:
    rows = [row("liam@example.com", "Liam Lead", "SHOPS", "", "yes", "active")]
    folder.take("people", COLUMNS, *rows)
    commands.remove_lead(cast.shops, person=cast.shops_lead, actor=None)
    cast.shops_lead.refresh_from_db()
    commands.deactivate_person(cast.shops_lead, actor=None)
    before = everything()
    assert counts(folder.take("people", COLUMNS, *rows)) == (0, 0, 1, 0)
    assert everything() == before
    assert counts(folder.take("people", COLUMNS, row("liam@example.com", "Liam", "SHOPS", "", "yes", "active")))[1] == 1
    assert not Person.objects.get(email="liam@example.com").is_active


def test_the_lead_moves_with_their_department(folder: Folder, cast: Cast) -> None:
    folder.take("people", COLUMNS, row("liam@example.com", "Liam", "SHOPS", lead="yes"))
    assert counts(folder.take("people", COLUMNS, row("liam@example.com", "Liam", "WEB", lead="yes"))) == (0, 1, 0, 0)
    led = DepartmentLead.objects.filter(person=cast.shops_lead).values_list("department__code", flat=True)
    assert list(led) == ["WEB"]
    event = Event.objects.filter(kind="organisation.imported").latest("pk")
    assert cast.shops.pk in event.data["department"]  # its people have changed, so its touchpoints are looked at
    assert counts(folder.take("people", COLUMNS, row("liam@example.com", "Liam", "WEB", lead="no"))) == (0, 1, 0, 0)
    assert not DepartmentLead.objects.filter(person=cast.shops_lead).exists()


def test_a_deputy_stays_when_the_file_says_no_lead(folder: Folder, cast: Cast) -> None:
    assert counts(folder.take("people", COLUMNS, row("dora@example.com", "Dora Deputy", "SHOPS", lead="no"))) == (
        0,
        0,
        1,
        0,
    )
    assert DepartmentLead.objects.filter(person=cast.shops_deputy, is_deputy=True).exists()


def test_an_unknown_department_names_the_next_step(folder: Folder) -> None:
    outcome = folder.take("people", COLUMNS, row("nora@example.com", "Nora", "NONE"))
    assert counts(outcome) == (0, 0, 0, 1)
    assert problems(outcome) == [("2", "department_code", "NONE")]
    assert "Import org first" in outcome.first_problems()[0]["reason"]


@pytest.mark.parametrize(
    ("changed", "column", "value"),
    [
        (row("nora", "Nora"), "email", "nora"),
        (row("n@example.com", ""), "name", ""),
        (row("n@example.com", "Nora", zone="Mars"), "time_zone", "Mars"),
        (row("n@example.com", "Nora", left="31.12.2026"), "left_on", "31.12.2026"),
        (row("n@example.com", "Nora", status="gone"), "status", "gone"),
        (row("n@example.com", "Nora", lead="perhaps"), "is_lead", "perhaps"),
    ],
)
def test_a_wrong_cell_rejects_the_row(folder: Folder, changed: tuple[str, ...], column: str, value: str) -> None:
    outcome = folder.take("people", COLUMNS, changed, row("ok@example.com", "Ok"))
    assert counts(outcome) == (1, 0, 0, 1)
    assert problems(outcome) == [("2", column, value)]


def test_the_last_administrator_stays(folder: Folder, cast: Cast) -> None:
    second = commands.create_person("second@example.com", name="Second", role="administrator", actor=None)
    outcome = folder.take(
        "people",
        COLUMNS,
        row("second@example.com", "Second", status="inactive"),
        row("ada@example.com", "Ada Admin", title="Chief", status="inactive", left="2020-01-01"),
    )
    assert counts(outcome) == (0, 2, 0, 0)
    assert problems(outcome) == [("3", "status | left_on", "inactive | 2020-01-01")]
    second.refresh_from_db()
    cast.administrator.refresh_from_db()
    assert not second.is_active
    assert cast.administrator.works_here
    assert cast.administrator.job_title == "Chief"


@pytest.mark.parametrize(
    "changed",
    [
        row("nora@example.com", "Nora", lead="yes"),
        row("nora@example.com", "Nora", "SHOPS", lead="yes", status="inactive"),
        row("gus@example.com", "Gus Guest", "SHOPS", lead="yes"),
    ],
)
def test_who_cannot_lead_is_taken_without_the_flag(folder: Folder, cast: Cast, changed: tuple[str, ...]) -> None:
    outcome = folder.take("people", COLUMNS, changed)
    assert counts(outcome)[3] == 0
    assert [column for _line, column, _value in problems(outcome)] == ["is_lead"]
    assert not DepartmentLead.objects.filter(person__email=changed[0]).exists()


def test_a_leaving_date_and_its_end(folder: Folder, cast: Cast) -> None:
    folder.take("people", COLUMNS, row("mia@example.com", "Mia Member", left="2031-05-01"))
    assert Person.objects.get(email="mia@example.com").left_on == date(2031, 5, 1)
    folder.take("people", COLUMNS, row("mia@example.com", "Mia Member"))
    assert Person.objects.get(email="mia@example.com").left_on is None


@pytest.mark.parametrize("ends", [{"status": "inactive"}, {"left": "2020-01-01"}])
def test_whoever_a_file_sees_off_is_signed_out_for_good(folder: Folder, cast: Cast, ends: dict[str, str]) -> None:
    commands.set_password(cast.member, password="seven-green-kettles-sing", actor=None)
    client = Client()
    client.post("/sign-in/", {"login": "mia@example.com", "password": "seven-green-kettles-sing"})
    invited = commands.invite_person("nina@example.com", name="Nina", actor=cast.administrator)
    people = (("mia@example.com", "Mia Member"), ("nina@example.com", "Nina"))
    folder.take("people", COLUMNS, *(row(email, name, **ends) for email, name in people))
    assert not Session.objects.exists()
    assert not UserSession.objects.exists()
    assert not invited.person.invitations.unanswered().exists()
    folder.take("people", COLUMNS, *(row(email, name, status="active") for email, name in people))
    assert Person.objects.active().filter(email__in=dict(people)).count() == 2
    assert client.get("/account/").status_code == 302
    assert client.get(invited.link.removeprefix("http://localhost:8000")).status_code == 404


def test_a_guest_whom_a_file_deactivates_sees_nothing_when_they_come_back(folder: Folder, cast: Cast) -> None:
    commands.share("journey", cast.journey.pk, guest=cast.guest, until=clock.today(), actor=cast.administrator)
    folder.take("people", COLUMNS, row("gus@example.com", "Gus Guest", status="inactive"))
    assert not cast.guest.shares.filter(ended_at__isnull=True).exists()


def test_an_administrator_who_is_about_to_leave_is_not_counted_on(folder: Folder, cast: Cast) -> None:
    second = commands.create_person("second@example.com", name="Second", role="administrator", actor=None)
    commands.set_leaving_date(second, on=date(2099, 1, 1), actor=None)
    outcome = folder.take("people", COLUMNS, row("ada@example.com", "Ada Admin", status="inactive"))
    assert problems(outcome) == [("2", "status", "inactive")]
    cast.administrator.refresh_from_db()
    assert cast.administrator.is_active


def test_a_file_does_not_give_both_last_administrators_a_leaving_date(folder: Folder, cast: Cast) -> None:
    commands.create_person("second@example.com", name="Second", role="administrator", actor=None)
    rows = [row("second@example.com", "Second", left="2099-01-01"), row("ada@example.com", "Ada", left="2099-01-01")]
    assert problems(folder.take("people", COLUMNS, *rows)) == [("3", "left_on", "2099-01-01")]


def test_only_the_fields_that_the_file_changes_are_written(folder: Folder, cast: Cast) -> None:
    with CaptureQueriesContext(connection) as statements:
        folder.take("people", COLUMNS, row("mia@example.com", "Mia M."))
    (update,) = [s["sql"] for s in statements if s["sql"].startswith(f'UPDATE "{Person._meta.db_table}"')]
    assert '"name" = ' in update
    assert '"is_active" = ' not in update
