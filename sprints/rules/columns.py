"""What the columns of a board have to be like."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no

LONGEST_NAME = 100
LARGEST_LIMIT = 999  # stories
CATEGORIES = ("todo", "doing", "review", "done")


def is_column_name(name: str) -> Decision:
    """A name is there and not too long."""
    if not name:
        return no(_("A column needs a name."), _("Give it one."))
    if len(name) > LONGEST_NAME:
        return no(
            _("The name of a column has %(n)d characters.") % {"n": len(name)},
            _("Use at most %(n)d.") % {"n": LONGEST_NAME},
        )
    return YES


def is_category(category: object) -> Decision:
    """A column means one of four things."""
    if category in CATEGORIES:
        return YES
    return no(_("“%(category)s” is no category of a column.") % {"category": category}, ", ".join(CATEGORIES))


def is_wip_limit(limit: object) -> Decision:
    """Stories at once, at least 1; None for no limit."""
    if limit is None or (isinstance(limit, int) and not isinstance(limit, bool) and 1 <= limit <= LARGEST_LIMIT):
        return YES
    return no(
        _("“%(limit)s” is no WIP limit.") % {"limit": limit},
        _("Give a whole number from 1 to %(n)d, or none.") % {"n": LARGEST_LIMIT},
    )


def keeps_both_ends(remaining: Collection[str]) -> Decision:
    """New work begins in a column of to do and ends in one of done. `remaining`: the categories that there would be."""
    if "todo" not in remaining:
        return no(_("A board needs a column for what is to do."), _("Add another such column first."))
    if "done" not in remaining:
        return no(_("A board needs a column for what is done."), _("Add another such column first."))
    return YES


def can_take_over(column: str, *, is_same: bool, is_of_team: bool) -> Decision:
    """The stories of a column that goes are moved to another column of its team."""
    if is_same:
        return no(_("The stories of %(column)s cannot stay there.") % {"column": column}, _("Choose another column."))
    if not is_of_team:
        return no(
            _("%(column)s belongs to another team.") % {"column": column}, _("Choose a column of the same board.")
        )
    return YES


def is_whole_order(given: Collection[int], present: Collection[int]) -> Decision:
    """An order names each column of the board once."""
    if len(given) == len(present) and set(given) == set(present):
        return YES
    return no(
        _("The order does not name each column of the board once."), _("Load the page again: columns have changed.")
    )
