"""A department, and what administrators and the head of its unit do with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from workspace.acting import Action, ask, found
from workspace.answers import page_or_part
from workspace.organisation import commands
from workspace.organisation.forms import (
    MOVE,
    Confirmation,
    DepartmentForm,
    LeadForm,
    OtherUnitForm,
    SuccessorForm,
    open_departments,
)
from workspace.organisation.models import BusinessUnit, Department, Person
from workspace.organisation.queries.consequences import of_archive, of_lead_removal, of_unit_change
from workspace.organisation.queries.pages import department_page
from workspace.organisation.queries.people import standing_of
from workspace.organisation.registry import Matter
from workspace.organisation.requests import reader, viewer
from workspace.organisation.rules.people import may_administer, may_appoint_lead
from workspace.organisation.views.pages import (
    crumbs_to,
    for_insiders,
    form_or_post,
    last_id,
    newest_history,
    url_of,
)
from workspace.organisation.views.weighing import Chosen, reopen, weigh


def _check(request: HttpRequest) -> None:
    may_administer(standing_of(viewer(request))).or_not_allowed()


def _department(pk: int) -> Department:
    return found(Department.objects.select_related("unit", "merged_into"), pk)


@require_safe
@for_insiders
def department(request: HttpRequest, pk: int) -> HttpResponse:
    """A department with its leads, people and what it owns. At most 11 statements; the history comes after it."""
    shown = _department(pk)
    standing = standing_of(viewer(request))
    context = {
        "page": department_page(shown),
        "department": shown,
        "may": bool(may_administer(standing)),
        "may_appoint": bool(may_appoint_lead(standing, unit_id=shown.unit_id)),
        "crumbs": crumbs_to(shown.unit),
        "thing": shown,
        "history_of": "department",
    }
    return page_or_part(
        request, "organisation/department.html", context, parts={"department": "organisation/department_body.html"}
    )


@require_safe
@for_insiders
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to a department, newest first."""
    about = _department(pk)
    entries, before = newest_history(about, reader=reader(request), before=last_id(request))
    context = {"thing": about, "entries": entries, "before": before, "crumbs": crumbs_to(about.unit, about)}
    return page_or_part(
        request, "organisation/history.html", context, parts={"history": "organisation/history_list.html"}
    )


