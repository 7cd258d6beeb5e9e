"""How an action on a page goes: what it is about, its form as a dialog or a page, the command, and the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from workspace.answers import asks_for, done, page_or_part, way_back
from workspace.errors import RuleBroken, StaleWrite, Unknown

M = TypeVar("M", bound=Model)
Text = str | Promise

DIALOG = "dialog-slot"


def found(visible: QuerySet[M], pk: int) -> M:
    """The thing with this id among those that the viewer may see. Raises Unknown, alike for missing and hidden ones."""
    thing = visible.filter(pk=pk).first()
    if thing is None:
        noun = visible.model._meta.verbose_name
        raise Unknown(
            _("There is no %(noun)s %(id)s that you can see.") % {"noun": noun, "id": pk},
            next_step=_("Check the address, or start from the navigation."),
        )
    return thing


@dataclass(frozen=True, slots=True)
class Action:
    """An action that asks for something before it is done. `back` is where it came from and leads to."""

    title: Text
    about: Text
    button: Text
    back: str
    kind: str = "primary"


def ask(
    request: HttpRequest,
    action: Action,
    make_form: Callable[..., forms.Form],
    do: Callable[[dict[str, Any]], Text | HttpResponse],
) -> HttpResponse:
    """Show the form (GET), or do the action with what was filled in (POST) and say what `do` returns, or answer it.

    A form that cannot be taken comes back with what was typed, and 422; so does a command that says RuleBroken. A form
    that knows its `base_version` comes back with 409 when that is no longer so, and may then be sent again.
    """
    if request.method != "POST":
        return _show(request, action, make_form())
    form = make_form(request.POST)
    if not form.is_valid():
        return _show(request, action, form, status=422)
    try:
        text = do(form.cleaned_data)
    except RuleBroken as refusal:
        form.add_error(None, str(refusal))
        return _show(request, action, form, status=422)
    except StaleWrite as refusal:
        if "base_version" not in form.fields:
            raise
        return _show(request, action, _fresh(request, make_form, refusal), status=409)
    return text if isinstance(text, HttpResponse) else done(request, str(text), back=action.back)


def _fresh(request: HttpRequest, make_form: Callable[..., forms.Form], refusal: StaleWrite) -> forms.Form:
    """The form with what was typed, made anew about what stands now, and why it was not taken."""
    typed = request.POST.copy()
    typed["base_version"] = str(refusal.version)
    form = make_form(typed)
    form.add_error(None, str(refusal))
    return form


def _show(request: HttpRequest, action: Action, form: forms.Form, *, status: int = 200) -> HttpResponse:
    form.auto_id = "action_%s"  # a dialog lies over a page whose filters may have fields of the same names
    return page_or_part(
        request,
        "ui/action.html",
        {
            "action": action,
            "form": form,
            "back": way_back(request, action.back),
            "in_dialog": asks_for(request) == DIALOG,
        },
        parts={DIALOG: "ui/action_dialog.html"},
        status=status,
    )


def take(form: forms.Form) -> dict[str, Any]:
    """What a form of buttons and hidden fields brought. Raises RuleBroken with what was wrong."""
    if not form.is_valid():
        wrong = "; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items())
        raise RuleBroken(_("That cannot be taken: %(wrong)s") % {"wrong": wrong}, next_step=_("Reload the page."))
    return form.cleaned_data
