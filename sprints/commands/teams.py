"""Creating, changing and archiving teams."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.holding import changed_data, check_base, check_known, hold, hold_open, save
from sprints.models import Column, Membership, Sprint, Team
from sprints.queries.standing import team_standing, working_standing
from sprints.queries.teams import team_named, team_with_key
from sprints.rules.teams import (
    as_key,
    is_archivable,
    is_destination,
    is_interrupt_budget,
    is_sprint_length,
    is_team_description,
    is_team_key,
    is_team_name,
)
from sprints.rules.working import may_create_team, may_run
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

FIELDS = ("name", "description", "sprint_days", "interrupt_points", "unfinished_to")


@db.command
def create_team(name: str, *, key: str, description: str = "", sprint_days: int = 14, actor: Person | None) -> Team:
    """Create a team with four columns; its creator becomes product owner (the house makes a team without members).

    `sprint_days`: from the first day to the last. Raises NotAllowed; RuleBroken for a wrong or taken name or key.
    """
    may_create_team(standing_of(actor)).or_not_allowed()
    name, key = name.strip(), as_key(key)
    is_team_name(name).or_rule_broken()
    is_team_key(key).or_rule_broken()
    is_team_description(description.strip()).or_rule_broken()
    is_sprint_length(sprint_days).or_rule_broken()
    db.lock("sprints.teams")  # two could otherwise take the same name or key at once
    _check_free(name)
    if (holder := team_with_key(key)) is not None:
        raise RuleBroken(
            _("The key %(key)s is that of the team %(name)s.") % {"key": key, "name": holder.name},
            next_step=_("Choose another key."),
        )
    team = Team.objects.create(name=name, key=key, description=description.strip(), sprint_days=sprint_days)
    Column.objects.bulk_create(
        Column(team=team, name=words, category=category, position=position)
        for position, (words, category) in enumerate(_first_columns(), start=1)
    )
    happened = [Happening(events.TEAM_CREATED, team, {"key": key}, team.scope)]
    if actor is not None:
        role = Membership.Role.PRODUCT_OWNER
        Membership.objects.create(team=team, person=actor, role=role)
        data = {"person": actor.pk, "role": role.value, "allocation": 100}
        happened.append(Happening(events.MEMBER_ADDED, team, data, team.scope))
    record(actor, *happened)
    return team


def _first_columns() -> list[tuple[str, str]]:
    return [
        (_("To do"), Column.Category.TODO),
        (_("Doing"), Column.Category.DOING),
        (_("Review"), Column.Category.REVIEW),
        (_("Done"), Column.Category.DONE),
    ]


def _check_free(name: str, *, but: int | None = None) -> None:
    holder = team_named(name)
    if holder is not None and holder.pk != but:
        raise RuleBroken(
            _("There is a team “%(name)s” already; its key is %(key)s.") % {"name": holder.name, "key": holder.key},
            next_step=_("Choose another name."),
        )


@db.command
def change_team(team: Team, *, base_version: int | None = None, actor: Person | None, **fields: Any) -> Team:
    """Change name, description, sprint_days, interrupt_points or unfinished_to. The key stays: links hold it.

    Raises NotAllowed; RuleBroken for a wrong value, a taken name, an archived team; StaleWrite when one of the fields
    was changed after `base_version`; TypeError for an unknown field.
    """
    check_known("team", fields, FIELDS)
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    fields = {field: value.strip() if isinstance(value, str) else value for field, value in fields.items()}
    _check(fields)
    if "name" in fields:
        db.lock("sprints.teams")
    hold_open(team)
    check_base(team, fields, base_version)
    old = {field: getattr(team, field) for field in fields}
    changed = [field for field, value in fields.items() if old[field] != value]
    if not changed:
        return team
    if "name" in changed:
        _check_free(fields["name"], but=team.pk)
    for field in changed:
        setattr(team, field, fields[field])
    save(team, *changed)
    record(actor, Happening(events.TEAM_CHANGED, team, changed_data(old, team, changed), team.scope))
    return team


def _check(fields: dict[str, Any]) -> None:
    if "name" in fields:
        is_team_name(fields["name"]).or_rule_broken()
    if "description" in fields:
        is_team_description(fields["description"]).or_rule_broken()
    if "sprint_days" in fields:
        is_sprint_length(fields["sprint_days"]).or_rule_broken()
    if "interrupt_points" in fields:
        is_interrupt_budget(fields["interrupt_points"]).or_rule_broken()
    if "unfinished_to" in fields:
        is_destination(fields["unfinished_to"], known=Team.Unfinished.values).or_rule_broken()


@db.command
def archive_team(team: Team, *, actor: Person | None) -> Team:
    """Archive a team: its work stays to be read. Raises NotAllowed; RuleBroken when archived, or a sprint is active."""
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    hold_open(team)
    active = Sprint.objects.filter(team=team, state=Sprint.State.ACTIVE).first()
    is_archivable(team.name, active_sprint=str(active) if active else "").or_rule_broken()
    team.archived_at = clock.now()
    save(team, "archived_at")
    record(actor, Happening(events.TEAM_ARCHIVED, team, {}, team.scope))
    return team


@db.command
def reopen_team(team: Team, *, actor: Person | None) -> Team:
    """Open an archived team again. Raises NotAllowed; RuleBroken when it is open."""
    may_run(team_standing(actor, team.pk)).or_not_allowed()
    if hold(team).archived_at is None:
        raise RuleBroken(
            _("The team %(name)s is open already.") % {"name": team.name}, next_step=_("Nothing is left to do.")
        )
    team.archived_at = None
    save(team, "archived_at")
    record(actor, Happening(events.TEAM_REOPENED, team, {}, team.scope))
    return team
