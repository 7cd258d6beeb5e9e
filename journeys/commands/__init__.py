"""The writers of journeys and ownership."""

from journeys.commands.claims import approve_claim, claim_touchpoint, deny_claim, deny_overdue_claims, withdraw_claim
from journeys.commands.coverage import note_coverage
from journeys.commands.flags import acknowledge_flag, end_silence, snooze_flag, waive_flag
from journeys.commands.handoffs import accept_handoff, decline_handoff, propose_handoff
from journeys.commands.ownership import (
    assign_ownership,
    attest_ownership,
    release_ownership,
    set_accountable_person,
    transfer_ownership,
)
from journeys.commands.scanning import request_scan
from journeys.commands.structure import (
    add_stage,
    archive_journey,
    change_journey,
    create_journey,
    create_persona,
    create_system,
    set_technology_owner,
)
from journeys.commands.touchpoints import add_touchpoint, change_touchpoint, move_touchpoint, retire_touchpoint

__all__ = [
    "accept_handoff",
    "acknowledge_flag",
    "add_stage",
    "add_touchpoint",
    "approve_claim",
    "archive_journey",
    "assign_ownership",
    "attest_ownership",
    "change_journey",
    "change_touchpoint",
    "claim_touchpoint",
    "create_journey",
    "create_persona",
    "create_system",
    "decline_handoff",
    "deny_claim",
    "deny_overdue_claims",
    "end_silence",
    "move_touchpoint",
    "note_coverage",
    "propose_handoff",
    "release_ownership",
    "request_scan",
    "retire_touchpoint",
    "set_accountable_person",
    "set_technology_owner",
    "snooze_flag",
    "transfer_ownership",
    "waive_flag",
    "withdraw_claim",
]
