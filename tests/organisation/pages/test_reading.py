"""The pages of the organisation: everybody inside reads them, at a price that does not grow with the company."""

from __future__ import annotations

import pytest
from django.test import Client

from journeys import commands as journeys
from tests.cast import Cast, grow
from tests.pages.reading import statements, text_of
from workspace.organisation import commands
from workspace.organisation.models import Person


@pytest.fixture
def reader(client: Client, cast: Cast) -> Client:
    """A member, who may read and change nothing."""
    client.force_login(cast.member)
    return client


@pytest.fixture
def administrator(client: Client, cast: Cast) -> Client:
    """The administrator, signed in."""
    client.force_login(cast.administrator)
    return client


def every_page(cast: Cast) -> list[str]:
    return [
        "/organisation/",
        "/organisation/?q=shop",
        "/organisation/?show=archived",
        f"/organisation/units/{cast.retail.pk}/",
        f"/organisation/units/{cast.retail.pk}/history/",
        f"/organisation/departments/{cast.shops.pk}/",
        f"/organisation/departments/{cast.shops.pk}/history/",
        "/organisation/people/",
        f"/organisation/people/?q=li&department={cast.shops.pk}",
        f"/organisation/people/{cast.shops_lead.pk}/",
        f"/organisation/people/{cast.shops_lead.pk}/history/",
        "/organisation/people/suggest/?field=q&q=li",
        f"/touchpoints/?department={cast.shops.pk}",
        f"/touchpoints/?person={cast.shops_lead.pk}",
        f"/touchpoints/?unit={cast.retail.pk}",
    ]


def weighing_pages(cast: Cast) -> list[str]:
    return [
        f"/organisation/units/{cast.retail.pk}/archive/",
        f"/organisation/departments/{cast.shops.pk}/archive/",
        f"/organisation/departments/{cast.shops.pk}/archive/?successor={cast.care.pk}&holdings=move",
        f"/organisation/departments/{cast.shops.pk}/move/?unit={cast.service.pk}",
        f"/organisation/departments/{cast.shops.pk}/leads/{cast.shops_lead.pk}/remove/",
        f"/organisation/people/{cast.shops_lead.pk}/deactivate/",
        f"/organisation/people/{cast.shops_lead.pk}/deactivate/?to=dora@example.com&with_leads=yes",
        f"/organisation/people/{cast.shops_lead.pk}/leaving/?on=2030-01-01",
        f"/organisation/people/{cast.shops_lead.pk}/role/?role=guest",
    ]


def test_everybody_inside_reads_the_organisation(reader: Client, cast: Cast) -> None:
    for path in every_page(cast):
        response = reader.get(path)
        assert response.status_code == 200, path
        assert "organisation/units/new/" not in response.content.decode(), path


def test_the_list_says_who_heads_a_unit_and_how_much_there_is_owned(reader: Client, cast: Cast) -> None:
    words = text_of(reader.get("/organisation/"))
    assert "Retail" in words
    assert "Rita Retail" in words
    commands.set_unit_head(cast.retail, head=None, actor=cast.administrator)
    assert "No head" in text_of(reader.get("/organisation/"))


def test_a_unit_is_found_by_its_departments(reader: Client, cast: Cast) -> None:
    words = text_of(reader.get("/organisation/?q=billing"))
    assert "Service" in words
    assert "Billing" in words
    assert "Retail" not in words
    assert "No unit or department matches “zebra”" in text_of(reader.get("/organisation/?q=zebra"))


def test_a_department_says_who_leads_it_and_what_it_owns(reader: Client, cast: Cast) -> None:
    words = text_of(reader.get(f"/organisation/departments/{cast.shops.pk}/"))
    for part in ("Liam Lead", "Dora Deputy", "1 touchpoint owned", "Shop window", "Mia Member"):
        assert part in words
    assert "Lena Leaver" not in words


def test_a_department_that_nobody_here_leads_says_so(reader: Client, cast: Cast) -> None:
    commands.deactivate_person(cast.billing_lead, actor=cast.administrator)
    assert "Nobody who works here leads this department" in text_of(
        reader.get(f"/organisation/departments/{cast.billing.pk}/")
    )


