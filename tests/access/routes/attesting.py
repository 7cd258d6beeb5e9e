"""Still ours? What is to be confirmed, and the answers to many at once."""

from __future__ import annotations

from journeys.commands import attesting
from journeys.models import Ownership
from journeys.queries.attesting import ref_of
from tests.access.ways import INSIDERS, Way
from tests.cast import Cast


def ways(cast: Cast) -> list[Way]:
    """The receipt is Billing's, so that its lead answers; the job is theirs too."""
    ref = ref_of(Ownership.objects.get(touchpoint=cast.receipt))
    job = attesting.request_attestations([ref], attesting.Word(mine=True), actor=cast.billing_lead)
    # Whoever may not answer is told so for each touchpoint, on a page that says what became of each.
    told = {kind: 200 for kind in INSIDERS if kind != "lead"}
    not_theirs = dict.fromkeys(told, 404)
    return [
        Way("journeys:attestations", "/attestations/?department=all"),
        Way("journeys:attest_many", "/attestations/answer/ours/", "POST", ("lead",), {"ref": ref}, told, done=200),
        Way("journeys:attested_many", f"/attestations/answers/{job.pk}/", by=("lead",), answers=not_theirs),
    ]
