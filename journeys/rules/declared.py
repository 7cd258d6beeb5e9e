"""The rights about journeys, ownership, flags and rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journeys.rules.calls import may_call
from journeys.rules.claims import (
    Candidate,
    Claimant,
    Place,
    may_approve_outside,
    may_assign,
    may_attest,
    may_claim,
    may_decide_claim,
    may_give_up,
    may_release,
    may_transfer,
)
from journeys.rules.flags import may_handle_flag, may_scan
from journeys.rules.handoffs import may_speak, sides_of
from journeys.rules.settings import may_set_rules
from journeys.rules.structure import may_build, may_import, may_move_to_unit, may_share
from workspace.organisation.rules.rights import (
    ACCOUNTABLE,
    NEXT_DEPARTMENT,
    OTHER_DEPARTMENT,
    OTHER_UNIT,
    OUR_DEPARTMENT,
    OUR_UNIT,
    SOMEBODY,
    THEMSELVES,
    Area,
    Right,
    right,
)

OURS = Candidate(OUR_DEPARTMENT, "", OUR_UNIT, archived=False)
NEXT = Candidate(NEXT_DEPARTMENT, "", OUR_UNIT, archived=False)
THEIRS = Candidate(OTHER_DEPARTMENT, "", OTHER_UNIT, archived=False)
UNOWNED = Place(OUR_UNIT, "", None, "", None, retired=False)
OWNED = Place(OUR_UNIT, "", OUR_DEPARTMENT, "", OUR_UNIT, retired=False)
FROM_OUTSIDE = Place(OUR_UNIT, "", OTHER_DEPARTMENT, "", OTHER_UNIT, retired=False)
CLAIM = Claimant(NEXT_DEPARTMENT, SOMEBODY)
OWN_CLAIM = Claimant(OUR_DEPARTMENT, SOMEBODY)
RIVAL = Claimant(99, SOMEBODY)

BUILDING = Area(
    _("Journeys"),
    [
        right(_("create and change journeys, stages and touchpoints"), may_build),
        right(_("move a touchpoint of the unit to another unit"), may_move_to_unit,
              old_unit_id=OUR_UNIT, unit_id=OTHER_UNIT, own_units=()),
        right(_("import touchpoints and their owners"), may_import),
        right(_("share a journey with guests, until a day"), may_share, accountable_id=ACCOUNTABLE),
    ],
)  # fmt: skip

OWNING = Area(
    _("Ownership, of a touchpoint in the unit"),
    [
        right(_("claim it for the department"), may_claim, candidate=OURS),
        right(_("decide a claim of the department next door on what the department owns"), may_decide_claim,
              place=OWNED, claimant=CLAIM, waiting=[CLAIM]),
        right(_("decide a claim of the department next door on what nobody owns"), may_decide_claim,
              place=UNOWNED, claimant=CLAIM, waiting=[CLAIM]),
        right(_("decide one of several claims"), may_decide_claim,
              place=OWNED, claimant=CLAIM, waiting=[CLAIM, RIVAL]),
        right(_("decide a claim of the department itself"), may_decide_claim,
              place=UNOWNED, claimant=OWN_CLAIM, waiting=[OWN_CLAIM]),
        right(_("assign what nobody owns to a department of the unit"), may_assign, candidate=NEXT, place=UNOWNED),
        right(_("assign what nobody owns to a department of another unit"), may_assign,
              candidate=THEIRS, place=UNOWNED),
        right(_("approve an owner from another unit"), may_approve_outside, place=FROM_OUTSIDE),
        right(_("hand it over to the department next door"), may_transfer, candidate=NEXT, place=OWNED),
        right(_("hand it over to a department of another unit"), may_transfer, candidate=THEIRS, place=OWNED),
        right(_("release it"), may_release, place=OWNED, own_units=()),
        right(_("call for another owner who takes it at once"), may_call, place=OWNED, own_units=()),
        right(_("name the accountable person"), may_give_up, place=OWNED),
        right(_("confirm that it is still theirs, or say that it is not"), may_attest,
              place=OWNED, person_id=ACCOUNTABLE),
        Right(_("propose, accept and decline handoffs of the department"), may_speak, lambda standing: may_speak(
            sides_of(standing, from_department_id=OUR_DEPARTMENT, to_department_id=NEXT_DEPARTMENT),
            from_name="", to_name="")),
    ],
)  # fmt: skip

WATCHING = Area(
    _("Flags and rules"),
    [
        right(_("acknowledge, snooze and waive a flag of the department that asks the person"), may_handle_flag,
              asked_id=THEMSELVES, department_id=OUR_DEPARTMENT, unit_ids=frozenset({OUR_UNIT})),
        right(_("ask for a full scan"), may_scan),
        right(_("set periods and targets, switch rules off"), may_set_rules),
    ],
)  # fmt: skip
