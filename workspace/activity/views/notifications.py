"""What one is told of: the bell, the list, and how one wants to be told."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workspace.activity.commands.notifications import choose_notifications, read_notification, read_notifications
from workspace.activity.forms import ChoicesForm, NotificationFilter
from workspace.activity.queries.notifications import (
    choices_of,
    digest_hour_of,
    lines_of,
    unread_count,
    visible_to,
    zone_named,
)
from workspace.answers import done, page_or_part

PER_PAGE = 30


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """The number beside the bell: 3 statements."""
    response = render(request, "activity/bell_count.html", {"unread": unread_count(request.user)})
    patch_cache_control(response, private=True, no_store=True)
    return response


@require_safe
def notifications(request: HttpRequest) -> HttpResponse:
    """What is unread, or all of it with `?all=on`, newest first. At most 12 statements, however much it is."""
    form = NotificationFilter(request.GET)
    narrowed = form.narrowed
    own = visible_to(request.user).shown()
    listed = own if narrowed["all"] else own.unread()
    if narrowed["group"]:
        listed = listed.filter(group=narrowed["group"])
    pages = Paginator(listed.select_related("event", "on_behalf_of").order_by("-id"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    lines = lines_of(page.object_list)
    unread = pages.count if not narrowed["all"] and not narrowed["group"] else own.unread().count()
    context = {
        "form": form,
        "narrowed": narrowed,
        "page": page,
        "lines": lines,
        "unread": unread,
        "newest": lines[0].notification.pk if lines and page.number == 1 else None,
        "here": request.get_full_path(),
        "topic": f"person:{request.user.pk}",
        "views": _views(request, shows_all=narrowed["all"], unread=unread),
    }
    return page_or_part(
        request, "activity/notifications.html", context, parts={"notifications": "activity/notifications_list.html"}
    )


def _views(request: HttpRequest, *, shows_all: bool, unread: int) -> list[dict[str, object]]:
    url = reverse("activity:notifications")
    group = request.GET.get("group", "")
    query = request.GET.copy()
    for key in ("all", "page"):
        query.pop(key, None)
    everything = query.copy()
    everything["all"] = "on"
    rest = query.urlencode() if group else ""
    return [
        {"label": _("Unread"), "url": f"{url}?{rest}" if rest else url, "current": not shows_all, "count": unread},
        {"label": _("All"), "url": f"{url}?{everything.urlencode()}", "current": shows_all},
    ]


@require_POST
def read(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one as read; with `open`, go on to what it is about."""
    row = read_notification(pk, actor=request.user)
    back = reverse("activity:notifications")
    if "open" in request.POST:
        (line,) = lines_of([row])
        return redirect(line.url or back)
    return done(request, _("Marked as read."), back=back)


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read, or all of a group; not what came after the page was made."""
    sent = request.POST.get("up_to", "")
    up_to = int(sent) if sent.isdecimal() and len(sent) < 19 else None
    n = read_notifications(group=request.POST.get("group", ""), up_to=up_to, actor=request.user)
    text = ngettext("%(n)d notification marked as read.", "%(n)d notifications marked as read.", n) % {"n": n}
    return done(request, text, back=reverse("activity:notifications"))


@require_http_methods(["GET", "HEAD", "POST"])
def choices(request: HttpRequest) -> HttpResponse:
    """How one wants to be told, group by group."""
    person: Any = request.user
    chosen = choices_of(person)
    status = 200
    if request.method == "POST":
        form = ChoicesForm(request.POST, chosen=chosen)
        if form.is_valid():
            choose_notifications(form.choices, hour=form.cleaned_data["hour"], actor=person)
            return done(request, _("So you are told from now on."), back=reverse("activity:notification_choices"))
        status = 422
    else:
        form = ChoicesForm(initial={"hour": digest_hour_of(person)}, chosen=chosen)
    context = {"form": form, "sends_mail": settings.EMAIL is not None, "zone": zone_named(person.time_zone)}
    return render(request, "activity/notification_choices.html", context, status=status)
