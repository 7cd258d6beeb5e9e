"""Imports over the API: a file is sent, a job works on it, and what became of each row can be had."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from journeys.models import Touchpoint
from sprints.models import Story
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.organisation.importing import everything
from tests.pages.reading import text_of
from tests.sprints.squad import Squad
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Job
from workspace.organisation.commands import revoke_token
from workspace.organisation.commands.imports.requesting import REHEARSED_AT_ONCE
from workspace.organisation.commands.imports.running import imports_folder, run_rehearsal
from workspace.organisation.models import Department, Person, Token

Made = Callable[..., Program]
COLUMNS = "external_id,journey,stage,touchpoint,channel,business_unit,owner_department"
ROWS = (
    "T-1,Returning,Ask,Help page,web,Service,Care",
    "T-2,Returning,Ask,Hotline,phone,Service,",
    "T-3,Returning,Send,Parcel shop,store,Nowhere,Shops",
)
FILE = "\n".join((COLUMNS, *ROWS, "")).encode()
KINDS = ("org", "people", "touchpoints", "journeys", "stories")


def send(asks: Program, kind: str = "touchpoints", content: bytes = FILE, **more: Any) -> Any:
    """Send a file; its answer, with `data`."""
    name = more.pop("name", "nightly.csv")
    key = more.pop("key", "")
    sent = asks.sent | ({"Idempotency-Key": key} if key else {})
    form = {"kind": kind, "file": SimpleUploadedFile(name, content)} | more
    answer: Any = asks.client.post("/api/v1/imports/", form, headers=sent)
    answer.data = answer.json()
    return answer


def worked(asks: Program, answer: Any) -> Any:
    """What the import came to when its worker was done."""
    assert answer.status_code == 202, answer.data
    work_on(answer.data["id"])
    return asks.get(answer["Location"]).data


def rejected(asks: Program, told: Any) -> list[dict[str, str]]:
    answer = asks.file(told["rejects"], Accept="text/csv")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode())))


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> None:
    """Files of this test alone."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def boss(cast: Cast, program: Made) -> Program:
    """A program of an executive; its use is noted already."""
    made = program(cast.executive)
    made.get("me/")
    return made


def test_a_file_is_taken_worked_on_and_its_rejected_rows_can_be_had(cast: Cast, boss: Program) -> None:
    answer = send(boss, content=FILE.replace(COLUMNS.encode(), f"{COLUMNS},colour".encode()).replace(
        b"Care\n", b"Care,red\n").replace(b"Service,\n", b"Service,,\n").replace(b"Shops\n", b"Shops,\n"))  # fmt: skip
    made = answer.data
    assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/imports/{made['id']}/")
    assert (made["kind"], made["file"], made["dry_run"], made["state"]) == (
        "touchpoints",
        "nightly.csv",
        False,
        "queued",
    )
    assert (made["progress"], made["counts"], made["rejects"]) == ({"done": 0, "total": 3}, None, None)
    problem(boss.get(f"imports/{made['id']}/rejected/"), 404, "unknown")

    told = worked(boss, answer)
    assert (told["state"], told["progress"], told["error"]) == ("done", {"done": 3, "total": 3}, "")
    assert told["counts"] == {"rows": 3, "added": 2, "changed": 0, "unchanged": 0, "rejected": 1, "partly": 0}
    assert told["unknown_columns"] == ["colour"]
    assert set(Touchpoint.objects.filter(stage__journey__name="Returning").values_list("name", flat=True)) == {
        "Help page", "Hotline",
    }  # fmt: skip
    (row,) = rejected(boss, told)
    assert (row["external_id"], row["line"], row["column"], row["value"]) == ("T-3", "4", "business_unit", "Nowhere")
    assert boss.get("imports/").data["items"] == [told]


