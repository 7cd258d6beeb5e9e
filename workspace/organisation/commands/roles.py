"""Giving people their roles."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation import events
from workspace.organisation.commands.entering import check_known
from workspace.organisation.commands.handing_over import hand_over
from workspace.organisation.commands.holding import hold, save
from workspace.organisation.commands.invitations import close_invitations
from workspace.organisation.commands.people import keep_an_administrator, remove_lead
from workspace.organisation.commands.sharing import end_shares_of
from workspace.organisation.commands.units import set_unit_head
from workspace.organisation.models import BusinessUnit, Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.people import may_set_role


@db.command
def set_role(person: Person, *, role: str, actor: Person | None) -> Person:
    """Change the role; whoever becomes a guest leads, heads and answers for nothing any more.

    Raises NotAllowed, also for one's own role; RuleBroken for an unknown role, the last administrator, or
    somebody who was erased.
    """
    may_set_role(standing_of(actor), person_id=person.pk, role=role).or_not_allowed()
    if role not in Person.Role.values:
        raise RuleBroken(_("“%(role)s” is no role.") % {"role": role}, next_step=", ".join(Person.Role.values))
    check_known(hold(person))
    if role != Person.Role.ADMINISTRATOR:
        keep_an_administrator(person)
    old, person.role = person.role, role
    save(person, "role")
    record(actor, Happening(events.PERSON_ROLE_SET, person, {"old": old, "new": role}))
    if old != role:  # who invited them, or shared something, meant somebody else
        close_invitations(person, actor=actor)
        end_shares_of(person, actor=actor)
    if role == Person.Role.GUEST:
        _let_go(person, actor)
    return person


def _let_go(person: Person, actor: Person | None) -> None:
    """End all that a guest cannot be: lead, head, accountable."""
    for lead in person.leaderships.select_related("department"):
        remove_lead(lead.department, person=person, actor=actor)
    for unit in BusinessUnit.objects.filter(head=person).order_by("pk"):
        set_unit_head(unit, head=None, actor=actor)
    hand_over(person, to=None, actor=actor)
