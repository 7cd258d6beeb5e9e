"""The flags inbox, and the answers to a flag."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journeys import commands
from journeys.commands.bulk import AT_MOST
from journeys.downloads import flags_file
from journeys.filters import FlagFilter
from journeys.forms import SilenceForm
from journeys.models import Flag
from journeys.queries.directory import directory
from journeys.queries.inbox import bulk_of, flag_rows, in_order, severity_counts, with_subjects, work_at
from journeys.queries.inbox_views import inbox_views
from journeys.queries.names import title_of
from journeys.rules.flags import may_handle_flag
from journeys.views.pages import for_insiders, tabs_by_severity
from workspace.acting import Action, ask, found
from workspace.answers import done, page_or_part
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

PER_PAGE = 50
FILTERS = tuple(FlagFilter.base_filters)


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Flags by severity and due date; `?flag=ID` shows that one, whatever its state. At most 12 statements."""
    person = viewer(request)
    for_insiders(person)
    standing, known = standing_of(person), directory()
    flags = Flag.objects.visible_to(person)
    chosen = request.GET.get("flag", "")
    narrowed = FlagFilter(request.GET, queryset=flags, standing=standing, known=known)
    if chosen:
        one = found(with_subjects(flags), int(chosen) if chosen.isdecimal() else 0)
        counts, listed, in_all = {one.severity: 1}, [one], 1
        page = Paginator(listed, PER_PAGE).get_page(1)
    else:
        fields = narrowed.form.cleaned_data if narrowed.is_valid() else {}
        severity = fields.get("severity") or ""
        without = request.GET.copy()
        without.pop("severity", None)
        everything = FlagFilter(without, queryset=flags, standing=standing, known=known).qs
        counted = severity_counts(everything)
        counts = {level: one.n for level, one in counted.items()}
        matching = [counted[int(severity)]] if severity else list(counted.values())
        in_all = sum(one.answerable for one in matching)
        paginator = Paginator(with_subjects(in_order(narrowed.qs)), PER_PAGE)
        paginator.count = sum(one.n for one in matching)
        page = paginator.get_page(request.GET.get("page"))
        listed = list(page.object_list)
    rows = flag_rows(listed, standing, known, work=work_at(listed, person))
    context = {
        "rows": rows,
        "bulk": None if chosen else bulk_of(rows, standing, known, at_most=AT_MOST, in_all=in_all),
        "page": page,
        "filter": narrowed,
        "chosen": chosen,
        "tabs": tabs_by_severity(request, counts),
        "views": None if chosen else inbox_views(person, standing, known, dict(request.GET.lists()), FILTERS),
        "is_narrowed": any(request.GET.get(name) for name in narrowed.form.fields),
        "here": request.get_full_path(),
    }
    return page_or_part(request, "journeys/flags.html", context, parts={"flags": "journeys/flags_list.html"})


@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """All flags of the filters in force, as a spreadsheet, in the order of the list."""
    person = viewer(request)
    for_insiders(person)
    known = directory()
    flags = Flag.objects.visible_to(person)
    narrowed = FlagFilter(request.GET, queryset=flags, standing=standing_of(person), known=known)
    return flags_file(in_order(narrowed.qs), known)


def _flag(request: HttpRequest, pk: int) -> Flag:
    return found(Flag.objects.visible_to(viewer(request)).select_related("touchpoint"), pk)


def _name(flag: Flag) -> str:
    title = title_of(flag.rule)
    return f"{title} · {flag.touchpoint.name}" if flag.touchpoint else title


@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that somebody looks into it."""
    flag = commands.acknowledge_flag(_flag(request, pk), actor=viewer(request))
    return done(request, _("Acknowledged: %(flag)s.") % {"flag": _name(flag)}, back=reverse("journeys:flags"))


@require_POST
def end_silence(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it speak again."""
    flag = commands.end_silence(_flag(request, pk), actor=viewer(request))
    return done(request, _("It asks again: %(flag)s.") % {"flag": _name(flag)}, back=reverse("journeys:flags"))


def _check_may_answer(request: HttpRequest, flag: Flag) -> None:
    units = frozenset(unit for unit in (flag.unit_id, flag.other_unit_id) if unit is not None)
    may_handle_flag(
        standing_of(viewer(request)), asked_id=flag.asked_id, department_id=flag.department_id, unit_ids=units
    ).or_not_allowed()


@require_http_methods(["GET", "HEAD", "POST"])
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it off for a while, with a reason."""
    return _silence(request, pk, waiver=False)


@require_http_methods(["GET", "HEAD", "POST"])
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept it as it is, with a reason and an end."""
    return _silence(request, pk, waiver=True)


def _silence(request: HttpRequest, pk: int, *, waiver: bool) -> HttpResponse:
    flag = _flag(request, pk)
    _check_may_answer(request, flag)
    action = Action(
        title=_("Waive this flag") if waiver else _("Snooze this flag"),
        about=_name(flag),
        button=_("Waive") if waiver else _("Snooze"),
        back=reverse("journeys:flags"),
    )

    def do(fields: dict[str, object]) -> str:
        command = commands.waive_flag if waiver else commands.snooze_flag
        command(flag, until=fields["until"], reason=str(fields["reason"]), actor=viewer(request))  # type: ignore[arg-type]
        return _("Silent until %(day)s: %(flag)s.") % {"day": fields["until"], "flag": _name(flag)}

    return ask(request, action, lambda *data: SilenceForm(*data, waiver=waiver), do)
