"""My work: my stories over all teams, what waits for my approval, and when I am away."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from sprints import commands
from sprints.models import Approval, Story
from sprints.planning_forms import ChangesWantedForm
from sprints.queries.my_work import my_work
from sprints.queries.team_pages import teams_of
from sprints.rules.approvals import may_answer
from sprints.views.teams import for_insiders, form_or_post
from workspace.acting import Action, ask, found
from workspace.answers import done, page_or_part
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What one works on and is asked for. 6 statements, however much it is."""
    person = viewer(request)
    for_insiders(person)
    context = {
        "work": my_work(person),
        "teams": list(teams_of(person).order_by("name")),
        "here": request.path,
    }
    return page_or_part(request, "sprints/my_work.html", context, parts={"my-work": "sprints/my_work_body.html"})


def _approval(request: HttpRequest, pk: int) -> Approval:
    person = viewer(request)
    for_insiders(person)
    visible = Story.objects.visible_to(person).order_by().values("pk")
    return found(Approval.objects.filter(story__in=visible).select_related("story__team"), pk)


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """It may go out as it is."""
    approval = commands.answer_approval(_approval(request, pk), approved=True, actor=viewer(request))
    text = _("%(asset)s is approved.") % {"asset": approval.asset}
    return done(request, text, back=reverse("sprints:my_work"))


@form_or_post
def want_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """It may not go out as it is; the note says why."""
    approval = _approval(request, pk)
    may_answer(
        standing_of(viewer(request)), person_id=approval.person_id, asked_by_id=approval.asked_by_id
    ).or_not_allowed()
    action = Action(
        title=_("Ask for changes"),
        about=f"{approval.asset} · {approval.story.code} {approval.story.title}",
        button=_("Send"),
        back=reverse("sprints:my_work"),
    )

    def do(fields: dict[str, Any]) -> str:
        commands.answer_approval(approval, approved=False, note=fields["note"], actor=viewer(request))
        return _("You asked for changes of %(asset)s.") % {"asset": approval.asset}

    return ask(request, action, ChangesWantedForm, do)
