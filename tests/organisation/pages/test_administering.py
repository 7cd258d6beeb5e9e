"""Administrators change units, departments and people on their pages; what was typed stays, and nothing is forged."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from tests.cast import Cast, come_in
from tests.pages.reading import text_of
from workspace.activity.models import Event
from workspace.organisation import commands
from workspace.organisation.models import BusinessUnit, Department, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(client: Client, cast: Cast) -> Client:
    """The administrator, signed in."""
    client.force_login(cast.administrator)
    return client


def fields_of(response: Any) -> dict[str, str]:
    """The fields of the page's form, as a browser would send them."""
    page = response.content.decode()
    form = re.search(r'<form[^>]*action="/organisation/.*?</form>', page, re.DOTALL)
    assert form, "no form"
    inputs = re.findall(r"<input[^>]*>", form[0])
    found = {}
    for tag in inputs:
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] not in ("csrfmiddlewaretoken", "next"):
            found[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form[0], re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def send(client: Client, path: str, **typed: Any) -> Any:
    """Open the form, fill these fields in, and send it."""
    return client.post(path, fields_of(client.get(path)) | typed)


def choose(client: Client, path: str, **chosen: Any) -> Any:
    """Choose this, look at what it brings about, and send it."""
    return client.post(path, fields_of(client.get(path, chosen)))


# -- units and departments


def test_a_unit_is_added_with_its_head(ada: Client, cast: Cast) -> None:
    response = send(ada, "/organisation/units/new/", name="Loans", head="Mia Member")
    assert response.status_code == 302
    assert BusinessUnit.objects.get(name="Loans").head == cast.member


def test_what_was_typed_stays_with_the_reason(ada: Client, cast: Cast) -> None:
    response = send(ada, "/organisation/units/new/", name="Retail", head="nobody@example.com")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Nobody here has the address “nobody@example.com”." in page
    assert 'value="Retail"' in page
    response = send(ada, "/organisation/units/new/", name="Retail", head="")
    assert "There is a business unit “Retail” already." in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Zoe Zebra", "Nobody who works here is called “Zoe Zebra”."),
        ("Lena Leaver", "Nobody who works here is called “Lena Leaver”."),
        ("gus@example.com", "Gus Guest cannot head a business unit."),
        ("lena@example.com", "Lena Leaver cannot head a business unit."),
    ],
)
def test_a_head_is_somebody_who_is_here(ada: Client, cast: Cast, typed: str, said: str) -> None:
    response = send(ada, f"/organisation/units/{cast.retail.pk}/change/", head=typed)
    assert response.status_code == 422
    assert said in response.content.decode()


def test_a_name_that_two_people_have_is_not_enough(ada: Client, cast: Cast) -> None:
    commands.create_person("mia2@example.com", name="Mia Member", actor=None)
    response = send(ada, f"/organisation/units/{cast.retail.pk}/change/", head="Mia Member")
    assert "More than one person is called “Mia Member”" in response.content.decode()


def test_a_unit_is_renamed_loses_its_head_and_is_opened_again(ada: Client, cast: Cast) -> None:
    path = f"/organisation/units/{cast.retail.pk}/"
    assert send(ada, f"{path}change/", name="Stores", head="").status_code == 302
    cast.retail.refresh_from_db()
    assert (cast.retail.name, cast.retail.head) == ("Stores", None)
    response = send(ada, f"{path}archive/")
    assert response.status_code == 422
    assert "still has 2 open departments" in response.content.decode()
    for department in (cast.shops, cast.online):
        assert send(ada, f"/organisation/departments/{department.pk}/archive/", successor="").status_code == 302
    assert choose(ada, f"{path}archive/", successor=cast.service.pk).status_code == 302
    assert "This unit is archived. Its successor: Service" in text_of(ada.get(path))
    refused = send(ada, f"/organisation/departments/{cast.shops.pk}/restore/")
    assert "Stores is archived." in refused.content.decode()
    assert send(ada, f"{path}restore/").status_code == 302
    assert send(ada, f"/organisation/departments/{cast.shops.pk}/restore/").status_code == 302
    cast.shops.refresh_from_db()
    assert cast.shops.archived_at is None


