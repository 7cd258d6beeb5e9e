"""Who belongs to a team."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.holding import changed_data, check_known, hold_open
from sprints.commands.relations import linked_ids
from sprints.models import Assignment, Membership, Story, Team
from sprints.queries.standing import working_standing
from sprints.rules.teams import can_join, is_allocation, is_team_role, keeps_product_owner
from sprints.rules.working import may_run
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.undoing import ALONG
from workspace.errors import RuleBroken
from workspace.organisation.models import Person
from workspace.organisation.models.people import answering_person

FIELDS = ("role", "allocation")


@db.command
def add_member(
    team: Team, *, person: Person, role: str = Membership.Role.MEMBER, allocation: int = 100, actor: Person | None
) -> Membership:
    """Add somebody to a team; `allocation` is the percentage of their working time that the team has.

    Raises NotAllowed; RuleBroken for a guest, somebody who has left or is there already, or a wrong value.
    """
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    is_team_role(role).or_rule_broken()
    is_allocation(allocation).or_rule_broken()
    person = _held(person)
    hold_open(team)
    can_join(person.name, works_here=person.works_here, is_guest=person.is_guest).or_rule_broken()
    if Membership.objects.filter(team=team, person=person).exists():
        raise RuleBroken(
            _("%(name)s is in %(team)s already.") % {"name": person.name, "team": team.name},
            next_step=_("Change their role or allocation instead."),
        )
    membership = Membership.objects.create(team=team, person=person, role=role, allocation=allocation)
    data = {"person": person.pk, "role": str(role), "allocation": allocation}
    record(actor, Happening(events.MEMBER_ADDED, team, data, team.scope))
    return membership


@db.command
def change_member(team: Team, *, person: Person, actor: Person | None, **fields: Any) -> Membership:
    """Change role or allocation. Raises NotAllowed; RuleBroken for a wrong value, nobody of the team, or when no
    product owner would be left; TypeError for an unknown field.
    """
    check_known("member", fields, FIELDS)
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    if "role" in fields:
        is_team_role(fields["role"]).or_rule_broken()
    if "allocation" in fields:
        is_allocation(fields["allocation"]).or_rule_broken()
    hold_open(team)
    membership = _membership(team, person)
    old = {field: getattr(membership, field) for field in fields}
    changed = [field for field, value in fields.items() if old[field] != value]
    if not changed:
        return membership
    if "role" in changed:
        _check_product_owner(team, membership)
    for field in changed:
        setattr(membership, field, fields[field])
    membership.save(update_fields=changed)
    data = {"person": person.pk, **changed_data(old, membership, changed)}
    record(actor, Happening(events.MEMBER_CHANGED, team, data, team.scope))
    return membership


@db.command
def remove_member(team: Team, *, person: Person, actor: Person | None) -> None:
    """Take somebody out of a team, and off its unfinished stories: as many statements whatever their number.

    Raises NotAllowed; RuleBroken for nobody of the team, or when no product owner would be left.
    """
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    hold_open(team)
    membership = _membership(team, person)
    _check_product_owner(team, membership)
    db.lock_row(Membership, membership.pk)  # whoever gives them a story holds it too
    taken_off = _take_off(team, person)
    membership.delete()
    data = {"person": person.pk, "role": membership.role, "stories": [int(pk) for pk in taken_off]}
    happened = [Happening(events.MEMBER_REMOVED, team, data, team.scope)]
    if taken_off:
        changed = {"fields": "assignees", "count": len(taken_off), ALONG: True, "stories": taken_off}
        ids = [int(pk) for pk in taken_off]
        happened.append(Happening(events.STORIES_CHANGED, None, changed, team.scope, subjects=(Story.NOUN, ids)))
    record(actor, *happened)


def _take_off(team: Team, person: Person) -> dict[str, Any]:
    """Take somebody off the unfinished stories of the team: 5 statements. What changed of each story, by its id."""
    assigned = Story.objects.unfinished().filter(team=team, assignments__person=person)
    ids = list(assigned.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return {}
    db.lock_rows(Story, ids)
    listed = db.one_of("bigint", ids)
    working = linked_ids("assignees", ids)
    versions = dict(Story.objects.filter(pk__in=listed).order_by("pk").values_list("pk", "version"))
    Assignment.objects.filter(person=person, story__in=listed).delete()
    Story.objects.filter(pk__in=listed).update(version=F("version") + 1, revision=F("revision") + 1)
    return {
        str(pk): {
            "version": version + 1,
            "old": {"assignees": sorted(working[pk])},
            "new": {"assignees": sorted(working[pk] - {person.pk})},
        }
        for pk, version in versions.items()
    }


def _held(person: Person) -> Person:
    """The person as they are now; nobody makes them a guest in the meantime. Held before the team."""
    db.lock_row(Person, person.pk)
    return Person.objects.get(pk=person.pk)


def _membership(team: Team, person: Person) -> Membership:
    membership = Membership.objects.filter(team=team, person=person).first()
    if membership is None:
        raise RuleBroken(
            _("%(name)s is not in %(team)s.") % {"name": person.name, "team": team.name},
            next_step=_("Add them first."),
        )
    return membership


def _check_product_owner(team: Team, membership: Membership) -> None:
    """Raise RuleBroken where this one, a product owner until now, is the last who is active. The team is held."""
    if membership.role != Membership.Role.PRODUCT_OWNER:
        return
    owners = Membership.objects.filter(team=team, role=Membership.Role.PRODUCT_OWNER).exclude(pk=membership.pk)
    others = owners.filter(answering_person(clock.today(), "person__")).count()
    keeps_product_owner(team.name, others=others).or_rule_broken()
