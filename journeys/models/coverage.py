"""How much is owned, day by day."""

from __future__ import annotations

from typing import ClassVar, NoReturn

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CoverageSnapshotQuerySet(models.QuerySet["CoverageSnapshot"]):
    """What was noted is read, and nothing else: the database refuses a change, this a deletion."""

    def delete(self) -> NoReturn:
        """Refuse: what was noted stays."""
        raise TypeError("The coverage of a day stays as it was noted: snapshots are not deleted.")


class CoverageSnapshot(models.Model):
    """Live touchpoints and how many of them were owned, on one day, in one scope. Written once, never changed.

    `scope_id` is the id of the unit or journey (0 for the whole organisation and for channels); `channel` the channel.
    """

    class Scope(models.TextChoices):
        """Of what the coverage is."""

        ALL = "all", _("the whole organisation")
        UNIT = "unit", _("business unit")
        JOURNEY = "journey", _("journey")
        CHANNEL = "channel", _("channel")

    on = models.DateField(_("on"))
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices)
    scope_id = models.BigIntegerField(_("unit or journey"), default=0)
    channel = models.CharField(_("channel"), max_length=50, blank=True)
    live = models.PositiveIntegerField(_("live touchpoints"))
    owned = models.PositiveIntegerField(_("owned touchpoints"))

    objects = CoverageSnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("coverage snapshot")
        verbose_name_plural = _("coverage snapshots")
        ordering = ("on", "scope", "scope_id", "channel")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["scope", "scope_id", "channel", "on"], name="one_snapshot_per_day_and_scope"
            ),
            models.CheckConstraint(condition=Q(owned__lte=F("live")), name="snapshot_owned_at_most_live"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.scope} {self.owned}/{self.live}"

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: what was noted stays."""
        raise TypeError("The coverage of a day stays as it was noted: snapshots are not deleted.")
