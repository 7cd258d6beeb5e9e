"""Facts of the organisation."""

from workspace.organisation.models.imports import ImportedRow
from workspace.organisation.models.people import DepartmentLead, Person
from workspace.organisation.models.units import BusinessUnit, Department

__all__ = ["BusinessUnit", "Department", "DepartmentLead", "ImportedRow", "Person"]
