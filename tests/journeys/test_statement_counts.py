"""After a claim the flags around it are settled at the same price, whatever the size of the company.

The price is counted, not timed: statements, and what the database reads for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.db import transaction

from benchmarks.delta import Watched, claim_and_deliver, count_reads, full_reads
from benchmarks.world import World, tidy
from journeys.commands.scanning import request_scan
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import work_on

SMALL, LARGE = 1_800, 14_400


class TakeBack(Exception):
    pass


@contextmanager
def company_of(touchpoints: int) -> Iterator[None]:
    """A company of this size, with its flags, that is gone afterwards."""
    try:
        with transaction.atomic():
            World(touchpoints).fill()
            work_on(request_scan(actor=None).pk)
            deliver_events()
            tidy()
            claim_and_deliver()  # what only the first one reads
            yield
            raise TakeBack
    except TakeBack:
        pass


@dataclass
class Price:
    statements: list[int]
    read: float
    full_reads: list[str]


def price_of_a_claim(touchpoints: int) -> Price:
    with company_of(touchpoints):
        claims = [claim_and_deliver(place=place) for place in range(1, 4)]
        planned = claim_and_deliver(plans=True)
    return Price(
        sorted(len(claim.statements) for claim in claims), sum(c.read for c in claims) / 3, full_reads(planned)
    )


@pytest.mark.django_db
def test_a_claim_costs_the_same_in_a_company_eight_times_as_large() -> None:
    small, large = price_of_a_claim(SMALL), price_of_a_claim(LARGE)
    assert large.statements == small.statements
    assert max(large.statements) <= 52  # 33 settle the flags on PostgreSQL; the others tell people of it, once
    assert large.read <= small.read * 1.25
    assert large.full_reads == []


def price_of_a_quiet_scan(touchpoints: int) -> int:
    watched = Watched()
    with company_of(touchpoints), count_reads(watched):
        work_on(request_scan(actor=None).pk)
    return watched.read


@pytest.mark.django_db
def test_a_full_scan_that_finds_nothing_new_reads_in_proportion_to_the_company() -> None:
    small, large = price_of_a_quiet_scan(SMALL), price_of_a_quiet_scan(LARGE)
    assert large <= small * 1.3 * LARGE / SMALL
