"""How a change that others feel goes: what it brings about is shown, choices change that, and then it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from workspace.acting import Action, ask
from workspace.answers import page_or_part
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation import commands
from workspace.organisation.forms import Confirmation
from workspace.organisation.models import BusinessUnit, Department
from workspace.organisation.registry import Matter
from workspace.organisation.requests import viewer
from workspace.organisation.views.pages import url_of

MakeForm = Callable[..., forms.Form]
Chosen = Mapping[str, Any]
Archived = TypeVar("Archived", BusinessUnit, Department)


def weigh(
    request: HttpRequest,
    action: Action,
    make_form: MakeForm,
    matters: Callable[[Chosen], Sequence[Matter]],
    do: Callable[[Chosen, int | None], str],
    *,
    version: int,
    is_ready: Callable[[Chosen], bool] = lambda _chosen: True,
    crumbs: Sequence[tuple[str, str]] = (),
) -> HttpResponse:
    """Show what a change brings about for what is chosen (GET), or do it (POST) and go back.

    One form does both: without JavaScript, too, the choices that are sent are those that stand there. The POST carries
    the choices and numbers that were shown: where others are chosen, or the numbers are others by now, nothing is done,
    and it is shown again with 409. `do` is given the choices, and the version of what was looked at.
    """
    status = 200
    if request.method == "POST":
        form = make_form(request.POST)
        status = 422
        if form.is_valid():
            try:
                _check_seen(request, form.cleaned_data, matters(form.cleaned_data))
                text = do(form.cleaned_data, _number(request.POST.get("base_version", "")))
            except RuleBroken as refusal:
                form.add_error(None, str(refusal))
            except StaleWrite as refusal:
                form.add_error(None, str(refusal))
                status = 409
            else:
                messages.success(request, text)
                return redirect(action.back)
    else:
        form = make_form(request.GET) if set(request.GET) & set(form_names(make_form)) else make_form()
    chosen = _chosen(form)
    weighed = list(matters(chosen))
    context = {
        "action": action,
        "form": form,
        "crumbs": crumbs,
        "matters": weighed,
        "seen": f"{_choices(chosen)}|{_numbers(weighed)}",
        "version": version,
        "is_ready": (not form.is_bound or form.is_valid() or status != 200) and is_ready(chosen),
    }
    return page_or_part(
        request,
        "organisation/weigh.html",
        context,
        parts={"consequences": "organisation/consequences.html"},
        status=status,
    )


def form_names(make_form: MakeForm) -> list[str]:
    """The names of a form's fields."""
    return list(make_form().fields)


def _chosen(form: forms.Form) -> Chosen:
    """What is chosen, as far as it can be read; what the form begins with where nothing was."""
    if form.is_bound:
        form.is_valid()
        return {name: form.cleaned_data.get(name) for name in form.fields}
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}


def _choices(chosen: Chosen) -> str:
    """What is chosen, alike for what a form begins with and what is sent; the version is not a choice."""
    named = {name: value.pk if isinstance(value, Model) else value for name, value in sorted(chosen.items())}
    return ",".join(f"{name}:{value or ''}" for name, value in named.items() if name != "base_version")


def _numbers(matters: Sequence[Matter]) -> str:
    return ",".join(f"{matter.code}:{matter.count}" for matter in matters)


def reopen(request: HttpRequest, archived: Archived, about: str, restore: Callable[..., Any]) -> HttpResponse:
    """Ask whether to open an archived unit or department again, and do it."""
    action = Action(
        title=_("Open %(name)s again") % {"name": archived.name},
        about=about,
        button=_("Open again"),
        back=url_of(archived),
    )

    def do(fields: dict[str, Any]) -> str:
        def act() -> None:
            restore(archived, actor=viewer(request))

        commands.unless_changed(archived, act, "archived_at", since=fields["base_version"])
        return _("%(name)s is open again.") % {"name": archived.name}

    return ask(request, action, lambda *data: Confirmation(*data, version=archived.version), do)


def _check_seen(request: HttpRequest, chosen: Chosen, matters: Sequence[Matter]) -> None:
    seen = request.POST.get("seen")
    if seen is None:
        return
    choices, _separator, numbers = seen.partition("|")
    if choices != _choices(chosen):
        raise StaleWrite(
            _("You chose otherwise since this was shown, so nothing was done yet."),
            next_step=_("Look at what it brings about, and send it again."),
        )
    if numbers != _numbers(matters):
        raise StaleWrite(
            _("What this brings about has changed since you looked at it, so nothing was done."),
            next_step=_("Look at the numbers below again."),
        )


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < len(str(2**31)) else None
