"""Who is away."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from sprints.models import Absence


def absent_on(day: date) -> QuerySet[Any, Any]:
    """The people who are absent on a day, as the one column of a queryset: nothing is read yet."""
    return Absence.objects.filter(starts_on__lte=day, ends_on__gte=day).order_by().values("person")
