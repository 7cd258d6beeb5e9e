"""When people are away."""

from __future__ import annotations

from datetime import date

from sprints import events
from sprints.commands.holding import hold
from sprints.models import Absence
from sprints.queries.standing import runs_a_team_of
from sprints.rules.absences import can_be_away, is_new_absence, is_stretch_away
from sprints.rules.working import may_change_absence
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


@db.command
def enter_absence(person: Person, *, starts_on: date, ends_on: date, actor: Person | None) -> Absence:
    """Enter days on which somebody does not work, first and last included; why is nobody's business.

    Raises NotAllowed; RuleBroken for wrong days, days of another absence, a guest or somebody who has left.
    """
    _check_right(person, actor)
    is_stretch_away(starts_on, ends_on).or_rule_broken()
    db.lock_row(Person, person.pk)  # two absences of one person are entered one after the other
    person = Person.objects.get(pk=person.pk)
    can_be_away(person.name, works_here=person.works_here, is_guest=person.is_guest).or_rule_broken()
    overlapping = Absence.objects.filter(person=person, starts_on__lte=ends_on, ends_on__gte=starts_on)
    is_new_absence(person.name, taken=overlapping.values_list("starts_on", "ends_on").first()).or_rule_broken()
    absence = Absence.objects.create(person=person, starts_on=starts_on, ends_on=ends_on)
    record(actor, _happening(events.ABSENCE_ENTERED, absence, absence.pk))
    return absence


@db.command
def remove_absence(absence: Absence, *, actor: Person | None) -> None:
    """Remove an absence. Raises NotAllowed; Unknown where it is gone."""
    _check_right(absence.person, actor)
    hold(absence)
    absence_id = absence.pk
    absence.delete()
    record(actor, _happening(events.ABSENCE_REMOVED, absence, absence_id))


def _check_right(person: Person, actor: Person | None) -> None:
    runs = runs_a_team_of(actor, person.pk)
    may_change_absence(standing_of(actor), person_id=person.pk, runs_a_team_of_theirs=runs).or_not_allowed()


def _happening(kind: str, absence: Absence, absence_id: int) -> Happening:
    """What happened to a person: an absence belongs to them, and to no single team."""
    days = {"on": absence.starts_on.isoformat(), "until": absence.ends_on.isoformat()}
    return Happening(kind, (Person.NOUN, absence.person_id), {"absence": absence_id, **days})