def test_the_same_file_again_changes_nothing(cast: Cast, boss: Program) -> None:
    first, again = send(boss), send(boss)
    assert again.data["id"] == first.data["id"], "while it is under way it is the same import"
    worked(boss, first)
    before = everything()
    told = worked(boss, send(boss))
    assert told["id"] != first.data["id"]
    assert told["counts"] == {"rows": 3, "added": 0, "changed": 0, "unchanged": 2, "rejected": 1, "partly": 0}
    assert everything() == before
    one = send(boss, key="nightly-1")
    two = send(boss, key="nightly-1")
    assert (one.data["id"], two["Idempotency-Replayed"]) == (two.data["id"], "true")
    problem(send(boss, content=FILE[:-1], key="nightly-1"), 409, "key-in-use")


def test_a_dry_run_tells_what_an_import_would_do_and_changes_nothing(cast: Cast, boss: Program) -> None:
    before = everything()
    dry = send(boss, dry_run="true")
    told = worked(boss, dry)
    assert everything() == before
    assert (told["dry_run"], told["state"]) == (True, "done")
    done = worked(boss, send(boss))
    assert told["counts"] == done["counts"]
    assert told["notes"] == done["notes"]
    assert rejected(boss, told) == rejected(boss, done)
    assert [one["id"] for one in boss.get("imports/?dry_run=true").data["items"]] == [told["id"]]
    assert [one["id"] for one in boss.get("imports/?dry_run=false&kind=touchpoints").data["items"]] == [done["id"]]


def test_it_counts_what_the_preview_of_the_page_counts(
    cast: Cast, boss: Program, client: Client, tmp_path: Path
) -> None:
    call_command("export_csv", "journeys", str(tmp_path / "all.csv"))
    file = (tmp_path / "all.csv").read_bytes().replace(b'"Till"', b'"Checkout"').replace(b'"Retail"', b'"Nowhere"', 1)
    client.force_login(cast.executive)
    page = client.post("/journeys/import/", {"file": SimpleUploadedFile("moving.csv", file)})
    told = worked(boss, send(boss, "journeys", file, dry_run="true"))
    counts = told["counts"]
    assert f"New {counts['added']} Changed {counts['changed']} Unchanged {counts['unchanged']}" in text_of(page)
    assert (counts["changed"], counts["unchanged"], counts["rejected"]) == (1, 9, 1)
    assert not Touchpoint.objects.filter(name="Checkout").exists()
    assert worked(boss, send(boss, "journeys", file))["counts"] == counts
    assert Touchpoint.objects.filter(name="Checkout").exists()
    again = worked(boss, send(boss, "journeys", file))["counts"]
    assert (again["added"], again["changed"]) == (0, 0)


def test_units_people_and_stories_come_in_as_well(cast: Cast, squad: Squad, program: Made) -> None:
    admin = program(cast.administrator, "admin")
    org = b"business_unit,department_code,department\nLogistics,LOG,Parcels\n"
    people = b"email,name,department_code\npia@example.com,Pia Parcel,LOG\n"
    stories = f"team,title\n{squad.team.key},Wrap it\n".encode()
    for kind, content in (("org", org), ("people", people), ("stories", stories)):
        dry = worked(admin, send(admin, kind, content, dry_run="true"))["counts"]
        told = worked(admin, send(admin, kind, content))
        assert told["counts"] == dry
        assert (told["counts"]["added"], told["rejects"]) == (1, None), kind
    assert Department.objects.get(code="LOG").unit.name == "Logistics"
    assert Person.objects.get(email="pia@example.com").department == Department.objects.get(code="LOG")
    assert Story.objects.get(title="Wrap it").team == squad.team


def test_who_may_is_who_may_on_the_page(cast: Cast, program: Made) -> None:
    by_kind = {
        kind: {
            name
            for name, asks in {
                "administrator": program(cast.administrator, "admin"),
                "administrator's smaller token": program(cast.administrator),
                "executive": program(cast.executive),
                "head": program(cast.service_head),
                "member": program(cast.member),
            }.items()
            if send(asks, kind, b"no,such,columns\n").status_code == 422
        }
        for kind in KINDS
    }
    administrators, others = {"administrator"}, {"administrator", "administrator's smaller token", "executive"}
    assert by_kind == {"org": administrators, "people": administrators} | dict.fromkeys(KINDS[2:], others)
    told = problem(send(program(cast.member)), 403, "not-allowed")
    assert told["next_step"]
    problem(send(program(cast.executive, "read")), 403, "not-allowed")
    problem(send(program(cast.guest)), 404, "unknown")
    problem(send(program(cast.executive, limits={"team": [1]})), 403, "not-allowed")
    problem(send(Program()), 401, "not-signed-in")
    assert not Job.objects.filter(kind__startswith="organisation.").exists()
    assert not any(imports_folder().rglob("*.csv"))


