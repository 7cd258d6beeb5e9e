"""What an import last brought for a row: the same file changes nothing, and reverts no decision made here."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportedRow(models.Model):
    """The cells that were last imported under a key of a kind (`touchpoints`, `people` …)."""

    kind = models.CharField(_("kind"), max_length=32)
    key = models.CharField(_("key"), max_length=200)
    cells = models.JSONField(_("cells"))

    class Meta:
        verbose_name = _("imported row")
        verbose_name_plural = _("imported rows")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_imported_row_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
