"""Whole journeys out and in again: nothing is lost, one changed cell changes one thing, no decision is reverted."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from journeys import commands
from journeys.models import (
    Claim,
    CoverageSnapshot,
    Crossing,
    Flag,
    Handoff,
    Journey,
    Ownership,
    OwnershipCall,
    Persona,
    Stage,
    System,
    Touchpoint,
    Waiver,
)
from journeys.queries.export import COLUMNS, SEAL
from journeys.queries.lasting_ids import own_mark
from tests.cast import Cast, deliver, scan
from tests.journeys.reading import kinds_since, last_event_id, owner
from tests.organisation.importing import Folder, counts, everything, problems
from workspace import clock
from workspace.errors import NotAllowed
from workspace.organisation import commands as organisation
from workspace.organisation.commands.imports import import_file, import_kind, rehearse_file
from workspace.organisation.models import Department, ImportedRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return Sheet(tmp_path)


class Sheet(Folder):
    """The file of an export, and what somebody does with it."""

    @property
    def file(self) -> Path:
        return self.path / "journeys.csv"

    def export(self) -> bytes:
        """Export every journey; the bytes of the file."""
        call_command("export_csv", "journeys", str(self.file))
        return self.file.read_bytes()

    def edit(self, named: str, **cells: str) -> None:
        """Change cells of the row of this name, as a spreadsheet does."""
        with self.file.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file))
        (row,) = [row for row in rows if row["name"] == named]
        row |= cells
        with self.file.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)

    def bring(self, **options: Any) -> Any:
        """Import the file."""
        return import_file("journeys", self.file, **options)


def furnish(cast: Cast) -> None:
    """Give the company's journey everything that a journey can have."""
    admin = cast.administrator
    desk = commands.create_system("=Cash desk", actor=admin)
    commands.change_journey(
        cast.journey, description="+Two lines,\nof “text”", state="future", accountable=cast.executive, actor=admin
    )
    commands.change_touchpoint(
        cast.till, name='\'=Till; "quoted"', system=desk, visibility="backstage", pain_point="Long\nqueues", actor=admin
    )
    commands.change_touchpoint(cast.fault_line, lifecycle="retired", channel="Phone line", actor=admin)
    commands.change_touchpoint(cast.ask_a_seller, lifecycle="draft", step=7, volume=2**62, actor=admin)
    commands.set_accountable_person(cast.receipt, person=cast.billing_lead, actor=cast.billing_lead)
    Touchpoint.objects.filter(pk=cast.till.pk).update(unmatched_owner="Somebody, somewhere")
    for department in (cast.online, cast.care):
        Ownership.objects.create(
            touchpoint=cast.shop_window, department=department, kind="responsible", held_from=clock.now()
        )
    commands.add_stage(cast.journey, name="Nothing yet", actor=admin)
    Stage.objects.filter(pk=cast.use.pk).update(position=2)  # shares its place with Choose
    empty = commands.create_journey("@Empty", actor=admin)
    assert empty.persona is None
    commands.create_journey("@Empty", persona=cast.journey.persona, actor=admin)


def empty_the_installation() -> None:
    """Another installation with the same people and units, and no journeys."""
    with_owners = (Waiver, Flag, CoverageSnapshot, Handoff, OwnershipCall, Ownership, Claim, Crossing)
    models: tuple[type[Model], ...] = (*with_owners, Touchpoint, Stage, Journey, Persona, System, ImportedRow)
    for model in models:
        model._base_manager.all().delete()
    first = MigrationRecorder.Migration.objects.order_by("pk").first()
    assert first is not None
    MigrationRecorder.Migration.objects.filter(pk=first.pk).update(applied=datetime(2031, 5, 1, tzinfo=UTC))


def test_another_installation_gives_the_same_bytes(sheet: Sheet, cast: Cast) -> None:
    furnish(cast)
    sent = sheet.export()
    before = Crossing.objects.filter(active=True).count()
    empty_the_installation()
    outcome = sheet.bring()
    assert counts(outcome) == (sent.count(b'"journey",') + 5 + 6, 0, 0, 0)
    assert outcome.tally.notes["unknown-owner"]["count"] == 1
    assert Crossing.objects.filter(active=True).count() == before
    assert sheet.export() == sent
    assert counts(sheet.bring()) == (0, 0, outcome.tally.rows, 0)
    assert sheet.export() == sent


