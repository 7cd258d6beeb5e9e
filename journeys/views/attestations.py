"""Is this still ours? What is to be confirmed, department by department, and what looks for another owner."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from journeys.attesting_filters import DISPUTED, AttestationFilter
from journeys.commands import attesting as commands
from journeys.commands.attesting import Word
from journeys.commands.bulk import AT_MOST, AT_ONCE
from journeys.forms import NotOursForm
from journeys.queries.attesting import (
    answers_of_press,
    attestation_rows,
    disputed,
    due_soon,
    in_order,
    newest_answer,
    ref_of,
    with_places,
)
from journeys.queries.directory import Directory, directory
from journeys.queries.limits import limits_now
from journeys.views.outcomes import Many, ask_first, check_few_enough, chosen, job_of, moved, tell, tell_job
from journeys.views.pages import for_insiders
from workspace import clock, db
from workspace.activity.models import Job
from workspace.activity.rules.undoing import UNDOABLE
from workspace.activity.undoing import noting
from workspace.answers import page_or_part, undo_address
from workspace.errors import Unknown
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer
from workspace.organisation.rules.standing import Standing

PER_PAGE = 50


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is to be confirmed, the longest waiting first; `?state=disputed`: what looks for another owner.

    At most 12 statements.
    """
    person = viewer(request)
    for_insiders(person)
    standing, known, limits = standing_of(person), directory(), limits_now()
    lists = {"": due_soon(limits), DISPUTED: disputed()}
    narrowed = {
        state: AttestationFilter(request.GET, queryset=queryset, standing=standing, known=known)
        for state, queryset in lists.items()
    }
    counts = db.count_all(due=narrowed[""].qs, disputed=narrowed[DISPUTED].qs)
    state = DISPUTED if request.GET.get("state") == DISPUTED else ""
    shown = narrowed[state]
    paginator = Paginator(in_order(with_places(shown.qs)), PER_PAGE)
    paginator.count = counts["disputed" if state else "due"]
    listed = paginator.get_page(request.GET.get("page"))
    rows = attestation_rows(listed.object_list, standing, known, limits)
    context = {
        "page": listed,
        "rows": rows,
        "is_search": bool(state),
        "is_off": "unattested" in limits.off,
        "period": limits.attest_every_days,
        "bulk": {"in_all": paginator.count, "at_most": AT_MOST} if any(row.may_answer for row in rows) else None,
        "filter": shown,
        "is_narrowed": any(request.GET.get(name) for name in ("q", "department")),
        "tabs": _tabs(request, counts, state),
        "here": request.get_full_path(),
        "crumbs": [(_("Ownership"), reverse("journeys:overview"))],
    }
    return page_or_part(
        request, "journeys/attestations.html", context, parts={"attestations": "journeys/attestations_list.html"}
    )


def _tabs(request: HttpRequest, counts: dict[str, int], chosen_state: str) -> list[dict[str, object]]:
    def tab(label: str, state: str, count: int) -> dict[str, object]:
        query = request.GET.copy()
        for key in ("state", "page"):
            query.pop(key, None)
        if state:
            query["state"] = state
        return {"label": label, "url": f"?{query.urlencode()}", "count": count, "current": chosen_state == state}

    return [tab(_("To confirm"), "", counts["due"]), tab(_("Not ours"), DISPUTED, counts["disputed"])]


def _many() -> Many:
    return Many(
        route="journeys:attest_many",
        job_route="journeys:attested_many",
        job_kind=commands.JOB,
        name="refs",
        back=reverse("journeys:attestations"),
        back_label=_("Back to “Still ours?”"),
    )


def _titles() -> dict[str, str]:
    return {"ours": _("Still ours"), "not-ours": _("Not ours")}


@require_POST
def attest_many(request: HttpRequest, action: str) -> HttpResponse:
    """Answer for the chosen ones: `ours` at once, `not-ours` after a word about why; then what became of each."""
    person = viewer(request)
    for_insiders(person)
    if action not in _titles():
        raise Unknown(_("That cannot be answered by “%(action)s”.") % {"action": action[:40]})
    refs, many, label = _chosen(request), _many(), _titles()[action]
    reason = ""
    if action == "not-ours":
        form = NotOursForm(request.POST if "reason" in request.POST else None)
        form.auto_id = "action_%s"
        if not form.is_valid():
            count = ngettext("%(n)d touchpoint", "%(n)d touchpoints", len(refs)) % {"n": len(refs)}
            title = _("%(action)s: %(count)s") % {"action": label, "count": count}
            return ask_first(request, many, refs, form, title=title, button=_("Not ours"))
        reason = form.cleaned_data["reason"]
    word = Word(action == "ours", reason)
    if len(refs) > AT_ONCE:
        return moved(request, many, commands.request_attestations(refs, word, actor=person))
    with noting() as noted:
        press = commands.begin_press() if len(refs) > 1 else None
        outcomes = list(commands.attest_many(refs, word, press=press, actor=person))
    undo = _undo_address(newest_answer(noted) if noted else None)
    return tell(request, many, action, label, outcomes, {"reason": reason} if reason else {}, undo=undo)


def _undo_address(answer: int | None) -> str:
    return undo_address([answer] if answer else [])


def _undo_address_of(job: Job) -> str:
    """Where the answers of a job are undone, as long as that goes: 1 statement at most."""
    press, by = job.args.get("press"), job.requested_by_id
    if press is None or by is None or job.finished_at is None or job.finished_at <= clock.now() - UNDOABLE:
        return ""
    last = answers_of_press(press, by).last()
    return _undo_address(last.pk if last is not None and last.at > clock.now() - UNDOABLE else None)


def _chosen(request: HttpRequest) -> list[str]:
    """What was sent, each once; or all that match the filters, as many as go at once. Raises RuleBroken."""
    if request.POST.get("all") == "yes":
        standing, known = standing_of(viewer(request)), directory()
        matching = _matching(QueryDict(request.POST.get("query", "")), standing, known)
        refs = [ref_of(ownership) for ownership in in_order(matching)[:AT_MOST]]
    else:
        refs = chosen(request, "ref", "refs")
    check_few_enough(refs, none=_("Nothing is chosen."), many=_("%(n)s touchpoints are too many for one press."))
    return refs


def _matching(query: QueryDict, standing: Standing, known: Directory) -> QuerySet[Any, Any]:
    queryset = disputed() if query.get("state") == DISPUTED else due_soon(limits_now())
    narrowed: QuerySet[Any, Any] = AttestationFilter(query, queryset=queryset, standing=standing, known=known).qs
    return narrowed


@require_safe
def attested_many(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a job of answers is; when it is done, what became of each. At most 4 statements."""
    for_insiders(viewer(request))
    many = _many()
    job = job_of(request, many, pk)
    action = "ours" if job.args["mine"] else "not-ours"
    return tell_job(
        request,
        many,
        job,
        action=action,
        label=_titles()[action],
        doing=_("Answering “still ours?”"),
        total=len(job.args["refs"]),
        again={"reason": job.args["reason"]} if job.args["reason"] else {},
        undo=_undo_address_of(job),
    )
