"""Claims over the API: who decides them, and who does not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from journeys import commands
from journeys.models import Claim, Ownership
from tests.activity.together import at_once
from tests.api.doing import done, ids
from tests.api.program import Program, problem
from tests.cast import Cast

Made = Callable[..., Program]


@pytest.fixture
def claim(cast: Cast) -> Claim:
    """Shops asks for the till of Service."""
    return commands.claim_touchpoint(cast.till, department=cast.shops, reason="Ours.", actor=cast.shops_deputy)


def test_nobody_decides_a_claim_of_their_own_department(cast: Cast, program: Made, claim: Claim) -> None:
    for person in (cast.shops_deputy, cast.shops_lead, cast.retail_head):
        told = problem(program(person).post(f"claims/{claim.pk}/approve/"), 403, "not-allowed")
        assert told["next_step"]
    assert Claim.objects.get(pk=claim.pk).state == "waiting"


def test_a_claim_is_approved_and_its_rivals_are_superseded(cast: Cast, program: Made, claim: Claim) -> None:
    rival = commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    problem(program(cast.service_head).post(f"claims/{claim.pk}/approve/"), 403, "not-allowed")
    asks = program(cast.executive)
    read = asks.get(f"claims/{claim.pk}/")
    told, kinds = done(lambda: asks.post(f"claims/{claim.pk}/approve/", {"reason": "Fine."}, If_Match=read["ETag"]))
    assert (told["state"], told["decided_by"], told["decision_reason"]) == ("accepted", cast.executive.pk, "Fine.")
    assert {"claim.accepted", "ownership.started", "claim.superseded"} <= set(kinds)
    assert ids(asks.get("claims/?state=superseded")) == [rival.pk]
    late = problem(asks.post(f"claims/{claim.pk}/deny/", {"reason": "No."}, If_Match=read["ETag"]), 412, "stale")
    assert late["current"]["state"] == "accepted"
    problem(asks.post(f"claims/{claim.pk}/deny/", {"reason": "No."}), 422, "rule-broken")


def test_a_claim_is_denied_with_a_reason_or_withdrawn(cast: Cast, program: Made, claim: Claim) -> None:
    head, lead = program(cast.service_head), program(cast.shops_lead)
    assert problem(head.post(f"claims/{claim.pk}/deny/"), 400, "not-valid")["errors"][0]["field"] == "reason"
    told, kinds = done(lambda: head.post(f"claims/{claim.pk}/deny/", {"reason": "Care takes it."}))
    assert (told["state"], told["decision_reason"], kinds[0]) == ("denied", "Care takes it.", "claim.denied")
    again = commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_deputy)
    told, kinds = done(lambda: lead.post(f"claims/{again.pk}/withdraw/"))
    assert (told["state"], kinds[0]) == ("withdrawn", "claim.withdrawn")
    problem(head.post("claims/99999/approve/"), 404, "unknown")


@pytest.mark.django_db(transaction=True)
def test_two_programs_approve_two_claims_at_the_same_moment_and_one_department_owns_it(
    cast: Cast, program: Made, claim: Claim
) -> None:
    rival = commands.claim_touchpoint(cast.till, department=cast.online, actor=cast.online_lead)
    asks = program(cast.executive)
    tags = {pk: asks.get(f"claims/{pk}/")["ETag"] for pk in (claim.pk, rival.pk)}

    def approve(pk: int) -> Callable[[], Any]:
        caller = Program()
        caller.sent = asks.sent
        return lambda: caller.post(f"claims/{pk}/approve/", If_Match=tags[pk])

    answers = at_once(approve(claim.pk), approve(rival.pk))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 412)
    assert lost.data["current"]["state"] == "superseded"
    (held,) = Ownership.objects.current().accountable().filter(touchpoint=cast.till)
    assert held.department_id == won.data["department"]


def test_every_filter_of_claims(cast: Cast, program: Made, claim: Claim) -> None:
    asks = program(cast.member, "read")
    others = sorted(Claim.objects.exclude(pk=claim.pk).values_list("pk", flat=True))
    expected = {
        "state=waiting": [claim.pk],
        "state__in=accepted": others,
        f"id={claim.pk}": [claim.pk],
        f"touchpoint={cast.till.pk}": [claim.pk],
        f"journey={cast.journey.pk}&unit={cast.service.pk}&state=waiting": [claim.pk],
        f"department={cast.shops.pk}&claimed_by={cast.shops_deputy.pk}": [claim.pk],
        "reason__contains=our": [claim.pk],
        f"due_on={claim.due_on}&state=waiting": [claim.pk],
        f"denied_on__gt={claim.denied_on}": [],
        "made_at__lt=2000-01-01T00:00:00Z": [],
        "decided_at__isnull=true": [claim.pk],
        "decided_by__isnull=false": [],
        "decision_reason__startswith=no": [],
    }
    assert {query: ids(asks.get(f"claims/?{query}")) for query in expected} == expected
