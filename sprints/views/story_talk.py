"""What hangs on a story: its checklist, its comments, its attachments, its approvals. Each answers with its section."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from journeys.models import Touchpoint
from sprints import commands
from sprints.forms import AnswerApprovalForm, AskApprovalForm, CommentForm, NothingForm
from sprints.models import Approval, Attachment, ChecklistItem, Comment, Story
from sprints.queries.mentions import as_typed, people_to_mention
from sprints.queries.story_page import story_page
from sprints.rules.working import may_work
from sprints.views.stories import context_of, story_of
from workspace.acting import Action, ask, found
from workspace.answers import asks_for
from workspace.errors import RuleBroken
from workspace.organisation.models import Person
from workspace.organisation.requests import viewer

FOUND = 8
"""So many touchpoints or people are offered for what is typed."""
form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def _section(request: HttpRequest, held: Story, name: str, *, said: str = "", tone: str = "good") -> HttpResponse:
    """The section of the page after a change; without a script, the page itself."""
    if not getattr(request, "htmx", False):
        return redirect(f"{held.get_absolute_url()}#story-{name}")
    page = story_page(story_of(request, held.team.key, held.number), viewer(request))
    response = render(request, f"sprints/story_{name}.html", context_of(request, page))
    triggers: dict[str, Any] = {"story-saved": {"story": held.pk}}
    if said:
        triggers["toast"] = {"text": said, "tone": tone}
    response.headers["HX-Trigger"] = json.dumps(triggers)
    return response


# --- Checklist --------------------------------------------------------------------------------------------------------


@require_POST
def add_item(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Add a line to the checklist."""
    held = story_of(request, key, number)
    commands.add_item(held, text=request.POST.get("text", ""), actor=viewer(request))
    return _section(request, held, "items")


