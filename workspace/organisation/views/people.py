"""People: the list, a person, and suggestions while somebody types a name."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workspace.acting import found
from workspace.answers import page_or_part
from workspace.organisation.filters import PersonFilter, with_words
from workspace.organisation.models import Person
from workspace.organisation.queries.invitations import invitation_state
from workspace.organisation.queries.pages import person_page
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import reader, viewer
from workspace.organisation.rules.invitations import may_invite
from workspace.organisation.rules.people import may_administer, may_set_delegate
from workspace.organisation.views.pages import (
    crumbs_to,
    for_insiders,
    last_id,
    newest_history,
    views_of_organisation,
)

PER_PAGE = 50
SUGGESTED = 10


@require_safe
@for_insiders
def people(request: HttpRequest) -> HttpResponse:
    """People by name, found while typing, 50 at a time. 6 statements."""
    everybody = Person.objects.select_related("department__unit").filter(erased_at__isnull=True)
    narrowed = PersonFilter(request.GET, queryset=everybody)
    page = Paginator(narrowed.qs.order_by("name", "email"), PER_PAGE).get_page(request.GET.get("page"))
    standing = standing_of(viewer(request))
    may = bool(may_administer(standing))
    context = {
        "page": page,
        "filter": narrowed,
        "is_narrowed": any(request.GET.get(name) for name in narrowed.form.fields),
        "views": views_of_organisation("people", may=may),
        "may": may,
        "may_invite": bool(may_invite(standing, role=Person.Role.GUEST)),
    }
    return page_or_part(request, "organisation/people.html", context, parts={"people": "organisation/people_list.html"})


@require_safe
@for_insiders
def suggest(request: HttpRequest) -> HttpResponse:
    """People whose name or address holds what was typed in the field that `field` names, as options. 3 statements."""
    words = request.GET.get(request.GET.get("field", ""), "").strip()[:100]
    people = Person.objects.active().select_related("department").order_by("name", "email")
    listed = list(with_words(people, words, "name", "email")[:SUGGESTED]) if len(words) > 1 else []
    return render(request, "organisation/suggestions.html", {"people": listed})


def person_at(pk: int) -> Person:
    """The person with this id, with their home and delegate."""
    return found(Person.objects.select_related("department__unit", "delegate"), pk)


@require_safe
@for_insiders
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """A person, what they lead, head and answer for. At most 12 statements; the history comes after it."""
    shown = person_at(pk)
    standing = standing_of(viewer(request))
    context = {
        "page": person_page(shown),
        "person": shown,
        "may": bool(may_administer(standing)),
        "may_delegate": bool(may_set_delegate(standing, person_id=shown.pk)),
        "invited": invitation_state(shown, standing),
        "is_self": viewer(request).pk == shown.pk,
        "crumbs": crumbs_to(people=True),
        "thing": shown,
        "history_of": "person",
    }
    return page_or_part(request, "organisation/person.html", context, parts={"person": "organisation/person_body.html"})


@require_safe
@for_insiders
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened to a person, newest first."""
    about = person_at(pk)
    entries, before = newest_history(about, reader=reader(request), before=last_id(request))
    context = {"thing": about, "entries": entries, "before": before, "crumbs": crumbs_to(about, people=True)}
    return page_or_part(
        request, "organisation/history.html", context, parts={"history": "organisation/history_list.html"}
    )
