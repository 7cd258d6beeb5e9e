"""Facts of journeys and ownership."""

from journeys.models.coverage import CoverageSnapshot
from journeys.models.crossings import Crossing, Handoff
from journeys.models.flags import Flag, Scan, Waiver
from journeys.models.journeys import Journey, Persona, Stage
from journeys.models.ownership import Claim, Ownership, OwnershipCall
from journeys.models.settings import RuleSetting
from journeys.models.touchpoints import System, Touchpoint

__all__ = [
    "Claim",
    "CoverageSnapshot",
    "Crossing",
    "Flag",
    "Handoff",
    "Journey",
    "Ownership",
    "OwnershipCall",
    "Persona",
    "RuleSetting",
    "Scan",
    "Stage",
    "System",
    "Touchpoint",
    "Waiver",
]