def test_a_department_is_added_renamed_and_moved(ada: Client, cast: Cast) -> None:
    response = send(ada, f"/organisation/units/{cast.retail.pk}/departments/new/", name="Kiosks", code="KIOSK")
    assert response.status_code == 302
    kiosks = Department.objects.get(code="KIOSK")
    assert kiosks.unit == cast.retail
    taken = send(ada, f"/organisation/units/{cast.retail.pk}/departments/new/", name="Kiosks", code="KIOSK")
    assert "The code “KIOSK” is taken." in taken.content.decode()
    path = f"/organisation/departments/{kiosks.pk}/"
    assert send(ada, f"{path}change/", name="Stalls").status_code == 302
    assert choose(ada, f"{path}move/", unit=cast.service.pk).status_code == 302
    kiosks.refresh_from_db()
    assert (kiosks.name, kiosks.unit) == ("Stalls", cast.service)


def test_a_department_moves_only_to_another_open_unit(ada: Client, cast: Cast) -> None:
    closed = commands.create_unit("Closed", actor=None)
    commands.archive_unit(closed, actor=None)
    path = f"/organisation/departments/{cast.shops.pk}/move/"
    for unit in (cast.retail.pk, closed.pk, 999999, "", "x"):
        assert ada.post(path, {"unit": unit}).status_code == 422, unit
    cast.shops.refresh_from_db()
    assert cast.shops.unit == cast.retail


# -- archiving with a successor


def test_a_department_is_archived_with_everything_going_to_its_successor(ada: Client, cast: Cast) -> None:
    path = f"/organisation/departments/{cast.shops.pk}/archive/"
    alone = ada.get(path)
    assert "1 touchpoint is left to a department that is closed. 1 that is live will be flagged" in text_of(alone)
    assert "Goes to the successor now, if one is chosen" in alone.content.decode()
    chosen = ada.get(path, {"successor": str(cast.online.pk), "holdings": "move"})
    assert "1 touchpoint goes to Online Store." in text_of(chosen)
    response = ada.post(path, fields_of(chosen))
    assert response.status_code == 302
    cast.shops.refresh_from_db()
    assert cast.shops.merged_into == cast.online
    assert "2 touchpoints owned" in text_of(ada.get(f"/organisation/departments/{cast.online.pk}/"))
    assert "This department is archived. Its successor: Online Store" in text_of(ada.get(response.headers["Location"]))


def test_what_was_left_is_moved_later(ada: Client, cast: Cast) -> None:
    path = f"/organisation/departments/{cast.shops.pk}/archive/"
    chosen = ada.get(path, {"successor": str(cast.online.pk), "holdings": "leave"})
    assert ada.post(path, fields_of(chosen)).status_code == 302
    assert "1 touchpoint owned" in text_of(ada.get(f"/organisation/departments/{cast.shops.pk}/"))
    again = ada.get(path)
    assert "1 touchpoint goes to Online Store." in text_of(again), "the successor that was named is proposed"
    assert ada.post(path, fields_of(again)).status_code == 302
    assert "It owns no touchpoint" in text_of(ada.get(f"/organisation/departments/{cast.shops.pk}/"))


def test_numbers_that_are_others_by_now_stop_it(ada: Client, cast: Cast) -> None:
    from journeys import commands as journeys

    path = f"/organisation/departments/{cast.shops.pk}/archive/"
    shown = fields_of(ada.get(path, {"successor": str(cast.online.pk), "holdings": "move"}))
    journeys.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    response = ada.post(path, shown)
    assert response.status_code == 409
    assert "has changed since you looked at it" in text_of(response)
    assert "2 touchpoints go to Online Store." in text_of(response)
    cast.shops.refresh_from_db()
    assert cast.shops.archived_at is None
    assert ada.post(path, fields_of(response)).status_code == 302


