"""Facts of the organisation."""

from workspace.organisation.models.access import Invitation, Share
from workspace.organisation.models.answered import AnsweredRequest
from workspace.organisation.models.imports import ImportedRow
from workspace.organisation.models.people import DepartmentLead, Person
from workspace.organisation.models.saved_views import SavedView
from workspace.organisation.models.tokens import Token, TokenLimit
from workspace.organisation.models.units import BusinessUnit, Department

__all__ = [
    "AnsweredRequest",
    "BusinessUnit",
    "Department",
    "DepartmentLead",
    "ImportedRow",
    "Invitation",
    "Person",
    "SavedView",
    "Share",
    "Token",
    "TokenLimit",
]
