"""The list of journeys: found while typing, 50 a page, with what each has and lacks."""

from django.test import Client

from journeys import commands
from tests.cast import Cast, grow, scan
from tests.pages.reading import statements, text_of


def test_tells_touchpoints_coverage_flags_and_who_is_accountable(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = text_of(client.get("/journeys/"))
    assert "Buying a coffee machine Freya, moves house 6 50 % 3 of 6 owned · target 80 % Critical 3" in page
    assert "Eve Executive" in page


def test_searches_names_and_personas_as_one_types(cast: Cast, client: Client) -> None:
    grow(cast, by=2, stages=1, touchpoints=1)
    client.force_login(cast.member)

    def named(words: str) -> list[str]:
        part = client.get("/journeys/", {"q": words}, headers={"HX-Request": "true", "HX-Target": "journeys"})
        assert b"<html" not in part.content
        return [row.journey.name for row in part.context["rows"]]

    assert named("coffee") == ["Buying a coffee machine"]
    assert named("FREYA") == ["Buying a coffee machine"]
    assert named("journey 2") == ["Journey 2"]
    assert "No journey or touchpoint matches “espresso”" in text_of(client.get("/journeys/?q=espresso"))


def test_archived_journeys_are_left_out(cast: Cast, client: Client) -> None:
    commands.archive_journey(cast.journey, actor=cast.administrator)
    client.force_login(cast.member)
    assert "No journeys yet" in text_of(client.get("/journeys/"))


def test_a_guest_sees_that_nothing_is_shared(cast: Cast, client: Client) -> None:
    client.force_login(cast.guest)
    page = text_of(client.get("/journeys/"))
    assert "No journey is shared with you yet" in page
    assert "coffee" not in page


def test_takes_eight_statements_for_one_journey_and_for_a_full_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    few = statements(client, "/journeys/")
    grow(cast, by=55, stages=1, touchpoints=1)
    scan()
    assert statements(client, "/journeys/") == few == 8
    page = client.get("/journeys/")
    assert len(page.context["rows"]) == 50
    assert "1–50 of 56" in text_of(page)
    assert "51–56 of 56" in text_of(client.get("/journeys/?page=2"))
