"""Touchpoints from a file: journeys, stages, steps, channels, systems, personas, and what the same file does twice."""

import csv
from pathlib import Path
from typing import Any

import pytest

from journeys import commands
from journeys.models import Crossing, Journey, Ownership, Persona, Stage, System, Touchpoint
from tests.cast import Cast
from tests.journeys.reading import kinds_since, last_event_id, owner
from tests.organisation.importing import Folder, counts, everything, problems
from workspace.activity.models import Event
from workspace.errors import NotAllowed
from workspace.organisation.commands.imports import import_file, rehearse_file

REQUIRED = ("external_id", "journey", "stage", "touchpoint", "channel", "business_unit", "owner_department")
pytestmark = pytest.mark.django_db


class Sheet(Folder):
    """A spreadsheet of touchpoints; a row says only what the test is about."""

    def write_rows(self, *rows: dict[str, Any]) -> Path:
        """Write the rows; a cell that none of them gives is no column, unless it has to be."""
        given = [column for row in rows for column in row if column not in REQUIRED]
        columns = [*REQUIRED, *dict.fromkeys(given)]
        path = self.path / "touchpoints.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            for row in rows:
                usual = {"journey": "Moving", "stage": "Plan", "channel": "web", "business_unit": "Retail"}
                writer.writerow(usual | {"touchpoint": f"Touchpoint {row['external_id']}"} | row)
        return path

    def rows(self, *rows: dict[str, Any], **options: Any) -> Any:
        """Write and import the rows."""
        return import_file("touchpoints", self.write_rows(*rows), **options)


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return Sheet(tmp_path)


def touchpoint(key: str) -> Touchpoint:
    return Touchpoint.objects.select_related("stage__journey").get(external_id=key)


def test_a_row_brings_all_that_it_names(sheet: Sheet, cast: Cast) -> None:
    outcome = sheet.rows(
        {
            "external_id": "M1",
            "journey_id": "MOVE",
            "owner_department": "SHOPS",
            "owner_email": "Mia@example.com",
            "supporting_departments": "WEB; Billing",
            "channel": "Social Media",
            "volume": str(2**63 - 1),
            "emotion": "−2",
            "moment_of_truth": "Yes",
            "lifecycle": "Draft",
            "persona": "The mover",
            "system": "Calendar",
            "step": "3",
        }
    )
    assert counts(outcome) == (1, 0, 0, 0)
    made = touchpoint("M1")
    assert (made.channel, made.volume, made.emotion, made.moment_of_truth) == ("social_media", 2**63 - 1, -2, True)
    assert (made.lifecycle, made.step, made.business_unit, made.version) == ("draft", 3, cast.retail, 1)
    assert made.system == System.objects.get(name="Calendar")
    assert made.stage.journey.external_id == "MOVE"
    assert made.stage.journey.persona == Persona.objects.get(name="The mover")
    accountable = Ownership.objects.accountable().get(touchpoint=made)
    assert (accountable.department, accountable.person) == (cast.shops, cast.member)
    supporting = Ownership.objects.filter(touchpoint=made, kind="responsible")
    assert {row.department for row in supporting} == {cast.online, cast.billing}


def test_one_event_tells_of_a_thousand_rows(sheet: Sheet, cast: Cast) -> None:
    since = last_event_id()
    sheet.rows(*[{"external_id": f"M{n}", "journey": f"Journey {n // 10}"} for n in range(1500)])
    events = Event.objects.filter(kind="touchpoints.imported").order_by("pk")
    assert [(event.data["rows"], event.data["added"], event.data["changed"]) for event in events] == [
        (1000, 1000, 0),
        (500, 500, 0),
    ]
    assert [event.subjects.filter(subject_kind="touchpoint").count() for event in events] == [1000, 500]
    assert {event.data["file"] for event in events} == {"touchpoints.csv"}
    assert "touchpoint.added" not in kinds_since(since)


def test_stages_stand_as_the_file_names_them_first(sheet: Sheet, cast: Cast) -> None:
    stages = ["Dream", "Plan", "Dream", "Move", "Plan"]
    sheet.rows(*[{"external_id": f"M{n}", "stage": stage} for n, stage in enumerate(stages)])
    sheet.rows({"external_id": "M9", "stage": "Settle"}, {"external_id": "M8", "stage": "Dream"})
    placed = Stage.objects.filter(journey__name="Moving").order_by("position")
    assert [(stage.name, stage.position) for stage in placed] == [("Dream", 1), ("Plan", 2), ("Move", 3), ("Settle", 4)]