def test_imports_are_their_own_askers(cast: Cast, boss: Program, program: Made) -> None:
    mine = worked(boss, send(boss))
    for other in (program(cast.administrator, "admin"), program(cast.member)):
        assert other.get("imports/").data["items"] == []
        problem(other.get(f"imports/{mine['id']}/"), 404, "unknown")
        problem(other.get(mine["rejects"]), 404, "unknown")
    theirs = send(program(cast.administrator))
    assert theirs.data["id"] != mine["id"]
    problem(boss.get(f"imports/{theirs.data['id']}/"), 404, "unknown")
    problem(program(cast.guest).get("imports/"), 404, "unknown")
    revoke_token(Token.objects.get(person=cast.executive).pk, actor=cast.executive)
    problem(boss.get(mine["rejects"]), 401, "not-signed-in")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nightly.csv is empty."),
        (b"\n\n", "line 1"),
        (b"external_id,journey\n1,2\n", "the columns stage, touchpoint"),
        (FILE.decode().encode("utf-16"), "UTF-16"),
        (b"external_id,jo\xffurney\n1,2\n", "no UTF-8"),
        (b"external_id,journey,journey\n", "stands there twice"),
        (b"\x89PNG\r\n\x1a\n\0\0", "line 1"),
        (b"x" * 300_000, "line 1"),
    ],
    ids=("empty", "blank", "columns missing", "UTF-16", "not UTF-8", "a column twice", "a picture", "one long word"),
)
def test_a_file_that_cannot_be_read_is_refused_at_once(boss: Program, content: bytes, words: str) -> None:
    for dry_run in ("true", "false"):
        told = problem(send(boss, content=content, dry_run=dry_run), 422, "rule-broken")
        assert words in told["detail"]
        assert told["next_step"]
    assert not Job.objects.filter(kind__startswith="organisation.").exists()
    assert not any(imports_folder().rglob("*.csv"))