def test_what_comes_back_unchanged_changes_nothing(sheet: Sheet, cast: Cast) -> None:
    furnish(cast)
    sent = sheet.export()
    before = everything()
    rows = sheet.bring().tally.rows
    assert counts(sheet.bring()) == (0, 0, rows, 0)
    before["organisation.ImportedRow"] = everything()["organisation.ImportedRow"]
    assert everything() == before
    assert sheet.export() == sent


EDITS = [
    ("Buying a coffee machine", "name", "Buying a =machine"),
    ("Buying a coffee machine", "description", "-2 is a number"),
    ("Buying a coffee machine", "persona", ""),
    ("Buying a coffee machine", "accountable_email", "mia@example.com"),
    ("Buying a coffee machine", "accountable_email", ""),
    ("Buying a coffee machine", "state", "future"),
    ("Pay", "name", "Payment"),
    ("Pay", "position", "9"),
    ("Till", "name", "Checkout"),
    ("Till", "step", "4"),
    ("Till", "emotion", "-2"),
    ("Till", "emotion", ""),
    ("Till", "volume", ""),
    ("Till", "visibility", "support"),
    ("Till", "pain_point", "Slow"),
    ("Till", "lifecycle", "retired"),
    ("Till", "moment_of_truth", "no"),
    ("Till", "channel", "kiosk"),
    ("Till", "business_unit", "Retail"),
    ("Till", "system", "Cash desk"),
    ("Till", "owner_department", "CARE"),
    ("Receipt", "owner_department", "SHOPS"),
    ("Receipt", "owner_email", "mia@example.com"),
    ("Receipt", "supporting_departments", "CARE;WEB"),
]


@pytest.mark.parametrize(("name", "column", "value"), EDITS)
def test_one_changed_cell_changes_just_that(sheet: Sheet, cast: Cast, name: str, column: str, value: str) -> None:
    sheet.export()
    sheet.edit(name, **{column: value})
    edited = sheet.file.read_bytes()
    with sheet.file.open(newline="", encoding="utf-8") as file:
        wanted = [{key: cell for key, cell in row.items() if key != SEAL} for row in csv.DictReader(file)]
    outcome = sheet.bring()
    assert counts(outcome) == (0, 1, 10, 0)
    sheet.export()
    with sheet.file.open(newline="", encoding="utf-8-sig") as file:
        now = [
            {key: cell.removeprefix("'") for key, cell in row.items() if key != SEAL} for row in csv.DictReader(file)
        ]
    assert sorted(now, key=str) == sorted(wanted, key=str)
    sheet.file.write_bytes(edited)
    assert counts(sheet.bring()) == (0, 0, 11, 0), "the same file again"


def test_a_stage_moves_with_all_that_is_in_it_and_a_touchpoint_to_another_stage(sheet: Sheet, cast: Cast) -> None:
    rows = sheet.export().decode()
    use = next(line for line in rows.splitlines() if '"Use"' in line).split(",")[1].strip('"')
    sheet.edit("Use", position="0")
    sheet.edit("Till", part_of=use)
    outcome = sheet.bring()
    assert counts(outcome) == (0, 2, 9, 0)
    assert cast.journey.stages.order_by("position")[0] == cast.use
    cast.till.refresh_from_db()
    assert cast.till.stage == cast.use
    assert Crossing.objects.filter(active=True, source=cast.fault_line, target=cast.shop_window).exists()


def test_an_emptied_owner_gives_it_up(sheet: Sheet, cast: Cast) -> None:
    sheet.export()
    sheet.edit("Receipt", owner_department="", owner_email="")
    assert counts(sheet.bring()) == (0, 1, 10, 0)
    assert owner(cast.receipt) is None


def test_a_removed_supporter_goes_and_the_others_stay(sheet: Sheet, cast: Cast) -> None:
    furnish(cast)
    sheet.export()
    sheet.edit("Shop window", supporting_departments="WEB")
    sheet.bring()
    current = Ownership.objects.current().filter(touchpoint=cast.shop_window, kind="responsible")
    assert [row.department for row in current] == [cast.online]


