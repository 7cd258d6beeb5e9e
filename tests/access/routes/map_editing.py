"""Who may build journeys: their stages and touchpoints, what they are, and whether they are there at all."""

from __future__ import annotations

from journeys import commands
from tests.access.ways import Way, both
from tests.cast import Cast

BUILDERS = ("lead", "other_lead", "head", "other_head", "executive", "administrator")


def ways(cast: Cast) -> list[Way]:
    """A stage in which nothing is, an archived journey, and the till."""
    empty = commands.add_stage(cast.journey, name="Return", actor=cast.administrator)
    old = commands.create_journey("An old way", actor=cast.administrator)
    commands.archive_journey(old, actor=cast.administrator)
    journey, pay, till = f"/journeys/{cast.journey.pk}/", f"/stages/{cast.pay.pk}/", f"/touchpoints/{cast.till.pk}/"
    touchpoint = {
        "name": "Cash desk",
        "business_unit": cast.service.pk,
        "visibility": "frontstage",
        "lifecycle": "live",
        "place": f"{cast.pay.pk}:end",
    }
    return [
        *both("journeys:add_journey", "/journeys/add/", by=BUILDERS, data={"name": "Returning", "state": "current"}),
        *both("journeys:edit_journey", f"{journey}edit/", by=BUILDERS, data={"name": "Buying", "state": "current"}),
        *both("journeys:archive_journey", f"{journey}archive/", by=BUILDERS),
        Way("journeys:restore_journey", f"/journeys/{old.pk}/restore/", "POST", BUILDERS),
        *both("journeys:add_stage", f"{journey}stages/add/", by=BUILDERS, data={"name": "Repair"}),
        *both("journeys:edit_stage", f"{pay}edit/", by=BUILDERS, data={"name": "Pay for it"}),
        *both("journeys:move_stage", f"{pay}move/", by=BUILDERS, data={"place": "end"}),
        *both("journeys:remove_stage", f"/stages/{empty.pk}/remove/", by=BUILDERS),
        *both("journeys:add_touchpoint", f"{journey}touchpoints/add/", by=BUILDERS, data=touchpoint),
        *both("journeys:edit_touchpoint", f"{till}edit/", by=BUILDERS, data=touchpoint),
        *both("journeys:place_touchpoint", f"{till}place/", by=BUILDERS, data={"place": f"{cast.use.pk}:end"}),
    ]
