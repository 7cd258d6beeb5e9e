"""Work behind the pages. The row is the truth; a Celery message only rings the bell."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class JobQuerySet(models.QuerySet["Job"]):
    """The jobs that somebody has to work on."""

    def unfinished(self) -> JobQuerySet:
        """Queued or running."""
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])


class Job(models.Model):
    """One piece of work: leased while it is worked on, resumed from `cursor` after a crash, shown with its progress."""

    class State(models.TextChoices):
        """Where the job stands."""

        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("kind"), max_length=64)
    key = models.CharField(
        _("key"), max_length=128, blank=True, help_text=_("At most one unfinished job per kind and key.")
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.QUEUED)
    args = models.JSONField(_("arguments"), default=dict)
    cursor = models.JSONField(_("cursor"), default=dict, help_text=_("What is done, for whoever resumes."))
    worker = models.CharField(_("worker"), max_length=64, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    progress_done = models.BigIntegerField(_("done"), default=0)
    progress_total = models.BigIntegerField(_("of"), default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    created_at = models.DateTimeField(_("created at"))
    run_at = models.DateTimeField(_("not before"), null=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=Q(state__in=["queued", "running"]) & ~Q(key=""),
                name="one_unfinished_job_per_key",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["lease_until"], condition=Q(state__in=["queued", "running"]), name="job_unfinished"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}: {self.state}"
