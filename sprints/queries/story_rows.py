"""The rows of a story's page: what hangs on it, as one statement told it in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.dateparse import parse_datetime

from sprints.models import Approval
from sprints.queries.board.facts import LabelRow
from sprints.queries.markdown import to_html
from workspace.organisation.models import Person


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment, as HTML and as it was written, and whether the viewer wrote it."""

    id: int
    author: str
    text: str
    html: str
    created_at: datetime
    changed_at: datetime | None
    version: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class FileRow:
    """An attachment."""

    id: int
    name: str
    size: int
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """What was asked about an asset, and the answer. `asks_viewer`: it is for the viewer to answer."""

    id: int
    asset: str
    who: str
    state: str
    note: str
    asked_at: datetime
    answered_at: datetime | None
    ends_at: datetime | None
    is_outside: bool
    asks_viewer: bool

    @property
    def is_waiting(self) -> bool:
        """Whether there is no answer yet."""
        return self.state == Approval.State.WAITING

    @property
    def path(self) -> str:
        """Its part of an address."""
        return str(self.id)

    @property
    def label(self) -> str:
        """The word for its state."""
        return str(Approval.State(self.state).label)


@dataclass(frozen=True, slots=True)
class TouchpointRow:
    """A touchpoint that the story works on, where it lies, and who owns it now ("" for nobody)."""

    id: int
    name: str
    journey: str
    stage: str
    unit_id: int
    unit: str
    department: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A line of the checklist."""

    id: int
    text: str
    is_ticked: bool
    position: int


def label_row(row: Mapping[str, Any]) -> LabelRow:
    """A label as JSON told it."""
    return LabelRow(row["id"], row["name"], row["tone"])


def item_row(row: Mapping[str, Any]) -> ItemRow:
    """A line of a checklist as JSON told it."""
    return ItemRow(row["id"], row["text"], bool(row["is_ticked"]), row["position"])


def touchpoint_row(row: Mapping[str, Any]) -> TouchpointRow:
    """A touchpoint of a story as JSON told it."""
    return TouchpointRow(
        row["id"], row["name"], row["journey"], row["stage"], row["unit_id"], row["unit"], row["department"] or ""
    )


def comment_row(row: Mapping[str, Any], names: Mapping[int, str], person: Person) -> CommentRow:
    """A comment as JSON told it, for this reader."""
    return CommentRow(
        row["id"],
        row["author"] or "",
        row["text"],
        to_html(row["text"], names=names),
        _moment(row["created_at"]),
        _moment_or_none(row["changed_at"]),
        row["version"],
        row["author_id"] == person.pk,
    )


def file_row(row: Mapping[str, Any]) -> FileRow:
    """An attachment as JSON told it."""
    return FileRow(row["id"], row["name"], row["size"], row["uploaded_by"] or "", _moment(row["uploaded_at"]))


def approval_row(row: Mapping[str, Any], person: Person) -> ApprovalRow:
    """A question for approval as JSON told it, for this reader."""
    outside = row["outside_name"] or row["outside_email"]
    return ApprovalRow(
        row["id"],
        row["asset"],
        row["person"] or outside,
        row["state"],
        row["note"],
        _moment(row["asked_at"]),
        _moment_or_none(row["answered_at"]),
        _moment_or_none(row["ends_at"]),
        is_outside=row["person_id"] is None,
        asks_viewer=row["person_id"] == person.pk and row["state"] == Approval.State.WAITING,
    )


def _moment(text: str) -> datetime:
    """A moment as JSON told it; SQLite keeps it in UTC and does not say so."""
    moment = parse_datetime(text)
    if moment is None:
        raise ValueError(f"{text!r} is no moment")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _moment_or_none(text: str | None) -> datetime | None:
    return _moment(text) if text else None
