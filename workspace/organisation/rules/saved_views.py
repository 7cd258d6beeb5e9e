"""What a saved view may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no

AT_MOST = 50
"""So many views of one page can a person keep."""
LONGEST_NAME = 80
LONGEST_QUERY = 2000


def is_name_allowed(name: str) -> Decision:
    """A name is there, and short enough for a tab."""
    if not name:
        return no(_("A view has a name."), _("Type what you will look for."))
    if len(name) > LONGEST_NAME:
        return no(
            _("This name has %(n)d characters.") % {"n": len(name)},
            _("Use at most %(n)d.") % {"n": LONGEST_NAME},
        )
    return YES


def only_filters(given: Mapping[str, Sequence[str]], known: Collection[str]) -> str:
    """The query string of the filters that the page knows and that hold something, in a fixed order: nothing else."""
    kept = [(name, value.strip()) for name in sorted(known) for value in given.get(name, []) if value.strip()]
    return urlencode(kept)
