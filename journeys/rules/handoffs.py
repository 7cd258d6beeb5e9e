"""Who may agree on a crossing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


def sides_of(standing: Standing, *, from_department_id: int, to_department_id: int) -> frozenset[str]:
    """For which sides of a crossing this person can speak: `from`, `to`, both or none. Executives speak for nobody."""
    return frozenset(
        side
        for side, department_id in (("from", from_department_id), ("to", to_department_id))
        if standing.is_house or standing.leads_department(department_id)
    )


def may_speak(sides: frozenset[str], *, from_name: str, to_name: str) -> Decision:
    """A handoff is proposed, accepted and declined by leads or deputies of the two departments."""
    if sides:
        return YES
    return no(
        _("You lead neither %(source)s nor %(target)s.") % {"source": from_name, "target": to_name},
        _("A lead or deputy of one of them can do it."),
    )
