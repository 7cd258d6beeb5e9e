"""The rights about people and the organisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workspace.organisation.rules.invitations import may_invite
from workspace.organisation.rules.people import may_administer, may_appoint_lead, may_set_delegate, may_set_role
from workspace.organisation.rules.rights import OUR_UNIT, SOMEBODY, THEMSELVES, Area, Right, right
from workspace.organisation.rules.sign_in import may_change_ways_in, may_end_sessions
from workspace.organisation.rules.standing import Standing
from workspace.organisation.rules.tokens import may_make_token, may_revoke_token
from workspace.organisation.rules.webhooks import may_keep_webhook, may_make_webhook


def is_insider(standing: Standing) -> bool:
    """Whether the person sees open work."""
    return standing.is_insider


SEEING = Area(
    _("Seeing"),
    [
        right(_("see every journey, touchpoint, owner, claim, handoff and flag"), is_insider),
        right(_("see units, departments, people, and the history of everything"), is_insider),
    ],
)

ORGANISATION = Area(
    _("Units, departments and people"),
    [
        right(_("create, change and archive units and departments; add, change and deactivate people"), may_administer),
        right(_("appoint leads and deputies in the unit"), may_appoint_lead, unit_id=OUR_UNIT),
        right(_("give somebody a role"), may_set_role, person_id=SOMEBODY, role="executive"),
        Right(_("give themselves another role"), may_set_role, lambda standing: may_set_role(
            standing, person_id=standing.person_id or 0, role="executive")),
        Right(_("step down to member"), may_set_role, lambda standing: may_set_role(
            standing, person_id=standing.person_id or 0, role="member")),
        right(_("name somebody’s delegate"), may_set_delegate, person_id=THEMSELVES),
        right(_("change how somebody signs in: password, passkeys, second factor"), may_change_ways_in,
              person_id=THEMSELVES),
        right(_("make a token for somebody who signs in"), may_make_token, person_id=THEMSELVES, has_come_in=True),
        right(_("make a token for a program’s own person"), may_make_token, person_id=SOMEBODY, has_come_in=False),
        right(_("revoke somebody’s token"), may_revoke_token, person_id=THEMSELVES),
        right(_("make a webhook that tells what the person may see"), may_make_webhook, owner_id=THEMSELVES),
        right(_("change, pause and remove somebody’s webhook, and read what it sent"), may_keep_webhook,
              owner_id=THEMSELVES),
        right(_("end somebody’s sessions"), may_end_sessions, person_id=THEMSELVES),
        right(_("invite a guest"), may_invite, role="guest"),
        right(_("invite a member"), may_invite, role="member"),
        right(_("invite an executive or administrator"), may_invite, role="administrator"),
    ],
)  # fmt: skip
