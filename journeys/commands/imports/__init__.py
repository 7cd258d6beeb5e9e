"""Importing touchpoints: `touchpoints` writes them, `places` finds their stages, `owners` begins and ends ownership."""

from journeys.commands.imports.touchpoints import TOUCHPOINTS

__all__ = ["TOUCHPOINTS"]
