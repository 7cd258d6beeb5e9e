"""The tokens of the whole house, for administrators: whose they are, what they open, and taking one back."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from workspace import clock
from workspace.acting import Action, ask, found
from workspace.answers import page_or_part
from workspace.organisation import commands
from workspace.organisation.filters import TokenFilter
from workspace.organisation.forms import TakeBackForm
from workspace.organisation.models import Token
from workspace.organisation.queries.people import standing_of
from workspace.organisation.queries.tokens import named_limits, tokens_of_house
from workspace.organisation.requests import viewer
from workspace.organisation.rules.people import may_administer
from workspace.organisation.views.pages import for_insiders, form_or_post, views_of_organisation

PER_PAGE = 50


def _check(request: HttpRequest) -> None:
    may_administer(standing_of(viewer(request))).or_not_allowed()


@never_cache
@require_safe
@for_insiders
def tokens(request: HttpRequest) -> HttpResponse:
    """Everybody's tokens, those that end first on top, 50 at a time; never a secret. At most 8 statements."""
    _check(request)
    narrowed = TokenFilter(request.GET, queryset=tokens_of_house())
    page = Paginator(narrowed.qs.order_by("ends_at", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    limits, now = named_limits(page.object_list), clock.now()
    rows = [{"token": token, "limits": limits[token.pk], "is_over": token.ends_at <= now} for token in page]
    context = {
        "page": page,
        "rows": rows,
        "filter": narrowed,
        "is_narrowed": any(request.GET.get(name) for name in narrowed.form.fields),
        "whose": narrowed.form.cleaned_data.get("person"),
        "views": views_of_organisation("tokens", may=True),
    }
    return page_or_part(request, "organisation/tokens.html", context, parts={"tokens": "organisation/tokens_list.html"})


@form_or_post
@for_insiders
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke somebody's token, and say why."""
    _check(request)
    token = found(Token.objects.select_related("person").filter(revoked_at__isnull=True), pk)
    action = Action(
        title=_("Take back “%(name)s”") % {"name": token.name},
        about=_("The program that acts with it for %(person)s is let in nowhere any more, at once and for good.")
        % {"person": token.person.name},
        button=_("Take back"),
        back=reverse("organisation:tokens"),
        kind="danger",
    )

    def do(fields: dict[str, Any]) -> str:
        commands.revoke_token(token.pk, reason=fields["reason"], actor=viewer(request))
        return _("The token “%(name)s” of %(person)s opens nothing any more.") % {
            "name": token.name,
            "person": token.person.name,
        }

    return ask(request, action, TakeBackForm, do)
