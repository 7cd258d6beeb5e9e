"""Where a person stands to a team: the facts that every permission about its work is decided on."""

from __future__ import annotations

from dataclasses import dataclass

from workspace.organisation.rules.standing import HOUSE, Standing


@dataclass(frozen=True, slots=True)
class TeamStanding:
    """A person's standing in the organisation, and their role in one team ("" for nobody of the team).

    `is_shared`: the team is shared with the person, a guest, today.
    """

    standing: Standing
    role: str = ""
    is_shared: bool = False

    @property
    def is_administrator(self) -> bool:
        """Whether the person administers the organisation."""
        return self.standing.is_administrator

    @property
    def is_member(self) -> bool:
        """Whether the person belongs to the team, in any role."""
        return self.standing.is_house or (self.standing.is_insider and self.role != "")

    @property
    def runs_team(self) -> bool:
        """Whether the person is product owner or scrum master of the team."""
        return self.standing.is_house or (self.is_member and self.role in ("product_owner", "scrum_master"))

    @property
    def sees_team(self) -> bool:
        """Whether the person sees the team and its work at all."""
        return self.standing.is_insider or (self.standing.active and self.is_shared)


THE_HOUSE = TeamStanding(HOUSE)
