"""Who may claim, when it is owned at once, and who decides."""

from dataclasses import replace

import pytest

from journeys.rules.claims import (
    Candidate,
    Claimant,
    Place,
    can_own,
    is_outside_approved,
    is_owned_at_once,
    may_assign,
    may_attest,
    may_claim,
    may_decide_claim,
    may_give_up,
    may_release,
    may_transfer,
)
from workspace.organisation.rules.standing import HOUSE, Standing

RETAIL, SERVICE, FINANCE = 1, 2, 3
SHOPS, ONLINE, BILLING, CARE = 10, 11, 20, 21

shops = Candidate(SHOPS, "Shops", RETAIL, archived=False)
billing = Candidate(BILLING, "Billing", SERVICE, archived=False)
unowned = Place(RETAIL, "Retail", None, "", None, retired=False)
owned_by_online = Place(RETAIL, "Retail", ONLINE, "Online Store", RETAIL, retired=False)


def someone(
    role: str = "member",
    *,
    home: int | None = None,
    leads: tuple[int, ...] = (),
    heads: tuple[int, ...] = (),
    active: bool = True,
) -> Standing:
    return Standing(7, role, active, home, frozenset(leads), frozenset(heads))


def test_an_open_department_can_own_an_unowned_touchpoint() -> None:
    assert can_own(shops, unowned)


@pytest.mark.parametrize(
    ("candidate", "place", "why"),
    [
        (replace(shops, archived=True), unowned, "archived"),
        (shops, replace(unowned, retired=True), "retired"),
        (shops, replace(unowned, owner_id=SHOPS, owner_name="Shops", owner_unit_id=RETAIL), "already"),
    ],
    ids=["archived department", "retired touchpoint", "owns it already"],
)
def test_who_cannot_own_is_told_why(candidate: Candidate, place: Place, why: str) -> None:
    decision = can_own(candidate, place)
    assert not decision
    assert why in str(decision.reason)


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (someone(leads=(SHOPS,)), True),
        (someone(heads=(RETAIL,)), True),
        (someone(home=SHOPS), False),
        (someone(leads=(ONLINE,), home=SHOPS), False),
        (someone(heads=(SERVICE,)), False),
        (someone("executive"), False),
        (someone("administrator"), False),
        (someone(leads=(SHOPS,), heads=(RETAIL,), active=False), False),
    ],
    ids=["lead", "head", "member", "other lead", "other head", "executive", "administrator", "left"],
)
def test_a_department_is_spoken_for_by_its_leads_and_the_head_of_its_unit(standing: Standing, allowed: bool) -> None:
    assert bool(may_claim(standing, shops)) is allowed


@pytest.mark.parametrize(
    ("candidate", "place", "at_once"),
    [
        (shops, unowned, True),
        (billing, unowned, False),
        (shops, owned_by_online, False),
        (billing, owned_by_online, False),
    ],
    ids=["own unit", "other unit", "owned, own unit", "owned, other unit"],
)
def test_only_the_unowned_touchpoint_of_the_own_unit_is_owned_at_once(
    candidate: Candidate, place: Place, at_once: bool
) -> None:
    assert is_owned_at_once(candidate, place) is at_once


DECIDERS = {
    "owner's lead": someone(leads=(ONLINE,)),
    "head of the unit": someone(heads=(RETAIL,)),
    "head of another unit": someone(heads=(FINANCE,)),
    "executive": someone("executive"),
    "administrator": someone("administrator"),
    "member": someone(home=CARE),
    "the house": HOUSE,
    "executive who left": someone("executive", active=False),
}


SOMEBODY = 8
of_billing, of_care, of_shops = Claimant(BILLING, SOMEBODY), Claimant(CARE, SOMEBODY), Claimant(SHOPS, SOMEBODY)


def waiting_ones(*, contested: bool) -> list[Claimant]:
    return [of_billing, of_shops] if contested else [of_billing]


def deciders(place: Place, *, contested: bool) -> set[str]:
    return {
        name
        for name, standing in DECIDERS.items()
        if may_decide_claim(standing, place, claimant=of_billing, waiting=waiting_ones(contested=contested))
    }


