"""Who may import stories, and what their cells say about where a story stands."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing

_SPRINT = re.compile(r"(?:[^\W\d]+\s*)?#?\s*(\d{1,9})")


def may_import_stories(standing: Standing) -> Decision:
    """A file writes into any team, so only those who decide for the whole house may import one."""
    if standing.is_administrator or standing.is_executive:
        return YES
    return no(_("You cannot import stories."), _("Executives and administrators can."))


def sprint_number(value: str) -> int | None:
    """The number of the sprint that a cell names as “3” or “Sprint 3”; None when it names none."""
    found = _SPRINT.fullmatch(value.strip())
    return int(found[1]) if found else None


def names_category(value: str, category: str, label: str) -> bool:
    """Whether a cell names a category of columns, by its code or its label, whatever the case and the spaces."""
    folded = "".join(value.casefold().split())
    return folded in (category.casefold(), "".join(label.casefold().split()))
