"""Scans: asking for all rules to be judged over everything, and how far that is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import choice, filters_of, moment, reference, text, whole
from api.kernel.paging import Key
from api.kernel.shapes import Hung, Made, Shape
from api.kernel.wanted import Included
from api.nouns.inside import InsideView
from api.nouns.people import PeopleView
from journeys import commands
from journeys.models import Scan
from journeys.queries.scans import requested_scans, scans_of_jobs
from workspace.activity.models import Job
from workspace.organisation.models import Person


class ProgressShape(serializers.Serializer[Any]):
    """How many of the rules have been judged."""

    example = {"note": "no-owner"}

    done = serializers.IntegerField()
    total = serializers.IntegerField(help_text="0 until it has begun.")
    note = serializers.CharField(allow_blank=True, help_text="The code of the rule that was judged last.")


class FoundShape(serializers.Serializer[Any]):
    """What a scan has changed."""

    example = {"rules": {"no-owner": {"opened": 2, "resolved": 1, "reopened": 0, "changed": 0}}}

    on = serializers.DateField(help_text="The day whose facts are judged.")
    subjects = serializers.IntegerField(help_text="Live touchpoints that are looked at.")
    rules = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="Flags `opened`, `resolved`, `reopened` and `changed`, by the code of each rule that was judged.",
    )


class ScanShape(Shape):
    """A full scan that was asked for: by somebody, or by the schedule."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Job.State.choices)
    progress = ProgressShape()
    result = FoundShape(allow_null=True, help_text="So far, until the state is `done`; null until it has begun.")
    requested_by = serializers.IntegerField(source="requested_by_id", allow_null=True)
    requested_at = serializers.DateTimeField(source="created_at")
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)

    @staticmethod
    def _progress(done: int, total: int, note: str) -> dict[str, Any]:
        return {"done": done, "total": total, "note": note}

    @staticmethod
    def _found(ids: Collection[int], _viewer: Person) -> Mapping[int, Any]:
        return {job: _told(scan) for job, scan in scans_of_jobs(ids).items()}

    parts = {
        "progress": Made(_progress, ("progress_done", "progress_total", "note")),
        "result": Hung(_found, lambda: None),
    }


def _told(scan: Scan) -> dict[str, Any]:
    return {"on": scan.on, "subjects": scan.subjects, "rules": scan.results}


class ScansView(InsideView):
    """Full scans: those that are under way, and those that have ended lately."""

    noun, plural = "scan", "scans"
    shape = ScanShape
    statuses = {"create": status.HTTP_202_ACCEPTED}
    filterset_class = filters_of(
        "ScanFilters",
        reference("id", "pk"),
        choice("state", Job.State.choices),
        whole("progress_done"),
        whole("progress_total"),
        text("note"),
        reference("requested_by", is_optional=True),
        moment("requested_at", "created_at"),
        moment("started_at", is_optional=True),
        moment("finished_at", is_optional=True),
    )
    orderings = {"id": Key("pk"), "requested_at": Key("created_at"), "finished_at": Key("finished_at", True)}
    ordering = ("-id",)
    includes = {"requested_by": Included("requested_by", PeopleView)}

    def visible(self) -> QuerySet[Any]:
        """All that are remembered."""
        return requested_scans()

    def create(self, request: Request) -> Response:
        """Ask for a full scan; one that is under way already is answered with. Look at `Location` how far it is."""
        self.check_limits()
        self.filled()
        job = commands.request_scan(actor=self.person)
        response = self.answer({"pk": job.pk}, code=status.HTTP_202_ACCEPTED)
        response.headers["Location"] = f"{request.path}{job.pk}/"
        return response
