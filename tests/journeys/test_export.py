"""Whole journeys as a file: what stands in it, what a spreadsheet may do with it, and what it costs."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from journeys import commands
from journeys.models import Journey, Stage, Touchpoint
from journeys.queries.export import COLUMNS, untouched
from tests.cast import Cast, grow
from tests.organisation.importing import Folder
from workspace import clock
from workspace.csv_out import as_meant, lasting_cell, safe_cell

pytestmark = pytest.mark.django_db


def exported(path: Path, **options: Any) -> list[dict[str, str]]:
    call_command("export_csv", "journeys", str(path), **options)
    return rows_of(path.read_bytes())


def rows_of(sent: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sent.decode("utf-8-sig"), newline="")))


def downloaded(client: Client, journey: Journey) -> bytes:
    answer: Any = client.get(f"/journeys/{journey.pk}/export/")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_every_fact_stands_there_once(cast: Cast, tmp_path: Path) -> None:
    commands.change_journey(cast.journey, description="Two lines,\nof text", state="future", actor=cast.administrator)
    system = commands.create_system("Cash desk", actor=cast.administrator)
    commands.change_touchpoint(
        cast.till,
        system=system,
        visibility="backstage",
        pain_point="Long queues",
        lifecycle="draft",
        actor=cast.executive,
    )
    commands.set_accountable_person(cast.receipt, person=cast.billing_lead, actor=cast.billing_lead)
    rows = exported(tmp_path / "all.csv")
    assert tuple(rows[0]) == COLUMNS
    assert [row["row"] for row in rows].count("stage") == 4
    assert [row["row"] for row in rows].count("touchpoint") == 6
    assert {name: value for name, value in rows[0].items() if value and name not in ("id", "as_exported")} == {
        "row": "journey",
        "name": "Buying a coffee machine",
        "description": "Two lines,\nof text",
        "persona": "Freya, moves house",
        "state": "future",
        "accountable_email": "eve@example.com",
    }
    pay = next(row for row in rows if row["name"] == "Pay")
    assert (pay["row"], pay["part_of"], pay["position"]) == ("stage", rows[0]["id"], "3")
    till = next(row for row in rows if row["name"] == "Till")
    assert {name: value for name, value in till.items() if value and name not in ("id", "as_exported")} == {
        "row": "touchpoint",
        "part_of": pay["id"],
        "name": "Till",
        "step": "1",
        "channel": "store",
        "business_unit": "Service",
        "visibility": "backstage",
        "system": "Cash desk",
        "volume": "12400",
        "emotion": "0",
        "moment_of_truth": "yes",
        "lifecycle": "draft",
        "pain_point": "Long queues",
    }
    receipt = next(row for row in rows if row["name"] == "Receipt")
    assert (receipt["owner_department"], receipt["owner_email"]) == ("BILL", "bela@example.com")
    assert all(untouched(row) is not None and not set(COLUMNS[2:-1]) - set(untouched(row) or ()) for row in rows)


def test_ids_from_files_stay_and_others_say_which_installation_they_are_from(cast: Cast, tmp_path: Path) -> None:
    Folder(tmp_path).take(
        "touchpoints",
        "external_id journey journey_id stage touchpoint channel business_unit owner_department supporting_departments",
        ("M1", "Moving", "MOVE", "Plan", "Form", "web", "Retail", "Nobody knows", "WEB;BILL"),
    )
    rows = {row["name"]: row for row in exported(tmp_path / "all.csv")}
    assert rows["Moving"]["id"] == rows["Plan"]["part_of"] == "MOVE"
    assert rows["Form"]["id"] == "M1"
    assert rows["Form"]["part_of"] == rows["Plan"]["id"]
    assert (rows["Form"]["owner_department"], rows["Form"]["supporting_departments"]) == ("Nobody knows", "BILL;WEB")
    mark = rows["Till"]["id"].removesuffix(str(cast.till.pk))
    assert mark.startswith("tl-")
    assert rows["Pay"]["id"] == f"{mark}{cast.pay.pk}"


def test_one_journey_by_its_number_or_id_archived_or_not(cast: Cast, tmp_path: Path) -> None:
    (other,) = grow(cast, by=1, stages=1, touchpoints=1)
    commands.archive_journey(other, actor=cast.administrator)
    assert "Journey 1" not in {row["name"] for row in exported(tmp_path / "all.csv")}
    rows = exported(tmp_path / "one.csv", journey=str(other.pk))
    assert [row["name"] for row in rows] == ["Journey 1", "Stage 1", "Touchpoint 1.1"]
    assert exported(tmp_path / "same.csv", journey=rows[0]["id"]) == rows
    with pytest.raises(CommandError, match="There is no journey 999"):
        exported(tmp_path / "none.csv", journey="999")
    assert not (tmp_path / "none.csv").exists()


def test_archived_journeys_are_said_to_be_left_out_and_come_when_asked_for(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = grow(cast, by=2, stages=1, touchpoints=1)
    exported(tmp_path / "all.csv")
    assert "archived" not in capsys.readouterr().out
    commands.archive_journey(first, actor=cast.administrator)
    exported(tmp_path / "all.csv")
    assert "1 archived journey is not in it; --archived adds them" in capsys.readouterr().out
    commands.archive_journey(second, actor=cast.administrator)
    exported(tmp_path / "all.csv")
    assert "2 archived journeys are not in it" in capsys.readouterr().out
    everything = {row["name"] for row in exported(tmp_path / "everything.csv", archived=True)}
    assert {"Journey 1", "Journey 2", cast.journey.name} <= everything
    assert "not in it" not in capsys.readouterr().out


def test_the_page_of_an_archived_journey_says_what_becomes_of_its_export(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    says = "its export comes in elsewhere as an open journey"
    assert says not in client.get(cast.journey.get_absolute_url()).content.decode()
    commands.archive_journey(cast.journey, actor=cast.administrator)
    assert says in client.get(cast.journey.get_absolute_url()).content.decode()


def test_stages_that_were_removed_are_not_in_it(cast: Cast, tmp_path: Path) -> None:
    empty = commands.add_stage(cast.journey, name="Never", actor=cast.administrator)
    assert "Never" in {row["name"] for row in exported(tmp_path / "all.csv")}
    Stage.objects.filter(pk=empty.pk).update(removed_at=clock.now())
    assert "Never" not in {row["name"] for row in exported(tmp_path / "all.csv")}


def test_a_file_that_cannot_be_written_is_said_and_leaves_nothing(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_csv", "journeys", str(tmp_path / "missing" / "all.csv"))
    assert list(tmp_path.iterdir()) == []


FORMULAS = ("=1+1", "+49 30", "-2", "@SUM(A1)", "＝1", "\u200b=1", "'=1", "''@x", "'", "'plain", "plain", "−3")


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_neutralised_and_can_be_had_back(text: str) -> None:
    cell = str(safe_cell(text))
    assert as_meant(cell) == text
    assert cell[0] not in "=+-@＝\u200b−"


REWRITTEN = (
    "007", "1-2", "3/4", "10:30", "10:30 pm", "1E5", "3.10", "1,50", "2026-03-31", "31.3.2026", "(5)", "50%", "5 €",
    "1234567890123456", "Mar 5", "5 March 2026", "MAR1", "May-20", "TRUE", "false", " 1-2", "'007", "''1-2",
)  # fmt: skip
LEFT_ALONE = ("", "7", "2104", "123456789012345", "Till", "March", "Marketing 2026", "2104:disc:phone", "1-BWN01",
              "4you", "'quoted'", "%", "yes")  # fmt: skip


@pytest.mark.parametrize("text", [*FORMULAS, *REWRITTEN, *LEFT_ALONE])
def test_what_a_spreadsheet_would_take_for_something_else_can_be_had_back(text: str) -> None:
    cell = str(lasting_cell(text))
    assert as_meant(cell) == text
    assert (cell != text) == (text in REWRITTEN or safe_cell(text) != text)


@given(st.text())
def test_any_text_can_be_had_back(text: str) -> None:
    assert as_meant(str(lasting_cell(text))) == text.replace("\0", "")
    assert as_meant(str(safe_cell(text))) == text.replace("\0", "") or lasting_cell(text) != safe_cell(text)


def test_nothing_in_the_file_is_run_by_a_spreadsheet(cast: Cast, tmp_path: Path) -> None:
    Touchpoint.objects.filter(pk=cast.till.pk).update(name='=HYPERLINK("https://evil.example")', emotion=-2)
    rows = exported(tmp_path / "all.csv")
    till = next(row for row in rows if row["volume"] == "12400")
    assert till["name"] == '\'=HYPERLINK("https://evil.example")'
    assert till["emotion"] == "-2", "a number stays one"
    text = [cell for row in rows for name, cell in row.items() if name != "emotion" and cell]
    assert not [cell for cell in text if cell[0] in "=+-@\t\r\n"]


def test_the_page_gives_the_same_file_to_people_of_the_house(cast: Cast, client: Client, tmp_path: Path) -> None:
    client.force_login(cast.member)
    answer: Any = client.get(f"/journeys/{cast.journey.pk}/export/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="Buying a coffee machine.csv"'
    assert "no-store" in answer.headers["Cache-Control"]
    exported(tmp_path / "all.csv")
    assert b"".join(answer.streaming_content) == (tmp_path / "all.csv").read_bytes()


def test_takes_the_same_statements_for_six_touchpoints_and_for_three_hundred(cast: Cast, client: Client) -> None:
    def taken(journey: Journey) -> int:
        with CaptureQueriesContext(connection) as captured:
            downloaded(client, journey)
        return len(captured)

    client.force_login(cast.member)
    (large,) = grow(cast, by=1, stages=10, touchpoints=30, owned=True)
    assert taken(cast.journey) == taken(large) <= 12
