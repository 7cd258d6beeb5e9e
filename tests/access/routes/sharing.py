"""Sharing a journey with guests."""

from __future__ import annotations

from datetime import timedelta

from journeys.models import Journey
from tests.access.ways import Way, both
from tests.cast import Cast
from workspace import clock
from workspace.organisation import commands
from workspace.organisation.models import Person


def ways(cast: Cast) -> list[Way]:
    """A guest of another kind sees the journey already; whoever builds journeys may share it with more."""
    sharing = ("lead", "other_lead", "head", "other_head", "executive", "administrator")
    here = f"/journeys/{cast.journey.pk}/sharing/"
    until = clock.today() + timedelta(days=30)
    printer, agency = (
        commands.create_person(
            f"{name.lower()}@agency.example", name=name, role=Person.Role.GUEST, actor=cast.administrator
        )
        for name in ("Printer", "Agency")
    )
    shared = commands.share(Journey.NOUN, cast.journey.pk, guest=printer, until=until, actor=cast.executive)
    later = {"until": (until + timedelta(days=1)).isoformat()}
    invited = {"name": "Nobody yet", "email": "new@agency.example", **later}
    return [
        Way("journeys:sharing", here, by=sharing),
        *both("journeys:share", f"{here}guest/", by=sharing, data={"guest": agency.pk, **later}),
        Way("journeys:invite_guest", f"{here}invite/", by=sharing),
        # No mail is set up: the page shows the link.
        Way("journeys:invite_guest", f"{here}invite/", "POST", by=sharing, data=invited, done=200),
        *both("journeys:change_share", f"{here}{shared.pk}/", by=sharing, data=later),
        Way("journeys:end_share", f"{here}{shared.pk}/end/", "POST", by=sharing),
    ]
