"""Inviting people, and the link that they get."""

from __future__ import annotations

from tests.access.ways import EVERYBODY, Way, both
from tests.cast import Cast
from workspace.organisation import commands
from workspace.organisation.models import Person


def ways(cast: Cast) -> list[Way]:
    """Administrators invite anybody, those who may share something guests. The link is for whoever holds it."""
    sharing = ("lead", "other_lead", "head", "other_head", "executive", "administrator")
    guest = {"name": "Nobody yet", "email": "new@agency.example", "role": Person.Role.GUEST}
    member = guest | {"role": Person.Role.MEMBER}
    invited = commands.invite_person("late@example.com", name="Late", role=Person.Role.GUEST, actor=cast.administrator)
    newcomer = commands.invite_person("nina@example.com", name="Nina", actor=cast.administrator).person
    here, theirs = f"/organisation/people/{invited.person.pk}/", f"/organisation/people/{newcomer.pk}/"
    link = f"/invitations/{invited.link.rstrip('/').rpartition('/')[2]}/"
    password = {"password": "a long way to the sea", "again": "a long way to the sea"}
    invite = "/organisation/people/invite/"
    return [
        Way("organisation:invite", invite, by=sharing),
        # No mail is set up: the page shows the link.
        Way("organisation:invite", invite, "POST", by=sharing, data=guest, done=200),
        Way("organisation:invite", invite, "POST", by=("administrator",), data=member, done=200),
        Way("organisation:invite_again", f"{here}invitation/", "POST", by=sharing, done=200),
        Way("organisation:revoke_invitation", f"{here}invitation/revoke/", "POST", by=sharing),
        Way("organisation:invite_again", f"{theirs}invitation/", "POST", by=("administrator",), done=200),
        Way("organisation:revoke_invitation", f"{theirs}invitation/revoke/", "POST", by=("administrator",)),
        Way("invitation", link, by=EVERYBODY),
        Way("invitation", link, "POST", by=EVERYBODY, data=password),
        *both(
            "invitation", "/invitations/something-else/", by=(), data=password, answers=dict.fromkeys(EVERYBODY, 404)
        ),
    ]
