"""Of what people are told by this app, and who."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from journeys import events
from journeys.queries.audiences import claims, flags, owners
from workspace.activity.audiences import Group, add_audience, add_group
from workspace.activity.models import Mail
from workspace.organisation.models import Person

DECIDE, ANSWERS, CALLS, FLAGS = "claims", "claim-answers", "calls", "flags"
HANDOFFS, OWNERSHIP, ATTESTATIONS, UNHEARD = "handoffs", "ownership", "attestations", "unheard"

GROUPS = (
    Group(
        DECIDE, _("Claims to decide"), _("Somebody asks for a touchpoint, and you decide about it."),
        Mail.IMMEDIATE, "home", "?show=decisions",
    ),
    Group(
        ANSWERS, _("Answers to my claims"), _("A claim of yours was approved, denied or ended."), Mail.IMMEDIATE,
        "home", "?show=asked",
    ),
    Group(
        HANDOFFS, _("Handoffs"), _("The other side proposes, accepts or declines a handoff, or says that it is not"
        " kept."), Mail.IMMEDIATE, "journeys:handoffs",
    ),
    Group(
        CALLS, _("Ownership calls"), _("A department of your unit gives a touchpoint up; or your own call has ended."),
        Mail.DIGEST, "journeys:calls",
    ),
    Group(
        OWNERSHIP, _("Ownership"), _("A department that you lead got or gave a touchpoint, or you answer for one."),
        Mail.DIGEST, "journeys:overview",
    ),
    Group(FLAGS, _("Flags"), _("A flag asks you."), Mail.DIGEST, "journeys:flags", "?asked=me"),
    Group(
        ATTESTATIONS, _("Still yours?"), _("Ownership of yours is to be confirmed within two weeks."), Mail.DIGEST,
        "journeys:attestations",
    ),
    Group(
        UNHEARD, _("Flags that nobody hears"), _("High and critical flags for which no owner, lead, head or"
        " executive is found."), Mail.IMMEDIATE, "journeys:flags", only=Person.Role.ADMINISTRATOR,
    ),
)  # fmt: skip


def install() -> None:
    """Tell the activity app. Where two audiences name the same person for an event, the first one counts."""
    for group in GROUPS:
        add_group(group)
    add_audience([events.CLAIM_MADE], DECIDE, claims.deciders)
    add_audience([events.CLAIM_ACCEPTED, events.CLAIM_DENIED, events.CLAIM_SUPERSEDED], ANSWERS, claims.claimants)
    add_audience(
        [events.OWNERSHIP_STARTED, events.OWNERSHIP_TRANSFERRED, events.OWNERSHIP_RELEASED, events.OWNERSHIPS_MOVED,
         events.OWNERSHIP_DISPUTED], OWNERSHIP, owners.owners,
    )  # fmt: skip
    add_audience([events.ACCOUNTABLE_PERSON_SET, events.ANSWERS_HANDED_OVER], OWNERSHIP, owners.answerable)
    add_audience(HANDOFF_KINDS, HANDOFFS, owners.other_side)
    add_audience([events.HANDOFFS_VOIDED, events.HANDOFFS_VOIDED_TOGETHER], HANDOFFS, owners.parties)
    add_audience([events.CALL_MADE], CALLS, owners.callable_leads)
    add_audience([events.CALL_ANSWERED, events.CALL_UNANSWERED], CALLS, owners.callers)
    add_audience(FLAG_KINDS, FLAGS, flags.asked)
    add_audience([events.ATTESTATIONS_DUE], ATTESTATIONS, owners.confirming)
    add_audience([events.FLAGS_UNHEARD], UNHEARD, flags.administrators)


HANDOFF_KINDS = (
    events.HANDOFF_PROPOSED, events.HANDOFF_ACCEPTED, events.HANDOFF_DECLINED, events.HANDOFF_BROKEN,
    events.HANDOFF_MENDED,
)  # fmt: skip
"""Of what one side does to a handoff, the other is told."""

FLAG_KINDS = (events.FLAGS_OPENED, events.FLAGS_REOPENED, events.FLAGS_CHANGED, events.FLAGS_ESCALATED)
"""These put flags to somebody, or to somebody else."""
