"""Who may change the organisation, and what a change must keep true."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import available_timezones

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


def may_administer(standing: Standing) -> Decision:
    """Units, departments, people and their roles are the administrators' to change."""
    if standing.is_administrator:
        return YES
    return no(_("Only administrators change the organisation."), _("Ask an administrator."))


def may_set_role(standing: Standing, *, person_id: int, role: str) -> Decision:
    """Roles are the administrators' to give. Nobody gives themselves one, save that an administrator may step down."""
    decision = may_administer(standing)
    if decision and person_id == standing.person_id and role != "member":
        return no(_("Nobody gives themselves another role."), _("Ask another administrator."))
    return decision


def may_appoint_lead(standing: Standing, *, unit_id: int) -> Decision:
    """Leads are appointed by the head of the unit or an administrator."""
    if standing.is_administrator or (standing.heads_unit(unit_id) and not standing.acts_for(units=[unit_id])):
        return YES
    return no(_("Leads are appointed by the head of the business unit or an administrator."), _("Ask one of them."))


def may_set_delegate(standing: Standing, *, person_id: int) -> Decision:
    """A person names their own delegate; an administrator may do it for them."""
    if standing.is_administrator or standing.person_id == person_id:
        return YES
    return no(_("Only the person or an administrator names a delegate."), _("Ask the person."))


def delegate_chain(delegates: Mapping[int, int | None], *, person_id: int, delegate_id: int) -> list[int]:
    """Who would stand in for whom, from a person to the end, or to where it comes round to somebody again."""
    chain = [person_id]
    here: int | None = delegate_id
    while here is not None:
        chain.append(here)
        if here in chain[:-1]:
            break
        here = delegates.get(here)
    return chain


def is_delegate_chain_open(
    delegates: Mapping[int, int | None], *, person_id: int, delegate_id: int, names: Mapping[int, str] | None = None
) -> Decision:
    """A chain of delegates must end: `delegates` maps each person to their present delegate.

    `names` of the people in it, so that a refusal can tell it.
    """
    chain = delegate_chain(delegates, person_id=person_id, delegate_id=delegate_id)
    if len(set(chain)) == len(chain):
        return YES
    told = " → ".join((names or {}).get(person, str(person)) for person in chain)
    return no(
        _("That would make a circle of delegates: %(chain)s.") % {"chain": told},
        _("Choose somebody whose own delegates do not lead back."),
    )


def is_successor_chain_open(successors: Mapping[int, int | None], *, subject_id: int, successor_id: int) -> Decision:
    """A chain of successors must end: `successors` maps each archived unit or department to its own."""
    seen = {subject_id}
    here: int | None = successor_id
    while here is not None:
        if here in seen:
            return no(
                _("That would make a circle of successors."), _("Choose one that was not itself merged into this one.")
            )
        seen.add(here)
        here = successors.get(here)
    return YES


def is_time_zone(name: str) -> Decision:
    """An IANA time zone, or empty for that of the installation."""
    if not name or name in available_timezones():
        return YES
    return no(_("“%(name)s” is no time zone.") % {"name": name}, _("Use a name such as Europe/Berlin."))