def test_without_a_step_the_touchpoints_of_a_stage_are_alternatives(sheet: Sheet, cast: Cast) -> None:
    sheet.rows(
        {"external_id": "A1", "stage": "Ask", "channel": "web"},
        {"external_id": "A2", "stage": "Ask", "channel": "phone"},
        {"external_id": "B1", "stage": "Buy"},
        {"external_id": "B0", "stage": "Buy", "lifecycle": "retired"},
    )
    names = Crossing.objects.filter(active=True, journey__name="Moving").values_list(
        "source__external_id", "target__external_id"
    )
    assert set(names) == {("A1", "B1"), ("A2", "B1")}
    sheet.rows({"external_id": "B0", "stage": "Buy", "lifecycle": "live"})
    assert Crossing.objects.filter(active=True, journey__name="Moving").count() == 4


def test_the_same_file_twice_changes_nothing(sheet: Sheet, cast: Cast) -> None:
    rows = [
        {"external_id": "M1", "owner_department": "SHOPS", "owner_email": "mia@example.com", "persona": "P"},
        {"external_id": "M2", "owner_department": "Nobody knows", "supporting_departments": "WEB;Who", "system": "S"},
        {"external_id": "M3", "owner_department": "Billing", "volume": "7", "lifecycle": "draft"},
    ]
    sheet.rows(*rows)
    before = everything()
    outcome = sheet.rows(*rows)
    assert counts(outcome) == (0, 0, 3, 0)
    assert everything() == before
    assert outcome.tally.notes["unknown-owner"] == {"count": 1, "value": "Nobody knows", "line": 3}
    assert outcome.tally.notes["unknown-supporting"]["value"] == "Who"


def test_only_what_the_file_says_anew_is_changed(sheet: Sheet, cast: Cast) -> None:
    row = {"external_id": "M1", "volume": "10", "emotion": "1", "moment_of_truth": "yes", "system": "Calendar"}
    sheet.rows(row)
    commands.change_touchpoint(touchpoint("M1"), name="Our own words", emotion=-1, actor=cast.administrator)
    assert counts(sheet.rows(row | {"volume": "20", "system": ""})) == (0, 1, 0, 0)
    changed = touchpoint("M1")
    assert (changed.name, changed.emotion, changed.volume, changed.system) == ("Our own words", -1, 20, None)
    event = Event.objects.filter(kind="touchpoints.imported").latest("pk")
    assert event.data["old_system"] == [System.objects.get().pk]
    assert counts(sheet.rows(row | {"volume": "", "moment_of_truth": "0", "system": ""})) == (0, 1, 0, 0)
    assert (touchpoint("M1").volume, touchpoint("M1").moment_of_truth) == (None, False)


def test_a_column_that_is_left_out_says_nothing(sheet: Sheet, cast: Cast) -> None:
    sheet.rows({"external_id": "M1", "volume": "10", "supporting_departments": "WEB;Who"})
    before = everything()
    assert counts(sheet.rows({"external_id": "M1"})) == (0, 0, 1, 0)
    assert everything() == before
    assert counts(sheet.rows({"external_id": "M1", "volume": "10", "supporting_departments": "WEB;Who"})) == (
        0,
        0,
        1,
        0,
    )


def test_a_touchpoint_made_here_is_met_by_its_key(sheet: Sheet, cast: Cast) -> None:
    Touchpoint.objects.filter(pk=cast.till.pk).update(external_id="TILL")
    same = {"journey": cast.journey.name, "stage": "Pay", "touchpoint": "Till", "channel": "store"}
    row = {"external_id": "TILL", "business_unit": "Service", **same}
    before = everything()
    assert counts(sheet.rows(row)) == (0, 0, 1, 0)
    after = everything()
    assert {table for table in after if after[table] != before[table]} == {"organisation.ImportedRow"}
    assert counts(sheet.rows(row | {"volume": "5"})) == (0, 1, 0, 0)


# --- Journeys --------------------------------------------------------------------------------------------------------


