"""What the organisation has set differently from the rules as they come."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleSetting(models.Model):
    """One value of `journeys.limits.Limits`, or whether a scan rule is off, where it differs from the default."""

    NOUN = "rule setting"

    key = models.CharField(_("key"), max_length=64)
    value = models.JSONField(_("value"))
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("rule setting")
        verbose_name_plural = _("rule settings")
        ordering = ("key",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key"], name="one_rule_setting_per_key"),
        ]

    def __str__(self) -> str:
        return self.key
