"""Business units and their departments: archived, never deleted."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class UnitQuerySet(models.QuerySet["BusinessUnit"]):
    """Units as readers ask for them."""

    def current(self) -> UnitQuerySet:
        """Units that are not archived."""
        return self.filter(archived_at__isnull=True)


class BusinessUnit(models.Model):
    """A part of the company with its own head; the walls between units are where customers get lost."""

    NOUN = "unit"

    name = models.CharField(_("name"), max_length=200)
    head = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="heads",
        verbose_name=_("head"),
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("business unit")
        verbose_name_plural = _("business units")
        ordering = ("name",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"),
                name="unit_name_unique",
                violation_error_message=_("There is a business unit of this name."),
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")),
                name="unit_not_its_own_successor",
                violation_error_message=_("A business unit cannot be its own successor."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(archived_at__isnull=False),
                name="unit_merged_is_archived",
                violation_error_message=_("Only an archived business unit has a successor."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DepartmentQuerySet(models.QuerySet["Department"]):
    """Departments as readers ask for them."""

    def current(self) -> DepartmentQuerySet:
        """Departments that are not archived."""
        return self.filter(archived_at__isnull=True)


class Department(models.Model):
    """The owner of touchpoints. It sits in one business unit and is led by its leads and their deputies."""

    NOUN = "department"

    unit = models.ForeignKey(
        BusinessUnit, on_delete=models.PROTECT, related_name="departments", verbose_name=_("business unit")
    )
    code = models.CharField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=200)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("name", "code")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")),
                name="department_not_its_own_successor",
                violation_error_message=_("A department cannot be its own successor."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(archived_at__isnull=False),
                name="department_merged_is_archived",
                violation_error_message=_("Only an archived department has a successor."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
