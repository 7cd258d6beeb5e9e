"""Requests that were answered under a key, so that sending one again does nothing again."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from workspace.organisation.models.people import Person

KEPT = timedelta(hours=24)
"""How long an answer is kept."""


class AnsweredRequest(models.Model):
    """What a person's request under a key of theirs was answered with. It is written with what the request did."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    key = models.CharField(_("key"), max_length=200)
    request = models.CharField(_("request"), max_length=64, help_text=_("SHA-256 of method, address and body."))
    status = models.PositiveSmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    body = models.TextField(_("body"), blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answered request")
        verbose_name_plural = _("answered requests")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "key"], name="one_answer_per_person_and_key"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["at"], name="answered_request_by_age")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.key}"