def test_a_journey_is_known_by_its_id_where_there_is_one(sheet: Sheet, cast: Cast) -> None:
    sheet.rows({"external_id": "M1"}, {"external_id": "M2", "journey": "Other"})
    moving = Journey.objects.get(name="Moving")
    sheet.rows(
        {"external_id": "M1", "journey_id": "MOVE"},
        {"external_id": "M3", "journey_id": "MOVE"},
        {"external_id": "M4", "journey_id": "ELSE"},
        {"external_id": "M2", "journey_id": "", "journey": "Other"},
    )
    moving.refresh_from_db()
    assert moving.external_id == "MOVE"  # the journey that had the name takes the id
    assert touchpoint("M3").stage.journey == moving
    assert touchpoint("M4").stage.journey == Journey.objects.get(external_id="ELSE")
    sheet.rows({"external_id": "M1", "journey_id": "MOVE", "journey": "Moving house"})
    moving.refresh_from_db()
    assert moving.name == "Moving house"


def test_a_touchpoint_moves_to_another_journey(sheet: Sheet, cast: Cast) -> None:
    sheet.rows({"external_id": "A"}, {"external_id": "B", "stage": "Buy"})
    old = touchpoint("B").stage
    sheet.rows({"external_id": "A"}, {"external_id": "B", "journey": "Leaving", "stage": "Buy"})
    assert touchpoint("B").stage.journey.name == "Leaving"
    assert Event.objects.filter(kind="touchpoints.imported").latest("pk").data["old_stage"] == [old.pk]
    assert not Crossing.objects.filter(active=True, journey__name="Moving").exists()


def test_a_new_row_does_not_bring_back_the_persona_of_the_file(sheet: Sheet, cast: Cast) -> None:
    sheet.rows({"external_id": "A", "persona": "Mover"})
    journey = Journey.objects.get(name="Moving")
    other = commands.create_persona("Our own", actor=cast.administrator)
    commands.change_journey(journey, persona=other, actor=cast.administrator)
    sheet.rows({"external_id": "A", "persona": "Mover"}, {"external_id": "B", "persona": "Mover"})
    journey.refresh_from_db()
    assert journey.persona == other
    sheet.rows({"external_id": "A", "persona": "Home owner"})
    journey.refresh_from_db()
    assert str(journey.persona) == "Home owner"


def test_an_archived_journey_takes_nothing_in(sheet: Sheet, cast: Cast) -> None:
    rows = [{"external_id": "A", "journey_id": "MOVE"}, {"external_id": "N", "journey": "Nameless"}]
    sheet.rows(*rows)
    for journey in Journey.objects.filter(name__in=["Moving", "Nameless"]):
        commands.archive_journey(journey, actor=cast.administrator)
    outcome = sheet.rows(
        rows[0] | {"volume": "9"},
        {"external_id": "B", "journey_id": "MOVE"},
        {"external_id": "C", "journey": "Nameless"},
    )
    assert counts(outcome) == (0, 1, 0, 2)
    assert problems(outcome) == [("3", "journey_id", "MOVE"), ("4", "journey", "Nameless")]
    assert Journey.objects.filter(name="Nameless").count() == 1


# --- Wrong rows ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "column", "value"),
    [
        ({"business_unit": "Nowhere"}, "business_unit", "Nowhere"),
        ({"volume": "12.5"}, "volume", "12.5"),
        ({"volume": "-1"}, "volume", "-1"),
        ({"volume": str(2**63)}, "volume", str(2**63)),
        ({"volume": "9" * 40}, "volume", "9" * 40),
        ({"emotion": "3"}, "emotion", "3"),
        ({"step": "first"}, "step", "first"),
        ({"moment_of_truth": "often"}, "moment_of_truth", "often"),
        ({"lifecycle": "dead"}, "lifecycle", "dead"),
        ({"stage": ""}, "stage", ""),
        ({"journey": "j" * 301}, "journey", "j" * 199 + "…"),
        ({"owner_email": "mia"}, "owner_email", "mia"),
    ],
)
def test_a_wrong_cell_rejects_the_row(sheet: Sheet, cast: Cast, cells: dict[str, str], column: str, value: str) -> None:
    outcome = sheet.rows({"external_id": "BAD", "journey": "Never", **cells}, {"external_id": "GOOD"})
    assert counts(outcome) == (1, 0, 0, 1)
    assert problems(outcome) == [("2", column, value)]
    assert not Journey.objects.filter(name="Never").exists()
    before = touchpoint("GOOD")
    assert counts(sheet.rows({"external_id": "GOOD", **cells})) == (0, 0, 0, 1)
    assert touchpoint("GOOD").stage == before.stage


