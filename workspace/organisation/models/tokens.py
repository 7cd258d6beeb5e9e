"""Tokens: how programs come in, in the name of a person."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from workspace.organisation.models.people import Person


class TokenQuerySet(models.QuerySet["Token"]):
    """Tokens as readers ask for them."""

    def in_force(self, now: datetime | Combinable) -> TokenQuerySet:
        """Tokens that open something at `now`, as far as they themselves go: not the person whose they are."""
        return self.filter(revoked_at__isnull=True, ends_at__gt=now)


class Token(models.Model):
    """A secret with which a program acts as a person, until a moment. Only the secret's digest is kept.

    Its scope says how much of what the person may do the token may do: `read` nothing but look, `write` also change,
    `admin` also administer. With limits, it opens nothing but the things that they name.
    """

    NOUN = "token"

    class Scope(models.TextChoices):
        """How much a token may do; each includes the one before."""

        READ = "read", _("read")
        WRITE = "write", _("read and write")
        ADMIN = "admin", _("read, write and administer")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=80, help_text=_("Which program has it, so that you know it again."))
    digest = models.CharField(_("digest"), max_length=64, unique=True, help_text=_("SHA-256 of the secret."))
    hint = models.CharField(_("last characters"), max_length=8)
    scope = models.CharField(_("scope"), max_length=8, choices=Scope.choices, default=Scope.READ)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    ends_at = models.DateTimeField(_("ends at"))
    used_at = models.DateTimeField(_("last used at"), null=True, blank=True, help_text=_("Within some minutes."))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ("-made_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(scope__in=("read", "write", "admin")), name="token_scope_known"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"


class TokenLimit(models.Model):
    """One of the things that a limited token opens, such as a team. `noun` says what the subject is."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="limits", verbose_name=_("token"))
    noun = models.CharField(_("kind of thing"), max_length=32)
    subject_id = models.BigIntegerField(_("thing"))

    class Meta:
        verbose_name = _("limit of a token")
        verbose_name_plural = _("limits of tokens")
        ordering = ("token", "noun", "subject_id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["token", "noun", "subject_id"], name="one_limit_per_token_and_thing"),
        ]

    def __str__(self) -> str:
        return f"{self.token}: {self.noun} {self.subject_id}"
