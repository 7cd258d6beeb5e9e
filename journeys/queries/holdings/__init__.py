"""What departments and people hold in journeys, and what becomes of it: read for the pages of the organisation."""

from journeys.queries.holdings.departments import at_archive, at_last_lead, at_unit_change
from journeys.queries.holdings.held import held_by_department, held_by_person, in_unit, of_departments, of_units
from journeys.queries.holdings.people import at_leaving

__all__ = [
    "at_archive",
    "at_last_lead",
    "at_leaving",
    "at_unit_change",
    "held_by_department",
    "held_by_person",
    "in_unit",
    "of_departments",
    "of_units",
]
