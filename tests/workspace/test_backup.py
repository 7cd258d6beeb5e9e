"""A backup made while people work is restored whole: every row, every file, and the house goes on from there."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.faults.installation import ask, installation, wait_for
from tests.workspace.processes import ROOT, eventually, manage
from workspace.backup.archive import unpack
from workspace.backup.manifest import NAME, Manifest
from workspace.backup.problems import BackupError
from workspace.backup.restoring import check_exchange

needs_client = pytest.mark.skipif(
    settings.DATABASE_URL is not None and shutil.which("pg_dump") is None, reason="pg_dump is not on PATH"
)

FOUND = """
from tests.cast import build_cast
build_cast()
answer = None
"""
WRITE = """
import django, itertools
django.setup()
from workspace.organisation.commands import create_person
for number in itertools.count():
    create_person(f"busy{number}@example.com", name=f"Busy {number}", actor=None)
"""
FURNISHED = """
from tests.workspace.furnishing import every_model, furnish
refused = furnish()
answer = [refused, {model._meta.label: model._meta.db_table for model in every_model()}]
"""
SUMS = """
import hashlib
from django.db import connection
answer = {}
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f'SELECT * FROM "{table}"')
        rows = sorted(map(repr, cursor.fetchall()))
        answer[table] = [len(rows), hashlib.sha256("\\n".join(rows).encode()).hexdigest()]
"""
PEOPLE = """
from workspace.activity.models import Event
from workspace.organisation.models import Person
answer = [Person.objects.count(), Event.objects.filter(kind="person.created").count()]
"""
LATER = """
from workspace.organisation.commands import create_person
create_person("later@example.com", name="Later", actor=None)
answer = None
"""
GO_ON = """
from django.db import IntegrityError, connection, transaction
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.models import Event
from workspace.organisation.commands import create_person
before = Event.objects.order_by("-id")[0].pk
create_person("new@example.com", name="New", actor=None)
newest = Event.objects.order_by("-id")[0]
for _round in range(100):
    deliver_events()
    newest.refresh_from_db()
    if newest.seq:
        break
try:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE activity_event SET kind = 'forged'")
    guarded = False
except IntegrityError:
    guarded = True
answer = {"grew": newest.pk > before, "has_place": newest.seq is not None, "guarded": guarded}
"""


@pytest.fixture
def house(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An installation with the company of the tests and an uploaded file."""
    (tmp_path / "house").mkdir()
    with installation(tmp_path / "house") as env:
        ask(env, FOUND)
        upload(env, "minutes/März.txt", b"What was said.")
        yield env


def upload(env: dict[str, str], name: str, content: bytes) -> None:
    path = Path(env["DATA_DIR"]) / "uploads" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def uploads(env: dict[str, str]) -> dict[str, bytes]:
    folder = Path(env["DATA_DIR"]) / "uploads"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def manifest_of(file: Path) -> dict[str, Any]:
    with tarfile.open(file) as tar:
        told = tar.extractfile(NAME)
        assert told is not None
        loaded: dict[str, Any] = json.load(told)
        return loaded


@needs_client
def test_a_backup_made_under_way_is_restored_whole_and_the_house_goes_on(tmp_path: Path, house: dict[str, str]) -> None:
    busy, quiet = tmp_path / "busy.tar.gz", tmp_path / "quiet.tar.gz"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE], cwd=ROOT, env=house | {"DJANGO_SETTINGS_MODULE": "workspace.settings"}
    )
    try:
        before = ask(house, PEOPLE)[0]
        wait_for(house, f"{PEOPLE}answer = answer[0] > {before}", within=60, what="somebody writes")
        made = manage("backup", str(busy), env=house)
        assert writer.poll() is None, "the writer was disturbed"
    finally:
        writer.kill()
        writer.wait()
    assert made.returncode == 0, made.stderr
    assert busy.stat().st_mode & 0o777 == 0o600
    assert manage("backup", str(quiet), env=house).returncode == 0
    there = ask(house, SUMS)

    (tmp_path / "other").mkdir()
    with installation(tmp_path / "other") as other:
        restored = manage("restore", str(busy), env=other)
        assert restored.returncode == 0, restored.stderr
        counts = manifest_of(busy)["counts"]
        assert {table: rows for table, (rows, _sum) in ask(other, SUMS).items()} == counts
        people, told = ask(other, PEOPLE)
        assert people == told > before  # one moment: nobody without the event that tells of them

        # What is there is given up only on demand, and said before.
        refused = manage("restore", str(quiet), env=other)
        assert refused.returncode != 0
        assert f"This installation holds 2 business units, {people:,} people" in refused.stderr
        assert ask(other, PEOPLE) == [people, told]

        upload(other, "not in the backup.txt", b"gone")
        replaced = manage("restore", str(quiet), "--replace", env=other)
        assert replaced.returncode == 0, replaced.stderr
        assert f"Replacing 2 business units, {people:,} people" in replaced.stderr
        assert ask(other, SUMS) == there
        assert uploads(other) == {"minutes/März.txt": b"What was said."}
        assert ask(other, GO_ON) == {"grew": True, "has_place": True, "guarded": True}
        if settings.DATABASE_URL is None:
            key = Path("secret-key")
            assert (other["DATA_DIR"] / key).read_text() == (house["DATA_DIR"] / key).read_text()
        assert [path.name for path in Path(other["DATA_DIR"]).iterdir() if path.name.startswith(".restore")] == []