def test_a_row_that_is_no_utf_8_is_rejected_with_its_line(boss: Program) -> None:
    told = worked(boss, send(boss, content=FILE.replace(b"Hotline", b"H\xf6tline")))
    assert told["counts"]["rejected"] == 2
    assert "no UTF-8" in rejected(boss, told)[0]["reason"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "colours"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"dry_run": "perhaps"}, "dry_run"),
        ({"file": "text"}, "file"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_sent_beside_the_file_is_looked_at(boss: Program, sent: dict[str, str], field: str) -> None:
    given: dict[str, Any] = {"kind": "touchpoints"} | sent
    told = problem(send(boss, **given), 400, "not-valid")
    assert told["errors"][0]["field"] == field
    told = problem(boss.post("imports/", {"kind": "touchpoints"}), 400, "not-valid")
    assert told["errors"][0]["field"] == "file"


def test_a_file_that_is_too_large_is_refused_as_a_problem(boss: Program, settings: Any) -> None:
    settings.MAX_ATTACHMENT_MB = 1
    told = problem(send(boss, content=FILE + b"\n" * 1024 * 1024), 413, "too-large")
    assert "1 MB" in told["detail"]
    assert "manage.py import_csv" in told["next_step"]


def test_two_hundred_thousand_rows_are_taken_to_be_worked_on(cast: Cast, boss: Program) -> None:
    rows = "".join(f"T-{n},Returning,Ask,Page {n},web,Service,Care\n" for n in range(200_000))
    content = f"{COLUMNS}\n{rows}".encode()
    made = send(boss, content=content).data
    assert made["progress"] == {"done": 0, "total": 200_000}
    assert send(boss, content=content, dry_run="true").data["progress"]["total"] == 200_000


def test_a_dry_run_that_would_keep_others_from_writing_is_refused(boss: Program) -> None:
    content = b"row,id,part_of,name,business_unit\n" + b"journey,J,,Long,\n" * (REHEARSED_AT_ONCE + 1)
    told = problem(send(boss, "journeys", content, dry_run="true"), 422, "rule-broken")
    assert "5,000" in told["detail"]
    assert "--dry-run" in told["next_step"]
    assert send(boss, "journeys", content).status_code == 202
    folders = [each for each in imports_folder().iterdir() if each.is_dir()]
    assert len(folders) == 1, "nothing is left of what was refused"


def test_a_dry_run_that_was_broken_off_begins_anew(cast: Cast, boss: Program) -> None:
    units = ["Nowhere" if number % 500 == 7 else "Service" for number in range(1100)]
    rows = "".join(f"T-{n},Returning,Ask,Page {n},web,{unit},\n" for n, unit in enumerate(units))
    made = send(boss, content=f"{COLUMNS}\n{rows}".encode(), dry_run="true")
    begun = run_rehearsal(Job.objects.get(pk=made.data["id"]))
    assert next(begun).done == 1000
    del begun
    told = worked(boss, made)
    assert told["counts"] == {"rows": 1100, "added": 1097, "changed": 0, "unchanged": 0, "rejected": 3, "partly": 0}
    assert [row["line"] for row in rejected(boss, told)] == ["9", "509", "1009"]
    assert not any(imports_folder().rglob("source.csv"))


@pytest.mark.parametrize("kind", ["touchpoints", "org"])
def test_a_worker_with_transactions_of_its_own_takes_all_back(
    transactional_db: None, cast: Cast, program: Made, kind: str
) -> None:
    admin = program(cast.administrator, "admin")
    content = {"touchpoints": FILE, "org": b"business_unit,department_code,department\nLogistics,LOG,Parcels\n"}[kind]
    admin.get("me/")
    before = everything()
    told = worked(admin, send(admin, kind, content, dry_run="true"))
    assert (told["state"], told["counts"]["added"]) == ("done", {"touchpoints": 2, "org": 1}[kind])
    assert everything() == before


def test_what_failed_says_why_and_nothing_of_the_house(boss: Program) -> None:
    made = send(boss)
    (imports_folder() / Job.objects.get().args["folder"] / "source.csv").unlink()
    told = worked(boss, made)
    assert (told["state"], told["counts"], told["error"]) == ("queued", None, "The copy of nightly.csv is gone.")
    Job.objects.update(error="OperationalError: /var/lib/disk is full", state=Job.State.FAILED)
    told = boss.get(made["Location"]).data
    assert (told["state"], told["error"]) == ("failed", "The fault is ours, and was noted.")
    problem(boss.get(f"imports/{told['id']}/rejected/"), 404, "unknown")


def test_a_name_harms_no_folder(boss: Program) -> None:
    told = send(boss, name="../../etc/=cmd|' !.csv").data
    assert told["file"] == "cmd .csv"


def test_lists_are_narrowed_and_ordered(boss: Program) -> None:
    first, second = worked(boss, send(boss)), send(boss, name="other.csv", content=FILE[:-1]).data

    def ids(query: str) -> list[int]:
        return [one["id"] for one in boss.get(f"imports/?{query}").data["items"]]

    assert ids("") == [second["id"], first["id"]]
    assert ids("ordering=id") == [first["id"], second["id"]]
    assert ids("state=queued") == ids("file__contains=other") == ids("file=other.csv") == [second["id"]]
    assert (
        ids("state__in=done,failed")
        == ids("finished_at__isnull=false")
        == ids("file__startswith=night")
        == [first["id"]]
    )
    assert ids("kind__in=touchpoints,org&limit=1") == [second["id"]]
    problem(boss.get("imports/?colour=red"), 400, "not-valid")
