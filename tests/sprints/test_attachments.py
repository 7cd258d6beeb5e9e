"""Attachments: taken by what their bytes are, kept once, downloaded by those who may see the story, gone at last."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from sprints import commands as sprints
from sprints.commands.attachments import forget_removed_attachments
from sprints.models import Attachment, Story
from sprints.queries.files import INCOMING, PIECE, folder, path_of
from sprints.rules.files import clean_name
from sprints.tasks import keep_daily
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" + b"\x00" * 64
ELF = b"\x7fELF\x02\x01\x01" + b"\x00" * 64


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A storage of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    cache.delete("sprints.files_looked_through")
    yield tmp_path / "uploads"
    cache.delete("sprints.files_looked_through")


def zipped(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return made.getvalue()


def office(part: str, **more: str) -> bytes:
    return zipped(**{"[Content_Types].xml": "<Types/>", "_rels/.rels": "x", f"{part}/document.xml": "<x/>"} | more)


def open_document(kind: str) -> bytes:
    return zipped(mimetype=f"application/vnd.oasis.opendocument.{kind}", **{"content.xml": "<x/>"})


def attach(squad: Squad, actor: Person, name: str, content: bytes) -> Attachment:
    return sprints.attach_file(squad.banner, name=name, content=ContentFile(content), actor=actor)


def stored() -> list[Path]:
    return sorted(path for path in folder().rglob("*") if path.is_file()) if folder().exists() else []


def count_of(story: Story) -> int:
    return Story.objects.get(pk=story.pk).attachment_count


# --- What is taken ---------------------------------------------------------------------------------------------------

TAKEN = [
    ("a.png", PNG, "image/png"),
    ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20, "image/jpeg"),
    ("a.JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 20, "image/jpeg"),
    ("a.gif", b"GIF89a\x01\x00\x01\x00\x00\xff\x00,", "image/gif"),
    ("a.webp", b"RIFF\x1a\x00\x00\x00WEBPVP8L" + b"\x00" * 16, "image/webp"),
    ("a.pdf", PDF, "application/pdf"),
    ("a.pdf", PDF + b"\xff\x00", "application/pdf"),
    ("a.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41\x00\x00\x00\x00", "video/mp4"),
    ("a.webm", b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\x82\x84webm\x00\xff", "video/webm"),
    ("a.mp3", b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90", "audio/mpeg"),
    ("a.docx", office("word"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("a.xlsx", office("xl"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("a.pptx", office("ppt"), "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("a.odt", open_document("text"), "application/vnd.oasis.opendocument.text"),
    ("a.ods", open_document("spreadsheet"), "application/vnd.oasis.opendocument.spreadsheet"),
    ("a.odp", open_document("presentation"), "application/vnd.oasis.opendocument.presentation"),
    ("a.txt", "Grüße – こんにちは".encode(), "text/plain"),
    ("a.csv", b"BMW;MZ;ID3\n1;2;3\n", "text/csv"),
    ("a.md", b"# A title\n\n<b>not HTML by its beginning</b>", "text/markdown"),
    ("README", b"plain", "text/plain"),
]


@pytest.mark.parametrize(("name", "content", "content_type"), TAKEN, ids=lambda value: str(value)[:12])
def test_a_file_is_taken_for_what_its_bytes_are(squad: Squad, cast: Cast, name: str, content: bytes, content_type: str):
    attachment = attach(squad, cast.member, name, content)
    assert (attachment.name, attachment.content_type, attachment.size) == (name, content_type, len(content))
    assert attachment.digest == hashlib.sha256(content).hexdigest()
    assert path_of(attachment.digest).read_bytes() == content
    assert count_of(squad.banner) == 1
    event = Event.objects.latest("id")
    assert (event.kind, event.data["story"]) == ("attachment.added", squad.banner.pk)


REFUSED = [
    ("a.exe", EXE, "a program for Windows"),
    ("report.pdf", EXE, "a program for Windows"),
    ("a.png", ELF, "a program for Linux"),
    ("a", b"\xca\xfe\xba\xbe" + b"\x00" * 20, "a program for macOS"),
    ("a.txt", b"#!/bin/sh\nrm -rf /", "a script"),
    ("a.txt", b"<?php system('x');", "a script"),
    ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "an SVG drawing"),
    (
        "a.png",
        b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><!DOCTYPE svg PUBLIC 'x' 'y'><svg/>",
        "an XML file|an SVG",
    ),
    ("a.txt", b" \n<!-- harmless -->\n<svg><script>alert(1)</script></svg>", "an SVG drawing"),
    ("a.html", b"<!doctype html><p>x", "a web page"),
    ("a.csv", b"\n\n<HTML><script>alert(1)</script>", "a web page"),
    ("a.md", b"<script>alert(1)</script>", "a web page"),
    ("a.xml", b"<?xml version='1.0'?><a/>", "an XML file"),
    ("a.zip", zipped(a="x"), "a ZIP archive"),
    ("a.docx", zipped(a="x"), "a ZIP archive"),
    ("a.docx", b"PK\x03\x04" + b"\x00" * 40, "a ZIP archive"),
    ("a.jar", zipped(**{"META-INF/MANIFEST.MF": "x", "A.class": "x"}), "a ZIP archive"),
    ("a.docx", office("word", **{"word/vbaProject.bin": "x"}), "with macros"),
    ("a.docm", office("word", **{"word/vbaProject.bin": "x"}), "with macros"),
    ("a.rtf", b"{\\rtf1 x}", "an RTF document"),
    ("a.gz", b"\x1f\x8b\x08\x00" + b"\x00" * 20, "of the type “gz”"),
    ("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic\x00\x00", "of the type “heic”"),
    ("a.bin", bytes(range(256)), "nothing that the house knows"),
    ("a.txt", b"text with a \x00 in it", "nothing that the house knows"),
    ("a.txt", b"latin-1: \xfc\xdf\xe4 ", "nothing that the house knows"),
    ("a.txt", b"", "an empty file"),
]


@pytest.mark.parametrize(("name", "content", "told"), REFUSED, ids=lambda value: str(value)[:12])
def test_a_file_that_is_not_taken_is_told_what_it_is(squad: Squad, cast: Cast, name: str, content: bytes, told: str):
    events = Event.objects.count()
    with pytest.raises(RuleBroken, match=told) as refused:
        attach(squad, cast.member, name, content)
    assert f"“{name}”" in refused.value.reason
    assert refused.value.next_step
    assert (Attachment.objects.count(), Event.objects.count(), stored()) == (0, events, [])


LIES = [
    ("report.pdf", PNG, "a PNG image", "png"),
    ("photo.png", PDF, "a PDF document", "pdf"),
    ("report.pdf.exe", PDF, "a PDF document", "pdf"),
    ("page.html", b"just text", "plain text", "txt"),
    ("a.docx", office("xl"), "an Excel workbook", "xlsx"),
    ("a.doc", office("word"), "a Word document", "docx"),
    ("a.zip", open_document("text"), "an OpenDocument text", "odt"),
]


@pytest.mark.parametrize(("name", "content", "told", "ending"), LIES, ids=lambda value: str(value)[:12])
def test_a_name_that_lies_is_refused_saying_what_it_is(
    squad: Squad, cast: Cast, name: str, content: bytes, told: str, ending: str
):
    with pytest.raises(RuleBroken, match=f"“{name}” is not what its name says: by its bytes it is {told}") as refused:
        attach(squad, cast.member, name, content)
    assert f".{ending}" in refused.value.next_step
    assert stored() == []


def test_what_the_sender_says_of_the_type_counts_for_nothing(squad: Squad, cast: Cast):
    sent = SimpleUploadedFile("a.png", b"<html><script>alert(1)</script>", content_type="image/png")
    with pytest.raises(RuleBroken, match="a web page"):
        sprints.attach_file(squad.banner, name="a.png", content=sent, actor=cast.member)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\x\\plan.txt", "plan.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ("invoice\u202etxt.exe", "invoicetxt.exe"),
        ("", "file"),
        ("...", "file"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_a_name_is_kept_as_one_that_can_do_no_harm(name: str, kept: str):
    assert clean_name(name) == kept


# --- How large -------------------------------------------------------------------------------------------------------


class Endless(File):  # type: ignore[type-arg]  # at run time it takes none
    """A file that never ends, and knows how much of it was read at once and in all."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO())
        self.read_in_all = self.largest = 0

    def read(self, size: int = -1) -> bytes:
        assert size > 0, "the whole file was asked for"
        self.read_in_all += size
        self.largest = max(self.largest, size)
        return b"a" * size


