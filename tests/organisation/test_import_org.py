"""Units and departments from a file."""

from pathlib import Path

import pytest

from tests.cast import Cast
from tests.organisation.importing import Folder, counts, everything, problems
from workspace.activity.models import Event
from workspace.organisation import commands
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead

COLUMNS = "business_unit department_code department unit_head_email lead_email status merged_into"
pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def row(unit: str, code: str = "", name: str = "", head: str = "", lead: str = "", status: str = "", into: str = ""):
    return (unit, code, name, head, lead, status, into)


def test_units_and_departments_come_into_being(folder: Folder) -> None:
    outcome = folder.take("org", COLUMNS, row("Shops", "S1", "One"), row("SHOPS", "S2", "Two"), row("Online"))
    assert counts(outcome) == (3, 0, 0, 0)
    assert set(BusinessUnit.objects.values_list("name", flat=True)) == {"Shops", "Online"}
    assert Department.objects.get(code="S2").unit.name == "Shops"
    events = Event.objects.filter(kind="organisation.imported")
    assert sorted((event.subject_kind, event.subjects.count()) for event in events) == [("department", 2), ("unit", 2)]
    assert all(event.data["file"] == "org.csv" for event in events)


def test_the_same_file_twice_changes_nothing(folder: Folder, cast: Cast) -> None:
    rows = [
        row("Retail", "SHOPS", "Shops", "rita@example.com", "liam@example.com"),
        row("Retail", "NEW", "New", "rita@example.com", "mia@example.com"),
        row("Service", "OLD", "Old", status="archived", into="BILL"),
        row("Gone", status="archived"),
    ]
    assert counts(folder.take("org", COLUMNS, *rows))[3] == 0
    before = everything()
    outcome = folder.take("org", COLUMNS, *rows)
    assert counts(outcome) == (0, 0, 4, 0)
    assert outcome.tally.went_well
    assert everything() == before


def test_a_nightly_file_does_not_revert_what_was_decided_here(folder: Folder, cast: Cast) -> None:
    rows = [row("Retail", "SHOPS", "Shops", "rita@example.com", "liam@example.com", "active")]
    folder.take("org", COLUMNS, *rows)
    commands.set_unit_head(cast.retail, head=cast.executive, actor=None)
    commands.remove_lead(cast.shops, person=cast.shops_lead, actor=None)
    Department.objects.filter(pk=cast.shops.pk).update(name="High Street")
    before = everything()
    assert counts(folder.take("org", COLUMNS, *rows)) == (0, 0, 1, 0)
    assert everything() == before
    # A department that is new to the file repeats the head of its unit, and does not bring her back either.
    folder.take("org", COLUMNS, *rows, row("Retail", "NEW", "New", "rita@example.com"))
    cast.retail.refresh_from_db()
    assert cast.retail.head == cast.executive


def test_what_the_file_says_anew_is_done(folder: Folder, cast: Cast) -> None:
    columns = "business_unit department_code department lead_email"
    folder.take("org", columns, ("Retail", "SHOPS", "Shops", "liam@example.com"))
    outcome = folder.take("org", columns, ("Service", "SHOPS", "High Street", "mia@example.com"))
    assert counts(outcome) == (0, 1, 0, 0)
    cast.shops.refresh_from_db()
    assert (cast.shops.unit, cast.shops.name, cast.shops.version) == (cast.service, "High Street", 2)
    leads = DepartmentLead.objects.filter(department=cast.shops, is_deputy=False)
    assert [lead.person for lead in leads] == [cast.member]


@pytest.mark.parametrize(
    ("email", "why"),
    [("nobody@example.com", "Nobody here"), ("lena@example.com", "does not work here"), ("gus@example.com", "guest")],
)
def test_a_lead_who_cannot_lead_is_refused_and_the_department_taken(
    folder: Folder, cast: Cast, email: str, why: str
) -> None:
    columns = "business_unit department_code department lead_email"
    outcome = folder.take("org", columns, ("Retail", "NEW", "New", email))
    assert counts(outcome) == (1, 0, 0, 0)
    assert outcome.tally.partly == 1
    assert problems(outcome) == [("2", "lead_email", email)]
    assert why in outcome.first_problems()[0]["reason"]
    assert Department.objects.get(code="NEW").leads.count() == 0


def test_org_then_people_then_org_again(folder: Folder) -> None:
    rows = [row("Shops", "S1", "One", "mia@example.com", "mia@example.com"), row("Shops", "S2", "Two")]
    first = folder.take("org", COLUMNS, *rows)
    assert problems(first) == [
        ("2", "unit_head_email | lead_email", "mia@example.com | mia@example.com"),
    ]
    folder.take("people", "email name department_code", ("mia@example.com", "Mia", "S1"))
    second = folder.take("org", COLUMNS, *rows)
    assert counts(second) == (0, 1, 1, 0)
    assert second.tally.went_well
    assert BusinessUnit.objects.get().head == Department.objects.get(code="S1").leads.get().person


