"""The writers of journeys and ownership."""

from journeys.commands.calls import call_for_owner, end_overdue_calls, withdraw_call
from journeys.commands.catalogue import (
    change_persona,
    create_persona,
    create_system,
    rename_system,
    set_technology_owner,
)
from journeys.commands.claims import approve_claim, claim_touchpoint, deny_claim, deny_overdue_claims, withdraw_claim
from journeys.commands.coverage import note_coverage
from journeys.commands.flags import acknowledge_flag, end_silence, snooze_flag, waive_flag
from journeys.commands.handoffs import accept_handoff, decline_handoff, propose_handoff, report_broken
from journeys.commands.ownership import (
    approve_outside_owner,
    assign_ownership,
    attest_ownership,
    release_ownership,
    set_accountable_person,
    transfer_ownership,
)
from journeys.commands.placing import place_touchpoint
from journeys.commands.rule_settings import set_rule_settings
from journeys.commands.scanning import request_scan
from journeys.commands.stages import add_stage, move_stage, remove_stage, rename_stage, restore_stage
from journeys.commands.structure import archive_journey, change_journey, create_journey, restore_journey
from journeys.commands.touchpoints import add_touchpoint, change_touchpoint, move_touchpoint, retire_touchpoint

__all__ = [
    "accept_handoff",
    "acknowledge_flag",
    "add_stage",
    "add_touchpoint",
    "approve_claim",
    "approve_outside_owner",
    "archive_journey",
    "assign_ownership",
    "attest_ownership",
    "call_for_owner",
    "change_journey",
    "change_persona",
    "change_touchpoint",
    "claim_touchpoint",
    "create_journey",
    "create_persona",
    "create_system",
    "decline_handoff",
    "deny_claim",
    "deny_overdue_claims",
    "end_overdue_calls",
    "end_silence",
    "move_stage",
    "move_touchpoint",
    "note_coverage",
    "place_touchpoint",
    "propose_handoff",
    "release_ownership",
    "remove_stage",
    "rename_stage",
    "rename_system",
    "report_broken",
    "request_scan",
    "restore_journey",
    "restore_stage",
    "retire_touchpoint",
    "set_accountable_person",
    "set_rule_settings",
    "set_technology_owner",
    "snooze_flag",
    "transfer_ownership",
    "waive_flag",
    "withdraw_call",
    "withdraw_claim",
]