def test_a_file_is_read_in_pieces_and_no_further_than_the_limit(squad: Squad, cast: Cast, settings: Any):
    settings.MAX_ATTACHMENT_MB = 1
    endless = Endless()
    with pytest.raises(RuleBroken, match="larger than 1 MB"):
        sprints.attach_file(squad.banner, name="a.txt", content=endless, actor=cast.member)
    assert endless.read_in_all <= 1024 * 1024 + PIECE
    assert endless.largest <= PIECE
    assert stored() == []


def test_a_file_of_exactly_the_limit_is_taken(squad: Squad, cast: Cast, settings: Any):
    settings.MAX_ATTACHMENT_MB = 1
    assert attach(squad, cast.member, "a.txt", b"a" * 1024 * 1024).size == 1024 * 1024


def test_a_letter_that_lies_across_two_pieces_is_text(squad: Squad, cast: Cast):
    content = b"a" * (PIECE - 1) + "ü".encode() + b"b" * PIECE
    assert attach(squad, cast.member, "a.txt", content).content_type == "text/plain"
    with pytest.raises(RuleBroken, match="nothing that the house knows"):
        attach(squad, cast.member, "b.txt", content + "ü".encode()[:1])


def test_nothing_is_read_of_whoever_may_not_attach(squad: Squad, cast: Cast):
    endless = Endless()
    for actor in (cast.other_member, cast.guest, cast.executive):
        with pytest.raises(NotAllowed):
            sprints.attach_file(squad.banner, name="a.txt", content=endless, actor=actor)
    assert endless.read_in_all == 0