def test_a_choice_whose_consequences_were_not_shown_is_shown_first(ada: Client, cast: Cast) -> None:
    """Without JavaScript, or before its answer is there, what is sent is what stands in the fields."""
    department, person = f"/organisation/departments/{cast.shops.pk}/", f"/organisation/people/{cast.online_lead.pk}/"
    other = commands.create_unit("Wholesale", actor=None)
    cases: list[tuple[str, dict[str, Any], str]] = [
        (f"{department}move/?unit={cast.service.pk}", {"unit": other.pk}, "stays in Retail"),
        (f"{department}archive/", {"successor": cast.online.pk}, "1 touchpoint goes to Online Store."),
        (f"{person}deactivate/", {"to": "mia@example.com"}, "Mia Member"),
        (f"{person}leaving/?on=2099-12-31", {"on": "2020-01-01"}, "1 department would have no lead."),
        (f"{person}role/?role=guest", {"role": "executive"}, "Nothing is left without an owner"),
    ]
    for path, chosen, shown in cases:
        before = Event.objects.count()
        page = ada.get(path)
        assert 'formmethod="post"' in page.content.decode(), path
        response = ada.post(path.partition("?")[0], fields_of(page) | chosen)
        assert response.status_code == 409, path
        assert "You chose otherwise since this was shown" in text_of(response)
        assert shown in text_of(response)
        assert Event.objects.count() == before, path
        again = fields_of(response)
        assert {name: str(again[name]) for name in chosen} == {name: str(value) for name, value in chosen.items()}
        assert ada.post(path.partition("?")[0], again).status_code == 302, path
    cast.shops.refresh_from_db()
    assert cast.shops.merged_into == cast.online


def test_no_token_gets_into_an_address(ada: Client, cast: Cast) -> None:
    """Asking for the consequences is a GET: what the form sends then holds no secret."""
    page = ada.get(f"/organisation/departments/{cast.shops.pk}/archive/").content.decode()
    form = re.search(r'<form[^>]*action="/organisation/.*?</form>', page, re.DOTALL)
    assert form
    assert 'type="hidden" name="csrfmiddlewaretoken"' not in form[0]
    assert re.search(r'<button[^>]*formmethod="post"[^>]*name="csrfmiddlewaretoken"', form[0])


def test_nothing_is_brought_to_a_department_that_cannot_take_it(ada: Client, cast: Cast) -> None:
    commands.archive_department(cast.care, actor=None)
    path = f"/organisation/departments/{cast.shops.pk}/archive/"
    before = Event.objects.count()
    for successor in (cast.care.pk, cast.shops.pk, 999999, "x", "-1"):
        response = ada.post(path, {"successor": successor, "holdings": "move"})
        assert response.status_code == 422, successor
        assert f"“{successor}” is no department that can be chosen." in text_of(response)
    assert ada.post(path, {"successor": str(cast.online.pk), "holdings": "burn"}).status_code == 422
    assert Event.objects.count() == before


# -- leads


def test_the_head_of_the_unit_appoints_and_removes_leads_of_its_departments(client: Client, cast: Cast) -> None:
    client.force_login(cast.retail_head)
    path = f"/organisation/departments/{cast.online.pk}/"
    assert "Appoint" in text_of(client.get(path))
    assert send(client, f"{path}leads/add/", person="mia@example.com", is_deputy="yes").status_code == 302
    assert cast.online.leads.get(person=cast.member).is_deputy
    removal = client.get(f"{path}leads/{cast.online_lead.pk}/remove/")
    assert "Nobody leads Online Store then" not in text_of(removal)
    assert client.post(f"{path}leads/{cast.online_lead.pk}/remove/", fields_of(removal)).status_code == 302
    last = client.get(f"{path}leads/{cast.member.pk}/remove/")
    assert "Nobody leads Online Store then" in text_of(last)
    assert client.get(f"/organisation/departments/{cast.care.pk}/leads/add/").status_code == 403
    assert client.get(f"{path}archive/").status_code == 403


