"""Business units: the list, a unit, and what administrators do with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workspace.acting import Action, ask, found
from workspace.answers import page_or_part
from workspace.organisation import commands
from workspace.organisation.forms import NewDepartmentForm, NewUnitForm, UnitForm, UnitSuccessorForm
from workspace.organisation.models import BusinessUnit, Department
from workspace.organisation.queries.consequences import of_unit_archive
from workspace.organisation.queries.pages import covered_by_unit, department_rows, unit_rows
from workspace.organisation.queries.people import standing_of
from workspace.organisation.registry import Covered
from workspace.organisation.requests import reader, viewer
from workspace.organisation.rules.people import may_administer
from workspace.organisation.views.pages import (
    crumbs_to,
    for_insiders,
    form_or_post,
    last_id,
    newest_history,
    url_of,
    views_of_organisation,
)
from workspace.organisation.views.weighing import Chosen, reopen, weigh


def _check(request: HttpRequest) -> None:
    may_administer(standing_of(viewer(request))).or_not_allowed()


def _unit(pk: int) -> BusinessUnit:
    return found(BusinessUnit.objects.select_related("head", "merged_into"), pk)


@require_safe
@for_insiders
def units(request: HttpRequest) -> HttpResponse:
    """The units with their numbers, found while typing by their own words or their departments'. 6 statements, or 7."""
    words = request.GET.get("q", "")[:200]
    archived = request.GET.get("show") == "archived"
    every = BusinessUnit.objects.exclude(archived_at=None) if archived else BusinessUnit.objects.current()
    may = bool(may_administer(standing_of(viewer(request))))
    context = {
        "rows": unit_rows(every, words),
        "words": words,
        "archived": archived,
        "views": views_of_organisation("units", may=may),
        "may": may,
    }
    return page_or_part(request, "organisation/units.html", context, parts={"units": "organisation/units_list.html"})


@require_safe
@for_insiders
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """A unit with its head and departments. At most 11 statements; the history comes after it."""
    shown = _unit(pk)
    rows = department_rows(Department.objects.filter(unit=shown))
    context = {
        "unit": shown,
        "rows": [row for row in rows if row.department.archived_at is None],
        "archived": [row for row in rows if row.department.archived_at is not None],
        "covered": covered_by_unit([shown.pk]).get(shown.pk, Covered()),
        "people": sum(row.people for row in rows),
        "may": bool(may_administer(standing_of(viewer(request)))),
        "crumbs": crumbs_to(),
        "thing": shown,
        "history_of": "unit",
    }
    return page_or_part(request, "organisation/unit.html", context, parts={"unit": "organisation/unit_body.html"})


@require_safe
@for_insiders
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to a unit, newest first."""
    about = _unit(pk)
    entries, before = newest_history(about, reader=reader(request), before=last_id(request))
    context = {"thing": about, "entries": entries, "before": before, "crumbs": crumbs_to(about)}
    return page_or_part(
        request, "organisation/history.html", context, parts={"history": "organisation/history_list.html"}
    )


@form_or_post
@for_insiders
def create(request: HttpRequest) -> HttpResponse:
    """A new unit."""
    _check(request)
    action = Action(
        title=_("Add a business unit"),
        about=_("Its departments come next."),
        button=_("Add"),
        back=crumbs_to()[0][1],
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.create_unit(fields["name"], head=fields["head"], actor=viewer(request))
        return _("%(name)s is a business unit now.") % {"name": made.name}

    return ask(request, action, NewUnitForm, do)


@form_or_post
@for_insiders
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name, or another head."""
    unit = _unit(pk)
    _check(request)
    action = Action(title=_("Change this unit"), about=unit.name, button=_("Save"), back=url_of(unit))
    initial = {"name": unit.name, "head": unit.head}

    def do(fields: dict[str, Any]) -> str:
        changed = fields["changed"]

        def act() -> None:
            if "name" in changed:
                commands.rename_unit(unit, name=fields["name"], actor=viewer(request))
            if "head" in changed:
                commands.set_unit_head(unit, head=fields["head"], actor=viewer(request))

        commands.unless_changed(unit, act, *changed, since=fields["base_version"])
        return _("%(name)s is saved.") % {"name": unit.name}

    return ask(request, action, lambda *data: UnitForm(*data, version=unit.version, initial=initial), do)


@form_or_post
@for_insiders
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a unit that has no open departments; its successor is for those who look for it."""
    unit = _unit(pk)
    _check(request)
    others = BusinessUnit.objects.current().exclude(pk=unit.pk).order_by("name")
    is_archived = unit.archived_at is not None
    action = Action(
        title=_("Successor of %(name)s") % {"name": unit.name}
        if is_archived
        else _("Archive %(name)s") % {"name": unit.name},
        about=_("A unit is archived, never deleted: its history stays, and it can be opened again."),
        button=_("Save") if is_archived else _("Archive"),
        back=url_of(unit),
        kind="primary" if is_archived else "danger",
    )
    initial = {"successor": unit.merged_into}

    def do(chosen: Chosen, since: int | None) -> str:
        successor, actor = chosen["successor"], viewer(request)

        def act() -> None:
            if is_archived:
                commands.set_unit_successor(unit, successor=successor, actor=actor)
            else:
                commands.archive_unit(unit, merged_into=successor, actor=actor)

        commands.unless_changed(unit, act, "archived_at", "merged_into", since=since)
        return _("%(name)s is archived.") % {"name": unit.name}

    return weigh(
        request,
        action,
        lambda *data: UnitSuccessorForm(*data, units=others, initial=initial),
        lambda _chosen: [] if is_archived else of_unit_archive(unit),
        do,
        version=unit.version,
        crumbs=crumbs_to(unit),
    )


@form_or_post
@for_insiders
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an archived unit again."""
    _check(request)
    about = _("It can take departments and touchpoints again. Its departments stay archived until they are opened.")
    return reopen(request, _unit(pk), about, commands.restore_unit)


@form_or_post
@for_insiders
def create_department(request: HttpRequest, pk: int) -> HttpResponse:
    """A new department in this unit."""
    unit = _unit(pk)
    _check(request)
    action = Action(
        title=_("Add a department"),
        about=_("Departments own touchpoints. Its people and leads come next."),
        button=_("Add"),
        back=url_of(unit),
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.create_department(
            fields["name"], unit=fields["unit"], code=fields["code"], actor=viewer(request)
        )
        return _("%(name)s is a department of %(unit)s now.") % {"name": made.name, "unit": made.unit.name}

    def make(data: Any = None) -> NewDepartmentForm:
        return NewDepartmentForm(data, initial={"unit": unit.pk})

    return ask(request, action, make, do)
