"""Keeping the filters of a page under a name, for oneself."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qs

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation import events
from workspace.organisation.models import Person, SavedView
from workspace.organisation.rules.saved_views import AT_MOST, LONGEST_QUERY, is_name_allowed, only_filters


@db.command
def save_view(
    name: str, *, page: str, query: str, filters: Collection[str], is_shared: bool = False, actor: Person
) -> SavedView:
    """Keep the filters of a page under a name. Of `query`, only what names one of the page's `filters` is kept.

    `is_shared`: for everybody who sees the page; whoever calls has made sure that the actor may share it with them.
    Raises NotAllowed for somebody who has left; RuleBroken for a name that is empty, too long or taken, and above 50.
    """
    _check_works_here(actor)
    name, query = _name(name), only_filters(parse_qs(query), filters)
    if len(query) > LONGEST_QUERY:
        raise RuleBroken(_("These filters are too long to be saved."), next_step=_("Take fewer words."))
    db.lock(f"organisation.saved_views.{actor.pk}")
    kept = SavedView.objects.filter(person=actor, page=page).count()
    if kept >= AT_MOST:
        raise RuleBroken(
            _("You have saved %(n)d views of this page, which is all there is room for.") % {"n": kept},
            next_step=_("Delete one that you do not need."),
        )
    if is_shared:
        db.lock(f"organisation.saved_views.{page}")
        _check_free(name, page)
    view = SavedView(person=actor, page=page, name=name, query=query, is_shared=is_shared)
    _write(view)
    record(actor, Happening(events.VIEW_SAVED, view, {"page": page}))
    return view


@db.command
def rename_view(view: SavedView, *, name: str, keeps_shared: bool = False, actor: Person) -> SavedView:
    """Give it another name. Raises Unknown for somebody else's; RuleBroken for a name that is empty, long or taken.

    `keeps_shared`: whoever calls has made sure that the actor looks after what others have shared on this page.
    """
    view = _own(view, actor, keeps_shared=keeps_shared)
    name = _name(name)
    if view.is_shared:
        db.lock(f"organisation.saved_views.{view.page}")
        _check_free(name, view.page, but=view.pk)
    view.name = name
    view.version += 1
    _write(view)
    record(actor, Happening(events.VIEW_RENAMED, view, {"page": view.page}))
    return view


@db.command
def delete_view(view: SavedView, *, keeps_shared: bool = False, actor: Person) -> None:
    """Forget it. Raises Unknown for somebody else's (see `rename_view`), or one that is gone already."""
    view = _own(view, actor, keeps_shared=keeps_shared)
    record(actor, Happening(events.VIEW_DELETED, view, {"page": view.page}))
    view.delete()


def _check_works_here(actor: Person) -> None:
    if not actor.works_here:
        raise NotAllowed(_("You do not work here any more."), next_step=_("An administrator can let you in again."))


def _own(view: SavedView, actor: Person, *, keeps_shared: bool) -> SavedView:
    _check_works_here(actor)
    db.lock_row(SavedView, view.pk)
    is_theirs = Q(person=actor) | Q(is_shared=True) if keeps_shared else Q(person=actor)
    now = SavedView.objects.filter(is_theirs, pk=view.pk).first()
    if now is None:
        raise Unknown(_("You have no saved view %(id)s.") % {"id": view.pk})
    return now


def _check_free(name: str, page: str, *, but: int | None = None) -> None:
    """Raise RuleBroken where a shared view of the page has this name."""
    if SavedView.objects.filter(page=page, is_shared=True, name__iexact=name).exclude(pk=but or 0).exists():
        raise RuleBroken(
            _("There is a shared view “%(name)s” already.") % {"name": name}, next_step=_("Choose another name.")
        )


def _name(name: str) -> str:
    name = " ".join(name.split())
    is_name_allowed(name).or_rule_broken()
    return name


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise RuleBroken(
            _("You have saved a view “%(name)s” already.") % {"name": view.name}, next_step=_("Choose another name.")
        ) from error
