"""People come, change, lead, name delegates and leave; somebody always administers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast, come_in
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation import commands
from workspace.organisation.models import DepartmentLead, Person
from workspace.organisation.queries.people import lasting_administrators, standing_of


def another_administrator() -> Person:
    return come_in(commands.create_person("other@example.com", name="Other", role="administrator", actor=None))


def last_event() -> Event:
    return Event.objects.latest("id")


# --- Who may ---------------------------------------------------------------------------------------------------------

COMMANDS: dict[str, Callable[[Cast, Person], Any]] = {
    "create_person": lambda cast, actor: commands.create_person("new@example.com", name="New", actor=actor),
    "change_person": lambda cast, actor: commands.change_person(cast.member, name="Renamed", actor=actor),
    "set_role": lambda cast, actor: commands.set_role(cast.member, role="executive", actor=actor),
    "deactivate_person": lambda cast, actor: commands.deactivate_person(cast.member, actor=actor),
    "reactivate_person": lambda cast, actor: commands.reactivate_person(cast.leaver, actor=actor),
    "set_leaving_date": lambda cast, actor: commands.set_leaving_date(cast.member, on=clock.today(), actor=actor),
    "create_unit": lambda cast, actor: commands.create_unit("Loans", actor=actor),
    "rename_unit": lambda cast, actor: commands.rename_unit(cast.retail, name="Stores", actor=actor),
    "set_unit_head": lambda cast, actor: commands.set_unit_head(cast.retail, head=cast.member, actor=actor),
    "archive_unit": lambda cast, actor: commands.archive_unit(cast.retail, actor=actor),
    "create_department": lambda cast, actor: commands.create_department(
        "New", unit=cast.retail, code="NEW", actor=actor
    ),
    "change_department": lambda cast, actor: commands.change_department(cast.shops, name="Stores", actor=actor),
    "archive_department": lambda cast, actor: commands.archive_department(cast.care, actor=actor),
}


@pytest.mark.parametrize("who", ["executive", "retail_head", "shops_lead", "member", "guest", "leaver"])
@pytest.mark.parametrize("command", COMMANDS)
def test_only_administrators_change_the_organisation(cast: Cast, command: str, who: str) -> None:
    before = Event.objects.count()
    with pytest.raises(NotAllowed, match="Ask an administrator"):
        COMMANDS[command](cast, getattr(cast, who))
    assert Event.objects.count() == before


@pytest.mark.parametrize("command", set(COMMANDS) - {"archive_unit"})
def test_each_change_is_one_event_of_the_administrator(cast: Cast, command: str) -> None:
    before = Event.objects.count()
    COMMANDS[command](cast, cast.administrator)
    assert Event.objects.count() == before + 1
    assert last_event().actor == cast.administrator


def test_an_administrator_who_left_administers_nothing(cast: Cast) -> None:
    other = another_administrator()
    commands.deactivate_person(cast.administrator, actor=other)
    with pytest.raises(NotAllowed):
        commands.create_unit("Loans", actor=cast.administrator)


# --- People ----------------------------------------------------------------------------------------------------------


def test_a_person_is_found_by_a_small_letter_address(cast: Cast) -> None:
    person = commands.create_person("  Zoe.Z@Example.COM ", name=" Zoe ", department=cast.care, actor=None)
    assert (person.email, person.name, person.role) == ("zoe.z@example.com", "Zoe", "member")
    assert not person.has_usable_password()
    assert last_event().data == {"department": cast.care.pk, "role": "member"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"email": "ada@example.com"}, "already"),
        ({"email": "ADA@example.com"}, "already"),
        ({"email": "nonsense"}, "no e-mail address"),
        ({"name": " "}, "needs a name"),
        ({"role": "king"}, "no role"),
        ({"time_zone": "Mars/Base"}, "no time zone"),
    ],
)
def test_a_person_who_cannot_be_is_refused_with_the_value(cast: Cast, given: dict[str, str], why: str) -> None:
    fields: dict[str, Any] = {"email": "new@example.com", "name": "New"} | given
    with pytest.raises(RuleBroken, match=why):
        commands.create_person(fields.pop("email"), actor=cast.administrator, **fields)


def test_nobody_is_put_into_an_archived_department(cast: Cast) -> None:
    commands.archive_department(cast.care, actor=cast.administrator)
    cast.care.refresh_from_db()
    with pytest.raises(RuleBroken, match="archived"):
        commands.change_person(cast.member, department=cast.care, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="archived"):
        commands.create_person("new@example.com", name="New", department=cast.care, actor=cast.administrator)


def test_a_change_that_changes_nothing_is_no_event(cast: Cast) -> None:
    before = Event.objects.count()
    commands.change_person(cast.member, name=cast.member.name, actor=cast.administrator)
    assert Event.objects.count() == before


def test_who_left_works_here_no_more_and_may_come_back(cast: Cast) -> None:
    commands.deactivate_person(cast.member, actor=cast.administrator)
    assert cast.member not in Person.objects.active()
    assert not cast.member.works_here
    commands.reactivate_person(cast.member, actor=cast.administrator)
    assert cast.member in Person.objects.active()


@pytest.mark.parametrize(("days", "here"), [(1, True), (0, False), (-1, False)])
def test_the_leaving_date_is_the_first_day_without_them(cast: Cast, days: int, here: bool) -> None:
    commands.set_leaving_date(cast.member, on=clock.today() + timedelta(days=days), actor=cast.administrator)
    assert cast.member.works_here is here
    assert (cast.member in Person.objects.active()) is here
    commands.set_leaving_date(cast.member, on=None, actor=cast.administrator)
    assert cast.member.works_here


# --- The last administrator ------------------------------------------------------------------------------------------

FAREWELLS: dict[str, Callable[[Person], Any]] = {
    "deactivated": lambda person: commands.deactivate_person(person, actor=None),
    "leaving": lambda person: commands.set_leaving_date(person, on=clock.today(), actor=None),
    "leaving later": lambda person: commands.set_leaving_date(person, on=clock.today() + timedelta(days=9), actor=None),
    "another role": lambda person: commands.set_role(person, role="member", actor=None),
}


@pytest.mark.parametrize("farewell", FAREWELLS)
def test_the_last_administrator_stays(cast: Cast, farewell: str) -> None:
    with pytest.raises(RuleBroken, match="Ada Admin is the last administrator"):
        FAREWELLS[farewell](cast.administrator)
    cast.administrator.refresh_from_db()
    assert cast.administrator.works_here
    assert cast.administrator.left_on is None
    another_administrator()
    FAREWELLS[farewell](cast.administrator)


@pytest.mark.parametrize("farewell", FAREWELLS)
def test_an_administrator_who_never_came_in_is_not_counted_on(cast: Cast, farewell: str) -> None:
    invited = commands.invite_person("other@example.com", name="Other", role="administrator", actor=None)
    with pytest.raises(RuleBroken, match="Ada Admin is the last administrator"):
        FAREWELLS[farewell](cast.administrator)
    commands.deactivate_person(invited.person, actor=cast.administrator)


@pytest.mark.parametrize("way", ["password", "passkey", "sign-in"])
def test_an_administrator_with_any_way_in_is_counted_on(cast: Cast, way: str) -> None:
    other = commands.create_person("other@example.com", name="Other", role="administrator", actor=None)
    match way:
        case "password":
            commands.set_password(other, password="seven-green-kettles-sing", actor=None)
        case "passkey":
            Authenticator.objects.create(user=other, type=Authenticator.Type.WEBAUTHN, data={})
        case _:
            come_in(other)
    with CaptureQueriesContext(connection) as statements:
        assert set(lasting_administrators()) == {cast.administrator, other}
    assert len(statements) == 1
    commands.deactivate_person(cast.administrator, actor=None)


@pytest.mark.parametrize("first", FAREWELLS)
@pytest.mark.parametrize("second", FAREWELLS)
def test_two_administrators_do_not_both_go_however_they_go(cast: Cast, first: str, second: str) -> None:
    other = another_administrator()
    FAREWELLS[first](cast.administrator)
    with pytest.raises(RuleBroken, match="Other is the last administrator"):
        FAREWELLS[second](other)


def test_what_is_true_now_counts_not_what_the_caller_read(cast: Cast) -> None:
    come_in(cast.member)
    stale = Person.objects.get(pk=cast.member.pk)
    commands.set_role(cast.member, role="administrator", actor=cast.administrator)
    commands.deactivate_person(cast.administrator, actor=None)
    with pytest.raises(RuleBroken, match="last administrator"):
        commands.deactivate_person(stale, actor=None)


def test_two_changes_of_one_person_count_two_versions(cast: Cast) -> None:
    one, other = (Person.objects.get(pk=cast.member.pk) for _ in range(2))
    version = one.version
    commands.set_role(one, role="executive", actor=cast.administrator)
    commands.set_leaving_date(other, on=clock.today() + timedelta(days=9), actor=cast.administrator)
    cast.member.refresh_from_db()
    assert cast.member.version == version + 2


# --- Delegates -------------------------------------------------------------------------------------------------------


def test_a_person_names_a_delegate_and_takes_it_back(cast: Cast) -> None:
    commands.set_delegate(cast.member, delegate=cast.shops_lead, actor=cast.member)
    assert last_event().data == {"delegate": cast.shops_lead.pk, "old": None}
    commands.set_delegate(cast.member, delegate=None, actor=cast.administrator)
    assert last_event().data == {"delegate": None, "old": cast.shops_lead.pk}
    with pytest.raises(NotAllowed):
        commands.set_delegate(cast.member, delegate=cast.shops_lead, actor=cast.shops_lead)


def test_a_delegate_is_here_and_the_chain_ends(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="does not work here any more"):
        commands.set_delegate(cast.member, delegate=cast.leaver, actor=cast.member)
    with pytest.raises(RuleBroken, match="circle"):
        commands.set_delegate(cast.member, delegate=cast.member, actor=cast.member)
    commands.set_delegate(cast.member, delegate=cast.shops_lead, actor=cast.member)
    commands.set_delegate(cast.shops_lead, delegate=cast.shops_deputy, actor=cast.shops_lead)
    with pytest.raises(RuleBroken, match="circle"):
        commands.set_delegate(cast.shops_deputy, delegate=cast.member, actor=cast.shops_deputy)


def test_a_guest_stands_in_for_nobody(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="Gus Guest is a guest"):
        commands.set_delegate(cast.shops_lead, delegate=cast.guest, actor=cast.shops_lead)


# --- Who was erased --------------------------------------------------------------------------------------------------

CHANGES: dict[str, Callable[[Person, Cast], Any]] = {
    "name": lambda person, cast: commands.change_person(person, name="Mia again", actor=cast.administrator),
    "address": lambda person, cast: commands.change_email(person, email="mia@example.com", actor=cast.administrator),
    "role": lambda person, cast: commands.set_role(person, role="executive", actor=cast.administrator),
    "delegate": lambda person, cast: commands.set_delegate(person, delegate=cast.shops_lead, actor=cast.administrator),
    "return": lambda person, cast: commands.reactivate_person(person, actor=cast.administrator),
}


@pytest.mark.parametrize("change", CHANGES)
def test_who_was_erased_is_nobody_to_change(cast: Cast, change: str) -> None:
    commands.deactivate_person(cast.member, actor=cast.administrator)
    commands.erase_person(cast.member, actor=cast.administrator)
    before = Person.objects.values().get(pk=cast.member.pk)
    with pytest.raises(RuleBroken, match="was erased"):
        CHANGES[change](cast.member, cast)
    assert Person.objects.values().get(pk=cast.member.pk) == before


# --- Leads -----------------------------------------------------------------------------------------------------------


def test_the_head_of_the_unit_appoints_leads(cast: Cast) -> None:
    commands.add_lead(cast.online, person=cast.member, actor=cast.retail_head)
    assert standing_of(cast.member).leads_department(cast.online.pk)
    assert last_event().kind == "department.lead_added"
    for who in ("service_head", "online_lead", "executive", "member"):
        with pytest.raises(NotAllowed):
            commands.add_lead(cast.online, person=cast.member, actor=getattr(cast, who))


def test_a_deputy_becomes_the_lead_without_being_two(cast: Cast) -> None:
    commands.add_lead(cast.shops, person=cast.shops_deputy, actor=cast.retail_head)
    (row,) = DepartmentLead.objects.filter(department=cast.shops, person=cast.shops_deputy)
    assert not row.is_deputy


@pytest.mark.parametrize(("who", "why"), [("guest", "cannot lead"), ("leaver", "cannot lead")])
def test_a_guest_or_leaver_leads_nothing(cast: Cast, who: str, why: str) -> None:
    with pytest.raises(RuleBroken, match=why):
        commands.add_lead(cast.shops, person=getattr(cast, who), actor=cast.administrator)
    with pytest.raises(RuleBroken):
        commands.set_unit_head(cast.retail, head=getattr(cast, who), actor=cast.administrator)


def test_a_lead_who_becomes_a_guest_leads_no_more(cast: Cast) -> None:
    commands.set_role(cast.shops_lead, role="guest", actor=cast.administrator)
    commands.set_role(cast.retail_head, role="guest", actor=cast.administrator)
    assert not standing_of(cast.shops_lead).leads_department(cast.shops.pk)
    assert not standing_of(cast.retail_head).heads_unit(cast.retail.pk)


def test_an_archived_department_gets_no_lead(cast: Cast) -> None:
    department = commands.archive_department(cast.care, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="archived"):
        commands.add_lead(department, person=cast.member, actor=cast.administrator)


def test_a_leadership_ends_once(cast: Cast) -> None:
    commands.remove_lead(cast.shops, person=cast.shops_deputy, actor=cast.retail_head)
    assert last_event().data == {"person": cast.shops_deputy.pk}
    with pytest.raises(RuleBroken, match="does not lead"):
        commands.remove_lead(cast.shops, person=cast.shops_deputy, actor=cast.retail_head)


def test_who_left_leads_and_heads_nothing(cast: Cast) -> None:
    commands.deactivate_person(cast.shops_lead, actor=cast.administrator)
    standing = standing_of(cast.shops_lead)
    assert not standing.leads_department(cast.shops.pk)
    assert not standing.is_insider
