"""The handoffs of a department, by how they stand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from journeys.queries.directory import Directory, directory
from journeys.queries.handoff_list import Standing as Stands
from journeys.queries.handoff_list import counts_of, handoffs_of
from journeys.queries.overview.lists import crossing_rows
from journeys.views.pages import for_insiders
from workspace.answers import page_or_part
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer
from workspace.organisation.rules.standing import Standing

PER_PAGE = 50
ALL = "all"


class DepartmentChoice(forms.Form):
    """Whose handoffs are shown."""

    department = forms.ChoiceField(label=gettext_lazy("Department"), required=False)
    stands = forms.ChoiceField(required=False, choices=Stands.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["department"]
        field.choices = [(ALL, _("All departments")), *known.by_unit(known.open_departments())]


@require_safe
def handoffs(request: HttpRequest) -> HttpResponse:
    """Where one's department hands customers over, 50 at a time; `?department=` another one, or all. 7 statements."""
    person = viewer(request)
    for_insiders(person)
    standing, known = standing_of(person), directory()
    asked = request.GET.copy()
    if "department" not in asked:
        asked["department"] = str(_own(standing, known) or ALL)
    form = DepartmentChoice(asked, known=known)
    form.is_valid()
    department = form.cleaned_data.get("department") or ALL
    stands = form.cleaned_data.get("stands") or ""
    crossings = handoffs_of(None if department == ALL else int(department))
    counts = counts_of(crossings)
    paginator = Paginator(crossings.filter(stands=stands) if stands else crossings, PER_PAGE)
    paginator.count = counts[stands] if stands else sum(counts.values())
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": crossing_rows(list(page.object_list), standing, known),
        "form": form,
        "tabs": _tabs(department, stands, counts),
        "here": request.get_full_path(),
        "crumbs": [(_("Ownership"), reverse("journeys:overview"))],
    }
    return page_or_part(request, "journeys/handoffs.html", context, parts={"handoffs": "journeys/handoffs_list.html"})


def _own(standing: Standing, known: Directory) -> int | None:
    """The department that somebody sees first: one that they lead, for themselves before for others, or their home."""
    led = [d.id for d in known.open_departments() if standing.leads_department(d.id)]
    led.sort(key=lambda department_id: bool(standing.acts_for(departments=[department_id])))
    home = known.departments.get(standing.department_id or 0)
    return led[0] if led else home.id if home is not None and not home.archived else None


def _tabs(department: str, chosen: str, counts: dict[str, int]) -> list[dict[str, object]]:
    def tab(label: object, value: str, n: int) -> dict[str, object]:
        query = f"?department={department}" + (f"&stands={value}" if value else "")
        return {"label": label, "url": query, "count": n, "current": chosen == value}

    every = tab(_("All"), "", sum(counts.values()))
    return [every, *(tab(state.label, state.value, counts[state.value]) for state in Stands)]
