"""What administrators do with a person; a delegate is named by the person themselves, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from workspace import clock
from workspace.acting import Action, ask
from workspace.organisation import commands
from workspace.organisation.forms import (
    Confirmation,
    DelegateForm,
    EmailForm,
    LeavingForm,
    NewPersonForm,
    PersonForm,
    RoleForm,
    TakeOverForm,
    open_departments,
)
from workspace.organisation.models import Person
from workspace.organisation.queries.consequences import of_leaving
from workspace.organisation.queries.people import standing_of
from workspace.organisation.registry import Leaving, Matter
from workspace.organisation.requests import viewer
from workspace.organisation.rules.people import may_administer, may_set_delegate
from workspace.organisation.views.pages import crumbs_to, for_insiders, form_or_post, url_of
from workspace.organisation.views.people import person_at
from workspace.organisation.views.weighing import Chosen, weigh


def _person(request: HttpRequest, pk: int) -> Person:
    """The person, for an administrator alone."""
    person = person_at(pk)
    may_administer(standing_of(viewer(request))).or_not_allowed()
    return person


@form_or_post
@for_insiders
def create(request: HttpRequest) -> HttpResponse:
    """Add a person who cannot sign in yet."""
    may_administer(standing_of(viewer(request))).or_not_allowed()
    departments = open_departments()
    action = Action(
        title=_("Add a person"),
        about=_("They can be named everywhere at once, and sign in when they have a password."),
        button=_("Add"),
        back=reverse("organisation:people"),
    )

    def do(fields: dict[str, Any]) -> str:
        made = commands.create_person(
            fields["email"],
            name=fields["name"],
            job_title=fields["job_title"],
            department=fields["department"],
            role=fields["role"],
            actor=viewer(request),
        )
        return _("%(name)s is here now.") % {"name": made.name}

    initial = {"department": request.GET.get("department")}
    return ask(request, action, lambda *data: NewPersonForm(*data, departments=departments, initial=initial), do)


@form_or_post
@for_insiders
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Name, title, home department and time zone."""
    person, departments = _person(request, pk), open_departments()
    if person.department and person.department.archived_at is not None:
        departments.append(person.department)
    action = Action(title=_("Change this person"), about=person.name, button=_("Save"), back=url_of(person))
    initial = {name: getattr(person, name) for name in ("name", "job_title", "department", "time_zone")}

    def make(*data: Any) -> PersonForm:
        return PersonForm(*data, departments=departments, version=person.version, initial=initial)

    def do(fields: dict[str, Any]) -> str:
        changed = {name: fields[name] for name in fields["changed"]}

        def act() -> None:
            if changed:
                has_home = changed.get("department", True) is not None
                commands.change_person(person, **changed, has_home=has_home, actor=viewer(request))

        commands.unless_changed(person, act, *changed, since=fields["base_version"])
        return _("%(name)s is saved.") % {"name": person.name}

    return ask(request, action, make, do)


@form_or_post
@for_insiders
def email(request: HttpRequest, pk: int) -> HttpResponse:
    """Another address to sign in with."""
    person = _person(request, pk)
    action = Action(
        title=_("Change the e-mail address"),
        about=_("%(name)s signs in with the new address from then on.") % {"name": person.name},
        button=_("Save"),
        back=url_of(person),
    )

    def do(fields: dict[str, Any]) -> str:
        def act() -> None:
            commands.change_email(person, email=fields["email"], actor=viewer(request))

        commands.unless_changed(person, act, "email", since=fields["base_version"])
        return _("The address of %(name)s is saved.") % {"name": person.name}

    initial = {"email": person.email}
    return ask(request, action, lambda *data: EmailForm(*data, version=person.version, initial=initial), do)


@form_or_post
@for_insiders
def delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Who stands in, named by the person or an administrator."""
    person = person_at(pk)
    may_set_delegate(standing_of(viewer(request)), person_id=pk).or_not_allowed()
    action = Action(
        title=_("Delegate"),
        about=_("Who answers in place of %(name)s once they are gone?") % {"name": person.name},
        button=_("Save"),
        back=url_of(person),
    )

    def do(fields: dict[str, Any]) -> str:
        def act() -> None:
            if "delegate" in fields["changed"]:
                commands.set_delegate(person, delegate=fields["delegate"], actor=viewer(request))

        commands.unless_changed(person, act, *fields["changed"], since=fields["base_version"])
        if person.delegate is None:
            return _("Nobody stands in for %(name)s.") % {"name": person.name}
        return _("%(delegate)s stands in for %(name)s.") % {"delegate": person.delegate.name, "name": person.name}

    initial = {"delegate": person.delegate}
    return ask(request, action, lambda *data: DelegateForm(*data, version=person.version, initial=initial), do)


@form_or_post
@for_insiders
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person in again."""
    person = _person(request, pk)
    action = Action(
        title=_("Let %(name)s in again") % {"name": person.name},
        about=_("They sign in as before, and their leaving date is gone. What went to others stays there."),
        button=_("Let in"),
        back=url_of(person),
    )

    def do(fields: dict[str, Any]) -> str:
        def act() -> None:
            commands.reactivate_person(person, actor=viewer(request))

        commands.unless_changed(person, act, "is_active", "left_on", since=fields["base_version"])
        return _("%(name)s is here again.") % {"name": person.name}

    return ask(request, action, lambda *data: Confirmation(*data, version=person.version), do)