@form_or_post
@for_insiders
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name."""
    department = _department(pk)
    _check(request)
    action = Action(title=_("Rename this department"), about=department.name, button=_("Save"), back=url_of(department))

    def do(fields: dict[str, Any]) -> str:
        def act() -> None:
            if "name" in fields["changed"]:
                commands.change_department(department, name=fields["name"], actor=viewer(request))

        commands.unless_changed(department, act, *fields["changed"], since=fields["base_version"])
        return _("%(name)s is saved.") % {"name": department.name}

    initial = {"name": department.name}
    return ask(request, action, lambda *data: DepartmentForm(*data, version=department.version, initial=initial), do)


@form_or_post
@for_insiders
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """To another unit, with its people and all that it owns."""
    department = _department(pk)
    _check(request)
    others = BusinessUnit.objects.current().exclude(pk=department.unit_id).order_by("name")
    action = Action(
        title=_("Move %(name)s to another unit") % {"name": department.name},
        about=_("Its people and leads come along, and it keeps what it owns. The touchpoints stay where they happen."),
        button=_("Move"),
        back=url_of(department),
        kind="primary",
    )

    def do(chosen: Chosen, since: int | None) -> str:
        def act() -> None:
            commands.change_department(department, unit=chosen["unit"], actor=viewer(request))

        commands.unless_changed(department, act, "unit", "archived_at", since=since)
        names = {"name": department.name, "unit": chosen["unit"].name}
        return _("%(name)s is part of %(unit)s now.") % names

    return weigh(
        request,
        action,
        lambda *data: OtherUnitForm(*data, units=others),
        lambda chosen: of_unit_change(department, chosen["unit"]),
        do,
        version=department.version,
        is_ready=lambda chosen: chosen["unit"] is not None,
        crumbs=crumbs_to(department.unit, department),
    )


@form_or_post
@for_insiders
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a department, and bring what it holds to a successor: also later, where that was not done at once."""
    department, actor = _department(pk), viewer(request)
    _check(request)
    is_archived = department.archived_at is not None
    standing, offered = standing_of(actor), open_departments(but=department)
    action = Action(
        title=_("Successor of %(name)s") % {"name": department.name}
        if is_archived
        else _("Archive %(name)s") % {"name": department.name},
        about=_("A department is archived, never deleted: its history stays, and it can be opened again."),
        button=_("Save") if is_archived else _("Archive"),
        back=url_of(department),
        kind="primary" if is_archived else "danger",
    )

    def takes_over(chosen: Chosen) -> Department | None:
        return chosen["successor"] if chosen["holdings"] == MOVE else None

    def matters(chosen: Chosen) -> list[Matter]:
        return of_archive(department, takes_over(chosen), standing)

    def do(chosen: Chosen, since: int | None) -> str:
        to, successor = takes_over(chosen), chosen["successor"]

        def act() -> None:
            if to is not None:
                commands.merge_department(department, into=to, actor=actor)
            elif is_archived:
                commands.set_department_successor(department, successor=successor, actor=actor)
            else:
                commands.archive_department(department, merged_into=successor, actor=actor)

        commands.unless_changed(department, act, "archived_at", "merged_into", "unit", since=since)
        if to is not None:
            return _("%(name)s is archived; %(to)s took over.") % {"name": department.name, "to": to.name}
        return _("%(name)s is archived.") % {"name": department.name}

    initial = {"successor": department.merged_into}
    return weigh(
        request,
        action,
        lambda *data: SuccessorForm(*data, departments=offered, initial=initial),
        matters,
        do,
        version=department.version,
        crumbs=crumbs_to(department.unit, department),
    )


@form_or_post
@for_insiders
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an archived department again."""
    _check(request)
    about = _("It can own touchpoints and have people again. What went to another department stays there.")
    return reopen(request, _department(pk), about, commands.restore_department)


@form_or_post
@for_insiders
def add_lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Appoint a lead or a deputy."""
    department = _department(pk)
    may_appoint_lead(standing_of(viewer(request)), unit_id=department.unit_id).or_not_allowed()
    action = Action(
        title=_("Appoint a lead or deputy"),
        about=_("They speak for %(name)s: claim, hand over, confirm.") % {"name": department.name},
        button=_("Appoint"),
        back=url_of(department),
    )

    def do(fields: dict[str, Any]) -> str:
        commands.add_lead(department, person=fields["person"], is_deputy=fields["is_deputy"], actor=viewer(request))
        return _("%(person)s leads %(name)s now.") % {"person": fields["person"].name, "name": department.name}

    return ask(request, action, LeadForm, do)


@form_or_post
@for_insiders
def remove_lead(request: HttpRequest, pk: int, person_pk: int) -> HttpResponse:
    """End a leadership; the page says what the last lead leaves behind."""
    department = _department(pk)
    may_appoint_lead(standing_of(viewer(request)), unit_id=department.unit_id).or_not_allowed()
    person = found(Person.objects.filter(leaderships__department=department), person_pk)
    action = Action(
        title=_("%(person)s no longer leads %(name)s") % {"person": person.name, "name": department.name},
        about=_("They stay in the house and keep what they answer for in person."),
        button=_("End it"),
        back=url_of(department),
        kind="danger",
    )

    def do(_chosen: Chosen, _since: int | None) -> str:
        commands.remove_lead(department, person=person, actor=viewer(request))
        return _("%(person)s no longer leads %(name)s.") % {"person": person.name, "name": department.name}

    return weigh(
        request,
        action,
        lambda *data: Confirmation(*data, version=department.version),
        lambda _chosen: of_lead_removal(department, person),
        do,
        version=department.version,
        crumbs=crumbs_to(department.unit, department),
    )
