"""Who may acknowledge or silence a flag, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext as _

from journeys.limits import Limits
from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

CLAIMABLE = frozenset({"no-owner", "unknown-owner", "boundary-gap", "inactive-owner", "closed-department", "contested"})
"""Rules whose flags go away when somebody else takes the touchpoint."""


def is_disputed(rule: str, evidence: Mapping[str, object]) -> bool:
    """Whether the flag says that the owner answered “not ours”."""
    return rule == "unattested" and bool(evidence.get("disputed_at"))


def asks_for_owner(rule: str, evidence: Mapping[str, object]) -> bool:
    """Whether the flag goes away when somebody else takes the touchpoint, so that it is offered to others."""
    return rule in CLAIMABLE or is_disputed(rule, evidence)


def may_handle_flag(
    standing: Standing, *, asked_id: int | None, department_id: int | None, unit_ids: frozenset[int]
) -> Decision:
    """Handled by whoever is asked, leads of its department, heads of its units, executives, administrators."""
    concerned = (
        standing.is_executive
        or standing.is_administrator
        or (standing.active and asked_id is not None and standing.person_id == asked_id)
        or standing.leads_department(department_id)
        or any(standing.heads_unit(unit_id) for unit_id in unit_ids)
    )
    if concerned:
        return YES
    return no(
        _("This flag is not yours to answer."),
        _("Who is asked now, a lead of the department, the head of the unit or an executive can do it."),
    )


def may_scan(standing: Standing) -> Decision:
    """A full scan is asked for by executives and administrators; the house does it every day anyway."""
    if standing.is_executive or standing.is_administrator:
        return YES
    return no(
        _("You cannot ask for a full scan."), _("Executives and administrators can; one runs every day by itself.")
    )


def is_silence_allowed(*, reason: str, until: date | None, today: date, limits: Limits, waiver: bool) -> Decision:
    """A silence has a reason and an end: `limits` say how far away it may be, for a snooze and for a waiver."""
    if not reason.strip():
        return no(_("A reason is missing."), _("Say why, for whoever looks at it next."))
    if until is None:
        return no(_("An end date is missing."), _("Choose the day on which it is looked at again."))
    if until <= today:
        return no(_("%(day)s is not in the future.") % {"day": until.isoformat()}, _("Choose a later day."))
    longest = today + timedelta(days=limits.longest_waiver_days if waiver else limits.longest_snooze_days)
    if until > longest:
        return no(
            _("%(day)s is too far away.") % {"day": until.isoformat()},
            _("Choose a day until %(day)s.") % {"day": longest.isoformat()},
        )
    return YES
