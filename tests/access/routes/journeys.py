"""Journeys, touchpoints, and what is decided about who owns them."""

from __future__ import annotations

from datetime import timedelta

from journeys import commands
from tests.access.ways import GUESTS, INSIDERS, Way, both
from tests.cast import Cast
from workspace import clock

INVITED = (*INSIDERS, "invited_guest")


def ways(cast: Cast) -> list[Way]:
    """The till is nobody's and Shops has asked for it, the receipt is Billing's, the leaflet waits for Shops."""
    claim = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_deputy)
    agreed = cast.crossing(cast.shop_window, cast.compare_online)
    handoff = commands.propose_handoff(agreed, what="The leaflet", actor=cast.online_lead)
    crossing = f"/crossings/{cast.crossing(cast.compare_online, cast.till).pk}/"
    flag = f"/flags/{cast.flag('no-owner', cast.till).pk}/"
    till, receipt = f"/touchpoints/{cast.till.pk}/", f"/touchpoints/{cast.receipt.pk}/"
    silence = {"until": (clock.today() + timedelta(days=3)).isoformat(), "reason": "Later."}
    why = {"reason": "Because."}
    answering = ("head", "executive", "administrator")
    giving = ("lead", "head", "executive")
    return [
        Way("journeys:flags", "/flags/"),
        Way("journeys:journeys", "/journeys/", by=(*INSIDERS, *GUESTS)),
        Way("journeys:journey", f"/journeys/{cast.journey.pk}/", by=INVITED),
        Way("journeys:touchpoint", till, by=INVITED),
        Way("journeys:touchpoint_history", f"{till}history/"),
        Way("journeys:acknowledge_flag", f"{flag}acknowledge/", "POST", answering),
        *both("journeys:snooze_flag", f"{flag}snooze/", by=answering, data=silence),
        *both("journeys:waive_flag", f"{flag}waive/", by=answering, data=silence),
        # It is not silenced.
        Way("journeys:end_silence", f"{flag}end-silence/", "POST", answering, answers=dict.fromkeys(answering, 422)),
        # The claim of Shops waits already: for the lead of Shops, nothing is left to choose.
        Way("journeys:claim", f"{till}claim/", "GET", ("lead", "head", "other_head"), answers={"other_lead": 422}),
        Way("journeys:claim", f"{till}claim/", "POST", ("lead", "head"), {"department": cast.billing.pk}),
        *both("journeys:assign", f"{till}assign/", by=("head", "executive"), data={"department": cast.care.pk}),
        *both("journeys:transfer", f"{receipt}transfer/", by=("head", "executive"), data={"department": cast.care.pk}),
        *both("journeys:release", f"{receipt}release/", by=giving, data=why),
        *both("journeys:set_person", f"{receipt}person/", by=giving, data={"person": cast.billing_lead.pk}),
        Way("journeys:attest", f"{receipt}attest/", "POST", ("lead",), {"mine": "yes"}),
        # Billing belongs to the unit itself: those who could approve an owner from outside have nothing to approve.
        Way("journeys:approve_owner", f"{receipt}approve-owner/", "POST", ("head", "executive"),
            answers=dict.fromkeys(("head", "executive"), 422)),
        *both("journeys:approve_claim", f"/claims/{claim.pk}/approve/", by=("head", "executive")),
        *both("journeys:deny_claim", f"/claims/{claim.pk}/deny/", by=("head", "executive"), data=why),
        Way("journeys:withdraw_claim", f"/claims/{claim.pk}/withdraw/", "POST", ("other_lead", "other_head")),
        Way("journeys:accept_handoff", f"/handoffs/{handoff.pk}/accept/", "POST", ("other_lead",)),
        *both("journeys:decline_handoff", f"/handoffs/{handoff.pk}/decline/", by=("other_lead",), data=why),
        # One end is nobody's: there is nobody to agree with, whoever asks.
        *both("journeys:propose_handoff", f"{crossing}handoff/", by=(), data={"what": "The basket"},
              answers=dict.fromkeys(INSIDERS, 422)),
    ]  # fmt: skip