def test_what_was_decided_here_since_the_export_stays(sheet: Sheet, cast: Cast) -> None:
    sheet.export()
    commands.assign_ownership(cast.till, department=cast.care, actor=cast.executive)
    commands.change_journey(cast.journey, name="Renamed here", actor=cast.administrator)
    commands.change_touchpoint(cast.receipt, emotion=2, pain_point="Found here", actor=cast.administrator)
    sheet.edit("Receipt", emotion="-1")
    assert counts(sheet.bring()) == (0, 1, 10, 0)
    cast.receipt.refresh_from_db()
    cast.journey.refresh_from_db()
    assert (cast.receipt.emotion, cast.receipt.pain_point) == (-1, "Found here")
    assert cast.journey.name == "Renamed here"
    assert owner(cast.till) == cast.care


def test_an_older_file_brings_back_nothing_that_a_newer_one_has_changed(sheet: Sheet, cast: Cast) -> None:
    sheet.export()
    sheet.edit("Till", emotion="1")
    first = sheet.file.read_bytes()
    sheet.bring()
    sheet.export()
    sheet.edit("Till", emotion="2")
    assert counts(sheet.bring()) == (0, 1, 10, 0)
    commands.change_touchpoint(cast.till, emotion=-2, actor=cast.administrator)
    sheet.export()
    sheet.edit("Till", emotion="2")
    assert counts(sheet.bring()) == (0, 1, 10, 0), "a new export, edited to what a file once said"
    sheet.file.write_bytes(first)
    assert counts(sheet.bring())[3] == 0
    cast.till.refresh_from_db()
    assert cast.till.step == 1


def test_a_file_written_by_hand(sheet: Sheet, cast: Cast) -> None:
    columns = "row id part_of name position business_unit owner_department persona step"
    outcome = sheet.take(
        "journeys",
        columns,
        ("journey", "MOVE", "", "Moving", "", "", "", "The mover", ""),
        ("stage", "MOVE-2", "MOVE", "Settle", "2", "", "", "", ""),
        ("stage", "MOVE-1", "MOVE", "Plan", "1", "", "", "", ""),
        ("touchpoint", "M1", "MOVE-1", "Form", "", "Retail", "SHOPS", "", ""),
        ("touchpoint", "M2", "MOVE-2", "Parcel", "", "service", "Nobody", "", "3"),
    )
    assert counts(outcome) == (5, 0, 0, 0)
    journey = Journey.objects.get(external_id="MOVE")
    assert [stage.name for stage in journey.stages.all()] == ["Plan", "Settle"]
    form = Touchpoint.objects.get(external_id="M1")
    assert (form.stage.name, form.lifecycle, form.step, owner(form)) == ("Plan", "live", 1, cast.shops)
    assert journey.persona == Persona.objects.get(name="The mover")
    assert Touchpoint.objects.get(external_id="M2").unmatched_owner == "Nobody"


def test_stages_that_came_by_name_are_found_by_their_name_once(sheet: Sheet, cast: Cast) -> None:
    sheet.take(
        "touchpoints",
        "external_id journey journey_id stage touchpoint channel business_unit owner_department",
        ("M1", "Moving", "MOVE", "Plan", "Form", "web", "Retail", ""),
    )
    columns = "row id part_of name position business_unit"
    rows = [("stage", "S1", "MOVE", "Plan", "1", ""), ("stage", "S2", "MOVE", "Pack", "2", "")]
    assert counts(sheet.take("journeys", columns, *rows)) == (1, 0, 1, 0)
    renamed = [("stage", "S1", "MOVE", "Plan it", "1", ""), rows[1]]
    assert counts(sheet.take("journeys", columns, *renamed)) == (0, 1, 1, 0)
    assert [stage.name for stage in Stage.objects.filter(journey__external_id="MOVE")] == ["Plan it", "Pack"]