def test_two_heads_of_one_unit_contradict_each_other(folder: Folder, cast: Cast) -> None:
    rows = [row("Retail", "R1", "One", "mia@example.com"), row("Retail", "R2", "Two", "cara@example.com")]
    BusinessUnit.objects.update(head=None)
    outcome = folder.take("org", COLUMNS, *rows)
    assert problems(outcome) == [("3", "unit_head_email", "cara@example.com")]
    cast.retail.refresh_from_db()
    assert cast.retail.head == cast.member


# --- Archiving and merging -------------------------------------------------------------------------------------------


def test_a_successor_may_stand_below_and_be_merged_itself(folder: Folder) -> None:
    outcome = folder.take(
        "org",
        COLUMNS,
        row("Old Shops", status="archived", into="Shops"),
        row("Old Shops", "A", "A", status="archived", into="B"),
        row("Shops", "B", "B", into="C"),
        row("Shops", "C", "C"),
    )
    assert counts(outcome) == (3, 1, 0, 0)  # the unit came with its first department, and its own row closes it
    assert outcome.tally.went_well
    a, b, c = (Department.objects.get(code=code) for code in "ABC")
    assert (a.merged_into, b.merged_into, c.merged_into) == (b, c, None)
    assert (a.archived_at is None, b.archived_at is None, c.archived_at is None) == (False, False, True)
    assert BusinessUnit.objects.get(name="Old Shops").merged_into == BusinessUnit.objects.get(name="Shops")


def test_every_row_of_a_circle_is_rejected_by_name(folder: Folder) -> None:
    outcome = folder.take(
        "org",
        COLUMNS,
        row("Shops", "A", "A", into="B"),
        row("Shops", "B", "B", into="C"),
        row("Shops", "C", "C", into="A"),
        row("Shops", "D", "D", into="D"),
        row("Shops", "E", "E", into="A"),
        row("Shops", "F", "F"),
    )
    assert counts(outcome) == (2, 0, 0, 4)
    reasons = {problem["line"]: problem["reason"] for problem in outcome.first_problems()}
    assert "A → B → C → A" in reasons["2"]
    assert "D → D" in reasons["5"]
    assert sorted(Department.objects.values_list("code", flat=True)) == ["E", "F"]
    assert "no department with this code" in reasons["6"]


def test_a_circle_with_what_is_here_already_is_refused(folder: Folder, cast: Cast) -> None:
    commands.archive_department(cast.shops, merged_into=cast.online, actor=None)
    columns = "business_unit department_code department merged_into"
    outcome = folder.take("org", columns, ("Retail", "WEB", "Online Store", "SHOPS"))
    assert problems(outcome) == [("2", "merged_into", "SHOPS")]
    cast.online.refresh_from_db()
    assert cast.online.archived_at is None


def test_a_unit_with_open_departments_stays_open(folder: Folder, cast: Cast) -> None:
    outcome = folder.take("org", COLUMNS, row("Retail", status="archived"))
    assert problems(outcome) == [("2", "status", "archived")]
    cast.retail.refresh_from_db()
    assert cast.retail.archived_at is None
    closing = [row("Retail", code, code, status="archived") for code in ("SHOPS", "WEB")]
    assert folder.take("org", COLUMNS, row("Retail", status="archived"), *closing).tally.went_well
    cast.retail.refresh_from_db()
    assert cast.retail.archived_at is not None


def test_no_open_department_comes_into_an_archived_unit(folder: Folder) -> None:
    folder.take("org", COLUMNS, row("Old", status="archived"))
    outcome = folder.take("org", COLUMNS, row("Old", "A", "A"), row("Old", "B", "B", status="archived"))
    assert counts(outcome) == (1, 0, 0, 1)
    assert problems(outcome) == [("2", "business_unit", "Old")]


def test_what_is_archived_by_the_file_is_opened_by_it(folder: Folder) -> None:
    folder.take("org", COLUMNS, row("Shops", "B", "B"), row("Shops", "A", "A", status="archived", into="B"))
    assert counts(folder.take("org", COLUMNS, row("Shops", "A", "A", status="active"))) == (0, 1, 0, 0)
    department = Department.objects.get(code="A")
    assert (department.archived_at, department.merged_into) == (None, None)


def test_a_rehearsal_says_the_same_and_changes_nothing(folder: Folder, cast: Cast) -> None:
    from workspace.organisation.commands.imports import rehearse_file

    rows = [row("Retail", f"N{n}", f"New {n}", into="" if n % 7 else f"N{n + 1}") for n in range(1500)]
    rows.append(row("Retail", "N1", "Twice"))
    path = folder.write("org", COLUMNS, *rows)
    before = everything()
    rehearsed = rehearse_file("org", path)
    assert everything() == before
    assert rehearsed.rejected is not None
    text = rehearsed.rejected.read_text()
    done = folder.take("org", COLUMNS, *rows)
    assert counts(rehearsed) == counts(done) == (1500, 0, 0, 1)
    assert done.rejected is not None
    assert done.rejected.read_text() == text


def test_a_guest_does_not_become_head_of_a_unit(folder: Folder, cast: Cast) -> None:
    outcome = folder.take("org", COLUMNS, row("Retail", head="gus@example.com"))
    assert problems(outcome) == [("2", "unit_head_email", "gus@example.com")]
    assert "guest" in outcome.first_problems()[0]["reason"]
    cast.retail.refresh_from_db()
    assert cast.retail.head == cast.retail_head
