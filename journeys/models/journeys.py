"""Who travels, the way they take, and its stages."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from workspace import clock
from workspace.organisation.models import Person, Share


class Persona(models.Model):
    """The kind of customer whose way a journey describes."""

    NOUN = "persona"

    name = models.CharField(_("name"), max_length=200, unique=True)
    description = models.TextField(_("description"), blank=True)

    class Meta:
        verbose_name = _("persona")
        verbose_name_plural = _("personas")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class JourneyQuerySet(models.QuerySet["Journey"]):
    """Journeys as readers ask for them."""

    def visible_to(self, person: Person) -> JourneyQuerySet:
        """Everybody inside sees every journey; a guest only those shared with them today."""
        if not person.works_here:
            return self.none()
        if person.is_guest:
            shares = Share.objects.in_force(clock.today()).filter(guest=person, noun=Journey.NOUN)
            return self.filter(pk__in=shares.order_by().values("subject_id"))
        return self

    def open(self) -> JourneyQuerySet:
        """Journeys that are not archived."""
        return self.filter(archived_at__isnull=True)


class Journey(models.Model):
    """The way of a persona through our touchpoints, as it is or as it shall be."""

    NOUN = "journey"

    class State(models.TextChoices):
        """Whether the journey is lived or planned."""

        CURRENT = "current", _("current state")
        FUTURE = "future", _("future state")

    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    name = models.CharField(_("name"), max_length=300)
    persona = models.ForeignKey(
        Persona, null=True, blank=True, on_delete=models.PROTECT, related_name="journeys", verbose_name=_("persona")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.CURRENT)
    description = models.TextField(_("description"), blank=True)
    accountable = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("accountable"),
    )
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = JourneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("journey")
        verbose_name_plural = _("journeys")
        ordering = ("name", "id")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["name"], name="journey_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the journey."""
        return reverse("journeys:journey", args=[self.pk])


class StageQuerySet(models.QuerySet["Stage"]):
    """Stages as readers ask for them."""

    def present(self) -> StageQuerySet:
        """Stages that were not removed."""
        return self.filter(removed_at__isnull=True)


class Stage(models.Model):
    """A part of a journey, in its order. One that was removed is kept, with a name that is free again."""

    NOUN = "stage"

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="stages", verbose_name=_("journey"))
    name = models.CharField(_("name"), max_length=200)
    position = models.PositiveIntegerField(_("position"))
    removed_at = models.DateTimeField(_("removed at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ("journey", "position", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["journey", "name"],
                condition=Q(removed_at__isnull=True),
                name="stage_name_unique_in_journey",
                violation_error_message=_("This journey has a stage of this name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name
