"""The past of ownership as people read it: a day, its coverage, its file, and what changed between two days."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Ownership, Touchpoint
from tests.cast import Cast, grow
from tests.pages.reading import statements, text_of
from tests.ten_days import day, on, ten_days
from workspace.organisation.models import Person

PAST, CHANGES = "/ownership/past/", "/ownership/changes/"


def enter(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def history(cast: Cast) -> Iterator[Cast]:
    """Ten days in which owners change."""
    with ten_days(cast) as told:
        yield told


# --- A day -----------------------------------------------------------------------------------------------------------


def test_tells_who_owned_what_when_the_day_ended(history: Cast, client: Client) -> None:
    enter(client, history.member)
    page = text_of(client.get(f"{PAST}?on={on(3)}"))
    assert "Owners at the end of March 4, 2031 4" in page or "Owners at the end of 4 March 2031 4" in page
    assert "Till Buying a coffee machine · Pay" in page
    rows = client.get(f"{PAST}?on={on(3)}").context["rows"]
    assert {row.ownership.touchpoint.name: (row.department.name, row.still) for row in rows} == {
        "Shop window": ("Shops", False),
        "Compare online": ("Online Store", True),
        "Till": ("Care", True),
        "Receipt": ("Billing", False),
    }


def test_without_a_day_it_is_yesterday(history: Cast, client: Client) -> None:
    answer = enter(client, history.member).get(PAST)
    assert answer.context["day"] == day(9).date()
    assert f'value="{on(9)}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=TILL", {"Till"}),
        ("department={billing}", {"Receipt"}),
        ("unit={service}", {"Till", "Receipt"}),
        ("journey=freya", {"Till", "Receipt", "Shop window", "Compare online"}),
        ("journey=nothing", set()),
        ("touchpoint={receipt}", {"Receipt"}),
        ("journey_id={journey}&channel=web", {"Compare online"}),
    ],
)
def test_narrows_the_day(history: Cast, client: Client, query: str, names: set[str]) -> None:
    ids = {name: getattr(history, name).pk for name in ("billing", "service", "receipt", "journey")}
    answer = enter(client, history.member).get(f"{PAST}?on={on(3)}&{query.format(**ids)}")
    assert {row.ownership.touchpoint.name for row in answer.context["rows"]} == names
    if not names:
        assert "Nobody owned what these filters ask for" in text_of(answer)


def test_the_coverage_is_that_of_the_snapshot(history: Cast, client: Client) -> None:
    enter(client, history.member)
    answer = client.get(f"{PAST}?on={on(4)}")
    page = text_of(answer)
    assert "3 of 6" not in page
    assert "4 of 6 owned" in page
    assert "66.6 %" in page
    assert answer.context["noted"].at == day(4)
    assert "What happened later that day is in the owners below, and not in these numbers." in page
    by_journey = text_of(client.get(f"{PAST}?on={on(4)}&by=journey"))
    assert "Coverage by journey" in by_journey
    assert "Buying a coffee machine" in by_journey
    assert "Coverage by channel" in text_of(client.get(f"{PAST}?on={on(4)}&by=channel"))


def test_a_day_without_a_snapshot_says_so(history: Cast, client: Client) -> None:
    page = enter(client, history.member).get(f"{PAST}?on={on(3)}")
    assert "No coverage was noted on that day" in text_of(page)
    assert f"?on={on(1)}" in page.content.decode()
    assert f"?on={on(4)}" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("on=soon", "This is no day. Write it as 2026-03-31."),
        ("on=2031-02-30", "This is no day."),
        ("on=", "This field is required."),
        ("on=2031-03-12", "has not come yet. Choose today, or a day before it."),
        ("on=9999-12-31", "has not come yet."),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_clear_words(history: Cast, client: Client, asked: str, words: str) -> None:
    for path in (PAST, f"{PAST}export/"):
        answer = enter(client, history.member).get(f"{path}?{asked}")
        assert answer.status_code == 422
        assert words in text_of(answer)


@pytest.mark.parametrize("asked", ["2031-02-09", "0001-01-01"])
def test_of_a_day_before_the_first_row_nothing_is_known(history: Cast, client: Client, asked: str) -> None:
    answer = enter(client, history.member).get(f"{PAST}?on={asked}")
    assert answer.status_code == 200
    assert "Nothing is known of that day The history of ownership begins on" in text_of(answer)
    assert 'href="?on=2031-02-10"' in answer.content.decode()
    assert len(read(client.get(f"{PAST}export/?on={asked}"))) == 1


def test_where_nobody_ever_owned_anything(cast: Cast, client: Client) -> None:
    Ownership.objects.all().delete()
    enter(client, cast.member)
    assert "Nobody has owned anything yet." in text_of(client.get(PAST))
    assert "Nobody has owned anything yet." in text_of(client.get(CHANGES))


def read(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))


def test_the_day_leaves_as_a_file_that_no_spreadsheet_runs(history: Cast, client: Client) -> None:
    Touchpoint.objects.filter(pk=history.receipt.pk).update(name="=HYPERLINK(1)")
    enter(client, history.member)
    answer = client.get(f"{PAST}export/?on={on(3)}")
    assert f"owners {on(3)}.csv" in answer.headers["Content-Disposition"]
    header, *rows = read(answer)
    assert header[:4] == ["Day", "Journey", "Stage", "Touchpoint"]
    assert len(rows) == 4
    [receipt] = [row for row in rows if "HYPERLINK" in row[3]]
    assert receipt[0] == on(3)
    assert receipt[3] == "'=HYPERLINK(1)"
    assert receipt[7:9] == ["Billing", "Service"]
    assert receipt[11].startswith(on(4))
    assert len(read(client.get(f"{PAST}export/?on={on(3)}&department={history.care.pk}"))) == 2


# --- Between two days ------------------------------------------------------------------------------------------------


def test_tells_what_changed_by_whom_and_by_department(history: Cast, client: Client) -> None:
    answer = enter(client, history.member).get(f"{CHANGES}?from={on(1)}&to={on(10)}")
    page = text_of(answer)
    assert "All 3 Gained 1 Lost 1 Transferred 1" in page
    assert "Liam Lead: The shop closed." in page
    assert "Sven Service: Care prints it." in page
    moves = {department.name: moves.net for department, moves, _url in answer.context["departments_first"]}
    assert moves == {"Care": 2, "Billing": -1, "Shops": -1}


def test_compares_the_coverage_that_was_noted(history: Cast, client: Client) -> None:
    page = text_of(enter(client, history.member).get(f"{CHANGES}?from={on(1)}&to={on(4)}"))
    assert "50 %" in page
    assert "66.6 %" in page
    assert "+16.7 points" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("way=gained", {"Till"}),
        ("way=lost", {"Shop window"}),
        ("way=transferred", {"Receipt"}),
        ("department={billing}", {"Receipt"}),
        ("department={care}", {"Till", "Receipt"}),
        ("unit={retail}", {"Shop window"}),
        ("q=window", {"Shop window"}),
        ("touchpoint={receipt}", {"Receipt"}),
        ("q=nothing", set()),
    ],
)
def test_narrows_the_changes(history: Cast, client: Client, query: str, names: set[str]) -> None:
    ids = {name: getattr(history, name).pk for name in ("billing", "care", "retail", "receipt")}
    answer = enter(client, history.member).get(f"{CHANGES}?from={on(1)}&to={on(10)}&{query.format(**ids)}")
    assert {row.touchpoint.name for row in answer.context["rows"]} == names
    if not names:
        assert "No change matches" in text_of(answer)


def test_two_equal_ends_are_told_as_such(history: Cast, client: Client) -> None:
    enter(client, history.member)
    assert "Everything is owned as it was" in text_of(client.get(f"{CHANGES}?from={on(7)}&to={on(9)}"))
    assert "Everything is owned as it was" in text_of(client.get(f"{CHANGES}?from={on(4)}&to={on(4)}"))


def test_before_the_history_everything_was_unowned(history: Cast, client: Client) -> None:
    enter(client, history.member)
    page = text_of(client.get(f"{CHANGES}?from=0001-01-01&to={on(1)}"))
    assert "All 3 Gained 3 Lost 0 Transferred 0" in page
    assert "Nothing is known of these days" in text_of(client.get(f"{CHANGES}?from=2031-01-01&to=2031-02-09"))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("from=2031-03-09&to=2031-03-02", "comes after"),
        ("from=2031-03-09&to=2031-03-02", "Put the earlier day first."),
        ("from=x", "This is no day."),
        ("from=2031-03-01&to=2032-01-01", "has not come yet."),
        ("from=&to=", "This field is required."),
    ],
)
def test_two_days_that_cannot_be_are_refused(history: Cast, client: Client, asked: str, words: str) -> None:
    answer = enter(client, history.member).get(f"{CHANGES}?{asked}")
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_without_days_it_is_the_last_four_weeks(history: Cast, client: Client) -> None:
    answer = enter(client, history.member).get(CHANGES)
    assert (answer.context["first"], answer.context["last"]) == (date(2031, 2, 11), date(2031, 3, 11))


def test_the_changes_leave_as_a_file_that_no_spreadsheet_runs(history: Cast, client: Client) -> None:
    Touchpoint.objects.filter(pk=history.receipt.pk).update(name="@SUM(1)", channel="+1")
    enter(client, history.member)
    asked = f"from={on(1)}&to={on(10)}"
    assert f'href="{CHANGES}export/?{asked}"' in unescape(client.get(f"{CHANGES}?{asked}").content.decode())
    answer = client.get(f"{CHANGES}export/?{asked}")
    assert f"changes of owners {on(1)} to {on(10)}.csv" in answer.headers["Content-Disposition"]
    header, *rows = read(answer)
    assert [header[4], header[8], header[15]] == ["Touchpoint", "Change", "Why"]
    told = [(row[4], row[6], row[8], row[9], row[11], row[14], row[15]) for row in rows]
    assert told == [
        ("Shop window", "store", "Lost", "Shops", "", "Liam Lead", "The shop closed."),
        ("'@SUM(1)", "'+1", "Transferred", "Billing", "Care", "Sven Service", "Care prints it."),
        ("Till", "store", "Gained", "", "Care", "Sven Service", ""),
    ]
    assert [row[:2] for row in rows] == [[on(1), on(10)]] * 3
    assert rows[0][13].startswith(on(6))
    assert len(read(client.get(f"{CHANGES}export/?{asked}&way=gained"))) == 2


def test_a_reason_that_is_a_formula_leaves_as_text(history: Cast, client: Client) -> None:
    commands.release_ownership(history.receipt, reason="=cmd|' /C calc'!A0", actor=history.care_lead)
    enter(client, history.member)
    [_header, row] = read(client.get(f"{CHANGES}export/?from={on(9)}&to={on(10)}"))
    assert row[15] == "'=cmd|' /C calc'!A0"


@pytest.mark.parametrize("asked", ["from=x", "from=2031-03-09&to=2031-03-02", "to=2032-01-01", "way=sideways"])
def test_a_file_of_days_that_cannot_be_is_refused(history: Cast, client: Client, asked: str) -> None:
    answer = enter(client, history.member).get(f"{CHANGES}export/?{asked}")
    assert answer.status_code == 422
    assert "That day cannot be shown" in text_of(answer)


def test_of_days_before_the_history_the_file_has_no_rows(history: Cast, client: Client) -> None:
    enter(client, history.member)
    assert len(read(client.get(f"{CHANGES}export/?from=0001-01-01&to=2031-02-09"))) == 1
    Ownership.objects.all().delete()
    assert len(read(client.get(f"{CHANGES}export/"))) == 1


def test_a_guest_gets_neither_file(history: Cast, client: Client) -> None:
    enter(client, history.guest)
    for path in (PAST, CHANGES, f"{PAST}export/", f"{CHANGES}export/"):
        assert client.get(path).status_code in (403, 404), path
    client.logout()
    assert client.get(f"{CHANGES}export/").status_code == 302


def test_takes_as_many_statements_for_many_as_for_few(history: Cast, client: Client) -> None:
    enter(client, history.member)
    paths = [
        f"{PAST}?on={on(4)}",
        f"{PAST}?on={on(10)}",
        f"{PAST}?on={on(4)}&by=journey",
        f"{CHANGES}?from={on(1)}&to={on(10)}",
    ]
    few = [statements(client, path) for path in paths]
    grow(history, by=3, owned=True)
    assert [statements(client, path) for path in paths] == few
    assert max(few) <= 12
