"""Attaching files to stories, taking them off, and throwing away what no story has any more.

A file is written before the row that names it: piece by piece into `incoming`, then, under a lock on its digest, to its
place. Whatever is rolled back afterwards leaves a file without a row, which the daily clean-up removes under that lock.
"""

from __future__ import annotations

import codecs
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.talking import about, count, hold_story
from sprints.models import Approval, Attachment, Story
from sprints.queries.files import INCOMING, PIECE, folder, kind_of, path_of
from sprints.queries.standing import working_standing
from sprints.rules.files import clean_name, content_type_of, is_file_allowed, is_size_allowed
from sprints.rules.working import may_work
from workspace import clock, db
from workspace.activity.commands.events import record
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import Person

KEPT = timedelta(days=30)
LEFT_OVER = timedelta(days=1)
LOOKED_EVERY = timedelta(hours=20)
AT_ONCE = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Received:
    """A file as it has come in: where it lies for now, and what is known of it."""

    path: Path
    size: int
    digest: str
    code: str


def attach_file(story: Story, *, name: str, content: File[Any], actor: Person | None) -> Attachment:
    """Attach a file to a story; what it is, its bytes say. It is read in pieces, never as a whole.

    Raises NotAllowed; RuleBroken, when nothing more than the limit has been read, for a file that is too large, of a
    kind that is not taken, or whose name says something else; Unknown where the story is gone.
    """
    may_work(working_standing(actor, story.team_id)).or_not_allowed()
    name = clean_name(name)
    with _receiving(content) as received:
        is_file_allowed(name, received.code).or_rule_broken()
        return _attach(story, name=name, received=received, actor=actor)


@db.command
def _attach(story: Story, *, name: str, received: _Received, actor: Person | None) -> Attachment:
    may_work(working_standing(actor, story.team_id)).or_not_allowed()
    held = hold_story(story.pk)
    _put_in_place(received)
    attachment = Attachment.objects.create(
        story=held,
        name=name,
        content_type=content_type_of(received.code, name),
        size=received.size,
        digest=received.digest,
        uploaded_by=actor,
        uploaded_at=clock.now(),
    )
    count(held, attachment_count=1)
    data = {"size": received.size, "content_type": attachment.content_type}
    record(actor, about(held, events.ATTACHMENT_ADDED, attachment, **data))
    return attachment


@db.command
def remove_attachment(attachment: Attachment, *, actor: Person | None) -> Attachment:
    """Take a file off its story. The file stays for 30 days, and for good where an answer was given about it.

    Raises NotAllowed; Unknown where it is gone already; RuleBroken while an approval of it is waited for.
    """
    may_work(working_standing(actor, attachment.story.team_id)).or_not_allowed()
    story = hold_story(attachment.story_id)
    now = story.attachments.filter(pk=attachment.pk, deleted_at__isnull=True).first()
    if now is None:
        raise Unknown(
            _("“%(name)s” is not attached any more.") % {"name": attachment.name}, next_step=_("Reload the page.")
        )
    waiting = now.approvals.filter(state=Approval.State.WAITING).first()
    if waiting is not None:
        raise RuleBroken(
            _("The approval of “%(asset)s” is waited for, and shows this file.") % {"asset": waiting.asset},
            next_step=_("Withdraw the question first."),
        )
    now.deleted_at = clock.now()
    now.save(update_fields=["deleted_at"])
    count(story, attachment_count=-1)
    record(actor, about(story, events.ATTACHMENT_REMOVED, now))
    return now


# --- Files ------------------------------------------------------------------------------------------------------------


@contextmanager
def _receiving(content: File[Any]) -> Iterator[_Received]:
    """The file in `incoming`, with its sum; it is gone afterwards unless it was put in its place."""
    incoming = _made(folder() / INCOMING)
    handle, name = tempfile.mkstemp(dir=incoming)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            size, digest, is_text = _copy(content, file)
            file.flush()
            os.fsync(file.fileno())
        yield _Received(path, size, digest, kind_of(path, is_text=is_text))
    finally:
        path.unlink(missing_ok=True)


def _copy(content: File[Any], file: Any) -> tuple[int, str, bool]:
    """Size, SHA-256, and whether all of it is text. Raises RuleBroken as soon as it is too large."""
    limit: int = settings.MAX_ATTACHMENT_MB
    size, digest, text = 0, hashlib.sha256(), codecs.getincrementaldecoder("utf-8")()
    is_text = True
    if content.seekable():
        content.seek(0)
    while piece := content.read(PIECE):
        size += len(piece)
        is_size_allowed(size, limit_mb=limit).or_rule_broken()
        digest.update(piece)
        file.write(piece)
        is_text = is_text and _continues(text, piece)
    return size, digest.hexdigest(), is_text and _continues(text, b"", final=True)


def _continues(text: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> bool:
    try:
        text.decode(piece, final=final)
    except UnicodeDecodeError:
        return False
    return b"\0" not in piece


def _put_in_place(received: _Received) -> None:
    """Bring the file to where its digest says, once; one that lies there counts as new, so that it is not cleaned up.

    In the caller's transaction, for the lock keeps the clean-up away until the row is there.
    """
    db.lock(f"sprints.file.{received.digest}")
    place = path_of(received.digest)
    try:
        os.utime(place)
    except FileNotFoundError:
        _made(place.parent)
        received.path.replace(place)


def _made(wanted: Path) -> Path:
    wanted.mkdir(mode=settings.FILE_UPLOAD_DIRECTORY_PERMISSIONS, parents=True, exist_ok=True)
    return wanted


# --- What goes by itself ----------------------------------------------------------------------------------------------


def forget_removed_attachments() -> None:
    """Delete attachments that were taken off more than 30 days ago, but those that somebody answered about.

    Then, about once a day, the files that no row names. 1 statement where there is nothing to do, and 1 for each 500
    files.
    """
    over = Attachment.objects.filter(deleted_at__lt=clock.now() - KEPT).filter(
        ~Exists(Approval.objects.filter(attachment=OuterRef("pk")))
    )
    while found := list(over.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        over.filter(pk__in=found).delete()
    if _is_due():
        _forget_files()


def _is_due() -> bool:
    """Whether this process has not looked through the files today. Looking once too often costs time alone."""
    try:
        return bool(cache.add("sprints.files_looked_through", clock.today().isoformat(), LOOKED_EVERY.total_seconds()))
    except Exception:  # each cache has its own
        logger.warning("The cache does not answer; attachments are looked through now.", exc_info=True)
        return True


def _forget_files() -> None:
    """Remove files that no row names, a day after they came: the row of a newer one may be on its way."""
    before = (clock.now() - LEFT_OVER).timestamp()
    listed: list[Path] = []
    for path in folder().rglob("*"):
        if not _is_older(path, before):
            continue
        if path.parent.name == INCOMING:
            path.unlink(missing_ok=True)
            continue
        listed.append(path)
        if len(listed) == AT_ONCE:
            _forget_unnamed(listed, before)
            listed = []
    _forget_unnamed(listed, before)


def _is_older(path: Path, before: float) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _forget_unnamed(paths: list[Path], before: float) -> None:
    digests = [path.name for path in paths]
    named = set(Attachment.objects.filter(digest__in=digests).values_list("digest", flat=True)) if digests else set()
    for path in paths:
        if path.name not in named:
            _forget_file(path, before)


@db.command
def _forget_file(path: Path, before: float) -> None:
    """Remove a file that no row names, unless one has come to name it in the meantime."""
    db.lock(f"sprints.file.{path.name}")
    if _is_older(path, before) and not Attachment.objects.filter(digest=path.name).exists():
        path.unlink(missing_ok=True)
