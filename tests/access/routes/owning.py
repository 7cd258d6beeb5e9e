"""Calls for another owner, and handoffs that are not kept."""

from __future__ import annotations

from datetime import timedelta

from journeys import commands
from tests.access.ways import Way, both
from tests.cast import Cast
from workspace import clock


def ways(cast: Cast) -> list[Way]:
    """Billing calls for another owner of the till and owns the receipt; Shops and Online Store have agreed."""
    day = clock.today() + timedelta(days=7)
    commands.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    call = commands.call_for_owner(cast.till, reason="Away.", ends_on=day, actor=cast.billing_lead)
    commands.claim_touchpoint(cast.ask_a_seller, department=cast.online, actor=cast.online_lead)
    crossing = cast.crossing(cast.shop_window, cast.ask_a_seller)
    handoff = commands.propose_handoff(crossing, what="The leaflet", actor=cast.online_lead)
    commands.accept_handoff(handoff, actor=cast.shops_lead)
    giving, why = ("lead", "head", "executive"), {"reason": "Because."}
    return [
        Way("journeys:calls", "/calls/"),
        *both("journeys:call_for_owner", f"/touchpoints/{cast.receipt.pk}/call/", by=giving,
              data={**why, "ends_on": day.isoformat()}),
        Way("journeys:withdraw_call", f"/calls/{call.pk}/withdraw/", "POST", giving),
        Way("journeys:handoffs", "/handoffs/"),
        *both("journeys:report_handoff", f"/handoffs/{handoff.pk}/report/", by=("other_lead",), data=why),
    ]  # fmt: skip
