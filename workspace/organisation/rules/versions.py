"""Which versions of a thing somebody can have looked at."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no


def was_shown(name: str, *, told: int, version: int) -> Decision:
    """Whether anybody can have seen version `told` of a thing that has come to `version`."""
    if told <= version:
        return YES
    return no(
        _("%(name)s is at version %(version)d; nobody was shown a version %(told)d of it.")
        % {"name": name, "version": version, "told": told},
        _("Look at it as it is now, and send it again if you still want it so."),
    )
