"""What everybody inside sees, and no guest."""

from __future__ import annotations

from api.kernel.nouns import NounView


class InsideView(NounView):
    """A noun that everybody inside sees, and no guest."""

    def check_limits(self) -> None:
        """As always; a guest finds nothing here. Raises NotAllowed and Unknown."""
        super().check_limits()
        if self.person.is_guest:
            raise self.unknown({"": ""})
