"""The writers of the organisation."""

from workspace.organisation.commands.answering import answer_once
from workspace.organisation.commands.erasing import erase_person
from workspace.organisation.commands.handing_over import hand_over, merge_department, see_off
from workspace.organisation.commands.holding import unless_changed
from workspace.organisation.commands.invitations import (
    accept_invitation,
    invite_again,
    invite_person,
    revoke_invitation,
)
from workspace.organisation.commands.people import (
    add_lead,
    change_email,
    change_person,
    create_person,
    deactivate_person,
    reactivate_person,
    remove_lead,
    set_delegate,
    set_leaving_date,
)
from workspace.organisation.commands.reopening import (
    restore_department,
    restore_unit,
    set_department_successor,
    set_unit_successor,
)
from workspace.organisation.commands.roles import set_role
from workspace.organisation.commands.sessions import end_session, end_sessions, end_sessions_of_leavers
from workspace.organisation.commands.sharing import change_share, end_share, invite_and_share, share
from workspace.organisation.commands.tokens import make_token, note_use, revoke_token
from workspace.organisation.commands.units import (
    archive_department,
    archive_unit,
    change_department,
    create_department,
    create_unit,
    rename_unit,
    set_unit_head,
)
from workspace.organisation.commands.ways_in import (
    forget_ways_in,
    note_sign_in,
    note_way_in,
    prove_address,
    set_password,
)
from workspace.organisation.commands.webhooks import (
    change_webhook,
    make_webhook,
    pause_webhook,
    remove_webhook,
    replay_delivery,
    resume_webhook,
    rotate_webhook_secret,
    try_webhook,
)

__all__ = [
    "accept_invitation",
    "add_lead",
    "answer_once",
    "archive_department",
    "archive_unit",
    "change_department",
    "change_email",
    "change_person",
    "change_share",
    "change_webhook",
    "create_department",
    "create_person",
    "create_unit",
    "deactivate_person",
    "end_session",
    "end_sessions",
    "end_sessions_of_leavers",
    "end_share",
    "erase_person",
    "forget_ways_in",
    "hand_over",
    "invite_again",
    "invite_and_share",
    "invite_person",
    "make_token",
    "make_webhook",
    "merge_department",
    "note_sign_in",
    "note_use",
    "note_way_in",
    "pause_webhook",
    "prove_address",
    "reactivate_person",
    "remove_lead",
    "remove_webhook",
    "rename_unit",
    "replay_delivery",
    "restore_department",
    "restore_unit",
    "resume_webhook",
    "revoke_invitation",
    "revoke_token",
    "rotate_webhook_secret",
    "see_off",
    "set_delegate",
    "set_department_successor",
    "set_leaving_date",
    "set_password",
    "set_role",
    "set_unit_head",
    "set_unit_successor",
    "share",
    "try_webhook",
    "unless_changed",
]
