"""Names and pages of the nouns of this app, for histories."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from sprints.models import (
    Absence,
    Approval,
    Attachment,
    ChecklistItem,
    Column,
    Comment,
    Initiative,
    Label,
    Membership,
    Sprint,
    Story,
    Team,
)
from workspace.activity.registry import Named

Names = Mapping[Any, Named]


def _board(key: str) -> str:
    return reverse("sprints:board", args=[key])


def _story(key: str, number: int) -> str:
    return reverse("sprints:story", args=[key, number])


def name_teams(ids: Collection[Any]) -> Names:
    """Names of teams, by id."""
    rows = Team.objects.filter(pk__in=ids).values_list("pk", "name", "key").order_by()
    return {pk: Named(name, _board(key)) for pk, name, key in rows}


def name_columns(ids: Collection[Any]) -> Names:
    """Names of columns, by id."""
    rows = Column.objects.filter(pk__in=ids).values_list("pk", "name", "team__key").order_by()
    return {pk: Named(name, _board(key)) for pk, name, key in rows}


def name_sprints(ids: Collection[Any]) -> Names:
    """Sprints as "Sprint 4 · GROW", by id."""
    rows = Sprint.objects.filter(pk__in=ids).select_related("team").order_by()
    return {row.pk: Named(f"{row} · {row.team.key}", row.get_absolute_url()) for row in rows}


def name_stories(ids: Collection[Any]) -> Names:
    """Stories as "GROW-42 · title", by id; deleted ones without a page."""
    fields = ("pk", "title", "number", "team__key", "deleted_at")
    rows = Story.objects.filter(pk__in=ids).values_list(*fields).order_by()
    return {
        pk: Named(f"{key}-{number} · {title}", "" if deleted_at else _story(key, number))
        for pk, title, number, key, deleted_at in rows
    }


def name_labels(ids: Collection[Any]) -> Names:
    """Names of labels, by id."""
    return {pk: Named(name) for pk, name in Label.objects.filter(pk__in=ids).values_list("pk", "name").order_by()}


def name_initiatives(ids: Collection[Any]) -> Names:
    """Names of initiatives, by id."""
    return {pk: Named(name) for pk, name in Initiative.objects.filter(pk__in=ids).values_list("pk", "name").order_by()}


def _on_stories(model: type[Model], text: str, anchor: str) -> Callable[[Collection[Any]], Names]:
    """A function that names things which hang on a story by the field `text`, with the place on the story's page."""

    def name_all(ids: Collection[Any]) -> Names:
        fields = ("pk", text, "story__team__key", "story__number", "story__deleted_at")
        rows = model._default_manager.filter(pk__in=ids).values_list(*fields).order_by()
        return {
            pk: Named(str(words), "" if deleted_at else f"{_story(key, number)}#{anchor}-{pk}")
            for pk, words, key, number, deleted_at in rows
        }

    return name_all


name_attachments = _on_stories(Attachment, "name", "attachment")
name_approvals = _on_stories(Approval, "asset", "approval")
name_items = _on_stories(ChecklistItem, "text", "item")


def name_comments(ids: Collection[Any]) -> Names:
    """Comments by the story that they are on."""
    fields = ("pk", "story__team__key", "story__number", "story__deleted_at")
    rows = Comment.objects.filter(pk__in=ids).values_list(*fields).order_by()
    return {
        pk: Named(
            _("comment on %(story)s") % {"story": f"{key}-{number}"},
            "" if deleted_at else f"{_story(key, number)}#comment-{pk}",
        )
        for pk, key, number, deleted_at in rows
    }


def name_memberships(ids: Collection[Any]) -> Names:
    """Memberships as "person → team", by id."""
    fields = ("pk", "person__name", "team__name", "team__key")
    rows = Membership.objects.filter(pk__in=ids).values_list(*fields).order_by()
    return {pk: Named(f"{person} → {team}", _board(key)) for pk, person, team, key in rows}


def name_absences(ids: Collection[Any]) -> Names:
    """Absences by whose they are, and their days."""
    rows = Absence.objects.filter(pk__in=ids).values_list("pk", "person__name", "starts_on", "ends_on").order_by()
    return {pk: Named(f"{person}: {first.isoformat()} – {last.isoformat()}") for pk, person, first, last in rows}
