"""What a person has narrowed a list to, and wants to find again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from workspace.organisation.models.people import Person


class SavedView(models.Model):
    """The filters of a page under a name, kept by one person. `query` is the page's query string.

    A shared one is offered to everybody who sees the page, such as the board of a team.
    """

    NOUN = "saved view"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views", verbose_name=_("person"))
    page = models.CharField(_("page"), max_length=64, help_text=_("Such as “flags”."))
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    is_shared = models.BooleanField(_("shared"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("page", "name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "person",
                "page",
                Lower("name"),
                name="saved_view_name_unique",
                violation_error_message=_("You have saved a view of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
