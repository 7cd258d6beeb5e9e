"""What guests see where it is shared with them, and do not change."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from api.kernel.nouns import NounView
from api.kernel.wanted import Included
from api.nouns.inside import InsideView
from workspace.errors import Unknown


class GuestsView(NounView):
    """A noun of which guests see what is shared with them, and which only people of the house change."""

    def check_limits(self) -> None:
        """As always; for a guest there is nothing to change. Raises NotAllowed and Unknown."""
        super().check_limits()
        if self.person.is_guest and self.request.method not in ("GET", "HEAD", "OPTIONS"):
            raise Unknown(
                _("There is nothing here that you can change."),
                next_step=_("Guests look at what is shared with them; people of the house change it."),
            )

    def for_insiders(self) -> None:
        """Keep guests out of an address that is for people of the house. Raises NotAllowed and Unknown."""
        self.check_limits()
        if self.person.is_guest:
            raise self.unknown({"": ""})

    def includes_offered(self) -> Mapping[str, Included]:
        """What this person can ask for; a guest nothing that is for people of the house alone."""
        if not self.person.is_guest:
            return self.includes
        return {name: one for name, one in self.includes.items() if not issubclass(one.view, InsideView)}