# --- Kept once -------------------------------------------------------------------------------------------------------


def test_the_same_bytes_lie_there_once_readable_by_their_owner_alone(squad: Squad, cast: Cast):
    one = attach(squad, cast.member, "one.txt", b"the same")
    two = sprints.attach_file(squad.quiz, name="two.txt", content=ContentFile(b"the same"), actor=cast.member)
    assert one.digest == two.digest
    assert stored() == [path_of(one.digest)]
    assert path_of(one.digest).parent.relative_to(folder()).parts == (one.digest[:2], one.digest[2:4])
    assert path_of(one.digest).stat().st_mode & 0o077 == 0
    assert (count_of(squad.banner), count_of(squad.quiz)) == (1, 1)


def test_what_is_rolled_back_leaves_a_file_that_is_cleaned_up_a_day_later(squad: Squad, cast: Cast):
    with transaction.atomic():
        attachment = attach(squad, cast.member, "one.txt", b"rolled back")
        transaction.set_rollback(True)
    assert stored() == [path_of(attachment.digest)]
    keep_daily()
    assert stored() == [path_of(attachment.digest)]
    cache.delete("sprints.files_looked_through")
    with clock.at(clock.now() + timedelta(days=2)):
        keep_daily()
    assert stored() == []


def test_what_an_interrupted_upload_left_is_cleaned_up(squad: Squad, cast: Cast):
    kept = attach(squad, cast.member, "one.txt", b"one")
    left = folder() / INCOMING / "tmpabc"
    left.write_bytes(b"half")
    with clock.at(clock.now() + timedelta(days=2)):
        forget_removed_attachments()
    assert stored() == [path_of(kept.digest)]


def test_a_file_that_is_attached_again_counts_as_new(squad: Squad, cast: Cast):
    """The clean-up of the day looks at files that lie there for long; one that is wanted just now is none of them."""
    first = attach(squad, cast.member, "one.txt", b"one")
    Attachment.objects.all().delete()
    old = clock.now().timestamp() - 10 * 24 * 3600
    os.utime(path_of(first.digest), (old, old))
    with transaction.atomic():
        attach(squad, cast.member, "one.txt", b"one")
        transaction.set_rollback(True)
    forget_removed_attachments()
    assert stored() == [path_of(first.digest)]


# --- Taken off -------------------------------------------------------------------------------------------------------


def test_a_file_is_taken_off_and_goes_after_thirty_days_if_no_story_has_it(squad: Squad, cast: Cast):
    one, two = (attach(squad, cast.member, f"{text}.txt", text.encode()) for text in ("one", "two"))
    sprints.attach_file(squad.quiz, name="again.txt", content=ContentFile(b"two"), actor=cast.member)
    for each in (one, two):
        sprints.remove_attachment(each, actor=cast.shops_lead)
    assert count_of(squad.banner) == 0
    with pytest.raises(Unknown, match=r"“one\.txt” is not attached any more"):
        sprints.remove_attachment(one, actor=cast.shops_lead)
    with clock.at(clock.now() + timedelta(days=29)):
        forget_removed_attachments()
    assert len(stored()) == 2
    cache.delete("sprints.files_looked_through")
    with clock.at(clock.now() + timedelta(days=31)):
        forget_removed_attachments()
    assert stored() == [path_of(two.digest)]
    assert [each.name for each in Attachment.objects.all()] == ["again.txt"]


