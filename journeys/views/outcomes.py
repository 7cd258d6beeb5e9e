"""Answers to many things at once: the form that asks first, what became of each, and the page of a job."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.commands.bulk import AT_MOST, AT_ONCE, Outcome
from workspace.acting import DIALOG, found
from workspace.activity.models import Job
from workspace.answers import CHANGED, asks_for, page_or_part, way_back
from workspace.errors import RuleBroken
from workspace.organisation.requests import viewer


@dataclass(frozen=True, slots=True)
class Many:
    """What is answered together. `route` takes the action, `job_route` the job; `name` is that of the hidden field."""

    route: str
    job_route: str
    job_kind: str
    name: str
    back: str
    back_label: str


def chosen(request: HttpRequest, *names: str) -> list[str]:
    """The references that were sent, each once: in fields of the first names, or in the last one with commas."""
    *boxes, joined = names
    sent = [ref for name in boxes for ref in request.POST.getlist(name)]
    sent += request.POST.get(joined, "").split(",")
    return list(dict.fromkeys(ref.strip() for ref in sent if ref.strip()))


def check_few_enough(refs: Sequence[str], *, none: str, many: str) -> None:
    """Raise RuleBroken for nothing at all (`none`), or more than go at once (`many`)."""
    if not refs:
        raise RuleBroken(none, next_step=_("Choose at least one, then press the button again."))
    if len(refs) > AT_MOST:
        raise RuleBroken(
            many % {"n": len(refs)},
            next_step=_("Choose at most %(n)s; do the others after them.") % {"n": AT_MOST},
        )


def ask_first(
    request: HttpRequest, many: Many, refs: Sequence[str], form: forms.Form, *, title: str, button: str
) -> HttpResponse:
    """The form of what has to be filled in."""
    context = {
        "many": many,
        "title": title,
        "button": button,
        "form": form,
        "refs": ",".join(refs),
        "is_job": len(refs) > AT_ONCE,
        "back": way_back(request, many.back),
        "in_dialog": asks_for(request) == DIALOG,
    }
    parts = {DIALOG: "journeys/bulk_dialog.html"}
    return page_or_part(request, "journeys/bulk.html", context, parts=parts, status=422 if form.is_bound else 200)


def moved(request: HttpRequest, many: Many, job: Job) -> HttpResponse:
    """Go to the job's page."""
    url = reverse(many.job_route, args=[job.pk])
    return HttpResponse(headers={"HX-Redirect": url}) if getattr(request, "htmx", False) else redirect(url)


def tell(
    request: HttpRequest,
    many: Many,
    action: str,
    label: str,
    outcomes: Sequence[Outcome],
    again: Mapping[str, Any],
    *,
    undo: str = "",
) -> HttpResponse:
    """What became of each. A page that is open is told to fetch what changed; all done is one line there.

    `again` is what goes into the next try, beside the references; `undo` the address that a POST undoes all of it at.
    """
    context = _told(many, action, label, outcomes, again) | {
        "undo": undo,
        "back": way_back(request, many.back),
        "in_dialog": asks_for(request) == DIALOG,
    }
    if context["in_dialog"] and not context["refused"]:
        toast = {"text": context["title"], "tone": "good"} | ({"undo": undo} if undo else {})
        triggers = {"toast": toast, CHANGED: {}}
        return HttpResponse(headers={"HX-Trigger": json.dumps(triggers)})
    answered = page_or_part(
        request, "journeys/bulk_told.html", context, parts={DIALOG: "journeys/bulk_told_dialog.html"}
    )
    # After the dialog has come in: the list that fetches itself would otherwise replace the request that brings it.
    answered["HX-Trigger-After-Settle"] = json.dumps({CHANGED: {}})
    return answered


def _told(many: Many, action: str, label: str, outcomes: Sequence[Outcome], again: Mapping[str, Any]) -> dict[str, Any]:
    refused = [outcome for outcome in outcomes if not outcome.done]
    counts = {"done": len(outcomes) - len(refused), "all": len(outcomes), "action": label}
    return {
        "many": many,
        "title": _("%(action)s: %(done)d of %(all)d done") % counts,
        "action": action,
        "button": label,
        "done": [outcome for outcome in outcomes if outcome.done],
        "refused": refused,
        "refs": ",".join(outcome.ref for outcome in refused),
        "again": again,
    }


def job_of(request: HttpRequest, many: Many, pk: int) -> Job:
    """A job of the viewer's own. Raises Unknown."""
    return found(Job.objects.filter(kind=many.job_kind, requested_by=viewer(request)), pk)


def tell_job(
    request: HttpRequest,
    many: Many,
    job: Job,
    *,
    action: str,
    label: str,
    doing: str,
    total: int,
    again: Mapping[str, Any],
    undo: str = "",
) -> HttpResponse:
    """How far the job is; when it is done, what became of each, and where it is undone."""
    outcomes = [Outcome(**outcome) for outcome in (job.result or job.cursor).get("outcomes", [])]
    context = _told(many, action, label, outcomes, again) | {
        "undo": undo,
        "job": job,
        "label": doing,
        "total": total,
        "is_done": job.finished_at is not None,
        "has_failed": job.state == Job.State.FAILED,
        "back": many.back,
    }
    return page_or_part(request, "journeys/bulk_job.html", context, parts={"answers": "journeys/bulk_job_part.html"})