def test_a_person_says_what_they_lead_and_answer_for(reader: Client, cast: Cast) -> None:
    words = text_of(reader.get(f"/organisation/people/{cast.shops_lead.pk}/"))
    assert "Answers for 1 touchpoint" in words
    assert "Lead" in words
    assert "Head of the unit" in text_of(reader.get(f"/organisation/people/{cast.retail_head.pk}/"))


@pytest.mark.parametrize(
    ("query", "found", "left_out"),
    [
        ("q=lead%20liam", "Liam Lead", "Olga Online"),
        ("q=OLGA@example", "Olga Online", "Liam Lead"),
        ("role=guest", "Gus Guest", "Liam Lead"),
        ("role=administrator", "Ada Admin", "Gus Guest"),
        ("relation=leads", "Dora Deputy", "Mia Member"),
        ("relation=heads", "Rita Retail", "Liam Lead"),
        ("state=gone", "Lena Leaver", "Liam Lead"),
        ("state=all", "Lena Leaver", "nobody at all"),
    ],
)
def test_people_are_found_by_words_role_and_state(
    reader: Client, cast: Cast, query: str, found: str, left_out: str
) -> None:
    words = text_of(reader.get(f"/organisation/people/?{query}"))
    assert found in words
    assert left_out not in words


def test_people_are_narrowed_by_unit_and_department(reader: Client, cast: Cast) -> None:
    assert "Olga Online" not in text_of(reader.get(f"/organisation/people/?department={cast.shops.pk}"))
    assert "Cara Care" not in text_of(reader.get(f"/organisation/people/?unit={cast.retail.pk}"))
    assert "Nobody matches" in text_of(reader.get("/organisation/people/?q=zebra"))


def test_suggestions_are_made_while_one_types(reader: Client, cast: Cast) -> None:
    page = reader.get("/organisation/people/suggest/?field=head&head=liam").content.decode()
    assert '<option value="liam@example.com">Liam Lead · Shops</option>' in page
    assert "option" not in reader.get("/organisation/people/suggest/?field=head&head=l").content.decode()


def test_the_history_tells_what_was_changed(reader: Client, cast: Cast) -> None:
    commands.change_department(cast.shops, name="Stores", actor=cast.administrator)
    words = text_of(reader.get(f"/organisation/departments/{cast.shops.pk}/history/"))
    assert "Ada Admin changed the department Stores : name." in words


def test_a_page_costs_no_more_in_a_larger_company(administrator: Client, cast: Cast) -> None:
    paths = every_page(cast) + weighing_pages(cast)
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, actor=cast.online_lead)
    small = {path: statements(administrator, path) for path in paths}
    grow(cast, by=4, owned=True)
    for number in range(60):
        department = cast.shops if number % 2 else cast.care
        someone = commands.create_person(
            f"p{number}@example.com", name=f"Person {number}", department=department, actor=None
        )
        if number % 5 == 0:
            commands.add_lead(department, person=someone, actor=None)
        if number % 7 == 0:
            commands.set_delegate(someone, delegate=cast.shops_lead, actor=None)
    for number in range(12):
        unit = commands.create_unit(f"Unit {number}", head=cast.shops_lead, actor=None)
        commands.create_department(f"Department {number}", unit=unit, code=f"D{number}", actor=None)
    large = {path: statements(administrator, path) for path in paths}
    dear = {path: (small[path], large[path]) for path in paths if large[path] > 12}
    assert dear == {}
    assert {path: (small[path], large[path]) for path in paths if large[path] > small[path]} == {}


def test_the_list_of_people_stays_quick(administrator: Client, cast: Cast) -> None:
    before = statements(administrator, "/organisation/people/")
    Person.objects.bulk_create(
        Person(email=f"many{n}@example.com", name=f"Many {n:05}", department=cast.shops) for n in range(5000)
    )
    assert statements(administrator, "/organisation/people/") == before
    page = administrator.get("/organisation/people/?page=3").content.decode()
    assert page.count('<th scope="row">') == 50