def test_the_owners_lead_decides_about_what_is_owned() -> None:
    assert deciders(owned_by_online, contested=False) == {"owner's lead", "executive", "the house"}


def test_the_head_of_the_touchpoints_unit_decides_about_what_is_unowned() -> None:
    assert deciders(unowned, contested=False) == {"head of the unit", "executive", "the house"}


@pytest.mark.parametrize("place", [unowned, owned_by_online], ids=["unowned", "owned"])
def test_executives_alone_decide_what_is_contested(place: Place) -> None:
    assert deciders(place, contested=True) == {"executive", "the house"}


@pytest.mark.parametrize("contested", [False, True], ids=["one claim", "contested"])
@pytest.mark.parametrize(
    "standing",
    [
        someone("executive", home=BILLING),
        someone("executive", leads=(BILLING,)),
        someone(home=BILLING, heads=(RETAIL,)),
        someone(home=BILLING, leads=(ONLINE,)),
        someone(leads=(ONLINE, BILLING)),
    ],
    ids=["executive at home there", "executive leads it", "head at home there", "owner's lead at home there", "both"],
)
@pytest.mark.parametrize("place", [unowned, owned_by_online], ids=["unowned", "owned"])
def test_nobody_decides_a_claim_of_their_own_department(place: Place, standing: Standing, contested: bool) -> None:
    decision = may_decide_claim(standing, place, claimant=of_billing, waiting=waiting_ones(contested=contested))
    assert not decision
    assert "own department" in str(decision.reason)


@pytest.mark.parametrize("place", [unowned, owned_by_online], ids=["unowned", "owned"])
def test_nobody_decides_the_claim_that_they_have_made(place: Place) -> None:
    standing = someone("executive", leads=(ONLINE,), heads=(RETAIL, SERVICE))
    own = Claimant(BILLING, 7)
    decision = may_decide_claim(standing, place, claimant=own, waiting=[own])
    assert not decision
    assert "of their own" in str(decision.reason)
    assert may_decide_claim(standing, place, claimant=of_billing, waiting=[of_billing]), "somebody else made this one"


@pytest.mark.parametrize(
    "standing",
    [someone("executive", home=SHOPS), someone("executive", leads=(SHOPS,)), someone("executive", heads=(RETAIL,))],
    ids=["at home with a rival", "leads a rival", "made the rival claim"],
)
def test_nobody_decides_against_a_rival_of_their_own_department(standing: Standing) -> None:
    rival = Claimant(SHOPS, 7 if standing.heads else SOMEBODY)
    decision = may_decide_claim(standing, unowned, claimant=of_billing, waiting=[of_billing, rival])
    assert not decision
    assert "stands against" in str(decision.reason)
    assert may_decide_claim(standing, unowned, claimant=of_billing, waiting=[of_billing, of_care])


@pytest.mark.parametrize(
    ("place", "contested", "who"),
    [
        (owned_by_online, False, "a lead of Online Store"),
        (unowned, False, "the head of Retail"),
        (unowned, True, "an executive"),
    ],
)
def test_a_refusal_names_who_decides(place: Place, contested: bool, who: str) -> None:
    refusal = may_decide_claim(someone(), place, claimant=of_billing, waiting=waiting_ones(contested=contested))
    assert who in str(refusal.next_step)


@pytest.mark.parametrize(
    ("standing", "candidate", "approved"),
    [
        (someone(heads=(RETAIL,)), billing, True),
        (someone("executive"), billing, True),
        (someone(heads=(SERVICE,)), billing, False),
        (someone(leads=(ONLINE,)), billing, False),
        (someone("administrator"), billing, False),
        (HOUSE, billing, False),
        (someone("executive"), shops, False),
    ],
    ids=["unit's head", "executive", "owner unit's head", "a lead", "administrator", "house", "not outside at all"],
)
def test_an_outside_owner_is_approved_by_the_units_head_or_an_executive(
    standing: Standing, candidate: Candidate, approved: bool
) -> None:
    assert is_outside_approved(standing, candidate, unowned) is approved


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (someone(leads=(ONLINE,)), True),
        (someone(heads=(RETAIL,)), True),
        (someone("executive"), True),
        (someone("administrator"), False),
        (someone(leads=(SHOPS,)), False),
        (someone(leads=(ONLINE,), active=False), False),
    ],
)
def test_the_owners_side_gives_up(standing: Standing, allowed: bool) -> None:
    assert bool(may_give_up(standing, owned_by_online)) is allowed