@needs_client
def test_every_table_that_there_is_comes_back_row_by_row(tmp_path: Path, house: dict[str, str]) -> None:
    """A table that comes later is among them by itself; where it asks for certain values, `furnishing` has them."""
    file = tmp_path / "backup.tar.gz"
    refused, tables = ask(house, FURNISHED)
    assert refused == {}
    before = ask(house, SUMS)
    assert [label for label, table in tables.items() if before[table][0] == 0] == []
    assert manage("backup", str(file), env=house).returncode == 0

    (tmp_path / "other").mkdir()
    with installation(tmp_path / "other") as other:
        restored = manage("restore", str(file), env=other)
        assert restored.returncode == 0, restored.stderr
        after = ask(other, SUMS)

    assert [table for table in before if after.get(table) != before[table]] == []
    assert set(after) == set(before)


ELSEWHERE = Path("/dev/shm")


@pytest.fixture
def other_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on another disk than the installation."""
    if not ELSEWHERE.is_dir() or ELSEWHERE.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other disk")
    with tempfile.TemporaryDirectory(dir=ELSEWHERE) as name:
        yield Path(name)


@needs_client
def test_uploads_on_another_disk_are_restored_too(tmp_path: Path, house: dict[str, str], other_disk: Path) -> None:
    file = tmp_path / "backup.tar.gz"
    there = Path(house["DATA_DIR"]) / "uploads"
    shutil.rmtree(there)
    there.symlink_to(other_disk)
    (other_disk / "lost+found").mkdir()  # as on a disk that is mounted; it is the disk's own
    upload(house, "minutes/März.txt", b"What was said.")
    assert manage("backup", str(file), env=house).returncode == 0
    before = ask(house, PEOPLE)
    ask(house, LATER)
    upload(house, "later.txt", b"gone")
    upload(house, ".restore-killed/uploads/x.txt", b"of a restore that was killed")

    restored = manage("restore", str(file), "--replace", env=house)

    assert restored.returncode == 0, restored.stderr
    assert "2 uploaded files" in restored.stderr
    assert ask(house, PEOPLE) == before
    assert uploads(house) == {"minutes/März.txt": b"What was said."}
    assert sorted(path.name for path in other_disk.iterdir()) == ["lost+found", "minutes"]
    assert not [path.name for path in Path(house["DATA_DIR"]).iterdir() if path.name.startswith(".restore")]


def test_uploads_that_cannot_be_moved_are_found_before_anything_is_touched(tmp_path: Path) -> None:
    present, staged = tmp_path / "uploads", tmp_path / "uploads" / ".restore-x"
    staged.mkdir(parents=True)
    (present / "a.txt").write_text("a")
    check_exchange(present, staged)
    assert sorted(path.name for path in present.iterdir()) == [".restore-x", "a.txt"]
    with pytest.raises(BackupError, match=r"a\.txt cannot be moved"):
        check_exchange(present, tmp_path / "nowhere" / staged.name)
    assert (present / "a.txt").read_text() == "a"


@needs_client
def test_a_damaged_backup_changes_nothing(tmp_path: Path, house: dict[str, str]) -> None:
    whole, damaged = tmp_path / "whole.tar.gz", tmp_path / "damaged.tar.gz"
    assert manage("backup", str(whole), env=house).returncode == 0
    assert "exists already" in manage("backup", str(whole), env=house).stderr
    content = bytearray(whole.read_bytes())
    content[len(content) // 2] ^= 0xFF
    damaged.write_bytes(content)
    before = ask(house, SUMS)

    refused = manage("restore", str(damaged), "--replace", env=house)

    assert refused.returncode != 0
    assert "Nothing was changed." in refused.stderr
    assert ask(house, SUMS) == before
    assert uploads(house) == {"minutes/März.txt": b"What was said."}
    checked = manage("restore", str(whole), "--check", env=house)
    assert checked.returncode == 0, checked.stderr
    assert "is whole" in checked.stdout


@needs_client
def test_a_backup_that_is_killed_leaves_no_file_of_its_name(tmp_path: Path, house: dict[str, str]) -> None:
    upload(house, "large", os.urandom(200_000_000))
    file = tmp_path / "backup.tar.gz"
    making = subprocess.Popen([sys.executable, "manage.py", "backup", str(file)], cwd=ROOT, env=house)
    eventually(
        lambda: any(draft.stat().st_size > 1_000_000 for draft in tmp_path.glob(".backup.tar.gz.*/draft")),
        within=60,
        what="it writes",
    )
    making.send_signal(signal.SIGKILL)
    making.wait()
    assert not file.exists()


# --- What is no backup -----------------------------------------------------------------------------------------------


def archive(file: Path, contents: dict[str, bytes], *, links: dict[str, str] | None = None, **told: Any) -> Path:
    """A backup that somebody made up."""
    sums = {name: [hashlib.sha256(content).hexdigest(), len(content)] for name, content in contents.items()}
    manifest = {"format": 1, "made_at": "", "engine": "SQLite", "migrations": [], "counts": {}, "parts": sums} | told
    with tarfile.open(file, "w:gz") as tar:
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            tar.addfile(link)
        for name, content in [*contents.items(), (NAME, json.dumps(manifest).encode())]:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file


def read(file: Path, into: Path) -> Manifest:
    into.mkdir()
    return unpack(file, into, lambda *_: None)


@pytest.mark.parametrize(
    "name",
    [
        "../evil", "uploads/../../evil", "/tmp/evil", "uploads/a/../b", "uploads//a", "./database", "uploads/..\\evil",
        "manifest", "var/x", "uploads",
    ],
)  # fmt: skip
def test_nothing_is_unpacked_outside_of_its_place(tmp_path: Path, name: str) -> None:
    with pytest.raises(BackupError, match="no place in a backup"):
        read(archive(tmp_path / "a.tar.gz", {name: b"x"}), tmp_path / "into")
    assert not list((tmp_path / "into").rglob("*"))
    assert not (tmp_path / "evil").exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="no place in a backup"):
        read(archive(tmp_path / "a.tar.gz", {"uploads/a/b": b"x"}, links={"uploads/a": "/tmp"}), tmp_path / "into")


def test_every_part_is_what_the_manifest_says(tmp_path: Path) -> None:
    good = read(archive(tmp_path / "a.tar.gz", {"database": b"x", "uploads/a": b"y"}), tmp_path / "good")
    assert set(good.parts) == {"database", "uploads/a"}
    wrong: list[Any] = [{"database": ["0" * 64, 1]}, {}, {"database": None}, "x"]
    for number, parts in enumerate(wrong):
        with pytest.raises(BackupError, match=r"damaged|cannot be read"):
            read(archive(tmp_path / f"{number}.tar.gz", {"database": b"x"}, parts=parts), tmp_path / f"{number}")


@pytest.mark.parametrize("content", [b"", b"no archive", b"\x1f\x8b\x08\x00rubbish"])
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.tar.gz"
    file.write_bytes(content)
    with pytest.raises(BackupError, match="cannot be read"):
        read(file, tmp_path / "into")


def test_a_file_that_is_cut_off_is_noticed(tmp_path: Path) -> None:
    file = archive(tmp_path / "a.tar.gz", {"database": os.urandom(200_000)})
    file.write_bytes(file.read_bytes()[:-300])
    with pytest.raises(BackupError):
        read(file, tmp_path / "into")


def test_another_engine_another_format_and_a_newer_version_are_refused(tmp_path: Path) -> None:
    manifest = read(archive(tmp_path / "a.tar.gz", {}, migrations=["journeys.0001_initial"]), tmp_path / "a")
    manifest.check_fits(engine="SQLite", known={"journeys.0001_initial", "journeys.0002_more"})
    with pytest.raises(BackupError, match="made on SQLite; this installation runs on PostgreSQL"):
        manifest.check_fits(engine="PostgreSQL", known={"journeys.0001_initial"})
    with pytest.raises(BackupError, match=r"newer version .* does not know journeys.0001_initial"):
        manifest.check_fits(engine="SQLite", known=set())
    with pytest.raises(BackupError, match="format 2"):
        read(archive(tmp_path / "b.tar.gz", {}, format=2), tmp_path / "b")
