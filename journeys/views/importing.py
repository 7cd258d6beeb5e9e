"""Importing whole journeys on pages: upload, see what would happen, import, see what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journeys.commands.imports import JOURNEYS, uploading
from journeys.downloads import rejected_file
from journeys.rules.structure import may_import
from journeys.views.pages import crumbs_to, for_insiders
from workspace.acting import found
from workspace.activity.models import Job
from workspace.answers import page_or_part
from workspace.errors import RuleBroken
from workspace.organisation.commands.imports import Outcome
from workspace.organisation.commands.imports.running import JOB, rejected_of
from workspace.organisation.commands.imports.tally import Tally
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

SHOWN = 50


class UploadForm(forms.Form):
    """A file from the disk of whoever imports."""

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("A file that was exported here, or one with the same columns. Nothing is written yet."),
    )


def _importer(request: HttpRequest) -> Person:
    person = viewer(request)
    for_insiders(person)
    may_import(standing_of(person)).or_not_allowed()
    return person


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Ask for a file (GET), and say what its import would do (POST); nothing is changed by that."""
    person = _importer(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            word = uploading.receive(file, name=file.name, actor=person)
            outcome, changes = uploading.rehearse(word, actor=person, shown=SHOWN)
        except RuleBroken as refusal:
            form.add_error("file", str(refusal))
        else:
            context = _told(outcome.tally, _first(outcome), outcome.unknown_columns) | {
                "name": uploading.path_of(word, actor=person).name,
                "word": word,
                "first": changes,
                "more": max(outcome.tally.added + outcome.tally.changed - len(changes), 0),
                "crumbs": crumbs_to(),
            }
            return page_or_part(request, "journeys/import_preview.html", context, parts={})
    context = {"form": form, "crumbs": crumbs_to()}
    return page_or_part(request, "journeys/import.html", context, parts={}, status=422 if form.is_bound else 200)


@require_safe
def rejected_in_preview(request: HttpRequest) -> HttpResponseBase:
    """The rows that an import of an uploaded file would reject."""
    path = uploading.path_of(request.GET.get("file", ""), actor=_importer(request))
    return rejected_file(path.with_name(path.name + ".rejected.csv"), path.name)


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Import the file that was looked at; go to where its progress is told."""
    job = uploading.begin(request.POST.get("file", ""), actor=_importer(request))
    return redirect(reverse("journeys:imported", args=[job.pk]))


@require_safe
def imported(request: HttpRequest, pk: int) -> HttpResponse:
    """How far an import of one's own is; when it is done, what became of its rows."""
    job = _own(request, pk)
    is_done = job.state == Job.State.DONE
    tally = Tally.of({name: job.result[name] for name in Tally.__dataclass_fields__}) if is_done else Tally()
    path = rejected_of(job)
    problems = _first(Outcome(tally, rejected=path)) if is_done and not tally.went_well and path.exists() else []
    context = _told(tally, problems) | {
        "job": job,
        "name": job.args["file"],
        "label": _("Importing %(file)s") % {"file": job.args["file"]},
        "is_done": job.finished_at is not None,
        "has_failed": job.state == Job.State.FAILED,
        "rejects": reverse("journeys:rejected_rows", args=[job.pk]) if problems else "",
        "crumbs": crumbs_to(),
    }
    return page_or_part(request, "journeys/import_job.html", context, parts={"import": "journeys/import_job_part.html"})


@require_safe
def rejected_rows(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The rows that an import of one's own has rejected, to be corrected and imported."""
    job = _own(request, pk)
    return rejected_file(rejected_of(job), job.args["file"])


def _own(request: HttpRequest, pk: int) -> Job:
    person = _importer(request)
    return found(Job.objects.filter(kind=JOB, requested_by=person, args__what=JOURNEYS.code), pk)


def _first(outcome: Outcome) -> list[dict[str, str]]:
    return outcome.first_problems(SHOWN)


def _told(tally: Tally, problems: list[dict[str, str]], unknown: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "tally": tally,
        "changes": tally.added + tally.changed,
        "notes": JOURNEYS.told(tally),
        "problems": problems,
        "hidden": max(tally.rejected + tally.partly - len(problems), 0),
        "unknown": ", ".join(unknown),
    }
