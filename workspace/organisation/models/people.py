"""People: the users of the house, their home department, and who leads what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from workspace import clock
from workspace.organisation.models.units import Department


class PersonQuerySet(models.QuerySet["Person"]):
    """People as readers ask for them."""

    def active(self) -> PersonQuerySet:
        """People who work here today: not deactivated, not past their leaving date."""
        return self.filter(active_person(clock.today()))


def active_person(today: Any, prefix: str = "") -> Q:
    """The condition that a person is active on `today`, for the relation named by `prefix` (such as `"head__"`)."""
    staying = Q(**{f"{prefix}left_on__isnull": True}) | Q(**{f"{prefix}left_on__gt": today})
    return Q(**{f"{prefix}is_active": True}) & staying


def answering_person(today: Any, prefix: str = "") -> Q:
    """The condition that a person can be asked on `today`: active, and no guest, who would not see what it is about."""
    return active_person(today, prefix) & ~Q(**{f"{prefix}role": "guest"})


class PersonManager(BaseUserManager["Person"]):
    """Finds people by e-mail, whatever the case of its letters. Writing is the commands' work."""

    def get_queryset(self) -> PersonQuerySet:
        """People, with the verbs of PersonQuerySet."""
        return PersonQuerySet(self.model, using=self._db)

    def active(self) -> PersonQuerySet:
        """People who work here today."""
        return self.get_queryset().active()

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this e-mail address."""
        return self.get_queryset().get(email=(username or "").strip().lower())


class Person(AbstractBaseUser):
    """A person who signs in by e-mail. Lead, head, product owner are relations, not roles."""

    NOUN = "person"

    class Role(models.TextChoices):
        """What a person is to the whole organisation."""

        ADMINISTRATOR = "administrator", _("administrator")
        EXECUTIVE = "executive", _("executive")
        MEMBER = "member", _("member")
        GUEST = "guest", _("guest")

    email = models.EmailField(_("e-mail address"), unique=True, help_text=_("Kept in lower case."))
    name = models.CharField(_("name"), max_length=150)
    job_title = models.CharField(_("job title"), max_length=150, blank=True)
    department = models.ForeignKey(
        Department,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="people",
        verbose_name=_("home department"),
    )
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.MEMBER)
    time_zone = models.CharField(
        _("time zone"), max_length=64, blank=True, help_text=_("Empty: that of the installation.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    left_on = models.DateField(
        _("leaving date"), null=True, blank=True, help_text=_("First day on which the person is gone.")
    )
    delegate = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="stands_in_for",
        verbose_name=_("delegate"),
    )
    joined_at = models.DateTimeField(_("joined at"), default=clock.now)
    erased_at = models.DateTimeField(
        _("erased at"), null=True, blank=True, help_text=_("Since then nothing here says who it was.")
    )
    version = models.PositiveIntegerField(_("version"), default=1)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name", "email")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(email=Lower("email")),
                name="person_email_lower_case",
                violation_error_message=_("An e-mail address is kept in lower case."),
            ),
            models.CheckConstraint(
                condition=~Q(delegate=F("id")),
                name="person_not_own_delegate",
                violation_error_message=_("Nobody is their own delegate."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def works_here(self) -> bool:
        """Whether the person is active today."""
        return self.is_active and (self.left_on is None or self.left_on > clock.today())

    @property
    def is_staff(self) -> bool:
        """Whether the person may look into Django's admin (which is read-only)."""
        return self.role == self.Role.ADMINISTRATOR

    @property
    def is_guest(self) -> bool:
        """Whether the person sees only what they were invited to."""
        return self.role == self.Role.GUEST

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Administrators may view everything in Django's admin; it writes nothing."""
        return self.is_staff and self.works_here and perm.rpartition(".")[2].startswith("view_")

    def has_module_perms(self, app_label: str) -> bool:
        """Administrators see every app in Django's admin."""
        return self.is_staff and self.works_here

    def get_full_name(self) -> str:
        """The name."""
        return self.name


class DepartmentLead(models.Model):
    """A person who leads a department, or stands in as its deputy with the same rights."""

    department = models.ForeignKey(
        Department, on_delete=models.CASCADE, related_name="leads", verbose_name=_("department")
    )
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="leaderships", verbose_name=_("person"))
    is_deputy = models.BooleanField(_("deputy"), default=False)

    class Meta:
        verbose_name = _("department lead")
        verbose_name_plural = _("department leads")
        ordering = ("is_deputy", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["department", "person"],
                name="one_leadership_per_person",
                violation_error_message=_("This person already leads this department."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} → {self.department}"