@pytest.mark.parametrize(
    ("standing", "own_units", "allowed"),
    [
        (someone("executive"), set(), True),
        (someone("executive", home=BILLING), {SERVICE}, True),
        (someone("executive", home=SHOPS), {RETAIL}, False),
        (someone("executive", leads=(ONLINE,)), {RETAIL}, True),
        (someone("executive", home=SHOPS, heads=(RETAIL,)), {RETAIL}, True),
        (someone(leads=(ONLINE,)), {RETAIL}, True),
        (someone(home=SHOPS), {RETAIL}, False),
        (HOUSE, set(), True),
    ],
    ids=["executive", "of another unit", "of this unit", "leads the owner", "heads it", "lead", "member", "house"],
)
def test_an_executive_does_not_release_what_their_own_department_could_take(
    standing: Standing, own_units: set[int], allowed: bool
) -> None:
    assert bool(may_release(standing, owned_by_online, own_units=own_units)) is allowed


@pytest.mark.parametrize(
    ("standing", "candidate", "allowed"),
    [
        (someone(heads=(RETAIL,)), shops, True),
        (someone(heads=(RETAIL,)), billing, False),
        (someone(heads=(SERVICE,)), billing, False),
        (someone("executive"), billing, True),
        (someone(leads=(SHOPS,)), shops, False),
        (someone("administrator"), shops, False),
    ],
)
def test_a_head_assigns_within_the_unit_and_an_executive_across_units(
    standing: Standing, candidate: Candidate, allowed: bool
) -> None:
    assert bool(may_assign(standing, candidate, unowned)) is allowed


def test_an_executive_does_not_give_their_own_department_what_it_would_have_to_claim() -> None:
    of_billing = someone("executive", home=BILLING)
    assert not may_assign(of_billing, billing, unowned)
    assert not may_transfer(of_billing, billing, owned_by_online)
    assert may_assign(someone("executive", home=SHOPS), billing, unowned)


@pytest.mark.parametrize(
    ("standing", "candidate", "allowed"),
    [
        (someone(leads=(ONLINE, SHOPS)), shops, True),
        (someone(heads=(RETAIL,)), shops, True),
        (someone(leads=(ONLINE,)), shops, False),
        (someone(leads=(SHOPS,)), shops, False),
        (someone(heads=(RETAIL,)), billing, False),
        (someone(heads=(RETAIL, SERVICE)), billing, True),
        (someone("executive"), billing, True),
    ],
    ids=["leads both", "heads both", "gives only", "takes only", "head gives only", "heads both units", "executive"],
)
def test_nobody_is_given_work_behind_their_back(standing: Standing, candidate: Candidate, allowed: bool) -> None:
    assert bool(may_transfer(standing, candidate, owned_by_online)) is allowed


@pytest.mark.parametrize(
    ("standing", "person_id", "allowed"),
    [
        (someone(), 7, True),
        (someone(leads=(ONLINE,)), 8, True),
        (someone(), 8, False),
        (someone(), None, False),
        (someone(active=False), 7, False),
        (someone("executive"), 8, False),
        (someone(heads=(RETAIL,)), 8, False),
    ],
    ids=["accountable", "lead", "somebody else", "nobody named", "left", "executive", "head"],
)
def test_the_accountable_person_and_the_owners_leads_answer_for_it(
    standing: Standing, person_id: int | None, allowed: bool
) -> None:
    assert bool(may_attest(standing, owned_by_online, person_id=person_id)) is allowed
