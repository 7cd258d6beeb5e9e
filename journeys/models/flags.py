"""Flags: a rule does not hold for a subject. Waivers silence them; scans raise and close them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from journeys.models.crossings import Crossing
from journeys.models.journeys import Journey
from journeys.models.touchpoints import Touchpoint
from workspace.organisation.models import BusinessUnit, Department, Person


class FlagQuerySet(models.QuerySet["Flag"]):
    """Flags as readers ask for them."""

    def visible_to(self, person: Person) -> FlagQuerySet:
        """Everybody inside sees every flag. Guests see none: what is wrong inside the house is not shared with them."""
        return self.none() if person.is_guest or not person.works_here else self

    def unresolved(self) -> FlagQuerySet:
        """Flags whose rule still does not hold, silenced ones included."""
        return self.exclude(state=Flag.State.RESOLVED)

    def speaking(self) -> FlagQuerySet:
        """Flags that ask for something now: neither resolved nor silenced."""
        return self.filter(state__in=[Flag.State.OPEN, Flag.State.ACKNOWLEDGED])


class Flag(models.Model):
    """The one flag of a rule and a subject, ever. Its state changes; its episodes are events.

    A scan writes flags by the hundred thousand out of rows that exist, so its references are not checked row by row.
    """

    NOUN = "flag"

    class Severity(models.IntegerChoices):
        """How bad it is."""

        LOW = 1, _("low")
        MEDIUM = 2, _("medium")
        HIGH = 3, _("high")
        CRITICAL = 4, _("critical")

    class State(models.TextChoices):
        """Where the flag stands."""

        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        SNOOZED = "snoozed", _("snoozed")
        WAIVED = "waived", _("waived")
        RESOLVED = "resolved", _("resolved")

    class Level(models.IntegerChoices):
        """The rung of the ladder on which somebody is asked."""

        NOBODY = 0, _("nobody")
        OWNER = 1, _("owner")
        LEAD = 2, _("lead of the department")
        HEAD = 3, _("head of the unit")
        EXECUTIVE = 4, _("executive")
        ADMINISTRATOR = 5, _("administrator")

    rule = models.CharField(_("rule"), max_length=32)
    subject_kind = models.CharField(_("subject kind"), max_length=16)
    subject_id = models.BigIntegerField(_("subject"))
    touchpoint = models.ForeignKey(
        Touchpoint,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="flags",
        verbose_name=_("touchpoint"),
    )
    crossing = models.ForeignKey(
        Crossing, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="flags"
    )
    journey = models.ForeignKey(
        Journey, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="flags"
    )
    unit = models.ForeignKey(
        BusinessUnit, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="flags"
    )
    other_unit = models.ForeignKey(
        BusinessUnit, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    department = models.ForeignKey(
        Department, null=True, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="flags"
    )
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity.choices)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.OPEN)
    evidence = models.JSONField(_("evidence"), default=dict)
    opened_at = models.DateTimeField(_("opened at"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    due_on = models.DateField(_("due on"))
    asked = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("who is asked now"),
    )
    asked_level = models.PositiveSmallIntegerField(_("asked as"), choices=Level.choices, default=Level.NOBODY)
    asked_at = models.DateTimeField(_("asked at"), null=True)
    silence = models.CharField(_("silenced by"), max_length=12, blank=True)
    silent_until = models.DateField(_("silent until"), null=True)
    silence_reason = models.TextField(_("reason of the silence"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ("-severity", "due_on", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["rule", "subject_id"], name="one_flag_per_rule_and_subject"),
            models.CheckConstraint(
                condition=~Q(state__in=["snoozed", "waived"]) | (Q(silent_until__isnull=False) & ~Q(silence_reason="")),
                name="silence_has_reason_and_end",
                violation_error_message=_("A snooze or waiver has a reason and an end date."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-severity", "due_on", "id"], condition=~Q(state="resolved"), name="flag_inbox"),
            models.Index(fields=["asked", "-severity"], condition=~Q(state="resolved"), name="flag_by_asked"),
            models.Index(fields=["journey"], condition=~Q(state="resolved"), name="flag_by_journey"),
            models.Index(fields=["due_on"], condition=Q(state__in=["open", "acknowledged"]), name="flag_due"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_kind} {self.subject_id}"

    @property
    def touchpoints(self) -> list[Touchpoint]:
        """The touchpoint that it is about, or both ends of its crossing; none for a unit, a person or a system."""
        if self.touchpoint is not None:
            return [self.touchpoint]
        return [] if self.crossing is None else [self.crossing.source, self.crossing.target]


class Waiver(models.Model):
    """Silences a flag for a reason, until a date."""

    NOUN = "waiver"

    flag = models.ForeignKey(Flag, on_delete=models.PROTECT, related_name="waivers", verbose_name=_("flag"))
    reason = models.TextField(_("reason"))
    until = models.DateField(_("until"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("granted by")
    )
    granted_at = models.DateTimeField(_("granted at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ("-granted_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["flag"], condition=Q(ended_at__isnull=True), name="one_waiver_in_force_per_flag"
            ),
            models.CheckConstraint(
                condition=~Q(reason=""), name="waiver_has_reason", violation_error_message=_("A waiver has a reason.")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flag} – {self.until}"


class Scan(models.Model):
    """One run of the rules over everything, or over what changed. `results` holds the counts of each finished rule."""

    NOUN = "scan"

    class State(models.TextChoices):
        """Where the scan stands."""

        RUNNING = "running", _("running")
        DONE = "done", _("done")

    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.RUNNING)
    on = models.DateField(_("on"), help_text=_("The day whose facts were judged."))
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    results = models.JSONField(_("results"), default=dict)
    subjects = models.BigIntegerField(_("subjects"), default=0, help_text=_("Live touchpoints that were looked at."))
    volume_threshold = models.BigIntegerField(
        _("volume threshold"), null=True, help_text=_("Ninetieth percentile of the volume of live touchpoints.")
    )

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"#{self.pk} {self.on}"