@require_POST
def change_item(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Tick a line or untick it (`ticked`), give it another text, or another place (`position`)."""
    held = story_of(request, key, number)
    item = found(ChecklistItem.objects.filter(story=held).select_related("story"), pk)
    position = request.POST.get("position", "")
    if position.isdecimal() and len(position) < 9:
        commands.move_item(item, position=int(position), actor=viewer(request))
    elif "text" in request.POST:
        commands.change_item(item, text=request.POST["text"], actor=viewer(request))
    else:
        commands.change_item(item, is_ticked="ticked" in request.POST, actor=viewer(request))
    return _section(request, held, "items")


@require_POST
def remove_item(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Take a line off the checklist."""
    held = story_of(request, key, number)
    item = found(ChecklistItem.objects.filter(story=held).select_related("story"), pk)
    commands.remove_item(item, actor=viewer(request))
    return _section(request, held, "items")


# --- Comments ---------------------------------------------------------------------------------------------------------


@require_POST
def comment(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Say something about the story. What cannot be taken comes back with what was typed."""
    held = story_of(request, key, number)
    text = request.POST.get("text", "")
    try:
        commands.write_comment(held, text=text, actor=viewer(request))
    except RuleBroken as refusal:
        page = story_page(story_of(request, key, number), viewer(request))
        context = context_of(request, page) | {"typed": text, "refused": str(refusal)}
        template = "sprints/story_comments.html" if getattr(request, "htmx", False) else "sprints/story.html"
        return render(request, template, context, status=refusal.status)
    return _section(request, held, "comments")


@form_or_post
def change_comment(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Say it in other words."""
    held = story_of(request, key, number)
    said = found(Comment.objects.filter(story=held, deleted_at__isnull=True), pk)
    action = Action(title=_("Change your comment"), about=held.title, button=_("Save"), back=held.get_absolute_url())
    start = {"text": as_typed(said.text), "base_version": said.version}

    def do(fields: dict[str, Any]) -> str:
        commands.change_comment(said, text=fields["text"], base_version=fields["base_version"], actor=viewer(request))
        return _("Saved.")

    def make(*data: Any) -> CommentForm:
        return CommentForm(data[0] if data else None, initial=start)

    return ask(request, action, make, do)


@form_or_post
def delete_comment(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Take back what was said."""
    held = story_of(request, key, number)
    said = found(Comment.objects.filter(story=held, deleted_at__isnull=True), pk)
    action = Action(
        title=_("Delete this comment?"), about=str(said), button=_("Delete"), back=held.get_absolute_url(),
        kind="danger",
    )  # fmt: skip

    def do(_fields: dict[str, Any]) -> str:
        commands.delete_comment(said, actor=viewer(request))
        return _("The comment is deleted.")

    return ask(request, action, NothingForm, do)


@require_safe
def people(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Whom an `@` can mention, by what was typed after it."""
    held = story_of(request, key, number)
    me, typed = viewer(request), request.GET.get("q", "").replace("\0", "").strip()
    seen = people_to_mention(held.team_id)
    if me.is_guest:
        seen = seen.filter(memberships__team=held.team_id)
    names = list(seen.filter(name__icontains=typed).values_list("name", flat=True)[:FOUND]) if typed else []
    return render(request, "sprints/story_people.html", {"names": names})


# --- Attachments ------------------------------------------------------------------------------------------------------


@require_POST
def attach(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Attach files: all that can be taken; of the others, why not."""
    held = story_of(request, key, number)
    may_work(story_page(held, viewer(request)).standing).or_not_allowed()
    sent = request.FILES.getlist("file")
    if not sent:
        raise RuleBroken(_("No file was sent."), next_step=_("Choose one, then press the button again."))
    refused: list[RuleBroken] = []
    for file in sent:
        try:
            commands.attach_file(held, name=file.name or "", content=file, actor=viewer(request))
        except RuleBroken as refusal:
            refused.append(refusal)
    if len(refused) == len(sent):
        raise refused[0]
    return _section(request, held, "files", said=" ".join(map(str, refused)), tone="bad")


@require_POST
def remove_attachment(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Take a file off the story."""
    held = story_of(request, key, number)
    file = found(Attachment.objects.filter(story=held, deleted_at__isnull=True).select_related("story"), pk)
    commands.remove_attachment(file, actor=viewer(request))
    return _section(request, held, "files", said=_("Taken off: %(name)s") % {"name": file.name})


# --- Approvals --------------------------------------------------------------------------------------------------------


@form_or_post
def ask_approval(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Ask somebody of the house, or an address outside, whether an asset may go out."""
    held = story_of(request, key, number)
    page = story_page(held, viewer(request))
    may_work(page.standing).or_not_allowed()
    action = Action(title=_("Ask for approval"), about=held.title, button=_("Ask"), back=held.get_absolute_url())

    def do(fields: dict[str, Any]) -> str | HttpResponse:
        person = Person.objects.filter(email=fields["email"].strip().lower()).first()
        asked = {"person": person} if person else {"outside_email": fields["email"], "outside_name": fields["name"]}
        file = Attachment.objects.filter(story=held, pk=fields["attachment"]).first() if fields["attachment"] else None
        approval, secret = commands.ask_approval(
            held, asset=fields["asset"], days=fields["days"], attachment=file, actor=viewer(request), **asked
        )
        if secret is None:
            return _("%(name)s is asked about “%(asset)s”.") % {"name": approval.person, "asset": approval.asset}
        link = f"{settings.BASE_URL.origin}/approvals/{secret}/"
        template = "sprints/approval_link_dialog.html" if asks_for(request) else "sprints/approval_link_page.html"
        return render(request, template, {"link": link, "approval": approval, "story": held})

    files = [(file.id, file.name) for file in page.attachments]
    return ask(request, action, lambda *data: AskApprovalForm(*data, files=files), do)


def _approval(held: Story, pk: int) -> Approval:
    return found(Approval.objects.filter(story=held).select_related("story"), pk)


@form_or_post
def answer_approval(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Approve, or say which changes are wanted."""
    held = story_of(request, key, number)
    approval = _approval(held, pk)
    action = Action(title=approval.asset, about=held.title, button=_("Answer"), back=held.get_absolute_url())

    def do(fields: dict[str, Any]) -> str:
        approved = fields["answer"] == "yes"
        commands.answer_approval(approval, approved=approved, note=fields["note"], actor=viewer(request))
        return _("Approved: %(asset)s") % {"asset": approval.asset} if approved else _("Your answer is sent.")

    return ask(request, action, AnswerApprovalForm, do)


@require_POST
def withdraw_approval(request: HttpRequest, key: str, number: int, pk: int) -> HttpResponse:
    """Take the question back."""
    held = story_of(request, key, number)
    approval = commands.withdraw_approval(_approval(held, pk), actor=viewer(request))
    return _section(request, held, "approvals", said=_("Withdrawn: %(asset)s") % {"asset": approval.asset})


# --- Touchpoints ------------------------------------------------------------------------------------------------------


@require_safe
def touchpoints(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Touchpoints that the story could work on, by what was typed."""
    held = story_of(request, key, number)
    page = story_page(held, viewer(request))
    typed = request.GET.get("q", "").replace("\0", "").strip()
    near = Touchpoint.objects.visible_to(viewer(request)).live().filter(name__icontains=typed)
    near = near.exclude(pk__in=[one.id for one in page.touchpoints]).select_related("stage__journey")
    listed = list(near.order_by("name", "pk")[:FOUND]) if typed else []
    context = {"found": listed, "typed": typed, "page": page, "story": held}
    return render(request, "sprints/story_touchpoints_found.html", context)
