"""Handoffs over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from journeys.models import Handoff
from tests.api.doing import done, ids
from tests.api.program import Program, problem
from tests.cast import Cast

Made = Callable[..., Program]


def test_a_handoff_lives_its_life(cast: Cast, program: Made) -> None:
    shops, online = program(cast.shops_lead), program(cast.online_lead)
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    where = {"from_touchpoint": cast.shop_window.pk, "to_touchpoint": cast.compare_online.pk}
    made = online.post("handoffs/", {**where, "what": "The leaflet", "within_hours": 4})
    assert (made.status_code, made.data["state"], made.data["crossing"]) == (201, "proposed", crossing.pk)
    path = f"handoffs/{made.data['id']}/"
    problem(online.post(f"{path}accept/"), 422, "rule-broken")
    told, kinds = done(lambda: shops.post(f"{path}accept/", If_Match=made["ETag"]))
    assert (told["state"], told["to_accepted_by"], kinds[0]) == ("accepted", cast.online_lead.pk, "handoff.accepted")
    problem(shops.post(f"{path}report-broken/", {"reason": "Not so."}, If_Match=made["ETag"]), 412, "stale")
    told, kinds = done(lambda: shops.post(f"{path}report-broken/", {"reason": "No leaflet."}))
    assert (told["state"], told["broken_reason"], kinds[0]) == ("proposed", "No leaflet.", "handoff.broken")
    told, kinds = done(lambda: online.post(f"{path}decline/", {"reason": "No more."}))
    assert (told["state"], told["ended_reason"], kinds[0]) == ("declined", "No more.", "handoff.declined")
    problem(program(cast.billing_lead).post(f"{path}accept/"), 403, "not-allowed")
    assert ids(shops.get(f"handoffs/?state=declined&within_hours=4&crossing={crossing.pk}&what__contains=leaf")) == [
        Handoff.objects.get().pk
    ]
    assert ids(shops.get(f"handoffs/?to_department={cast.online.pk}&broken_at__isnull=true")) == []


@pytest.mark.parametrize("named", [(), ("crossing", "from_touchpoint"), ("from_touchpoint",), ("to_touchpoint",)])
def test_where_a_handoff_is_proposed_is_named_once(cast: Cast, program: Made, named: tuple[str, ...]) -> None:
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    known = {"crossing": crossing.pk, "from_touchpoint": crossing.source_id, "to_touchpoint": crossing.target_id}
    body = {"what": "It", **{name: known[name] for name in named}}
    told = problem(program(cast.online_lead).post("handoffs/", body), 400, "not-valid")
    assert told["errors"][0]["field"] == "crossing"
    backwards = {"what": "It", "from_touchpoint": crossing.target_id, "to_touchpoint": crossing.source_id}
    told = problem(program(cast.online_lead).post("handoffs/", backwards), 400, "not-valid")
    assert told["errors"][0] | {"reason": ""} == {"field": "to_touchpoint", "value": crossing.source_id, "reason": ""}
