"""The worst gaps: live touchpoints that nobody owns, with who might, and what the viewer can do about each."""

from __future__ import annotations

from collections.abc import Sequence

from journeys.models import Flag
from journeys.queries.directory import Directory
from journeys.queries.inbox import FlagRow, flag_rows, with_subjects
from workspace.organisation.rules.standing import Standing


def gap_rows(flag_ids: Sequence[int], standing: Standing, known: Directory) -> list[FlagRow]:
    """The flags of the worst gaps as rows of the inbox, in the order given: at most 4 statements.

    They were ranked by `coverage.figures`: moments of truth first, then by severity, by how the customer feels (not
    recorded counts as neutral), by volume, and the oldest flag first. What is snoozed or waived is not among them.
    """
    read = {flag.pk: flag for flag in with_subjects(Flag.objects.filter(pk__in=flag_ids)).order_by()}
    return flag_rows([read[pk] for pk in flag_ids if pk in read], standing, known)
