"""Initiatives: what stories of several teams are for."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.holding import changed_data, check_base, check_known, hold, save
from sprints.commands.talking import one_line, plain
from sprints.models import Initiative, Membership, Story
from sprints.rules.initiatives import is_initiative, may_keep_initiatives
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of

FIELDS = ("name", "description")
RUNNING = (Membership.Role.PRODUCT_OWNER, Membership.Role.SCRUM_MASTER)


@db.command
def create_initiative(name: str, *, description: str = "", actor: Person | None) -> Initiative:
    """Create an initiative. Raises NotAllowed; RuleBroken for a wrong value, or a name that is taken."""
    _check_may(actor)
    name, description = one_line(name), plain(description)
    is_initiative(name, description).or_rule_broken()
    db.lock("sprints.initiatives")
    _check_free(name)
    initiative = Initiative.objects.create(name=name, description=description)
    record(actor, Happening(events.INITIATIVE_CREATED, initiative, {"name": name}))
    return initiative


@db.command
def change_initiative(
    initiative: Initiative, *, base_version: int | None = None, actor: Person | None, **fields: Any
) -> Initiative:
    """Change name or description; the cards of its stories show it.

    Raises NotAllowed; StaleWrite when the same was changed since `base_version`; RuleBroken; TypeError.
    """
    check_known("initiative", fields, FIELDS)
    _check_may(actor)
    db.lock("sprints.initiatives")
    initiative = hold(initiative)
    check_base(initiative, list(fields), base_version)
    wanted = {field: (one_line if field == "name" else plain)(value) for field, value in fields.items()}
    old = {field: getattr(initiative, field) for field in FIELDS}
    is_initiative(**(old | wanted)).or_rule_broken()
    changed = [field for field, value in wanted.items() if value != old[field]]
    if not changed:
        return initiative
    if "name" in changed:
        _check_free(wanted["name"], but=initiative.pk)
    for field in changed:
        setattr(initiative, field, wanted[field])
    save(initiative, *changed)
    if "name" in changed:
        Story.objects.filter(initiative=initiative).update(revision=F("revision") + 1)
    record(actor, Happening(events.INITIATIVE_CHANGED, initiative, changed_data(old, initiative, changed)))
    return initiative


@db.command
def close_initiative(initiative: Initiative, *, actor: Person | None) -> Initiative:
    """Close an initiative: it keeps its stories, and takes no new ones. Raises NotAllowed; RuleBroken."""
    _check_may(actor)
    initiative = hold(initiative)
    if initiative.closed_at is not None:
        raise RuleBroken(
            _("The initiative “%(name)s” is closed already.") % {"name": initiative.name},
            next_step=_("Nothing is left to do."),
        )
    initiative.closed_at = clock.now()
    save(initiative, "closed_at")
    record(actor, Happening(events.INITIATIVE_CLOSED, initiative))
    return initiative


@db.command
def reopen_initiative(initiative: Initiative, *, actor: Person | None) -> Initiative:
    """Open a closed initiative again. Raises NotAllowed; RuleBroken for one that is open."""
    _check_may(actor)
    initiative = hold(initiative)
    if initiative.closed_at is None:
        raise RuleBroken(
            _("The initiative “%(name)s” is open.") % {"name": initiative.name}, next_step=_("Nothing is left to do.")
        )
    initiative.closed_at = None
    save(initiative, "closed_at")
    record(actor, Happening(events.INITIATIVE_REOPENED, initiative))
    return initiative


def _check_may(actor: Person | None) -> None:
    runs = Membership.objects.filter(person=actor, role__in=RUNNING, team__archived_at__isnull=True)
    runs_a_team = actor is not None and not actor.is_guest and runs.exists()
    may_keep_initiatives(standing_of(actor), runs_a_team=runs_a_team).or_not_allowed()


def _check_free(name: str, *, but: int = 0) -> None:
    names = Initiative.objects.exclude(pk=but).values_list("name", flat=True)
    taken = next((there for there in names if there.casefold() == name.casefold()), None)
    if taken is not None:
        raise RuleBroken(
            _("There is an initiative “%(name)s” already.") % {"name": taken},
            next_step=_("Use that one, or choose another name."),
        )
