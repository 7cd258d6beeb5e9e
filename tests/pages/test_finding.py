"""Finding journeys and touchpoints while typing, on made-up data and on the services of a whole government."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Journey, Stage, Touchpoint
from journeys.queries.finding import MOST
from tests.cast import Cast, grow
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.organisation import commands as organisation
from workspace.organisation.commands.imports import import_file
from workspace.organisation.commands.sharing import share
from workspace.organisation.models import Person

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "canada-services-2019-20"


def found(client: Client, words: str) -> list[str]:
    """The touchpoints that the part of the page lists."""
    part: Any = client.get("/journeys/", {"q": words}, headers={"HX-Request": "true", "HX-Target": "journeys"})
    assert part.status_code == 200
    return [touchpoint.name for touchpoint in part.context["touchpoints"]]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("till", ["Till"]),
        ("RECEIPT", ["Receipt"]),
        ("pay", ["Till", "Receipt"]),
        ("email", ["Receipt"]),
        ("phone", ["Fault line"]),
        ("online store", ["Compare online"]),
        ("BILL", ["Receipt"]),
        ("service", ["Till", "Receipt", "Fault line"]),
        ("service store", ["Till"]),
        ("coffee till", ["Till"]),
        ("till espresso", []),
        ("coffee", []),
        ("  ", []),
        ("100%", []),
        ("_", []),
        ("' OR 1=1 --", []),
    ],
)
def test_every_word_is_found_in_what_a_touchpoint_is_where_it_stands_or_who_owns_it(
    cast: Cast, client: Client, words: str, names: list[str]
) -> None:
    client.force_login(cast.member)
    assert found(client, words) == names


def test_tells_where_each_stands_and_who_owns_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = client.get("/journeys/?q=pay")
    assert "Till Buying a coffee machine Pay Store" in text_of(page)
    assert "Unowned" in text_of(page)
    assert f'href="/touchpoints/{cast.till.pk}/"' in page.content.decode()
    assert "No journey" not in text_of(page)


def test_letters_that_are_not_ascii_are_found_whatever_their_case(cast: Cast, client: Client) -> None:
    Touchpoint.objects.filter(pk=cast.till.pk).update(name="École Überweisung")
    client.force_login(cast.member)
    for words in ("école", "ÉCOLE", "überweisung École", "ecole", "UBERWEISUNG ecole", "e\u0301cole", "cole"):
        assert found(client, words) == ["École Überweisung"], words
    assert found(client, "\u0301") == [], "an accent alone is no word"
    Touchpoint.objects.filter(pk=cast.till.pk).update(name="E\u0301COLE Große Straße")
    Journey.objects.filter(pk=cast.journey.pk).update(name="Zażółć ΟΔΟΣ")
    for words in ("école", "grosse STRASSE", "straße", "zażołc ecole", "οδοσ ecole"):
        assert found(client, words) == ["E\u0301COLE Große Straße"], words
    assert [row.journey for row in client.get("/journeys/?q=zazołc").context["rows"]] == [cast.journey]


def test_what_is_over_is_not_found(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    commands.retire_touchpoint(cast.till, actor=cast.administrator)
    assert found(client, "pay") == ["Receipt"]
    Stage.objects.filter(pk=cast.pay.pk).update(removed_at=clock.now())
    assert found(client, "pay") == []
    commands.archive_journey(cast.journey, actor=cast.administrator)
    assert found(client, "fault") == []


def test_a_guest_finds_what_is_shared_and_no_units(cast: Cast, client: Client) -> None:
    grow(cast, by=1)
    client.force_login(cast.guest)
    assert found(client, "till") == found(client, "touchpoint") == []
    share(Journey.NOUN, cast.journey.pk, guest=cast.guest, until=clock.today(), actor=cast.executive)
    assert found(client, "till") == ["Till"]
    assert found(client, "touchpoint") == []
    assert found(client, "service") == [], "units are not told, and not found by"
    assert "Service" not in text_of(client.get("/journeys/?q=till"))


def test_many_are_cut_off_and_it_is_said(cast: Cast, client: Client) -> None:
    grow(cast, by=1, stages=6, touchpoints=10)
    client.force_login(cast.member)
    assert len(found(client, "touchpoint")) == MOST
    assert "There are more" in text_of(client.get("/journeys/?q=touchpoint"))
    assert found(client, "touchpoint 6.9") == ["Touchpoint 6.9"]


def test_nothing_found_says_what_is_looked_at(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = text_of(client.get("/journeys/?q=espresso"))
    assert "No journey or touchpoint matches “espresso”" in page
    assert "Every word has to be found" in page


def test_a_search_of_any_length_is_a_search(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    grow(cast, by=1)
    assert found(client, "till " + " " * 300 + "espresso") == ["Till"], "what is written behind 200 letters is not read"
    assert found(client, "till\0") == ["Till"]
    nothing = client.get("/journeys/", {"q": "x" * 5000})
    assert nothing.status_code == 200
    assert nothing.context["rows"] == []


def test_those_who_may_import_are_led_there(cast: Cast, client: Client) -> None:
    def is_led(person: Person) -> bool:
        client.force_login(person)
        return 'href="/journeys/import/"' in client.get("/journeys/").content.decode()

    assert is_led(cast.executive)
    assert not is_led(cast.member)
    assert not is_led(cast.guest)


def test_takes_at_most_twelve_statements_at_two_sizes(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    few = statements(client, "/journeys/?q=till")
    grow(cast, by=20, stages=2, touchpoints=4)
    assert statements(client, "/journeys/?q=touchpoint") == few <= 12


@pytest.mark.skipif(not DATA.is_dir(), reason="needs shared/data/canada-services-2019-20 beside the repository")
@pytest.mark.django_db
def test_the_services_of_a_whole_government(tmp_path: Path, client: Client) -> None:
    for name in ("org", "touchpoints"):
        shutil.copyfile(DATA / f"{name}.csv", tmp_path / f"{name}.csv")
        import_file(name, tmp_path / f"{name}.csv")
    reader = organisation.create_person("reader@example.com", name="Reader", actor=None)
    client.force_login(reader)
    assert found(client, "2104:disc:phone") == ["Discovery by phone"]
    women = client.get("/journeys/?q=women+2104")
    assert [row.journey.name for row in women.context["rows"]] == ["Women's Program (2104)"]
    by_phone = client.get("/journeys/?q=pension+phone")
    assert by_phone.context["touchpoints"]
    assert all(
        "pension" in f"{one.name} {one.stage.journey.name} {one.business_unit.name} {one.current}".lower()
        for one in by_phone.context["touchpoints"]
    )
    for words in ("phone", "zzz", "pension+phone+issuance"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/journeys/?q={words}").status_code == 200
        assert len(captured) <= 12, words
