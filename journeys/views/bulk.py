"""Answering many flags of the inbox at once, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from journeys.commands import bulk as commands
from journeys.commands.bulk import AT_MOST, AT_ONCE, Answer
from journeys.filters import FlagFilter
from journeys.forms import DepartmentForm, SilenceForm
from journeys.models import Flag
from journeys.queries.directory import directory
from journeys.queries.inbox import in_order
from journeys.views.outcomes import Many, ask_first, check_few_enough, chosen, job_of, moved, tell, tell_job
from journeys.views.pages import for_insiders
from workspace.errors import Unknown
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer


@require_POST
def answer(request: HttpRequest, action: str) -> HttpResponse:
    """Answer the chosen flags: first what has to be filled in, if anything, then what became of each."""
    person = viewer(request)
    for_insiders(person)
    if action not in _titles():
        raise Unknown(_("Flags cannot be answered by “%(action)s”.") % {"action": action[:40]})
    refs = _chosen(request)
    form = _form(request, action)
    if form is not None and (not form.is_bound or not form.is_valid()):
        return _ask(request, action, refs, form)
    given = Answer(action, **(form.cleaned_data if form is not None else {}))
    if len(refs) > AT_ONCE:
        return moved(request, _many(), commands.request_answers(refs, given, actor=person))
    outcomes = list(commands.answer_flags(refs, given, actor=person))
    again = {name: request.POST[name] for name in ("department", "until", "reason") if name in request.POST}
    return tell(request, _many(), action, _titles()[action], outcomes, again)


def _titles() -> dict[str, str]:
    return {
        "acknowledge": _("Acknowledge"),
        "claim": _("Claim"),
        "assign": _("Assign"),
        "snooze": _("Snooze"),
        "waive": _("Waive"),
    }


def _many() -> Many:
    return Many(
        route="journeys:bulk_flags",
        job_route="journeys:answered_flags",
        job_kind=commands.JOB,
        name="flags",
        back=reverse("journeys:flags"),
        back_label=_("Back to the flags"),
    )


def _chosen(request: HttpRequest) -> list[str]:
    """The ids that were sent, each once; or of all that match the filters, as many as go at once. Raises RuleBroken."""
    if request.POST.get("all") == "yes":
        person = viewer(request)
        flags = Flag.objects.visible_to(person).unresolved()
        narrowed = FlagFilter(
            QueryDict(request.POST.get("query", "")), queryset=flags, standing=standing_of(person), known=directory()
        )
        refs = [str(pk) for pk in in_order(narrowed.qs).values_list("pk", flat=True)[:AT_MOST]]
    else:
        refs = chosen(request, "flag", "flags")
    check_few_enough(refs, none=_("No flag is chosen."), many=_("%(n)s flags are too many for one press."))
    return refs


def _form(request: HttpRequest, action: str) -> forms.Form | None:
    """What the action asks for, bound as soon as any of it was sent; None for one that asks nothing."""
    if action == "acknowledge":
        return None
    data = (request.POST,) if any(name in request.POST for name in ("department", "until")) else ()
    if action in ("snooze", "waive"):
        form: forms.Form = SilenceForm(*data, waiver=action == "waive")
    else:
        form = DepartmentForm(*data, choices=lambda: _departments(request, action))
    form.auto_id = "action_%s"
    return form


def _departments(request: HttpRequest, action: str) -> list[tuple[str, list[tuple[int, str]]]]:
    standing, known = standing_of(viewer(request)), directory()
    departments = known.spoken_for_by(standing)
    if action == "assign":
        departments = [d for d in known.open_departments() if standing.is_executive or standing.heads_unit(d.unit.id)]
    return known.by_unit(departments)


def _ask(request: HttpRequest, action: str, refs: Sequence[str], form: forms.Form) -> HttpResponse:
    label = _titles()[action]
    count = ngettext("%(n)d flag", "%(n)d flags", len(refs)) % {"n": len(refs)}
    title = _("%(action)s: %(count)s") % {"action": label, "count": count}
    return ask_first(request, _many(), refs, form, title=title, button=label)


@require_safe
def answered(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job of answers is; when it is done, what became of each flag. 3 statements."""
    for_insiders(viewer(request))
    many = _many()
    job = job_of(request, many, pk)
    action = job.args["action"]
    given = {"department": job.args["department"], "until": job.args["until"], "reason": job.args["reason"]}
    return tell_job(
        request,
        many,
        job,
        action=action,
        label=_titles()[action],
        doing=_("Answering flags"),
        total=len(job.args["flags"]),
        again={name: value for name, value in given.items() if value},
    )