def _seen_off(
    request: HttpRequest, person: Person, fields: tuple[str, ...], end: Callable[[Chosen], object]
) -> Callable[[Chosen, int | None], None]:
    """What hands over what somebody is to take over, and then ends the person's time; in one transaction."""

    def do(chosen: Chosen, since: int | None) -> None:
        def act() -> None:
            commands.see_off(
                person,
                lambda: end(chosen),
                to=chosen["to"],
                with_leads=bool(chosen["with_leads"]),
                actor=viewer(request),
            )

        commands.unless_changed(person, act, *fields, since=since)

    return do


def _weighed(person: Person) -> Callable[[Chosen], list[Matter]]:
    def matters(chosen: Chosen) -> list[Matter]:
        to = chosen["to"] if chosen["to"] != person else None
        return of_leaving(person, Leaving(to, with_leads=bool(chosen["with_leads"])))

    return matters


@form_or_post
@for_insiders
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut a person out at once, with everything that hangs on them shown before."""
    person = _person(request, pk)
    action = Action(
        title=_("Deactivate %(name)s") % {"name": person.name},
        about=_("They are signed out everywhere and cannot sign in. Nothing that they did is lost."),
        button=_("Deactivate"),
        back=url_of(person),
        kind="danger",
    )
    end = _seen_off(
        request, person, ("is_active",), lambda _chosen: commands.deactivate_person(person, actor=viewer(request))
    )

    def do(chosen: Chosen, since: int | None) -> str:
        end(chosen, since)
        return _("%(name)s is deactivated.") % {"name": person.name}

    return weigh(
        request,
        action,
        TakeOverForm,
        _weighed(person),
        do,
        version=person.version,
        crumbs=crumbs_to(person, people=True),
    )


@form_or_post
@for_insiders
def leaving(request: HttpRequest, pk: int) -> HttpResponse:
    """Note the day on which a person is gone, or take the note back."""
    person = _person(request, pk)
    action = Action(
        title=_("When does %(name)s leave?") % {"name": person.name},
        about=_("From that day on they cannot sign in. Whoever takes over does so now."),
        button=_("Save"),
        back=url_of(person),
        kind="primary",
    )
    end = _seen_off(
        request,
        person,
        ("left_on", "is_active"),
        lambda chosen: commands.set_leaving_date(person, on=chosen["on"], actor=viewer(request)),
    )

    def do(chosen: Chosen, since: int | None) -> str:
        end(chosen, since)
        if chosen["on"] is None:
            return _("%(name)s stays.") % {"name": person.name}
        names = {"name": person.name, "day": date_format(chosen["on"])}
        if chosen["on"] <= clock.today():
            return _("%(name)s is gone since %(day)s.") % names
        return _("%(name)s leaves on %(day)s.") % names

    def make(data: Any = None) -> LeavingForm:
        return LeavingForm(data, initial={"on": person.left_on})

    weighed = _weighed(person)
    return weigh(
        request,
        action,
        make,
        lambda chosen: weighed(chosen) if chosen["on"] or chosen["to"] else [],
        do,
        version=person.version,
        crumbs=crumbs_to(person, people=True),
    )


@form_or_post
@for_insiders
def role(request: HttpRequest, pk: int) -> HttpResponse:
    """Another role; a guest leads, heads and answers for nothing."""
    person = _person(request, pk)
    action = Action(
        title=_("Role of %(name)s") % {"name": person.name},
        about=_("Lead, deputy and head of a unit are not roles: they are named on the department or unit."),
        button=_("Save"),
        back=url_of(person),
        kind="primary",
    )

    def make(data: Any = None) -> RoleForm:
        return RoleForm(data, initial={"role": person.role})

    def matters(chosen: Chosen) -> list[Matter]:
        if chosen["role"] != Person.Role.GUEST or person.is_guest:
            return []
        return of_leaving(person, Leaving(keeps=False))

    def do(chosen: Chosen, since: int | None) -> str:
        def act() -> None:
            commands.set_role(person, role=chosen["role"], actor=viewer(request))

        commands.unless_changed(person, act, "role", since=since)
        return _("%(name)s is %(role)s now.") % {"name": person.name, "role": person.get_role_display()}

    return weigh(
        request,
        action,
        make,
        matters,
        do,
        version=person.version,
        is_ready=lambda chosen: chosen["role"] != person.role,
        crumbs=crumbs_to(person, people=True),
    )
