"""The labels of a team."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.holding import changed_data, check_known, hold, hold_open, save
from sprints.commands.talking import one_line
from sprints.models import Label, Story, Team
from sprints.queries.standing import working_standing
from sprints.rules.labels import is_label
from sprints.rules.working import may_work
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Person

FIELDS = ("name", "tone")


@db.command
def create_label(team: Team, *, name: str, tone: int = 1, actor: Person | None) -> Label:
    """Create a label of a team, in one of 8 tones.

    Raises NotAllowed; RuleBroken for a wrong value, a name that is taken, or an archived team.
    """
    may_work(working_standing(actor, team.pk)).or_not_allowed()
    name = one_line(name)
    is_label(name, tone).or_rule_broken()
    team = hold_open(Team.objects.get(pk=team.pk))
    _check_free(team.pk, name)
    label = Label.objects.create(team=team, name=name, tone=tone)
    record(actor, Happening(events.LABEL_CREATED, label, {"name": name, "tone": tone}, team.scope))
    return label


@db.command
def change_label(label: Label, *, actor: Person | None, **fields: Any) -> Label:
    """Change name or tone; the cards that carry it show it. As many statements whatever their number.

    Raises NotAllowed; RuleBroken for a wrong value, a name that is taken, or an archived team; TypeError.
    """
    check_known("label", fields, FIELDS)
    may_work(working_standing(actor, label.team_id)).or_not_allowed()
    team = hold_open(Team.objects.get(pk=label.team_id))
    label = hold(label)
    if "name" in fields:
        fields["name"] = one_line(fields["name"])
    old = {field: getattr(label, field) for field in FIELDS}
    is_label(**(old | fields)).or_rule_broken()
    changed = [field for field, value in fields.items() if value != old[field]]
    if not changed:
        return label
    if "name" in changed:
        _check_free(team.pk, fields["name"], but=label.pk)
    for field in changed:
        setattr(label, field, fields[field])
    save(label, *changed)
    _show_on_cards(label)
    record(actor, Happening(events.LABEL_CHANGED, label, changed_data(old, label, changed), team.scope))
    return label


@db.command
def remove_label(label: Label, *, actor: Person | None) -> None:
    """Take a label off all stories, and away. The event keeps which stories had it.

    Raises NotAllowed; Unknown where it is gone; RuleBroken for an archived team.
    """
    may_work(working_standing(actor, label.team_id)).or_not_allowed()
    team = hold_open(Team.objects.get(pk=label.team_id))
    label = hold(label)
    stories = list(label.story_links.order_by("story_id").values_list("story_id", flat=True))
    _show_on_cards(label)
    data = {"what": label.name, "tone": label.tone, "stories": stories}
    happening = Happening(events.LABEL_REMOVED, (Label.NOUN, label.pk), data, team.scope)
    label.delete()
    record(actor, happening)


def _check_free(team_id: int, name: str, *, but: int = 0) -> None:
    """Raise RuleBroken where another label of the team has the name, whatever the case of its letters."""
    names = Label.objects.filter(team=team_id).exclude(pk=but).values_list("name", flat=True)
    taken = next((there for there in names if there.casefold() == name.casefold()), None)
    if taken is not None:
        raise RuleBroken(
            _("The team has a label “%(name)s” already.") % {"name": taken},
            next_step=_("Use that one, or choose another name."),
        )


def _show_on_cards(label: Label) -> None:
    Story.objects.filter(label_links__label=label).update(revision=F("revision") + 1)
