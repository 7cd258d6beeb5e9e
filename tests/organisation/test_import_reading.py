"""Files as people really send them: what is wrong is named with its file, line, column and value; the rest goes in."""

import tracemalloc
from pathlib import Path

import pytest

from tests.organisation.importing import Folder, counts, problems
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation.commands import create_person
from workspace.organisation.commands.imports import import_file
from workspace.organisation.commands.imports.org import ORG
from workspace.organisation.commands.imports.reading import read_records
from workspace.organisation.models import BusinessUnit, Department, Person

pytestmark = pytest.mark.django_db
COLUMNS = "business_unit department_code department"
HEADER = b"business_unit,department_code,department\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def codes() -> list[str]:
    return sorted(Department.objects.values_list("code", flat=True))


# --- Files that cannot be read at all --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "org.csv is empty"),
        (b"\n\n", "no names of columns"),
        (b"business_unit,department\nA,B\n", "the column department_code is missing"),
        (b"business_unit;department\nA;B\n", "the column department_code is missing"),
        (b"department,business_unit,department_code,Department \n", "“department” stands there twice (columns 1, 4)"),
        ("business_unit,department_code,department\n".encode("utf-16"), "UTF-16"),
        ("business_unit,department_code,department\n".encode("utf-16-le"), "UTF-16"),
        (b"business_unit,department_code,d\xe9partement\n", "byte 31 is no UTF-8"),
        (b'business_unit,"department_code,department\n', "cannot be read"),
        (b"business_unit,department_code,department\rA,B,C\r", "cannot be read"),
        (b"x" * 2_000_000, "the line is too long"),
    ],
)
def test_a_file_that_is_no_table(folder: Folder, content: bytes, said: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        folder.take_bytes("org", content)
    assert said in str(refused.value)
    assert "org.csv" in str(refused.value)
    assert refused.value.next_step


def test_a_folder_and_a_file_that_is_not_there(folder: Folder) -> None:
    with pytest.raises(RuleBroken, match="is a folder"):
        import_file("org", folder.path)
    with pytest.raises(RuleBroken, match="cannot be read"):
        import_file("org", folder.path / "missing.csv")


def test_a_kind_that_nobody_imports(folder: Folder) -> None:
    with pytest.raises(Unknown, match="org, people, touchpoints"):
        folder.take("customers", "name")


def test_only_administrators_import_the_organisation(folder: Folder) -> None:
    member = create_person("mia@example.com", name="Mia", actor=None)
    with pytest.raises(NotAllowed):
        folder.take("org", COLUMNS, ("A", "A1", "One"), actor=member)
    assert not BusinessUnit.objects.exists()


# --- Rows that cannot be taken ---------------------------------------------------------------------------------------

GOOD = b"Shops,S1,One\n"


@pytest.mark.parametrize(
    ("bad", "column", "value", "reason"),
    [
        (b"Shops,S2\n", "", "Shops,S2", "has 2 cells"),
        (b"Shops,S2,Two,more\n", "", "Shops,S2,Two,more", "has 4 cells"),
        (b",S2,Two\n", "business_unit", "", "is empty"),
        (b"Shops,S2,T\xe9l\xe9\n", "department", r"T\xe9l\xe9", "Byte 64 of the file is no UTF-8"),
        (b"Shops,S2,T\0wo\n", "department", r"T\0wo", "NUL byte"),
        (b'Shops,S2,"Two\n', "department", "Two", "quotation mark"),
        (b'Shops,S2,"Two" and a half\n', "department", "", "quotation mark"),
        (b"Shops,%s,Two\n" % (b"S" * 51), "department_code", "S" * 51, "51 characters, there is room for 50"),
        (b"Shops,S1,Two\n", "department_code", "S1", "Line 2 names the same one"),
        (b"Shops,S2,\n", "department", "", "a name and a code"),
    ],
)
def test_one_bad_row_leaves_the_others_alone(folder: Folder, bad: bytes, column: str, value: str, reason: str) -> None:
    outcome = folder.take_bytes("org", HEADER + GOOD + bad + b"Shops,S3,Three\n")
    assert counts(outcome) == (2, 0, 0, 1)
    assert codes() == ["S1", "S3"]
    problem = outcome.first_problems()[0]
    assert (problem["line"], problem["column"]) == ("3", column)
    assert value in problem["value"]
    assert reason in problem["reason"]


@pytest.mark.parametrize("lines", [1, 3, 2000])
def test_a_cell_of_ten_megabytes(folder: Folder, lines: int) -> None:
    piece = b"x" * (10_000_000 // lines)
    huge = b'Shops,S2,"' + b"\n".join([piece] * lines) + b'"\n'
    outcome = folder.take_bytes("org", HEADER + GOOD + huge + b"Shops,S3,Three\n")
    assert codes() == ["S1", "S3"]
    assert counts(outcome)[0] == 2
    assert outcome.first_problems()[0]["line"] == "3"
    assert "too long" in outcome.first_problems()[0]["reason"]
    assert len(outcome.first_problems()[0]["value"]) <= 200


def test_unclosed_quotation_marks_cost_their_own_lines_only(folder: Folder) -> None:
    rows = [b'Shops,S%d,"Name %d\n' % (n, n) if n % 3 == 0 else b"Shops,S%d,Name %d\n" % (n, n) for n in range(30)]
    outcome = folder.take_bytes("org", HEADER + b"".join(rows))
    assert counts(outcome) == (20, 0, 0, 10)
    assert [int(line) for line, *_rest in problems(outcome)] == [n + 2 for n in range(30) if n % 3 == 0]


def test_what_is_odd_but_right(folder: Folder) -> None:
    content = (
        b"\xef\xbb\xbfDepartment , business_unit,DEPARTMENT_CODE,colour,\r\n"
        b'"Trade, and ""markets""\nabroad", Shops ,T1,red,\r\n'
        b"\r\n"
        b"Two,Shops,T2,blue,,,\r\n"
        b"Three,Shops,T3,blue,"
    )
    outcome = folder.take_bytes("org", content)
    assert counts(outcome) == (3, 0, 0, 0)
    assert outcome.unknown_columns == ("colour", "(column 5, without a name)")
    assert Department.objects.get(code="T1").name == 'Trade, and "markets"\nabroad'
    assert outcome.rejected is None


@pytest.mark.parametrize("separator", [";", "\t"])
def test_separators_of_spreadsheets_in_other_languages(folder: Folder, separator: str) -> None:
    rows = ["business_unit,department_code,department", 'Shops,S1,"One, or\ntwo"', 'Shops,S2,"Two', "Shops,S3,Three"]
    content = "".join(f"{row}\r\n" for row in rows).replace(",", separator).replace(f"One{separator} or", "One, or")
    outcome = folder.take_bytes("org", content.encode("utf-8-sig"))
    assert counts(outcome) == (2, 0, 0, 1)
    assert problems(outcome) == [("4", "department", "Two\r\n")]
    assert Department.objects.get(code="S1").name == "One, or\ntwo"


def test_rows_without_anything_in_them_are_passed_over(folder: Folder) -> None:
    """As spreadsheets leave them behind the last row, and where a row was emptied."""
    outcome = folder.take_bytes("org", HEADER + b",,\n" + GOOD + b",, \r\n,,,,,\r\n" * 3)
    assert counts(outcome) == (1, 0, 0, 0)


def test_a_header_alone_is_no_mistake(folder: Folder) -> None:
    assert counts(folder.take("org", COLUMNS)) == (0, 0, 0, 0)


def test_the_rejected_rows_can_be_corrected_and_imported(folder: Folder) -> None:
    outcome = folder.take("org", f"{COLUMNS} status", ("Shops", "S1", "One", "closed"), ("Shops", "S2", "Two", ""))
    assert outcome.rejected == folder.path / "org.csv.rejected.csv"
    text = outcome.rejected.read_text()
    assert text.splitlines()[0] == "business_unit,department_code,department,status,line,column,value,reason"
    assert "Shops,S1,One,closed,2,status,closed," in text
    outcome.rejected.write_text(text.replace("closed", "active"))
    again = import_file("org", outcome.rejected)
    assert counts(again) == (1, 0, 0, 0)
    assert again.unknown_columns == ()
    assert codes() == ["S1", "S2"]


def test_several_mistakes_of_a_row_stand_side_by_side(folder: Folder) -> None:
    outcome = folder.take("people", "email name department_code left_on is_lead", ("mia", "Mia", "", "soon", "maybe"))
    assert problems(outcome) == [("2", "email | is_lead | left_on", "mia | maybe | soon")]
    assert not Person.objects.exists()


def test_an_import_that_goes_well_takes_the_old_rejects_away(folder: Folder) -> None:
    assert folder.take("org", COLUMNS, ("Shops", "S1", "")).rejected is not None
    assert folder.take("org", COLUMNS, ("Shops", "S1", "One")).rejected is None
    assert [path.name for path in folder.path.iterdir()] == ["org.csv"]


def test_memory_stays_flat_however_long_the_file_is(folder: Folder) -> None:
    def peak(rows: int) -> int:
        path = folder.write("org", COLUMNS, *[("Shops", f"S{n}", f"Name {n}") for n in range(rows)])
        tracemalloc.start()
        assert sum(1 for _record in read_records(path, ORG, "org.csv")) == rows
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    peak(10)  # what is loaded once
    assert peak(20_000) < 2 * peak(1_000)
