"""The kinds of event of the organisation."""

from django.utils.translation import gettext_lazy as _

from workspace.activity.kinds import declare

UNIT_CREATED = declare("unit.created", _("{actor} created the business unit {subject}."), icon="building-2")
UNIT_RENAMED = declare("unit.renamed", _("{actor} renamed the business unit “{old}” to {subject}."), icon="pencil")
UNIT_HEAD_SET = declare(
    "unit.head_set", _("{actor} made {person} the head of {subject}."), icon="crown", person="person"
)
UNIT_ARCHIVED = declare(
    "unit.archived", _("{actor} archived {subject}; successor: {successor}."), icon="archive", successor="unit"
)
UNIT_RESTORED = declare("unit.restored", _("{actor} opened {subject} again."), icon="archive-restore")
UNIT_SUCCESSOR_SET = declare(
    "unit.successor_set", _("{actor} named {successor} as successor of {subject}."), icon="merge", successor="unit"
)
DEPARTMENT_CREATED = declare(
    "department.created", _("{actor} created the department {subject} in {unit}."), icon="building", unit="unit"
)
DEPARTMENT_CHANGED = declare(
    "department.changed", _("{actor} changed the department {subject}: {fields}."), icon="pencil"
)
DEPARTMENT_ARCHIVED = declare(
    "department.archived",
    _("{actor} archived {subject}; successor: {successor}."),
    icon="archive",
    successor="department",
)
DEPARTMENT_RESTORED = declare("department.restored", _("{actor} opened {subject} again."), icon="archive-restore")
DEPARTMENT_SUCCESSOR_SET = declare(
    "department.successor_set",
    _("{actor} named {successor} as successor of {subject}."),
    icon="merge",
    successor="department",
)
PEOPLE_MOVED = declare(
    "department.people_moved",
    _("{count} people of {old_department} are at home in {department} now, says {actor}."),
    icon="users",
    department="department",
    old_department="department",
)
LEAD_ADDED = declare(
    "department.lead_added", _("{actor} made {person} lead of {subject}."), icon="user-check", person="person"
)
DEPUTY_ADDED = declare(
    "department.deputy_added", _("{actor} made {person} deputy of {subject}."), icon="user-check", person="person"
)
LEAD_REMOVED = declare(
    "department.lead_removed",
    _("{person} no longer leads {subject}, says {actor}."),
    icon="user-minus",
    person="person",
)
PERSON_CREATED = declare("person.created", _("{actor} added {subject}."), icon="user-plus")
PERSON_CHANGED = declare("person.changed", _("{actor} changed {subject}: {fields}."), icon="user-pen")
PERSON_EMAIL_CHANGED = declare(
    "person.email_changed", _("{actor} changed the e-mail address of {subject}."), icon="at-sign"
)
PERSON_ROLE_SET = declare(
    "person.role_set", _("{actor} changed the role of {subject} from {old} to {new}."), icon="shield"
)
PERSON_LEAVING = declare("person.leaving", _("{actor} noted that {subject} leaves on {on}."), icon="door-open")
PERSON_DEACTIVATED = declare("person.deactivated", _("{actor} deactivated {subject}."), icon="user-x")
PERSON_ERASED = declare("person.erased", _("{actor} erased who {subject} was."), icon="eraser")
PERSON_REACTIVATED = declare("person.reactivated", _("{actor} let {subject} in again."), icon="user-check")
DELEGATE_SET = declare(
    "person.delegate_set", _("{actor} made {delegate} the delegate of {subject}."), icon="users", delegate="person"
)
PERSON_INVITED = declare("person.invited", _("{actor} invited {subject} as {role}."), icon="mail-plus")
INVITATION_REVOKED = declare(
    "person.invitation_revoked", _("{actor} took back the invitation of {subject}."), icon="mail-x"
)
INVITATION_ACCEPTED = declare("person.invitation_accepted", _("{subject} accepted the invitation."), icon="mail-check")
SHARED = declare(
    "share.started", _("{actor} shared {subject} with {guest} until {until}."), icon="share-2", guest="person"
)
SHARE_CHANGED = declare(
    "share.changed",
    _("{actor} shares {subject} with {guest} until {until}; it was {old}."),
    icon="calendar",
    guest="person",
)
SHARE_ENDED = declare(
    "share.ended", _("{actor} ended the sharing of {subject} with {guest}."), icon="lock", guest="person"
)
IMPORTED = declare("organisation.imported", _("{actor} imported {rows} rows of {what}."), icon="upload")

# How people sign in. The log is for everybody: it says that something changed, never what it is now, nor from where.
PASSWORD_CHANGED = declare(
    "person.password_changed", _("{actor} chose a new password."), icon="key-round", personal=True
)
PASSWORD_RESET = declare(
    "person.password_reset", _("{actor} chose a new password by mail."), icon="key-round", personal=True
)
AUTHENTICATOR_ADDED = declare(
    "person.authenticator_added", _("{actor} set up an authenticator app."), icon="smartphone", personal=True
)
AUTHENTICATOR_REMOVED = declare(
    "person.authenticator_removed", _("{actor} removed the authenticator app."), icon="smartphone", personal=True
)
PASSKEY_ADDED = declare(
    "person.passkey_added", _("{actor} added a passkey."), icon="fingerprint-pattern", personal=True
)
PASSKEY_REMOVED = declare(
    "person.passkey_removed", _("{actor} removed a passkey."), icon="fingerprint-pattern", personal=True
)
RECOVERY_CODES_MADE = declare(
    "person.recovery_codes_made", _("{actor} made recovery codes."), icon="life-buoy", personal=True
)
SESSIONS_ENDED = declare(
    "person.sessions_ended", _("{actor} signed {subject} out elsewhere ({count})."), icon="monitor-off", personal=True
)
WAYS_IN_FORGOTTEN = declare(
    "person.ways_in_forgotten", _("{actor} took all ways in from {subject}."), icon="key-round", personal=True
)
LOCKED_OUT = declare(
    "person.locked_out",
    _("{actor} locked the sign-in of {subject} for a while, after repeated failure."),
    icon="lock",
    personal=True,
)
TOKEN_MADE = declare("person.token_made", _("{actor} made a token for {subject}."), icon="key-square", personal=True)
TOKEN_REVOKED = declare(
    "person.token_revoked", _("{actor} revoked a token of {subject}."), icon="key-square", personal=True
)
TOKEN_TAKEN_BACK = declare(
    "person.token_taken_back", _("{actor} took the token “{what}” of {subject} back: {reason}"), icon="key-square",
    personal=True,
)  # fmt: skip
VIEW_SAVED = declare("view.saved", _("{actor} saved a view of a list."), icon="bookmark-plus", personal=True)
VIEW_RENAMED = declare("view.renamed", _("{actor} renamed a saved view."), icon="bookmark", personal=True)
VIEW_DELETED = declare("view.deleted", _("{actor} deleted a saved view."), icon="bookmark-x", personal=True)
