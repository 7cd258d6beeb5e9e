"""Filters by what a thing is joined to, by the last step it took, and by what is worked out of its columns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from journeys import commands as journeys
from tests.api.boards import share, statements
from tests.api.program import Program
from tests.cast import Cast
from workspace import clock

Made = Callable[..., Program]


def test_departments_are_found_by_who_leads_them_and_who_deputises(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")

    def names(query: str) -> list[str]:
        return [each["name"] for each in asks.get(f"departments/?{query}").data["items"]]

    lead, deputy = cast.shops_lead.pk, cast.shops_deputy.pk
    assert names(f"leads={lead}") == names(f"deputies={deputy}") == ["Shops"]
    assert names(f"leads={deputy}") == names(f"deputies={lead}") == []
    assert names(f"leads__in={lead},{cast.care_lead.pk}") == ["Care", "Shops"]
    assert names("deputies__isnull=true") == ["Billing", "Care", "Online Store"]
    assert names("leads__isnull=true") == []


@pytest.mark.parametrize("who", ["member", "guest"])
def test_touchpoints_are_found_by_what_comes_before_and_after(cast: Cast, program: Made, who: str) -> None:
    share(cast.journey, cast)
    asks = program(getattr(cast, who), "read")

    def names(query: str) -> list[str]:
        return [each["name"] for each in asks.get(f"touchpoints/?ordering=name&{query}").data["items"]]

    assert names(f"before={cast.shop_window.pk}") == ["Ask a seller", "Compare online"]
    assert names(f"after__in={cast.till.pk},{cast.receipt.pk}") == sorted(
        name for name in ("Ask a seller", "Compare online", "Till") if name != cast.receipt.name
    )
    assert names("before__isnull=true") == ["Shop window"]
    assert names("after__isnull=true") == ["Fault line"]
    journeys.retire_touchpoint(cast.shop_window, actor=cast.administrator)
    assert names(f"before={cast.shop_window.pk}") == [], "what was retired leads nowhere"


def test_versions_of_things_that_take_steps_are_ranges(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    journeys.attest_ownership(cast.receipt.ownerships.get(), mine=True, actor=cast.billing_lead)
    versions = {each["id"]: each["version"] for each in asks.get("ownerships/").data["items"]}
    assert len(set(versions.values())) == 3

    def found(query: str) -> set[int]:
        return {each["id"] for each in asks.get(f"ownerships/?{query}").data["items"]}

    for pk, version in versions.items():
        assert found(f"version={version}") == found(f"version__in=1,{version}") == {pk}
        assert found(f"version__gt={version}") == {each for each in versions if versions[each] > version}
        assert found(f"version__lt={version}") == {each for each in versions if versions[each] < version}
    assert found(f"version__gt={10**30}") == found(f"version__lt=-{10**30}") == set()
    assert found(f"version__lte={10**30}") == found(f"version__gte=-{10**30}") == set(versions)
    assert found("version__in=" + ",".join(map(str, range(500)))) == set()


def test_coverage_is_found_by_its_share_now_and_on_a_day(cast: Cast, program: Made) -> None:
    asks, today = program(cast.member, "read"), clock.today()
    journeys.note_coverage(today)
    for path in ("coverage/?", f"coverage/?as_of={today}&"):
        shares = [each["share"] for each in asks.get(path).data["items"]]
        third = next(share for share in shares if share not in (None, 0, 0.5, 1))
        for query, fits in (
            (f"share={third}", lambda share, third=third: share == third),
            ("share__in=0.5,1", lambda share: share in (0.5, 1)),
            ("share__lt=0.5", lambda share: share is not None and share < 0.5),
            ("share__gte=0.5", lambda share: share is not None and share >= 0.5),
            ("share__isnull=true", lambda share: share is None),
            ("share__isnull=false", lambda share: share is not None),
        ):
            found = [each["share"] for each in asks.get(path + query).data["items"]]
            assert found == [share for share in shares if fits(share)], path + query


def test_a_filter_costs_no_statement_of_its_own(cast: Cast, program: Made) -> None:
    asks = program(cast.member, "read")
    for path, query in (
        ("departments/", f"leads={cast.shops_lead.pk}&deputies__isnull=false&version__gte=1"),
        ("touchpoints/", f"before={cast.shop_window.pk}&after__isnull=false&version=1"),
        ("ownerships/", "version__gte=1&version__lte=9999999999999999"),
        ("claims/", "version__gt=1"),
    ):
        asks.get(path)
        plain, narrowed = (statements(partial(asks.get, to)) for to in (path, f"{path}?{query}"))
        assert asks.get(f"{path}?{query}").data["items"]
        assert plain == narrowed, path
