"""Imports: files that bring units, people, touchpoints, stories and whole journeys, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.filters import choice, filters_of, moment, reference, text, whole
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.problems import Problem
from api.kernel.shapes import Made, Shape
from api.kernel.values import YesNo
from api.kernel.views import ADMIN
from api.kernel.wire import JsonParser
from api.nouns.inside import InsideView
from journeys.downloads import rejected_file
from workspace.activity.models import Job
from workspace.errors import Unknown
from workspace.organisation.commands.imports import import_kind, import_kinds, import_upload
from workspace.organisation.commands.imports.reading import Unreadable
from workspace.organisation.commands.imports.running import JOB, REHEARSAL, rejected_of
from workspace.organisation.commands.imports.tally import Tally

KINDS = [(code, code) for code in import_kinds()]
MEGABYTE = 1024 * 1024


class RowsDoneShape(serializers.Serializer[Any]):
    """How far it is."""

    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="Rows of the file, as far as they are counted.")


class CountsShape(serializers.Serializer[Any]):
    """What became of the rows: `rows` = `added` + `changed` + `unchanged` + `rejected`."""

    rows = serializers.IntegerField()
    added = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    partly = serializers.IntegerField(help_text="Taken, and counted above, but not with every cell.")


def _tally(state: str, cursor: Mapping[str, Any], result: Mapping[str, Any]) -> Tally | None:
    """The counts of an import, so far; None until it has begun."""
    kept = result if state == Job.State.DONE else cursor.get("tally")
    return Tally.of({name: kept[name] for name in Tally.__dataclass_fields__}) if kept else None


class ImportShape(Shape):
    """A file that was sent: how far its import is, and what became of its rows."""

    example = {
        "file": "departments.csv",
        "notes": [],
        "unknown_columns": ["remark"],
        "rejects": "https://example.com/api/v1/imports/7/rejected/",
    }

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    dry_run = serializers.BooleanField(help_text="Whether it only says what an import would do.")
    file = serializers.CharField(help_text="What the sender called it.")
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = RowsDoneShape()
    counts = CountsShape(allow_null=True, help_text="So far, until the state is `done`; null until it has begun.")
    notes = serializers.ListField(
        child=serializers.CharField(), help_text="What was taken but should be known, in sentences."
    )
    unknown_columns = serializers.ListField(child=serializers.CharField(), help_text="Columns that nobody reads.")
    rejects = serializers.CharField(
        allow_null=True, help_text="Where the rejected rows are, as CSV with the reasons; null where there are none."
    )
    error = serializers.CharField(allow_blank=True, help_text="Why it failed, or has to be tried again.")
    requested_at = serializers.DateTimeField(source="created_at")
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def _progress(done: int, total: int, args: Mapping[str, Any]) -> dict[str, int]:
        return {"done": done, "total": total or args["total"]}

    @staticmethod
    def _counts(state: str, cursor: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, int] | None:
        tally = _tally(state, cursor, result)
        return {name: getattr(tally, name) for name in CountsShape._declared_fields} if tally else None

    @staticmethod
    def _notes(args: Mapping[str, Any], state: str, cursor: Mapping[str, Any], result: Mapping[str, Any]) -> list[str]:
        tally, kind = _tally(state, cursor, result), import_kind(args["what"])
        return kind.told(tally) if tally and kind else []

    @staticmethod
    def _rejects(pk: int, result: Mapping[str, Any]) -> str | None:
        return reverse("api:import-rejected", args=[pk]) if result.get("rejected_file") else None

    @staticmethod
    def _error(error: str) -> str:
        kind, _colon, said = error.partition(": ")
        if not error or kind == Unreadable.__name__:
            return said
        return _("The fault is ours, and was noted.")

    parts = {
        "kind": Made(lambda args: args["what"], ("args",)),
        "dry_run": Made(REHEARSAL.__eq__, ("kind",)),
        "file": Made(lambda args: args["file"], ("args",)),
        "progress": Made(_progress, ("progress_done", "progress_total", "args")),
        "counts": Made(_counts, ("state", "cursor", "result")),
        "notes": Made(_notes, ("args", "state", "cursor", "result")),
        "unknown_columns": Made(lambda args: args.get("unknown", []), ("args",)),
        "error": Made(_error, ("error",)),
        "rejects": Made(_rejects, ("pk", "result")),
    }


class NewImport(Input):
    """A file to import, as `multipart/form-data`: CSV in UTF-8, whose first line names the columns."""

    example = {"kind": "org", "file": "business_unit,department_code,department\nRetail,WEB,Online Store\n"}

    kind = serializers.ChoiceField(choices=KINDS, help_text="What its rows are.")
    file = serializers.FileField(allow_empty_file=True, help_text="At most `MAX_ATTACHMENT_MB`.")
    dry_run = serializers.BooleanField(default=False, help_text="Only say what an import would do.")


def _rehearsed(_filters: Any, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
    return queryset.filter(kind=REHEARSAL if value else JOB)


class ImportsView(InsideView):
    """Imports of CSV files: those that the person has asked for within the last 30 days."""

    noun, plural = "import", "imports"
    shape = ImportShape
    parser_classes = (MultiPartParser, JsonParser)
    takes = {"create": NewImport}
    statuses = {"create": status.HTTP_202_ACCEPTED}
    files = {"rejected": "text/csv"}
    filterset_class = filters_of(
        "ImportFilters",
        {"dry_run": YesNo(method="rehearsed", help_text="Those that only say what an import would do, or the others.")},
        reference("id", "pk"),
        choice("kind", KINDS, "args__what"),
        text("file", "args__file"),
        choice("state", Job.State.choices),
        whole("progress_done"),
        whole("progress_total"),
        moment("requested_at", "created_at"),
        moment("started_at", is_optional=True),
        moment("finished_at", is_optional=True),
        rehearsed=_rehearsed,
    )
    orderings = {"id": Key("pk"), "requested_at": Key("created_at"), "finished_at": Key("finished_at", True)}
    ordering = ("-id",)

    def visible(self) -> QuerySet[Any]:
        """The person's own."""
        return Job.objects.filter(kind__in=(JOB, REHEARSAL), requested_by=self.person)

    def create(self, request: Request) -> Response:
        """Ask for the import of a file, or with `dry_run` for what it would do. Look at `Location` how far it is.

        Units and people are administrators' to import: their kinds ask for the scope `admin`. The same file again
        changes nothing; while it is being imported, the same import is answered with.
        """
        self.check_limits()
        given = self.filled()
        kind, file = given["kind"], given["file"]
        if (known := import_kind(kind)) is not None and known.is_for_administrators:
            access_of(request).check_reaches(ADMIN)
        _check_size(file.size)
        job = import_upload(kind, file, name=file.name or "", is_rehearsal=given["dry_run"], actor=self.person)
        response = self.answer({"pk": job.pk}, code=status.HTTP_202_ACCEPTED)
        response.headers["Location"] = f"{request.path}{job.pk}/"
        return response

    @action(detail=True, methods=["get"])
    def rejected(self, request: Request, pk: int) -> HttpResponseBase:
        """The rows that were not taken, or would not be, each with the reason: to be corrected and sent again."""
        job = self.one()
        if not job.result.get("rejected_file"):
            raise Unknown(
                _("There are no rejected rows of %(file)s.") % {"file": job.args["file"]},
                next_step=_("Look at its counts, and whether it is done."),
            )
        return rejected_file(rejected_of(job), job.args["file"])


def _check_size(size: int) -> None:
    """Raise a problem for a file that is larger than this installation takes."""
    if size > settings.MAX_ATTACHMENT_MB * MEGABYTE:
        raise Problem(
            "too-large",
            _("The file has %(size)s bytes, and this installation takes %(limit)d MB.")
            % {"size": f"{size:,}", "limit": settings.MAX_ATTACHMENT_MB},
            next_step=_("Send it in parts, or ask an administrator to run: manage.py import_csv KIND FILE"),
        )
