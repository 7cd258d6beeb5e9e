"""The kinds of event of journeys and ownership."""

from django.utils.translation import gettext_lazy as _

from workspace.activity.kinds import declare, tell_guests

JOURNEY_CREATED = declare("journey.created", _("{actor} created the journey {subject}."), icon="route")
JOURNEY_CHANGED = declare("journey.changed", _("{actor} changed {subject}: {fields}."), icon="pencil")
JOURNEY_ARCHIVED = declare("journey.archived", _("{actor} archived {subject}."), icon="archive")
JOURNEY_RESTORED = declare("journey.restored", _("{actor} opened {subject} again."), icon="archive-restore")
PERSONA_CREATED = declare("persona.created", _("{actor} created the persona {subject}."), icon="user-round")
PERSONA_CHANGED = declare("persona.changed", _("{actor} changed the persona {subject}: {fields}."), icon="pencil")
STAGE_ADDED = declare(
    "stage.added", _("{actor} added the stage {subject} to {journey}."), icon="columns-3", journey="journey"
)
STAGE_RENAMED = declare(
    "stage.renamed",
    _("{actor} renamed the stage {subject} of {journey}; it was “{what}” before."),
    icon="pencil",
    journey="journey",
)
STAGE_MOVED = declare(
    "stage.moved", _("{actor} moved the stage {subject} of {journey}."), icon="move-horizontal", journey="journey"
)
STAGE_REMOVED = declare(
    "stage.removed", _("{actor} removed the stage “{what}” of {journey}."), icon="trash-2", journey="journey"
)
STAGE_RESTORED = declare(
    "stage.restored",
    _("{actor} brought the stage {subject} of {journey} back."),
    icon="archive-restore",
    journey="journey",
)
SYSTEM_CREATED = declare("system.created", _("{actor} added the system {subject}."), icon="server")
SYSTEM_RENAMED = declare(
    "system.renamed", _("{actor} renamed the system {subject}; it was “{what}” before."), icon="pencil"
)
TECHNOLOGY_OWNER_SET = declare(
    "system.technology_owner_set",
    _("{actor} made {person} technology owner of {subject}."),
    icon="server",
    person="person",
)
TOUCHPOINT_ADDED = declare("touchpoint.added", _("{actor} added the touchpoint {subject}."), icon="plus")
TOUCHPOINT_CHANGED = declare("touchpoint.changed", _("{actor} changed {subject}: {fields}."), icon="pencil")
TOUCHPOINT_PLACED = declare(
    "touchpoint.placed", _("{actor} moved {subject} in its journey, to {stage}."), icon="move", stage="stage"
)
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
    _("{actor} said that {touchpoint} is not {department}’s: {reason}"),
    icon="badge-x",
    touchpoint="touchpoint",
    department="department",
)
OWNERSHIP_ANSWER_TAKEN_BACK = declare(
    "ownership.answer_taken_back",
    _("{actor} took back the answer whether {department} still owns {touchpoint}."),
    icon="undo-2",
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
OWNERSHIPS_MOVED = declare(
    "ownership.moved",
    _("{count} touchpoints went from {old_department} to {department}, says {actor}."),
    icon="arrow-right-left",
    department="department",
    old_department="department",
)
PARTS_MOVED = declare(
    "ownership.parts_moved",
    _("{count} × a part in what others own went from {old_department} to {department}, says {actor}."),
    icon="arrow-right-left",
    department="department",
    old_department="department",
)
ANSWERS_HANDED_OVER = declare(
    "ownership.handed_over",
    _("{person} answers for {count} touchpoints of {old_person} now, says {actor}."),
    icon="user-check",
    person="person",
    old_person="person",
)
OUTSIDE_OWNER_APPROVED = declare(
    "ownership.outside_approved",
    _("{actor} approved that {department} owns {touchpoint}, which lies in {unit}."),
    icon="stamp",
    touchpoint="touchpoint",
    department="department",
    unit="unit",
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
HANDOFF_BROKEN = declare(
    "handoff.broken",
    _("{actor} said that the handoff from {from_department} to {to_department} at {subject} is not kept: {reason}"),
    icon="heart-crack",
    from_department="department",
    to_department="department",
)
HANDOFF_MENDED = declare(
    "handoff.mended",
    _("{from_department} and {to_department} keep the handoff at {subject} again: {actor} confirmed it last."),
    icon="handshake",
    from_department="department",
    to_department="department",
)
HANDOFFS_VOIDED = declare(
    "handoffs.voided",
    _("The owner of {touchpoint} changed: its handoffs have to be agreed again."),
    icon="unlink",
    touchpoint="touchpoint",
)
HANDOFFS_VOIDED_TOGETHER = declare(
    "handoffs.voided_together",
    _("{department} took over from {old_department}: {count} handoffs have to be agreed again."),
    icon="unlink",
    department="department",
    old_department="department",
)

CALL_MADE = declare(
    "call.made",
    _("{actor} called for another owner of {touchpoint} than {department}, until {until}: {reason}"),
    icon="megaphone",
    touchpoint="touchpoint",
    department="department",
)
CALL_WITHDRAWN = declare(
    "call.withdrawn",
    _("{actor} ended the call of {department} for another owner of {touchpoint}."),
    icon="undo-2",
    touchpoint="touchpoint",
    department="department",
)
CALL_ANSWERED = declare(
    "call.answered",
    _("{winner} took {touchpoint}, for which {department} had called for another owner."),
    icon="check",
    touchpoint="touchpoint",
    department="department",
    winner="department",
)
CALL_UNANSWERED = declare(
    "call.unanswered",
    _("Nobody answered the call of {department} for another owner of {touchpoint}: {asked} is asked now."),
    icon="megaphone-off",
    touchpoint="touchpoint",
    department="department",
    unit="unit",
    asked="person",
)

FLAGS_OPENED = declare("flags.opened", _("{actor} raised {count} × “{rule}”."), icon="flag", rule="rule")
FLAGS_REOPENED = declare("flags.reopened", _("{actor} raised {count} × “{rule}” again."), icon="flag", rule="rule")
FLAGS_RESOLVED = declare(
    "flags.resolved", _("{count} × “{rule}” closed: the rule holds now."), icon="flag-off", rule="rule"
)
FLAGS_SWITCHED_OFF = declare(
    "flags.switched_off", _("{count} × “{rule}” closed: the rule is switched off."), icon="flag-off", rule="rule"
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
ATTESTATIONS_DUE = declare(
    "ownership.attestation_due",
    _("Within two weeks it is to be confirmed for {count} × a touchpoint that {department} still owns it."),
    icon="badge-check",
    department="department",
)

FLAGS_UNHEARD = declare(
    "flags.unheard",
    _("Nobody is found who could see to {count} × a high or critical flag: administrators are told."),
    icon="siren",
)
FLAG_ACKNOWLEDGED = declare("flag.acknowledged", _("{actor} acknowledged {subject}."), icon="eye")
FLAG_SNOOZED = declare("flag.snoozed", _("{actor} snoozed {subject} until {until}: {reason}"), icon="alarm-clock")
FLAG_WAIVED = declare("flag.waived", _("{actor} waived {subject} until {until}: {reason}"), icon="bell-off")
FLAG_SILENCE_ENDED = declare("flag.silence_ended", _("{actor} ended the silence of {subject}."), icon="bell")
RULE_CHANGED = declare(
    "rules.changed", _("{actor} set “{setting}” from {old} to {new}."), icon="sliders-horizontal", setting="setting"
)
RULE_SWITCHED_OFF = declare("rules.switched_off", _("{actor} switched “{rule}” off."), icon="toggle-left", rule="rule")
RULE_SWITCHED_ON = declare("rules.switched_on", _("{actor} switched “{rule}” on."), icon="toggle-right", rule="rule")
SCAN_FINISHED = declare("scan.finished", _("{actor} scanned {subjects} live touchpoints."), icon="radar")
COVERAGE_NOTED = declare("coverage.noted", _("{actor} noted the coverage of {on}."), icon="chart-line")

# What guests read of a journey that is shared with them: how it changes, not by whom.
tell_guests((JOURNEY_CHANGED, JOURNEY_ARCHIVED, JOURNEY_RESTORED, TOUCHPOINT_ADDED, TOUCHPOINT_CHANGED))
tell_guests((STAGE_ADDED, STAGE_RENAMED, STAGE_MOVED, STAGE_REMOVED, STAGE_RESTORED), "journey", "what")
tell_guests((TOUCHPOINT_PLACED,), "stage")