def test_a_guest_does_not_lead(ada: Client, cast: Cast) -> None:
    response = send(
        ada, f"/organisation/departments/{cast.shops.pk}/leads/add/", person="gus@example.com", is_deputy="no"
    )
    assert response.status_code == 422
    assert "Gus Guest cannot lead a department." in response.content.decode()
    nobody = ada.get(f"/organisation/departments/{cast.shops.pk}/leads/{cast.care_lead.pk}/remove/")
    assert nobody.status_code == 404


# -- people


def test_a_person_is_added_and_changed(ada: Client, cast: Cast) -> None:
    response = send(
        ada,
        "/organisation/people/new/",
        name="Nia New",
        email="Nia@Example.com",
        department=cast.shops.pk,
        role="member",
    )
    assert response.status_code == 302
    nia = Person.objects.get(email="nia@example.com")
    assert (nia.department, nia.has_usable_password()) == (cast.shops, False)
    path = f"/organisation/people/{nia.pk}/"
    assert send(ada, f"{path}change/", name="Nia Newman", department="", time_zone="Europe/Berlin").status_code == 302
    nia.refresh_from_db()
    assert (nia.name, nia.department, nia.time_zone) == ("Nia Newman", None, "Europe/Berlin")
    wrong = send(ada, f"{path}change/", time_zone="Mars/Olympus")
    assert "“Mars/Olympus” is no time zone." in wrong.content.decode()


def test_an_address_is_changed_where_nobody_has_it(ada: Client, cast: Cast) -> None:
    path = f"/organisation/people/{cast.member.pk}/email/"
    taken = send(ada, path, email="OLGA@example.com")
    assert "There is a person with the address olga@example.com already." in taken.content.decode()
    assert send(ada, path, email="Mia.Married@example.org").status_code == 302
    cast.member.refresh_from_db()
    assert cast.member.email == "mia.married@example.org"
    assert list(EmailAddress.objects.filter(user=cast.member).values_list("email", "verified")) == [
        ("mia.married@example.org", True)
    ]
    assert "mia" not in str(Event.objects.latest("id").data).lower(), "the log keeps no address"


def test_everybody_names_their_own_delegate_and_no_circle_is_made(client: Client, cast: Cast) -> None:
    client.force_login(cast.member)
    own = f"/organisation/people/{cast.member.pk}/delegate/"
    assert send(client, own, delegate="liam@example.com").status_code == 302
    cast.member.refresh_from_db()
    assert cast.member.delegate == cast.shops_lead
    assert client.get(f"/organisation/people/{cast.shops_lead.pk}/delegate/").status_code == 403
    client.force_login(cast.shops_lead)
    circle = send(client, f"/organisation/people/{cast.shops_lead.pk}/delegate/", delegate="mia@example.com")
    assert "That would make a circle of delegates: Liam Lead → Mia Member → Liam Lead." in circle.content.decode()
    client.force_login(cast.member)
    assert send(client, own, delegate="").status_code == 302
    cast.member.refresh_from_db()
    assert cast.member.delegate is None