def test_what_cannot_be_taken_is_told_with_its_line(sheet: Sheet, cast: Cast) -> None:
    other = commands.create_journey("Other", external_id="OTHER", actor=cast.administrator)
    archived = commands.create_journey("Old", external_id="OLD", actor=cast.administrator)
    commands.archive_journey(archived, actor=cast.administrator)
    columns = "row id part_of name position business_unit emotion accountable_email owner_department state"
    sheet.take("journeys", columns, ("stage", "S1", "OTHER", "First", "", "", "", "", "", ""))
    outcome = sheet.take(
        "journeys",
        columns,
        ("persona", "P1", "", "Freya", "", "", "", "", "", ""),
        ("journey", "J1", "", "New", "", "", "", "lena@example.com", "", ""),
        ("journey", "J2", "", "Newer", "", "", "", "gus@example.com", "", "past"),
        ("stage", "S1", "J1", "First", "", "", "", "", "", ""),
        ("stage", "S2", "NONE", "Second", "", "", "", "", "", ""),
        ("stage", "S3", "OLD", "Third", "", "", "", "", "", ""),
        ("stage", "S4", "OTHER", "Fourth", "", "", "2", "", "", ""),
        ("stage", "S5", "OTHER", "First", "", "", "", "", "", ""),
        ("stage", "S6", "OTHER", "x" * 201, "", "", "", "", "", ""),
        ("touchpoint", "T1", "S1", "Seven", "", "Retail", "7", "", "", ""),
        ("touchpoint", "T2", "S9", "No stage", "", "Retail", "", "", "", ""),
        ("touchpoint", "T3", "S1", "No unit", "", "Nowhere", "", "", "", ""),
        ("touchpoint", "T4", "", "Nowhere", "", "Retail", "", "", "", ""),
        ("touchpoint", "T5", "S1", "Good", "", "Retail", "", "", "WEB", ""),
        ("touchpoint", "T5", "S1", "Twice", "", "Retail", "", "", "", ""),
        ("journey", "", "", "No id", "", "", "", "", "", ""),
    )
    assert [(line, column) for line, column, _value in problems(outcome)] == [
        ("2", "row"), ("3", "accountable_email"), ("4", "state"), ("5", "part_of"), ("6", "part_of"), ("7", "part_of"),
        ("8", "emotion"), ("10", "name"), ("11", "emotion"), ("12", "part_of"), ("13", "business_unit"),
        ("14", "part_of"), ("16", "id"), ("17", "id"),
    ]  # fmt: skip
    assert counts(outcome) == (2, 0, 1, 13)
    assert [stage.name for stage in other.stages.all()] == ["First"]
    assert outcome.rejected is not None
    reasons = outcome.rejected.read_text()
    assert "A stage stays in its journey" in reasons
    assert "There is no stage with this id" in reasons


def test_a_thing_that_two_rows_name_under_its_two_ids_is_told(sheet: Sheet, cast: Cast) -> None:
    """What came with a file has the id of the file, and its number here, which means it as well."""
    Touchpoint.objects.filter(pk=cast.till.pk).update(external_id="M1")
    Journey.objects.filter(pk=cast.journey.pk).update(external_id="J1")
    sheet.export()
    mark, columns = own_mark(), "row id part_of name business_unit"
    stage = f"{mark}{cast.pay.pk}"
    outcome = sheet.take(
        "journeys",
        columns,
        ("journey", f"{mark}{cast.journey.pk}", "", "First", ""),
        ("journey", "J1", "", "Second", ""),
        ("touchpoint", "M1", stage, "First", "Retail"),
        ("touchpoint", f"{mark}{cast.till.pk}", stage, "Second", "Retail"),
        ("touchpoint", f"{mark}0{cast.till.pk}", stage, "Another", "Retail"),
    )
    assert problems(outcome) == [("3", "id", "J1"), ("5", "id", f"{mark}{cast.till.pk}")]
    assert counts(outcome) == (1, 2, 0, 2)
    cast.till.refresh_from_db()
    assert cast.till.name == "First"


def test_what_a_spreadsheet_would_rewrite_comes_back_as_it_was(sheet: Sheet, cast: Cast) -> None:
    """A code with zeros in front is a number to a spreadsheet, and a name such as 1-2 is a day."""
    Department.objects.filter(pk=cast.billing.pk).update(code="007")
    Touchpoint.objects.filter(pk=cast.till.pk).update(external_id="1E5", name="1-2")
    sent = sheet.export().decode()
    assert '"\'007"' in sent
    assert '"\'1E5"' in sent
    assert '"\'1-2"' in sent
    sheet.edit("Receipt", emotion="1")
    assert counts(sheet.bring()) == (0, 1, 10, 0)
    assert owner(cast.receipt) == cast.billing
    empty_the_installation()
    sheet.bring()
    assert Touchpoint.objects.get(external_id="1E5").name == "1-2"
    assert owner(Touchpoint.objects.get(name="Receipt")) == cast.billing


