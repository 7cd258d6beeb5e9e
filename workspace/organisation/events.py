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
PERSON_ROLE_SET = declare(
    "person.role_set", _("{actor} changed the role of {subject} from {old} to {new}."), icon="shield"
)
PERSON_LEAVING = declare("person.leaving", _("{actor} noted that {subject} leaves on {on}."), icon="door-open")
PERSON_DEACTIVATED = declare("person.deactivated", _("{actor} deactivated {subject}."), icon="user-x")
PERSON_REACTIVATED = declare("person.reactivated", _("{actor} let {subject} in again."), icon="user-check")
DELEGATE_SET = declare(
    "person.delegate_set", _("{actor} made {delegate} the delegate of {subject}."), icon="users", delegate="person"
)
IMPORTED = declare("organisation.imported", _("{actor} imported {rows} rows of {what}."), icon="upload")
