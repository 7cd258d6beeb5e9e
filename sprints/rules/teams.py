"""What a team, its members and its key have to be like."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no

KEY = re.compile(r"[A-Z][A-Z0-9]{1,9}")
LONGEST_NAME = 200
LONGEST_DESCRIPTION = 20_000
LONGEST_SPRINT = 56  # days
LARGEST_BUDGET = 999  # points
ROLES = ("product_owner", "scrum_master", "member")


def as_key(typed: str) -> str:
    """A key as it is kept: in upper case. Other letters than A–Z stay as typed, though some have such an upper case."""
    key = typed.strip()
    return key.upper() if key.isascii() else key


def is_team_key(key: str) -> Decision:
    """A key is 2 to 10 letters A–Z and digits, and begins with a letter."""
    if KEY.fullmatch(key):
        return YES
    return no(
        _("“%(key)s” cannot be the key of a team.") % {"key": key[:50]},
        _("A key has 2 to 10 letters A–Z and digits, and begins with a letter, such as GROW."),
    )


def is_team_name(name: str) -> Decision:
    """A name is there and not too long."""
    if not name:
        return no(_("A team needs a name."), _("Give it one."))
    if len(name) > LONGEST_NAME:
        return no(
            _("The name of a team has %(n)d characters.") % {"n": len(name)},
            _("Use at most %(n)d.") % {"n": LONGEST_NAME},
        )
    return YES


def is_team_description(description: str) -> Decision:
    """What a team is for, in at most 20,000 characters."""
    if len(description) > LONGEST_DESCRIPTION:
        return no(
            _("The description has %(n)d characters.") % {"n": len(description)},
            _("Use at most %(n)d.") % {"n": LONGEST_DESCRIPTION},
        )
    return YES


def is_sprint_length(days: object) -> Decision:
    """A sprint takes 1 to 56 days."""
    if isinstance(days, int) and 1 <= days <= LONGEST_SPRINT:
        return YES
    return no(
        _("“%(days)s” is no length of a sprint.") % {"days": days},
        _("A sprint takes 1 to %(n)d days.") % {"n": LONGEST_SPRINT},
    )


def is_interrupt_budget(points: object) -> Decision:
    """Whole points from 0 on, or None: there is no budget."""
    if points is None or (isinstance(points, int) and 0 <= points <= LARGEST_BUDGET):
        return YES
    return no(
        _("“%(points)s” is no budget for unplanned work.") % {"points": points},
        _("Give whole points from 0 to %(n)d, or none.") % {"n": LARGEST_BUDGET},
    )


def is_destination(where: object, *, known: Collection[str]) -> Decision:
    """Where unfinished work goes is one of the known places."""
    if where in known:
        return YES
    return no(
        _("Unfinished work cannot go to “%(where)s”.") % {"where": where},
        _("Choose one of: %(known)s.") % {"known": ", ".join(known)},
    )


def is_open(name: str, *, is_archived: bool) -> Decision:
    """Nothing changes in an archived team."""
    if is_archived:
        return no(_("The team %(name)s is archived.") % {"name": name}, _("Open it again first."))
    return YES


def is_archivable(name: str, *, active_sprint: str) -> Decision:
    """A team with an active sprint is at work. `active_sprint` is its name, "" for none."""
    if active_sprint:
        return no(
            _("%(sprint)s of %(name)s is active.") % {"sprint": active_sprint, "name": name},
            _("Close the sprint first."),
        )
    return YES


def can_join(name: str, *, works_here: bool, is_guest: bool) -> Decision:
    """Members are people of the house who are active."""
    if not works_here:
        return no(_("%(name)s does not work here any more.") % {"name": name}, _("Choose somebody who is active."))
    if is_guest:
        return no(
            _("%(name)s is a guest and cannot be a member of a team.") % {"name": name},
            _("Share the team with them instead."),
        )
    return YES


def is_team_role(role: object) -> Decision:
    """A role in a team is one of three."""
    if role in ROLES:
        return YES
    return no(_("“%(role)s” is no role in a team.") % {"role": role}, ", ".join(ROLES))


def is_allocation(percent: object) -> Decision:
    """The share of somebody's working time that a team has: a whole number from 0 to 100 %."""
    if isinstance(percent, int) and not isinstance(percent, bool) and 0 <= percent <= 100:
        return YES
    return no(_("“%(percent)s” is no allocation.") % {"percent": percent}, _("Give whole percent from 0 to 100."))


def keeps_product_owner(team: str, *, others: int) -> Decision:
    """A product owner goes only when another one is there. `others`: how many others are active and no guests."""
    if others:
        return YES
    return no(
        _("That would leave %(team)s without a product owner.") % {"team": team},
        _("Make somebody else product owner first."),
    )


def blau_index(counts: Mapping[object, int]) -> float:
    """How mixed a group is, 0 (all alike) up to 1 − 1/k for k kinds: the probability that two of it, drawn with
    replacement, are of different kinds, 1 − Σp². Source: P. M. Blau, Inequality and Heterogeneity, 1977, chapter 4.

    `counts` maps each kind to how many there are of it. Of nobody it is 0.
    """
    n = sum(counts.values())
    if n == 0:
        return 0.0
    return 1 - sum(count * count for count in counts.values()) / (n * n)