def test_a_person_is_deactivated_and_another_takes_everything_over(ada: Client, cast: Cast) -> None:
    path = f"/organisation/people/{cast.online_lead.pk}/deactivate/"
    said = text_of(ada.get(path))
    assert "1 department would have no lead." in said
    assert "will be flagged as “Owner has left”" in said
    chosen = ada.get(path, {"to": "mia@example.com", "with_leads": "yes"})
    assert "1 department gets Mia Member as lead or deputy." in text_of(chosen)
    assert ada.post(path, fields_of(chosen)).status_code == 302
    cast.online_lead.refresh_from_db()
    assert not cast.online_lead.is_active
    assert cast.online.leads.get().person == cast.member
    assert "Deactivated: cannot sign in." in text_of(ada.get(f"/organisation/people/{cast.online_lead.pk}/"))
    assert send(ada, f"/organisation/people/{cast.online_lead.pk}/reactivate/").status_code == 302
    cast.online_lead.refresh_from_db()
    assert cast.online_lead.works_here


@pytest.mark.parametrize("to", ["gus@example.com", "lena@example.com"])
def test_nobody_takes_over_who_cannot(ada: Client, cast: Cast, to: str) -> None:
    path = f"/organisation/people/{cast.online_lead.pk}/deactivate/"
    response = ada.post(path, {"to": to, "with_leads": "no"})
    assert response.status_code == 422
    assert "cannot be accountable" in text_of(response)
    cast.online_lead.refresh_from_db()
    assert cast.online_lead.is_active


def test_nobody_takes_over_from_themselves(ada: Client, cast: Cast) -> None:
    response = ada.post(f"/organisation/people/{cast.online_lead.pk}/deactivate/", {"to": "olga@example.com"})
    assert response.status_code == 422
    assert "cannot take over from themselves" in text_of(response)


def test_a_leaving_date_is_noted_and_taken_back(ada: Client, cast: Cast) -> None:
    path = f"/organisation/people/{cast.member.pk}/leaving/"
    assert choose(ada, path, on="2099-12-31").status_code == 302
    cast.member.refresh_from_db()
    assert str(cast.member.left_on) == "2099-12-31"
    assert choose(ada, path, on="").status_code == 302
    assert send(ada, path, on="31st of never").status_code == 422
    gone = choose(ada, path, on="2020-01-01")
    assert gone.status_code == 302
    assert "Gone since" in text_of(ada.get(f"/organisation/people/{cast.member.pk}/"))


def test_a_role_is_changed_and_what_a_guest_loses_is_shown_before(ada: Client, cast: Cast) -> None:
    path = f"/organisation/people/{cast.shops_lead.pk}/role/"
    shown = ada.get(path, {"role": "guest"})
    assert "1 touchpoint loses the person who answers for it." in text_of(shown)
    assert ada.post(path, fields_of(shown)).status_code == 302
    cast.shops_lead.refresh_from_db()
    assert cast.shops_lead.is_guest
    assert not cast.shops_lead.leaderships.exists()
    assert ada.post(path, {"role": "emperor"}).status_code == 422


# -- oneself


def test_the_last_administrator_stays_one(ada: Client, cast: Cast) -> None:
    own = f"/organisation/people/{cast.administrator.pk}/"
    for path, typed in (("role/", {"role": "member"}), ("deactivate/", {}), ("leaving/", {"on": "2099-01-01"})):
        response = ada.post(own + path, typed)
        assert response.status_code == 422, path
        assert "Ada Admin is the last administrator." in text_of(response)


def test_nobody_gives_themselves_another_role_but_an_administrator_steps_down(ada: Client, cast: Cast) -> None:
    commands.set_role(come_in(cast.member), role="administrator", actor=None)
    own = f"/organisation/people/{cast.administrator.pk}/role/"
    for role in ("executive", "guest"):
        response = ada.post(own, {"role": role})
        assert response.status_code == 403
        assert "Nobody gives themselves another role." in text_of(response)
    assert ada.post(own, {"role": "member"}).status_code == 302
    assert ada.post(own, {"role": "administrator"}).status_code == 403


# -- two at once


