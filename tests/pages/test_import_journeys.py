"""Importing journeys on pages: what would happen is seen before it happens, and what was rejected can be had."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from journeys.commands.imports import uploading
from journeys.models import Journey, Touchpoint
from tests.cast import Cast
from tests.organisation.importing import everything
from tests.pages.reading import text_of
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Job
from workspace.organisation.models import Person


def sent(client: Client, content: bytes, name: str = "moving.csv") -> Any:
    return client.post("/journeys/import/", {"file": SimpleUploadedFile(name, content)})


def word_in(page: Any) -> str:
    found = re.search(r'name="file" value="([^"]+)"', page.content.decode())
    assert found is not None
    return html.unescape(found[1])


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> bytes:
    call_command("export_csv", "journeys", str(tmp_path / "all.csv"))
    return (tmp_path / "all.csv").read_bytes()


def test_a_changed_export_is_looked_at_then_imported(cast: Cast, client: Client, file: bytes) -> None:
    client.force_login(cast.executive)
    changed = file.replace(b'"Till"', b'"Checkout"').replace(b'"Retail"', b'"Nowhere"', 1)
    before = everything()
    page = sent(client, changed)
    assert page.status_code == 200
    assert everything() == before, "a preview writes nothing"
    told = text_of(page)
    assert "What moving.csv would do" in told
    assert "New 0 Changed 1 Unchanged 9 Rejected 1" in told
    assert "There is no business unit of this name" in told
    assert "Checkout touchpoint name Till → Checkout" in told, "what stands here, and what the file says"
    word = word_in(page)
    rejects: Any = client.get("/journeys/import/rejected/", {"file": word})
    assert b"Nowhere" in b"".join(rejects.streaming_content)

    answer = client.post("/journeys/import/begin/", {"file": word})
    job = Job.objects.get(kind="organisation.import")
    assert answer.headers["Location"] == f"/journeys/imports/{job.pk}/"
    assert "0 of" in text_of(client.get(f"/journeys/imports/{job.pk}/"))
    work_on(job.pk)
    done = text_of(client.get(f"/journeys/imports/{job.pk}/"))
    assert "moving.csv is imported. New 0 Changed 1 Unchanged 9 Rejected 1" in done
    assert Touchpoint.objects.get(pk=cast.till.pk).name == "Checkout"
    rows: Any = client.get(f"/journeys/imports/{job.pk}/rejected/")
    assert b"There is no business unit of this name" in b"".join(rows.streaming_content)
    assert client.post("/journeys/import/begin/", {"file": word}).status_code == 404, "it is imported already"


def test_an_unchanged_export_says_that_nothing_is_new(cast: Cast, client: Client, file: bytes) -> None:
    client.force_login(cast.administrator)
    page = sent(client, file)
    assert "The file says nothing that is new here" in text_of(page)
    assert "Import 0" not in text_of(page)


def test_what_is_new_is_told_row_by_row(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    rows = b"journey,J,,<b>Moving</b>,\n" + b"".join(b"stage,S%d,J,Stage %d,\n" % (n, n) for n in range(60))
    page = sent(client, b"row,id,part_of,name,business_unit\n" + rows)
    assert "<b>Moving</b> journey New" in html.unescape(text_of(page))
    assert b"<b>Moving" not in page.content
    assert "11 more rows would be new or changed" in text_of(page)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"row;id;part_of;name\n1;2;3;4\n", "the column business_unit is missing"),
        (b"\xff\xfea", "UTF-16"),
        (b"row,id,part_of,name\n", "the column business_unit is missing"),
        (b"x" * (uploading.MOST_BYTES + 1), "too large for this page"),
        (b"\n" * (uploading.MOST_LINES + 1), "too large for this page"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_beside_the_field(
    cast: Cast, client: Client, content: bytes, said: str
) -> None:
    client.force_login(cast.executive)
    page = sent(client, content, "../../etc/passwd\x00.csv")
    assert page.status_code == 422
    assert said in text_of(page)


@pytest.mark.parametrize("name", ["旅" * 95 + ".csv", "é" * 300, "….csv", "a" * 254, "\u202evsc.exe"])
def test_a_file_may_have_any_name(cast: Cast, client: Client, name: str) -> None:
    client.force_login(cast.executive)
    page = sent(client, b"row,id,part_of,name,business_unit\njourney,J,,Moving,\nstage,S,NONE,Plan,\n", name)
    assert page.status_code == 200
    assert client.post("/journeys/import/begin/", {"file": word_in(page)}).status_code == 302


def test_two_people_may_import_the_same_file(cast: Cast, client: Client) -> None:
    content = b"row,id,part_of,name,business_unit\njourney,J,,Moving,\n"
    words = {}
    for person in (cast.executive, cast.administrator):
        client.force_login(person)
        words[person] = word_in(sent(client, content))
    for person, word in words.items():
        client.force_login(person)
        assert client.post("/journeys/import/begin/", {"file": word}, follow=True).status_code == 200
    first, second = Job.objects.filter(kind="organisation.import").order_by("pk")
    work_on(second.pk)
    assert "New 1 Changed 0" in text_of(client.get(f"/journeys/imports/{second.pk}/"))
    work_on(first.pk)
    client.force_login(cast.executive)
    assert "New 0 Changed 0 Unchanged 1" in text_of(client.get(f"/journeys/imports/{first.pk}/"))
    assert Journey.objects.filter(external_id="J").count() == 1


def test_no_file_is_said(cast: Cast, client: Client) -> None:
    client.force_login(cast.executive)
    page = client.post("/journeys/import/", {})
    assert page.status_code == 422
    assert "This field is required" in text_of(page)


def test_only_whoever_uploaded_a_file_can_import_it(cast: Cast, client: Client, file: bytes) -> None:
    client.force_login(cast.executive)
    word = word_in(sent(client, file.replace(b'"Till"', b'"Checkout"')))
    for person, status in ((cast.administrator, 404), (cast.shops_lead, 403), (cast.guest, 404)):
        client.force_login(person)
        assert client.post("/journeys/import/begin/", {"file": word}).status_code == status
    client.force_login(cast.executive)
    assert client.post("/journeys/import/begin/", {"file": word + "x"}).status_code == 404
    assert not Job.objects.filter(kind="organisation.import").exists()


def test_leads_are_told_who_can(cast: Cast, client: Client) -> None:
    client.force_login(cast.shops_lead)
    page = client.get("/journeys/import/")
    assert page.status_code == 403
    assert "Executives and administrators can" in text_of(page)


def test_the_journey_leads_to_its_file_for_people_of_the_house(cast: Cast, client: Client) -> None:
    def leads(person: Person) -> bool:
        client.force_login(person)
        return (
            f'href="/journeys/{cast.journey.pk}/export/"'
            in client.get(cast.journey.get_absolute_url()).content.decode()
        )

    assert leads(cast.member)
    assert Journey.objects.count() == 1
