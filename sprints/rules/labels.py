"""What a label may be called, and which tones there are."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no

LONGEST = 50
TONES = 8


def is_label(name: str, tone: int) -> Decision:
    """A label has a name of at most 50 characters, and one of the 8 tones of the house."""
    if not name:
        return no(_("A name is missing."), _("Give the label a name."))
    if len(name) > LONGEST:
        return no(
            _("“%(name)s…” has %(count)d characters.") % {"name": name[:LONGEST], "count": len(name)},
            _("A label has at most %(limit)d.") % {"limit": LONGEST},
        )
    if not 1 <= tone <= TONES:
        return no(
            _("There is no tone %(tone)s.") % {"tone": tone}, _("Choose one from 1 to %(limit)d.") % {"limit": TONES}
        )
    return YES
