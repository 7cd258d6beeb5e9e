"""Who owns a touchpoint, since when, and who asks for it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from journeys.models.touchpoints import Touchpoint
from workspace.organisation.models import Department, Person


class OwnershipQuerySet(models.QuerySet["Ownership"]):
    """Ownership as readers ask for it."""

    def current(self) -> OwnershipQuerySet:
        """What holds now."""
        return self.filter(held_until__isnull=True)

    def accountable(self) -> OwnershipQuerySet:
        """The one department that answers for it."""
        return self.filter(kind=Ownership.Kind.ACCOUNTABLE)

    def at(self, moment: datetime) -> OwnershipQuerySet:
        """What held at `moment`: from ≤ moment < until."""
        return self.filter(Q(held_until__isnull=True) | Q(held_until__gt=moment), held_from__lte=moment)


class Ownership(models.Model):
    """A department's ownership of a touchpoint over [held_from, held_until). Rows end, they are never deleted."""

    NOUN = "ownership"

    class Kind(models.TextChoices):
        """The part that the department has."""

        ACCOUNTABLE = "accountable", _("accountable")
        RESPONSIBLE = "responsible", _("responsible")
        CONSULTED = "consulted", _("consulted")
        INFORMED = "informed", _("informed")

    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.PROTECT, related_name="ownerships", verbose_name=_("touchpoint")
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="ownerships", verbose_name=_("department")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ownerships",
        verbose_name=_("accountable person"),
    )
    kind = models.CharField(_("type"), max_length=12, choices=Kind.choices, default=Kind.ACCOUNTABLE)
    held_from = models.DateTimeField(_("from"))
    held_until = models.DateTimeField(_("until"), null=True, blank=True)
    attested_at = models.DateTimeField(_("last attested"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("answered “not mine”"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("approved by"),
    )
    outside_approved = models.BooleanField(
        _("approved across units"),
        default=False,
        help_text=_("The head of the touchpoint's unit or an executive approved an owner from elsewhere."),
    )
    outside_approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("approved across units by"),
    )
    claim = models.ForeignKey("journeys.Claim", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OwnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("ownership")
        verbose_name_plural = _("ownerships")
        ordering = ("-held_from", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["touchpoint"],
                condition=Q(held_until__isnull=True, kind="accountable"),
                name="one_current_accountable_owner",
                violation_error_message=_("This touchpoint has an accountable owner already."),
            ),
            models.UniqueConstraint(
                fields=["touchpoint", "department", "kind"],
                condition=Q(held_until__isnull=True),
                name="one_current_ownership_per_department_and_type",
                violation_error_message=_("This department has that part already."),
            ),
            models.CheckConstraint(
                condition=Q(held_until__isnull=True) | Q(held_until__gte=F("held_from")),
                name="ownership_ends_after_it_starts",
                violation_error_message=_("Ownership ends after it starts."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["touchpoint", "-held_from"], name="ownership_history"),
        ]

    def __str__(self) -> str:
        return f"{self.department} · {self.get_kind_display()}"


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims as readers ask for them."""

    def visible_to(self, person: Person) -> ClaimQuerySet:
        """Who asks for what, and why, is for people of the house."""
        return self.none() if person.is_guest or not person.works_here else self

    def waiting(self) -> ClaimQuerySet:
        """Claims that nobody has decided yet."""
        return self.filter(state=Claim.State.WAITING)


class Claim(models.Model):
    """A department asks to own a touchpoint."""

    NOUN = "claim"

    class State(models.TextChoices):
        """How the claim stands."""

        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        DENIED = "denied", _("denied")
        WITHDRAWN = "withdrawn", _("withdrawn")
        SUPERSEDED = "superseded", _("superseded")

    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.PROTECT, related_name="claims", verbose_name=_("touchpoint")
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="claims", verbose_name=_("department")
    )
    reason = models.TextField(_("reason"), blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="claims", verbose_name=_("claimed by")
    )
    made_at = models.DateTimeField(_("made at"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.WAITING)
    due_on = models.DateField(_("to be decided by"), help_text=_("Five working days after it was made."))
    denied_on = models.DateField(_("denied by date on"), help_text=_("Undecided until then, it is denied."))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ("-made_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["touchpoint", "department"],
                condition=Q(state="waiting"),
                name="one_waiting_claim_per_department",
                violation_error_message=_("This department's claim is waiting already."),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="claim_decided_or_waiting",
                violation_error_message=_("A claim is either waiting or decided."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["denied_on"], condition=Q(state="waiting"), name="claim_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.department} → {self.touchpoint}"


class OwnershipCallQuerySet(models.QuerySet["OwnershipCall"]):
    """Ownership calls as readers ask for them."""

    def visible_to(self, person: Person) -> OwnershipCallQuerySet:
        """What a department wants to give up is for people of the house."""
        return self.none() if person.is_guest or not person.works_here else self

    def open(self) -> OwnershipCallQuerySet:
        """Calls that nobody has answered yet."""
        return self.filter(state=OwnershipCall.State.OPEN)


class OwnershipCall(models.Model):
    """A department wants to give a touchpoint up and calls for another owner; it stays the owner until there is one."""

    NOUN = "call"

    class State(models.TextChoices):
        """How the call stands."""

        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")
        UNANSWERED = "unanswered", _("unanswered")

    touchpoint = models.ForeignKey(
        Touchpoint, on_delete=models.PROTECT, related_name="calls", verbose_name=_("touchpoint")
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="calls", verbose_name=_("department")
    )
    reason = models.TextField(_("reason"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    ends_on = models.DateField(_("open until"), help_text=_("Unanswered on that day, the head of the unit is asked."))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = OwnershipCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("ownership call")
        verbose_name_plural = _("ownership calls")
        ordering = ("-made_at", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["touchpoint"],
                condition=Q(state="open"),
                name="one_open_call_per_touchpoint",
                violation_error_message=_("A new owner is called for already."),
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="call_open_or_ended",
                violation_error_message=_("A call is either open or has ended."),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_on"], condition=Q(state="open"), name="call_open"),
        ]

    def __str__(self) -> str:
        return f"{self.department} → {self.touchpoint}"
