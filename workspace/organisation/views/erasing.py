"""Erasing a person who has gone: for good, so the address is typed once more."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from workspace.acting import Action, ask
from workspace.organisation import commands
from workspace.organisation.forms import EraseForm
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer
from workspace.organisation.rules.people import may_administer
from workspace.organisation.views.pages import for_insiders, form_or_post, url_of
from workspace.organisation.views.people import person_at


@form_or_post
@for_insiders
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away all that says who it was."""
    person = person_at(pk)
    may_administer(standing_of(viewer(request))).or_not_allowed()
    action = Action(
        title=_("Erase this person"),
        about=_(
            "Name, address, ways to sign in and what files brought about %(name)s are deleted for good. What they did "
            "stays in the history, without a name; texts that others wrote stay as they are."
        )
        % {"name": person.name},
        button=_("Erase for good"),
        back=url_of(person),
        kind="danger",
    )

    def do(_fields: dict[str, Any]) -> str:
        commands.erase_person(person, actor=viewer(request))
        return _("The person was erased.")

    return ask(request, action, lambda *data: EraseForm(*data, email=person.email), do)