def test_a_spreadsheet_may_write_line_ends_its_own_way(sheet: Sheet, cast: Cast) -> None:
    commands.change_journey(cast.journey, description="One\r\ntwo", actor=cast.administrator)
    sheet.export()
    commands.change_journey(cast.journey, description="Decided here", actor=cast.administrator)
    for ends in ("\n", "\r\n"):
        sheet.edit("Buying a coffee machine", description=f"One{ends}two")
        assert counts(sheet.bring()) == (0, 0, 11, 0)
    cast.journey.refresh_from_db()
    assert cast.journey.description == "Decided here"


def test_the_rejected_rows_hold_nothing_that_a_spreadsheet_runs(sheet: Sheet, cast: Cast) -> None:
    columns = "row id part_of name business_unit emotion =unknown()"
    outcome = sheet.take(
        "journeys",
        columns,
        ("touchpoint", "T1", "=S()", "@name", "Retail", "-2", "=1"),
        ("touchpoint", "T2", "'=S()", "'@name", "Retail", "-3", "'=1"),
    )
    assert outcome.rejected is not None
    with outcome.rejected.open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert not [cell for row in (header, *rows) for cell in row if cell[:1] in tuple("=+@")]
    assert [row[2:4] for row in rows] == [["'=S()", "'@name"], ["'=S()", "'@name"]], "read as the same names again"
    assert [row[5] for row in rows] == ["-2", "-3"], "a number stays one"
    assert [value for _line, _column, value in problems(outcome)] == ["=S()", "-3"]


def test_a_stage_that_was_removed_here_stays_removed(sheet: Sheet, cast: Cast) -> None:
    empty = commands.add_stage(cast.journey, name="Never", actor=cast.administrator)
    sheet.export()
    Stage.objects.filter(pk=empty.pk).update(removed_at=clock.now())
    sheet.edit("Never", name="Ever")
    outcome = sheet.bring()
    assert counts(outcome) == (0, 0, 12, 0)
    assert outcome.tally.notes["removed-stage"]["count"] == 1
    empty.refresh_from_db()
    assert (empty.name, empty.removed_at is None) == ("Never", False)


def test_a_rehearsal_counts_the_same_and_changes_nothing(sheet: Sheet, cast: Cast) -> None:
    furnish(cast)
    sheet.export()
    empty_the_installation()
    before = everything()
    rehearsed = rehearse_file("journeys", sheet.file)
    assert everything() == before
    assert counts(rehearsed) == counts(sheet.bring())


def test_more_than_a_thousand_rows_build_on_each_other(sheet: Sheet, cast: Cast) -> None:
    columns = "row id part_of name business_unit owner_department"
    rows = [("journey", "J", "", "Long", "", ""), ("stage", "S", "J", "Only", "", "")]
    rows += [("touchpoint", f"T{number}", "S", f"Step {number}", "Retail", "SHOPS") for number in range(1100)]
    path = sheet.write("journeys", columns, *rows)
    assert counts(rehearse_file("journeys", path)) == (1102, 0, 0, 0)
    assert counts(import_file("journeys", path)) == (1102, 0, 0, 0)
    assert counts(import_file("journeys", path)) == (0, 0, 1102, 0)


def test_events_and_flags_follow(sheet: Sheet, cast: Cast) -> None:
    scan()
    sheet.export()
    sheet.edit("Till", owner_department="CARE")
    sheet.edit("Pay", name="Payment")
    before = last_event_id()
    sheet.bring()
    assert kinds_since(before) == ["touchpoints.imported", "journeys.imported", "ownership.started"]
    deliver()
    assert cast.flag("no-owner", cast.till).state == Flag.State.RESOLVED


def test_only_those_who_decide_for_the_house_import(sheet: Sheet, cast: Cast) -> None:
    sheet.export()
    for person in (cast.shops_lead, cast.retail_head, cast.member, cast.guest):
        with pytest.raises(NotAllowed):
            sheet.bring(actor=person)
    sheet.bring(actor=cast.executive)


def test_a_leaver_and_an_archived_department_are_refused_and_the_rest_taken(sheet: Sheet, cast: Cast) -> None:
    furnish(cast)
    sheet.export()
    empty_the_installation()
    organisation.archive_department(cast.billing, actor=cast.administrator)
    outcome = sheet.bring()
    assert [column for _line, column, _value in problems(outcome)] == ["owner_department"]
    assert Touchpoint.objects.get(name="Receipt").lifecycle == "live"


def test_the_columns_of_the_file_are_those_that_are_read() -> None:
    kind = import_kind("journeys")
    assert kind is not None
    assert tuple(column.name for column in kind.columns) == COLUMNS