def test_only_members_take_files_off(squad: Squad, cast: Cast):
    one = attach(squad, cast.member, "one.txt", b"one")
    with pytest.raises(NotAllowed):
        sprints.remove_attachment(one, actor=cast.other_member)


def test_a_file_that_an_approval_shows_stays(squad: Squad, cast: Cast):
    one = attach(squad, cast.member, "one.txt", b"one")
    approval, _secret = sprints.ask_approval(
        squad.banner, asset="Banner", person=cast.other_member, attachment=one, actor=cast.member
    )
    with pytest.raises(RuleBroken, match="“Banner” is waited for"):
        sprints.remove_attachment(one, actor=cast.member)
    sprints.answer_approval(approval, approved=True, actor=cast.other_member)
    sprints.remove_attachment(one, actor=cast.member)
    with clock.at(clock.now() + timedelta(days=60)):
        keep_daily()
    assert stored() == [path_of(one.digest)]
    assert Attachment.objects.filter(pk=one.pk).exists()


def test_a_story_that_is_gone_for_good_takes_its_files_along(squad: Squad, cast: Cast):
    sprints.attach_file(squad.quiz, name="quiz.txt", content=ContentFile(b"quiz"), actor=cast.member)
    kept = attach(squad, cast.member, "one.txt", b"committed to")
    for story in (squad.quiz, squad.banner):
        sprints.delete_story(story, actor=cast.shops_lead)
    with clock.at(clock.now() + timedelta(days=29)):
        keep_daily()
    assert Story.objects.filter(pk=squad.quiz.pk).exists()
    cache.delete("sprints.files_looked_through")
    with clock.at(clock.now() + timedelta(days=31)):
        keep_daily()
        keep_daily()
    assert not Story.objects.filter(pk=squad.quiz.pk).exists()
    assert Story.objects.filter(pk=squad.banner.pk).exists()  # the sprint's commitment names it, for good
    assert stored() == [path_of(kept.digest)]


# --- Download --------------------------------------------------------------------------------------------------------


def enter(client: Client, person: Person) -> None:
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")


def test_a_download_is_saved_never_shown(squad: Squad, cast: Cast, client: Client):
    enter(client, cast.other_member)
    for name, content, content_type in (
        ("a b–ü.png", PNG, "image/png"),
        ("a.md", b"# x", "text/markdown; charset=utf-8"),
    ):
        attachment = attach(squad, cast.member, name, content)
        answer = client.get(f"/attachments/{attachment.pk}/")
        assert answer.status_code == 200
        assert answer.getvalue() == content
        assert answer["Content-Type"] == content_type
        assert answer["Content-Length"] == str(len(content))
        assert answer["Content-Disposition"].startswith("attachment; ")
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]


def test_whoever_may_not_see_the_story_finds_nothing(squad: Squad, cast: Cast, client: Client):
    attachment = attach(squad, cast.member, "a.txt", b"x")
    address = f"/attachments/{attachment.pk}/"
    assert client.get(address).status_code == 302
    enter(client, cast.guest)
    assert client.get(address).status_code == 404
    until = clock.today() + timedelta(days=3)
    organisation.share("team", squad.team.pk, guest=cast.guest, until=until, actor=cast.shops_lead)
    assert client.get(address).status_code == 200
    sprints.remove_attachment(attachment, actor=cast.member)
    assert client.get(address).status_code == 404


def test_a_file_of_a_deleted_story_and_one_that_is_not_in_the_storage_are_not_found(
    squad: Squad, cast: Cast, client: Client
):
    enter(client, cast.member)
    attachment = attach(squad, cast.member, "a.txt", b"x")
    path_of(attachment.digest).unlink()
    answer = client.get(f"/attachments/{attachment.pk}/")
    assert answer.status_code == 404
    assert "not in the storage" in answer.getvalue().decode()
    sprints.delete_story(squad.banner, actor=cast.member)
    assert client.get(f"/attachments/{attachment.pk}/").status_code == 404


# --- Bad archives ----------------------------------------------------------------------------------------------------


def test_an_archive_with_a_huge_directory_is_not_opened(squad: Squad, cast: Cast):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "x")
        for number in range(12_000):
            archive.writestr(f"word/{number:060}", "")
    with pytest.raises(RuleBroken, match="a ZIP archive"):
        attach(squad, cast.member, "a.docx", made.getvalue())


def test_an_archive_that_is_cut_off_is_refused(squad: Squad, cast: Cast):
    whole = office("word")
    for length in (5, 30, len(whole) // 2, len(whole) - 1):
        with pytest.raises(RuleBroken):
            attach(squad, cast.member, "a.docx", whole[:length])
