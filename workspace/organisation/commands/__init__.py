"""The writers of the organisation."""

from workspace.organisation.commands.people import (
    add_lead,
    change_person,
    create_person,
    deactivate_person,
    reactivate_person,
    remove_lead,
    set_delegate,
    set_leaving_date,
    set_role,
)
from workspace.organisation.commands.units import (
    archive_department,
    archive_unit,
    change_department,
    create_department,
    create_unit,
    rename_unit,
    set_unit_head,
)

__all__ = [
    "add_lead",
    "archive_department",
    "archive_unit",
    "change_department",
    "change_person",
    "create_department",
    "create_person",
    "create_unit",
    "deactivate_person",
    "reactivate_person",
    "remove_lead",
    "rename_unit",
    "set_delegate",
    "set_leaving_date",
    "set_role",
    "set_unit_head",
]
