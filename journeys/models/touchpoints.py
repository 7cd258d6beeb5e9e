"""Where the customer meets us, and the system behind it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import FilteredRelation, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from journeys.models.journeys import Journey, Stage
from workspace.organisation.models import BusinessUnit, Person


class System(models.Model):
    """A piece of technology behind touchpoints; somebody in technology has to own it."""

    NOUN = "system"

    name = models.CharField(_("name"), max_length=200, unique=True)
    technology_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="systems",
        verbose_name=_("technology owner"),
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("system")
        verbose_name_plural = _("systems")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class TouchpointQuerySet(models.QuerySet["Touchpoint"]):
    """Touchpoints as readers ask for them."""

    def visible_to(self, person: Person) -> TouchpointQuerySet:
        """Everybody inside sees every touchpoint; a guest those of the journeys that are shared with them today."""
        if not person.works_here:
            return self.none()
        if person.is_guest:
            return self.filter(stage__journey__in=Journey.objects.visible_to(person).order_by().values("pk"))
        return self

    def live(self) -> TouchpointQuerySet:
        """Touchpoints that customers meet today."""
        return self.filter(lifecycle=Touchpoint.Lifecycle.LIVE, stage__journey__archived_at__isnull=True)

    def with_owner(self) -> models.QuerySet[Any, Any]:
        """Join the current accountable ownership as `current` (empty fields where nobody owns it)."""
        condition = Q(ownerships__held_until__isnull=True, ownerships__kind="accountable")
        return self.annotate(current=FilteredRelation("ownerships", condition=condition))


class Touchpoint(models.Model):
    """One meeting of customer and company: in a stage, at a step, through a channel, inside one business unit."""

    NOUN = "touchpoint"

    class Visibility(models.TextChoices):
        """How the customer meets it."""

        FRONTSTAGE = "frontstage", _("frontstage")
        BACKSTAGE = "backstage", _("backstage")
        SUPPORT = "support", _("support")

    class Lifecycle(models.TextChoices):
        """Whether customers meet it today."""

        DRAFT = "draft", _("draft")
        LIVE = "live", _("live")
        RETIRED = "retired", _("retired")

    external_id = models.CharField(_("external id"), max_length=200, null=True, blank=True, unique=True)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="touchpoints", verbose_name=_("stage"))
    name = models.CharField(_("name"), max_length=300)
    step = models.PositiveIntegerField(_("step"), default=1, help_text=_("Equal steps are alternatives."))
    channel = models.CharField(_("channel"), max_length=50, blank=True)
    business_unit = models.ForeignKey(
        BusinessUnit, on_delete=models.PROTECT, related_name="touchpoints", verbose_name=_("business unit")
    )
    visibility = models.CharField(
        _("visibility"), max_length=12, choices=Visibility.choices, default=Visibility.FRONTSTAGE
    )
    emotion = models.SmallIntegerField(_("emotion"), null=True, blank=True, help_text=_("−2 (awful) to +2 (delighted)"))
    moment_of_truth = models.BooleanField(_("moment of truth"), default=False)
    volume = models.BigIntegerField(_("volume"), null=True, blank=True, help_text=_("Customer contacts per year"))
    system = models.ForeignKey(
        System, null=True, blank=True, on_delete=models.PROTECT, related_name="touchpoints", verbose_name=_("system")
    )
    lifecycle = models.CharField(_("lifecycle"), max_length=8, choices=Lifecycle.choices, default=Lifecycle.LIVE)
    pain_point = models.TextField(_("open pain point"), blank=True)
    unmatched_owner = models.CharField(
        _("unmatched owner"), max_length=300, blank=True, help_text=_("An owner that an import named and nobody knows.")
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = TouchpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")
        ordering = ("stage", "step", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(emotion__isnull=True) | Q(emotion__range=(-2, 2)),
                name="touchpoint_emotion_from_minus_2_to_2",
                violation_error_message=_("Emotion goes from −2 to +2."),
            ),
            models.CheckConstraint(
                condition=Q(volume__isnull=True) | Q(volume__gte=0),
                name="touchpoint_volume_not_negative",
                violation_error_message=_("Volume is not negative."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["stage", "step"], name="touchpoint_in_order"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the touchpoint."""
        return reverse("journeys:touchpoint", args=[self.pk])

    @property
    def scope(self) -> str:
        """The topic that decides who may see its events."""
        return f"journey:{self.stage.journey_id}"
