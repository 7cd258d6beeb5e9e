"""Crossings over the API, and what guests see of the touchpoints that are shared with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from journeys import commands
from journeys.models import Crossing, Journey, Touchpoint
from tests.api.program import Program, problem
from tests.cast import Cast, grow
from workspace import clock
from workspace.organisation.commands import share

Made = Callable[..., Program]


@pytest.fixture
def lead(cast: Cast, program: Made) -> Program:
    """A program of somebody who builds journeys."""
    return program(cast.shops_lead)


@pytest.fixture
def invited(cast: Cast, program: Made) -> Program:
    """A program of a guest who sees one of two journeys, on a busy day."""
    grow(cast, by=1, owned=True)
    system = commands.create_system("Cashbox", technology_owner=cast.care_lead, actor=cast.administrator)
    commands.change_touchpoint(cast.till, system=system, actor=cast.administrator)
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    until = clock.today() + timedelta(days=3)
    share(Journey.NOUN, cast.journey.pk, guest=cast.guest, until=until, actor=cast.executive)
    return program(cast.guest)


def names(asks: Program, path: str) -> list[str]:
    return [each["name"] for each in asks.get(path).data["items"]]


def test_crossings_tell_both_ends_and_how_the_owners_stand(cast: Cast, lead: Program) -> None:
    commands.assign_ownership(cast.till, department=cast.billing, actor=cast.service_head)
    crossing = cast.crossing(cast.compare_online, cast.till)
    handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)

    def ids(query: str) -> list[int]:
        return [each["id"] for each in lead.get(f"crossings/?{query}").data["items"]]

    path = f"crossings/{crossing.pk}/"
    one = lead.get(path).data
    assert (one["from_touchpoint"], one["to_touchpoint"]) == (cast.compare_online.pk, cast.till.pk)
    assert (one["from_department"], one["to_department"]) == (cast.online.pk, cast.billing.pk)
    assert (one["from_unit"], one["to_unit"], one["state"]) == (cast.retail.pk, cast.service.pk, "unaccepted")
    assert (one["handoff"], one["handoff_state"], one["handoff_broken_at"]) == (handoff.pk, "proposed", None)
    commands.accept_handoff(handoff, actor=cast.billing_lead)
    one = lead.get(path).data
    assert (one["state"], one["handoff_state"]) == ("accepted", "accepted")
    ends = f"from_touchpoint={cast.compare_online.pk}&to_touchpoint={cast.till.pk}"
    for query in (
        ends,
        f"state=accepted&journey={cast.journey.pk}",
        f"handoff={handoff.pk}&handoff_state=accepted&handoff_broken_at__isnull=true",
        f"from_department={cast.online.pk}&to_department={cast.billing.pk}",
        f"department={cast.online.pk}&is_between_units=true",
        f"touchpoint={cast.compare_online.pk}&from_unit={cast.retail.pk}&to_unit={cast.service.pk}",
    ):
        assert ids(query) == [crossing.pk], query
    assert set(ids(f"unit={cast.retail.pk}")) < set(ids("limit=500"))
    assert ids("state=inside&from_department__isnull=true") == []
    assert len(ids("limit=500")) == Crossing.objects.filter(active=True).count()
    along = lead.get(f"{path}?include=from_touchpoint,to_touchpoint,to_department,from_unit").data["included"]
    assert set(along) == {"touchpoints", "departments", "business-units"}
    assert along["touchpoints"][str(cast.till.pk)]["name"] == "Till"


def test_a_guest_sees_shared_touchpoints_and_nothing_of_the_house(cast: Cast, invited: Program) -> None:
    listed = invited.get("touchpoints/?include=journey,stage&ordering=id").data
    assert [each["name"] for each in listed["items"]] == [
        "Shop window", "Ask a seller", "Compare online", "Till", "Receipt", "Fault line",
    ]  # fmt: skip
    assert set(listed["included"]["journeys"]) == {str(cast.journey.pk)}
    assert len(listed["included"]["stages"]) == 4
    till = invited.get(f"touchpoints/{cast.till.pk}/").data
    assert (till["before"], till["after"], till["volume"]) == (
        [cast.ask_a_seller.pk, cast.compare_online.pk], [cast.receipt.pk], 12400,
    )  # fmt: skip
    window = invited.get(f"touchpoints/{cast.shop_window.pk}/").data
    assert (window["owner_name"], window["accountable_name"]) == ("Shops", "Liam Lead")
    hidden = (
        "external_id", "unit", "system", "owner_unit", "accountable", "owned_since", "attested_at", "disputed_at",
        "is_called", "unmatched_owner", "claims", "flags",
    )  # fmt: skip
    assert {name: each[name] for each in (till, window) for name in hidden} == dict.fromkeys(hidden)


def test_a_guest_learns_nothing_by_asking_for_it(cast: Cast, invited: Program) -> None:
    for query in (
        f"unit={cast.service.pk}", f"owner_unit={cast.retail.pk}", "system__isnull=false", "claims__gte=0", "flags=0",
        "is_called=false", f"accountable={cast.shops_lead.pk}", "owned_since__isnull=false", "unmatched_owner__in=a,b",
    ):  # fmt: skip
        assert names(invited, f"touchpoints/?{query}") == [], query
    for include in ("unit", "system", "owner", "owner_unit", "accountable"):
        refused = problem(invited.get(f"touchpoints/?include={include}"), 400, "not-valid")
        assert refused["errors"][0]["next_step"] == "Known are: journey, stage."
    other = Touchpoint.objects.exclude(stage__journey=cast.journey).latest("pk")
    assert names(invited, f"touchpoints/?id={other.pk}") == []
    for path in (f"touchpoints/{other.pk}/", "crossings/", f"crossings/{cast.journey.crossings.latest('pk').pk}/"):
        problem(invited.get(path), 404, "unknown")
    problem(invited.patch(f"touchpoints/{cast.till.pk}/", {"name": "Ours"}, If_Match="*"), 404, "unknown")
    problem(invited.post(f"touchpoints/{cast.till.pk}/retire/"), 404, "unknown")
    problem(invited.post("touchpoints/bulk-create/", {"items": [{}]}), 404, "unknown")
