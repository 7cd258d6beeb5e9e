"""Tokens of one's own: which there are, a new one, and taking one back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sprints.models import Team
from workspace import clock
from workspace.answers import done
from workspace.errors import RuleBroken
from workspace.organisation.commands import make_token, revoke_token
from workspace.organisation.queries.tokens import tokens_of
from workspace.organisation.requests import viewer
from workspace.organisation.sign_in.account import once_more
from workspace.pages.token_forms import TokenForm


@never_cache
@require_safe
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens that are not revoked, with the teams that they are limited to."""
    person = viewer(request)
    held = tokens_of(person)
    ids = {limit.subject_id for token in held for limit in token.limits.all() if limit.noun == Team.NOUN}
    names = dict(Team.objects.visible_to(person).filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    now = clock.now()
    rows = [
        {
            "token": token,
            "where": _in([names.get(each.subject_id, "") for each in token.limits.all()]),
            "is_over": token.ends_at <= now,
        }
        for token in held
    ]
    return render(request, "account/tokens.html", {"rows": rows})


@never_cache
@once_more
@require_http_methods(["GET", "HEAD", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """Ask what the token is for (GET); make it, and show its secret this once (POST)."""
    person = viewer(request)
    teams = list(Team.objects.visible_to(person).open().order_by("name").values_list("pk", "name"))
    form = TokenForm(request.POST or None, may_administer=person.is_staff, teams=teams)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "account/token_new.html", {"form": form}, status=422 if request.method == "POST" else 200
        )
    chosen = form.cleaned_data
    try:
        made = make_token(
            person,
            name=chosen["name"],
            scope=chosen["scope"],
            term=form.term,
            limits={Team.NOUN: chosen.get("teams") or []},
            actor=person,
        )
    except RuleBroken as refusal:
        form.add_error(None, str(refusal))
        return render(request, "account/token_new.html", {"form": form}, status=422)
    return render(request, "account/token_made.html", {"token": made.token, "secret": made.secret})


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a token back."""
    revoke_token(pk, actor=viewer(request))
    return done(request, _("The token opens nothing any more."), back="tokens")


def _in(teams: list[str]) -> str:
    """Where alone a token opens something; "" for everywhere."""
    return _(", only in %(teams)s") % {"teams": ", ".join(filter(None, teams))} if teams else ""