def test_two_who_change_different_fields_both_get_their_way(ada: Client, cast: Cast) -> None:
    path = f"/organisation/people/{cast.member.pk}/change/"
    typed = fields_of(ada.get(path)) | {"job_title": "Seller"}
    commands.change_person(Person.objects.get(pk=cast.member.pk), name="Mia Married", actor=None)
    assert ada.post(path, typed).status_code == 302
    cast.member.refresh_from_db()
    assert (cast.member.name, cast.member.job_title) == ("Mia Married", "Seller")


def test_two_who_change_the_same_field_are_told(ada: Client, cast: Cast) -> None:
    path = f"/organisation/people/{cast.member.pk}/change/"
    typed = fields_of(ada.get(path)) | {"name": "Mia M."}
    commands.change_person(Person.objects.get(pk=cast.member.pk), name="Mia Married", actor=None)
    response = ada.post(path, typed)
    assert response.status_code == 409
    page = response.content.decode()
    assert "was changed in the meantime" in page
    assert 'value="Mia M."' in page
    assert ada.post(path, fields_of(response)).status_code == 302
    cast.member.refresh_from_db()
    assert cast.member.name == "Mia M."


def test_what_was_archived_meanwhile_is_not_archived_again(ada: Client, cast: Cast) -> None:
    path = f"/organisation/departments/{cast.shops.pk}/archive/"
    shown = fields_of(ada.get(path))
    commands.archive_department(cast.shops, merged_into=cast.online, actor=cast.administrator)
    response = ada.post(path, shown)
    assert response.status_code == 409
    cast.shops.refresh_from_db()
    assert cast.shops.merged_into == cast.online


def test_a_version_that_is_forged_changes_nothing_that_it_should_not(ada: Client, cast: Cast) -> None:
    path = f"/organisation/units/{cast.retail.pk}/change/"
    for version in ("-1", "x", "99999999999999999999"):
        response = send(ada, path, base_version=version, name="Stores")
        assert response.status_code in (409, 422), version
    cast.retail.refresh_from_db()
    assert cast.retail.name == "Retail"


# -- as a dialog


def test_a_form_comes_as_a_dialog_and_goes_with_a_toast(ada: Client, cast: Cast) -> None:
    htmx = {"HX-Request": "true", "HX-Target": "dialog-slot"}
    path = f"/organisation/departments/{cast.shops.pk}/change/"
    shown = ada.get(path, headers=htmx)
    assert "<dialog" in shown.content.decode()
    done = ada.post(path, {"name": "Stores", "initial-name": "Shops", "base_version": "1"}, headers=htmx)
    assert "Stores is saved." in done.headers["HX-Trigger"]


def test_choices_of_a_preview_are_fetched_as_its_part(ada: Client, cast: Cast) -> None:
    htmx = {"HX-Request": "true", "HX-Target": "consequences"}
    path = f"/organisation/departments/{cast.shops.pk}/archive/"
    part = ada.get(path, {"successor": str(cast.online.pk), "holdings": "move"}, headers=htmx).content.decode()
    assert "<html" not in part
    assert "goes to Online Store" in part


def test_who_is_erased_is_typed_once_more_and_has_to_be_deactivated(ada: Client, cast: Cast) -> None:
    page = f"/organisation/people/{cast.leaver.pk}/"
    assert f'href="{page}erase/"' in ada.get(page).content.decode()
    assert "erase/" not in ada.get(f"/organisation/people/{cast.member.pk}/").content.decode()
    refused = ada.post(f"{page}erase/", {"email": "mia@example.com"})
    assert refused.status_code == 422
    assert "“mia@example.com” is not the address of this person." in text_of(refused)
    active = ada.post(f"/organisation/people/{cast.member.pk}/erase/", {"email": cast.member.email})
    assert active.status_code == 422
    assert "Mia Member is not deactivated." in text_of(active)
    done = ada.post(f"{page}erase/", {"email": " LENA@example.com "}, follow=True)
    assert "The person was erased." in text_of(done)
    assert "Lena" not in text_of(done)
    assert Person.objects.get(pk=cast.leaver.pk).erased_at is not None
