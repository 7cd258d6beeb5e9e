"""Importing touchpoints, and whole journeys.

`touchpoints` and `journeys` are the two kinds of file. `board` writes touchpoints, `owners` begins and ends ownership;
`places` finds stages by name, `journeys_outline` by the ids that an export gave them.
"""

from journeys.commands.imports.journeys import JOURNEYS
from journeys.commands.imports.touchpoints import TOUCHPOINTS

__all__ = ["JOURNEYS", "TOUCHPOINTS"]