def test_a_unit_that_is_archived_takes_nothing_new(sheet: Sheet, cast: Cast) -> None:
    from workspace.organisation import commands as organisation

    sheet.rows({"external_id": "A"})
    for department in (cast.shops, cast.online):
        organisation.archive_department(department, actor=None)
    organisation.archive_unit(cast.retail, actor=None)
    outcome = sheet.rows({"external_id": "A", "volume": "5"}, {"external_id": "B"})
    assert counts(outcome) == (0, 1, 0, 1)
    assert problems(outcome) == [("3", "business_unit", "Retail")]


def test_counts_add_up_over_many_thousand_rows(sheet: Sheet, cast: Cast) -> None:
    rows = [
        {
            "external_id": f"M{n % 2300}",
            "journey": f"Journey {n % 50}",
            "stage": f"Stage {n % 4}",
            "emotion": "9" if n % 100 == 0 else "1",
            "owner_department": ("SHOPS", "Billing", "", "Whoever")[n % 4],
        }
        for n in range(2500)
    ]
    outcome = sheet.rows(*rows)
    wrong, twice = len(range(0, 2300, 100)), 200
    assert counts(outcome) == (2300 - wrong, 0, 0, wrong + twice)
    assert outcome.rejected is not None
    with outcome.rejected.open(newline="") as file:
        lines = [int(row["line"]) for row in csv.DictReader(file)]
    assert lines == sorted(lines)
    assert len(lines) == outcome.tally.rejected
    assert counts(sheet.rows(*rows)) == (0, 0, 2300 - wrong, wrong + twice)


def test_a_rehearsal_says_the_same_and_changes_nothing(sheet: Sheet, cast: Cast) -> None:
    rows = [{"external_id": f"M{n}", "journey": f"J{n % 9}", "emotion": f"{n % 4}"} for n in range(1200)]
    rows += [
        {"external_id": "M1"},
        {"external_id": "own", "owner_department": "Shops", "owner_email": "lena@example.com"},
    ]
    before = everything()
    rehearsed = rehearse_file("touchpoints", sheet.write_rows(*rows))
    assert everything() == before
    done = sheet.rows(*rows)
    assert counts(rehearsed) == counts(done)
    assert rehearsed.tally == done.tally
    assert owner(touchpoint("own")) == cast.shops


@pytest.mark.parametrize("who", ["shops_lead", "retail_head", "member", "guest"])
def test_only_who_decides_for_the_whole_house_imports(sheet: Sheet, cast: Cast, who: str) -> None:
    with pytest.raises(NotAllowed, match="import touchpoints"):
        sheet.rows({"external_id": "M1", "owner_department": "SHOPS"}, actor=getattr(cast, who))
    assert not Touchpoint.objects.filter(external_id="M1").exists()
    for number, allowed in enumerate((cast.administrator, cast.executive, None)):
        assert counts(sheet.rows({"external_id": f"N{number}"}, actor=allowed)) == (1, 0, 0, 0)


@pytest.mark.parametrize(("approver", "stands"), [("retail_head", False), ("executive", True)])
def test_a_file_that_moves_a_touchpoint_forgets_the_approval_of_its_former_unit(
    sheet: Sheet, cast: Cast, approver: str, stands: bool
) -> None:
    sheet.rows({"external_id": "M1", "owner_department": "BILL"}, {"external_id": "M2", "owner_department": "BILL"})
    owned = Ownership.objects.current().accountable().filter(touchpoint__external_id__in=["M1", "M2"])
    owned.update(outside_approved=True, outside_approved_by=getattr(cast, approver))
    sheet.rows(
        {"external_id": "M1", "owner_department": "BILL", "business_unit": "Service"},
        {"external_id": "M2", "owner_department": "BILL"},
    )
    approved = dict(owned.values_list("touchpoint__external_id", "outside_approved"))
    assert approved == {"M1": stands, "M2": True}
