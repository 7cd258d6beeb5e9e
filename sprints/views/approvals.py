"""The page on which somebody outside says whether an asset may go out. The link is all that they need to have."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sprints import commands
from sprints.approval_forms import APPROVED, AnswerForm
from sprints.downloads import attachment_file
from sprints.queries.approvals import Asked, asked_by_link
from workspace.errors import RuleBroken, Unknown

R = TypeVar("R", bound=HttpResponseBase)

PAGE = "sprints/approval_outside.html"


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def approve_outside(request: HttpRequest, secret: str) -> HttpResponse:
    """Look at the question, and answer it once. Looking uses nothing up: mail programs follow links before people."""
    asked = asked_by_link(secret)
    if asked is None:
        return _private(_not_found(request))
    if not asked.is_open:
        return _private(_page(request, asked, status=410))
    if request.method != "POST":
        return _private(_page(request, asked, form=AnswerForm(), secret=secret))
    return _private(_answered(request, asked, secret))


@login_not_required
@require_safe
def approval_attachment(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The file that the question is about, for as long as it waits for an answer."""
    asked = asked_by_link(secret)
    if asked is None:
        return _private(_not_found(request))
    if not asked.is_open:
        return _private(_page(request, asked, status=410))
    attachment = asked.approval.attachment
    if attachment is None or attachment.deleted_at is not None:
        return _private(_not_found(request))
    return _private(attachment_file(attachment))


def _answered(request: HttpRequest, asked: Asked, secret: str) -> HttpResponse:
    form = AnswerForm(request.POST)
    if form.is_valid():
        approved = form.cleaned_data["answer"] == APPROVED
        try:
            approval = commands.answer_by_link(secret, approved=approved, note=form.cleaned_data["note"])
        except RuleBroken as refusal:
            form.add_error("note", str(refusal))
        except Unknown:  # somebody was faster
            return _page(request, asked_by_link(secret) or asked, status=410)
        else:
            return _page(request, Asked(approval, "thanks"))
    return _page(request, asked, form=form, secret=secret, status=422)


def _page(request: HttpRequest, asked: Asked, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"asked": asked, "approval": asked.approval, "story": asked.approval.story, **more}
    return render(request, PAGE, context, status=status)


def _not_found(request: HttpRequest) -> HttpResponse:
    words = {
        "reason": _("This link opens no question."),
        "next_step": _("Check that it is whole, or ask whoever sent it to you for a new one."),
    }
    return render(request, "404.html", words, status=404)


def _private(response: R) -> R:
    """The address is the secret: no cache keeps the page, no search engine lists it, and links tell the host alone.

    "no-referrer" would tell nothing at all, but then browsers send no origin with the form, and it would be refused.
    """
    patch_cache_control(response, private=True, no_store=True)
    response["Referrer-Policy"] = "strict-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
