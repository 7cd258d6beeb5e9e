"""The kinds of event of journeys and ownership."""

from django.utils.translation import gettext_lazy as _

from workspace.activity.kinds import declare

JOURNEY_CREATED = declare("journey.created", _("{actor} created the journey {subject}."), icon="route")
JOURNEY_CHANGED = declare("journey.changed", _("{actor} changed {subject}: {fields}."), icon="pencil")
JOURNEY_ARCHIVED = declare("journey.archived", _("{actor} archived {subject}."), icon="archive")
PERSONA_CREATED = declare("persona.created", _("{actor} created the persona {subject}."), icon="user-round")
STAGE_ADDED = declare(
    "stage.added", _("{actor} added the stage {subject} to {journey}."), icon="columns-3", journey="journey"
)
SYSTEM_CREATED = declare("system.created", _("{actor} added the system {subject}."), icon="server")
TECHNOLOGY_OWNER_SET = declare(
    "system.technology_owner_set",
    _("{actor} made {person} technology owner of {subject}."),
    icon="server",
    person="person",
)
TOUCHPOINT_ADDED = declare("touchpoint.added", _("{actor} added the touchpoint {subject}."), icon="plus")
TOUCHPOINT_CHANGED = declare("touchpoint.changed", _("{actor} changed {subject}: {fields}."), icon="pencil")
TOUCHPOINTS_IMPORTED = declare(
    "touchpoints.imported", _("{actor} imported {rows} touchpoints: {added} new, {changed} changed."), icon="upload"
)
JOURNEYS_IMPORTED = declare(
    "journeys.imported", _("{actor} imported {count} journeys that are new or have changed."), icon="upload"
)

CLAIM_MADE = declare(
    "claim.made",
    _("{actor} claimed {touchpoint} for {department}."),
    icon="hand",
    touchpoint="touchpoint",
    department="department",
)
CLAIM_ACCEPTED = declare(
    "claim.accepted",
    _("{actor} approved the claim of {department} on {touchpoint}."),
    icon="check",
    touchpoint="touchpoint",
    department="department",
)
CLAIM_DENIED = declare(
    "claim.denied",
    _("{actor} denied the claim of {department} on {touchpoint}: {reason}"),
    icon="x",
    touchpoint="touchpoint",
    department="department",
)
CLAIM_WITHDRAWN = declare(
    "claim.withdrawn",
    _("{actor} withdrew the claim of {department} on {touchpoint}."),
    icon="undo-2",
    touchpoint="touchpoint",
    department="department",
)
CLAIM_SUPERSEDED = declare(
    "claim.superseded",
    _("The claim of {department} on {touchpoint} ended: {winner} owns it now."),
    icon="circle-slash",
    touchpoint="touchpoint",
    department="department",
    winner="department",
)
OWNERSHIP_STARTED = declare(
    "ownership.started",
    _("{department} owns {touchpoint} now, says {actor}."),
    icon="flag-triangle-right",
    touchpoint="touchpoint",
    department="department",
    person="person",
)
OWNERSHIP_TRANSFERRED = declare(
    "ownership.transferred",
    _("{touchpoint} went from {old_department} to {department}, says {actor}."),
    icon="arrow-right-left",
    touchpoint="touchpoint",
    department="department",
    old_department="department",
)
OWNERSHIP_RELEASED = declare(
    "ownership.released",
    _("{actor} released {touchpoint} from {department}: {reason}"),
    icon="unlink",
    touchpoint="touchpoint",
    department="department",
)
OWNERSHIP_ATTESTED = declare(
    "ownership.attested",
    _("{actor} confirmed that {department} still owns {touchpoint}."),
    icon="badge-check",
    touchpoint="touchpoint",
    department="department",
)
OWNERSHIP_DISPUTED = declare(
    "ownership.disputed",
    _("{actor} said that {touchpoint} is not {department}’s."),
    icon="badge-x",
    touchpoint="touchpoint",
    department="department",
)
ACCOUNTABLE_PERSON_SET = declare(
    "ownership.person_set",
    _("{actor} made {person} accountable for {touchpoint}."),
    icon="user-check",
    touchpoint="touchpoint",
    person="person",
)
HANDOFF_PROPOSED = declare(
    "handoff.proposed",
    _("{actor} proposed a handoff from {from_department} to {to_department} at {subject}."),
    icon="handshake",
    from_department="department",
    to_department="department",
)
HANDOFF_ACCEPTED = declare(
    "handoff.accepted",
    _("{actor} accepted the handoff from {from_department} to {to_department} at {subject}."),
    icon="handshake",
    from_department="department",
    to_department="department",
)
HANDOFF_DECLINED = declare(
    "handoff.declined",
    _("{actor} declined the handoff from {from_department} to {to_department} at {subject}: {reason}"),
    icon="x",
    from_department="department",
    to_department="department",
)
HANDOFFS_VOIDED = declare(
    "handoffs.voided",
    _("The owner of {touchpoint} changed: its handoffs have to be agreed again."),
    icon="unlink",
    touchpoint="touchpoint",
)

FLAGS_OPENED = declare("flags.opened", _("{actor} raised {count} × “{rule}”."), icon="flag", rule="rule")
FLAGS_REOPENED = declare("flags.reopened", _("{actor} raised {count} × “{rule}” again."), icon="flag", rule="rule")
FLAGS_RESOLVED = declare(
    "flags.resolved", _("{count} × “{rule}” closed: the rule holds now."), icon="flag-off", rule="rule"
)
FLAGS_CHANGED = declare(
    "flags.changed", _("The facts behind {count} × “{rule}” changed."), icon="refresh-cw", rule="rule"
)
FLAGS_ESCALATED = declare(
    "flags.escalated",
    _("Nobody answered {count} × a flag: {person} is asked now."),
    icon="trending-up",
    person="person",
)
FLAG_ACKNOWLEDGED = declare("flag.acknowledged", _("{actor} acknowledged {subject}."), icon="eye")
FLAG_SNOOZED = declare("flag.snoozed", _("{actor} snoozed {subject} until {until}: {reason}"), icon="alarm-clock")
FLAG_WAIVED = declare("flag.waived", _("{actor} waived {subject} until {until}: {reason}"), icon="bell-off")
FLAG_SILENCE_ENDED = declare("flag.silence_ended", _("{actor} ended the silence of {subject}."), icon="bell")
SCAN_FINISHED = declare("scan.finished", _("{actor} scanned {subjects} live touchpoints."), icon="radar")
COVERAGE_NOTED = declare("coverage.noted", _("{actor} noted the coverage of {on}."), icon="chart-line")
