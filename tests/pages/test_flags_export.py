"""The flags of a filter as a file: all of them, in words, with nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import tracemalloc
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Flag, Stage, Touchpoint
from tests.cast import Cast, grow, scan
from workspace.organisation.models import Person


def rows(client: Client, person: Person, query: str = "") -> list[dict[str, str]]:
    client.force_login(person)
    answer = client.get(f"/flags/export/{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_says_what_the_page_says(cast: Cast, client: Client) -> None:
    scan()
    listed = rows(client, cast.member)
    assert len(listed) == Flag.objects.speaking().count()
    till = next(row for row in listed if row["Rule"] == "No owner" and row["Subject"] == "Till")
    flag = cast.flag("no-owner", cast.till)
    assert till | {"Since": ""} == {
        "Rule": "No owner",
        "Severity": "critical",
        "State": "open",
        "Subject": "Till",
        "Journey": "Buying a coffee machine",
        "Stage": "Pay",
        "Business units": "Service",
        "Department": "",
        "Asked": "Sven Service",
        "Due": flag.due_on.isoformat(),
        "Since": "",
        "What is wrong": "Till (Pay, store) in Service has no owner; moment of truth; 12,400 contacts a year",
        "Link": f"http://localhost:8000/flags/?flag={flag.pk}",
    }
    crossing = next(row for row in listed if row["Subject"] == "Compare online → Till")
    assert crossing["Business units"] == "Service; Retail"
    assert {row["Subject"] for row in listed if row["Rule"] == "Coverage too low"} == {"Service", "Retail"}


def test_holds_the_filters_and_the_order_of_the_page(cast: Cast, client: Client) -> None:
    scan()
    listed = rows(client, cast.member, "?severity=4&rule=no-owner")
    assert {(row["Rule"], row["Severity"]) for row in listed} == {("No owner", "critical")}
    everything = rows(client, cast.member)
    shown = [row.flag.pk for row in client.get("/flags/").context["rows"]]
    assert [int(row["Link"].partition("flag=")[2]) for row in everything][: len(shown)] == shown
    assert rows(client, cast.member, "?q=nothing+like+it") == []


def test_is_a_file_that_nothing_runs(cast: Cast, client: Client) -> None:
    scan()
    Touchpoint.objects.filter(pk=cast.till.pk).update(name='=HYPERLINK("https://evil.example";"Till")')
    client.force_login(cast.member)
    answer = client.get("/flags/export/?rule=no-owner")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="flags ')
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "no-store" in answer.headers["Cache-Control"]
    listed = list(csv.DictReader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert '\'=HYPERLINK("https://evil.example";"Till")' in {row["Subject"] for row in listed}
    assert not [cell for row in listed for cell in row.values() if cell[:1] in "=+-@\t\r\n" and cell]


def test_all_rows_in_portions(cast: Cast, client: Client) -> None:
    """Six hundred flags: more than a page and more than a portion, one more statement for each portion of 500."""
    journey = commands.create_journey("Many", actor=cast.administrator)
    stage = commands.add_stage(journey, name="Stage", actor=cast.administrator)
    one = Touchpoint(stage=stage, name="Till", business_unit=cast.service)
    Touchpoint.objects.bulk_create([Touchpoint(**_fields(one, number)) for number in range(600)])
    scan()
    client.force_login(cast.member)
    with CaptureQueriesContext(connection) as captured:
        sent = body(client.get("/flags/export/?rule=no-owner")).decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(sent)))) == 603
    assert len(captured) <= 6


def _fields(one: Touchpoint, number: int) -> dict[str, Any]:
    return {
        "stage": one.stage,
        "name": f"Till {number}",
        "business_unit": one.business_unit,
        "external_id": f"till-{number}",
        "lifecycle": "live",
    }


def test_is_sent_while_it_is_read(cast: Cast, client: Client) -> None:
    """The whole file is never in memory: the first piece is there before the last flag is read."""
    grow(cast, by=3)
    scan()
    client.force_login(cast.member)
    answer: Any = client.get("/flags/export/")
    assert answer.streaming
    tracemalloc.start()
    length = sum(len(piece) for piece in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length > 10_000
    assert peak < 20_000_000


def test_guests_find_no_such_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.guest)
    assert client.get("/flags/export/").status_code == 404


def test_the_page_leads_to_the_file_with_its_filters(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert 'href="/flags/export/?rule=no-owner"' in client.get("/flags/?rule=no-owner").content.decode()


def test_names_stand_there_as_people_write_them(cast: Cast, client: Client) -> None:
    Touchpoint.objects.filter(pk=cast.till.pk).update(name="R&D’s <Lab> 'n' \"Bar\"")
    Stage.objects.filter(pk=cast.use.pk).update(name="Use & <enjoy>")
    scan()
    listed = rows(client, cast.member)
    till = next(row for row in listed if row["Rule"] == "No owner" and row["Subject"].startswith("R&D"))
    assert till["What is wrong"].startswith("R&D’s <Lab> 'n' \"Bar\" (Pay, store) in Service has no owner")
    assert "Use & <enjoy>" in {row["Subject"] for row in listed}, "a stage that is its own subject"
