"""Who owned what on a past day, and what changed between two: out of the history alone, checked row by row."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from journeys import commands
from journeys.commands import moving
from journeys.commands.handoffs import report_broken
from journeys.models import CoverageSnapshot, Ownership, Touchpoint
from journeys.queries.directory import directory
from journeys.queries.journey_map import journey_map
from journeys.queries.overview.coverage import Share
from journeys.queries.owner_changes import change_rows, changed_between, counted, with_ends
from journeys.queries.past import first_day, noted_on, owned_on, past_rows, wholes_on
from journeys.queries.places import end_of_day, last_moment_of
from journeys.rules.past import has_come, is_in_order
from tests.cast import Cast
from workspace import clock
from workspace.errors import Refusal
from workspace.organisation.models import Department

START = date(2031, 3, 1)


def at(day: int, hour: int = 12) -> datetime:
    return datetime(START.year, START.month, START.day, hour, tzinfo=UTC) + timedelta(days=day)


def on(day: int) -> date:
    return START + timedelta(days=day)


def owners_by_hand(day: date) -> dict[int, int]:
    """The owner of each touchpoint when the day ended, in a loop over every row of the history."""
    moment = end_of_day(day)
    found = {}
    for row in Ownership.objects.filter(kind="accountable"):
        if row.held_from < moment and (row.held_until is None or row.held_until >= moment):
            found[row.touchpoint_id] = row.department_id
    return found


def owners(day: date) -> dict[int, int]:
    return dict(owned_on(day).values_list("touchpoint", "department"))


def happen(cast: Cast, chance: random.Random) -> None:
    """Something happens to the owner of some touchpoint, or is refused."""
    touchpoint = chance.choice(list(Touchpoint.objects.order_by("pk")))
    department = chance.choice(list(Department.objects.order_by("pk")))
    act = chance.choice(["assign", "transfer", "release"])
    try:
        if act == "assign":
            commands.assign_ownership(touchpoint, department=department, actor=cast.executive)
        elif act == "transfer":
            commands.transfer_ownership(touchpoint, department=department, actor=cast.executive)
        else:
            commands.release_ownership(touchpoint, reason="Chance.", actor=cast.executive)
    except Refusal:
        pass


@pytest.mark.parametrize("seed", range(4))
def test_any_history_reads_as_a_loop_over_its_rows_does(cast: Cast, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(12):
        for hour in sorted(chance.sample(range(24), chance.randint(0, 4))):
            with clock.at(at(number, hour)):
                happen(cast, chance)
    days = [on(day) for day in range(-1, 13)]
    by_hand = {day: owners_by_hand(day) for day in days}
    for day in days:
        assert owners(day) == by_hand[day]
    for first in days:
        for last in days[days.index(first) :]:
            before, after = by_hand[first], by_hand[last]
            expected = {
                pk: (before.get(pk), after.get(pk))
                for pk in before.keys() | after.keys()
                if before.get(pk) != after.get(pk)
            }
            changed = changed_between(first, last)
            assert {pk: (old, new) for pk, old, new in changed.values_list("pk", "old", "new")} == expected
            told = counted(changed)
            assert sum(told.kinds.values()) == len(expected)
            assert sum(moves.net for moves in told.departments.values()) == len(after) - len(before)


def test_a_day_ends_at_midnight_where_the_installation_is(cast: Cast) -> None:
    with clock.at(at(5, 23)):
        commands.assign_ownership(cast.till, department=cast.care, actor=cast.service_head)
    with clock.at(at(6, 0)):
        commands.release_ownership(cast.till, reason="Not theirs.", actor=cast.care_lead)
    assert owners(on(4)).get(cast.till.pk) is None
    assert owners(on(5)).get(cast.till.pk) == cast.care.pk
    assert owners(on(6)).get(cast.till.pk) is None


def test_each_change_names_who_approved_it_and_why(cast: Cast) -> None:
    with clock.at(at(1)):
        commands.assign_ownership(cast.till, department=cast.care, actor=cast.service_head)
        commands.transfer_ownership(
            cast.receipt, department=cast.care, reason="Care prints it.", actor=cast.service_head
        )
        commands.release_ownership(cast.shop_window, reason="The shop closed.", actor=cast.shops_lead)
    rows = {row.touchpoint: row for row in change_rows(with_ends(changed_between(on(0), on(1))), directory())}
    told = {
        touchpoint.name: (
            row.kind,
            row.before and row.before.name,
            row.after and row.after.name,
            row.said_by,
            row.reason,
        )
        for touchpoint, row in rows.items()
    }
    assert told == {
        "Till": ("gained", None, "Care", "Sven Service", ""),
        "Receipt": ("transferred", "Billing", "Care", "Sven Service", "Care prints it."),
        "Shop window": ("lost", "Shops", None, "Liam Lead", "The shop closed."),
    }
    assert {row.at for row in rows.values()} == {at(1)}


def test_what_changed_back_is_no_difference(cast: Cast) -> None:
    with clock.at(at(1)):
        commands.transfer_ownership(cast.receipt, department=cast.care, actor=cast.executive)
    with clock.at(at(2)):
        commands.transfer_ownership(cast.receipt, department=cast.billing, actor=cast.executive)
    assert not changed_between(on(0), on(2)).exists()
    assert changed_between(on(0), on(1)).count() == 1
    assert changed_between(on(1), on(2)).count() == 1
    assert not changed_between(on(1), on(1)).exists()


def test_support_is_no_ownership(cast: Cast) -> None:
    Ownership.objects.create(
        touchpoint=cast.till, department=cast.care, kind=Ownership.Kind.RESPONSIBLE, held_from=at(1)
    )
    assert cast.till.pk not in owners(on(1))
    assert not changed_between(on(0), on(1)).exists()


def test_the_snapshot_of_a_day_is_told_by_unit_journey_and_channel(cast: Cast) -> None:
    with clock.at(at(1)):
        commands.note_coverage(on(1))
        commands.release_ownership(cast.receipt, reason="Gone.", actor=cast.billing_lead)
        commands.note_coverage(on(1))  # a second look changes nothing
    noted = noted_on(on(1))
    assert noted.whole == Share(6, 3)
    assert noted.units == {cast.retail.pk: Share(3, 2), cast.service.pk: Share(3, 1)}
    assert noted.journeys == {cast.journey.pk: Share(6, 3)}
    assert noted.channels["web"] == Share(1, 1)
    assert (noted.before, noted.after) == (None, None)


@pytest.mark.django_db
def test_a_day_without_a_snapshot_names_the_noted_days_around_it() -> None:
    for day in (1, 3, 8, 9):
        CoverageSnapshot.objects.create(on=on(day), scope="all", live=4, owned=day % 4)
    noted = noted_on(on(5))
    assert noted.whole is None
    assert (noted.before, noted.after) == (on(3), on(8))
    assert wholes_on(on(3), on(5)) == {on(3): Share(4, 3)}


def test_the_history_begins_with_its_first_row(cast: Cast) -> None:
    Ownership.objects.filter(touchpoint=cast.receipt).update(held_from=datetime(2020, 5, 4, 8, tzinfo=UTC))
    assert first_day() == date(2020, 5, 4)
    Ownership.objects.all().delete()
    assert first_day() is None


def test_days_that_cannot_be_asked_about() -> None:
    assert has_come(on(1), today=on(1))
    assert "has not come yet" in str(has_come(on(2), today=on(1)).reason)
    assert is_in_order(on(1), on(1))
    assert "comes after" in str(is_in_order(on(2), on(1)).reason)


def test_who_answered_then_is_told_whoever_answers_now(cast: Cast) -> None:
    def answering(day: int) -> str:
        rows = past_rows(owned_on(on(day)).filter(touchpoint=cast.shop_window), on(day), directory())
        page = journey_map(cast.journey, viewer=cast.guest, moment=last_moment_of(on(day)))
        assert [row.person for row in rows] == [card.person for card in page.cards if card.id == cast.shop_window.pk]
        return rows[0].person

    with clock.at(at(1)):
        commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)
    with clock.at(at(3)):
        commands.set_accountable_person(cast.shop_window, person=cast.shops_deputy, actor=cast.shops_lead)
    with clock.at(at(5)):
        moving.hand_over(cast.shops_deputy, to=cast.shops_lead, actor=cast.administrator)
    with clock.at(at(7)):
        commands.transfer_ownership(
            cast.shop_window, department=cast.online, person=cast.online_lead, actor=cast.executive
        )
    with clock.at(at(9)):
        commands.set_accountable_person(cast.shop_window, person=None, actor=cast.online_lead)
    names = [
        "Liam Lead",
        "Mia Member",
        "Mia Member",
        "Dora Deputy",
        "Dora Deputy",
        "Liam Lead",
        "Liam Lead",
        "Olga Online",
    ]
    assert [answering(day) for day in range(8)] == names
    assert [answering(day) for day in (8, 9, 10)] == ["Olga Online", "", ""]


def test_a_handoff_stands_on_a_past_day_as_it_stood_then(cast: Cast) -> None:
    """What is not kept was kept before that was said; and what is mended now was not kept in between."""
    with clock.at(at(0)):
        commands.assign_ownership(cast.till, department=cast.care, actor=cast.service_head)
    crossing = cast.crossing(cast.compare_online, cast.till)
    with clock.at(at(1)):
        handoff = commands.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    with clock.at(at(2)):
        commands.accept_handoff(handoff, actor=cast.care_lead)
    with clock.at(at(3)):
        report_broken(handoff, reason="It comes late.", actor=cast.care_lead)
    with clock.at(at(4)):
        commands.accept_handoff(handoff, actor=cast.online_lead)
    with clock.at(at(5)):
        commands.accept_handoff(handoff, actor=cast.care_lead)
    with clock.at(at(6)):
        report_broken(handoff, reason="Late again.", actor=cast.online_lead)
    with clock.at(at(7)):
        commands.decline_handoff(handoff, reason="Otherwise.", actor=cast.care_lead)

    def state(day: int) -> str:
        page = journey_map(cast.journey, viewer=cast.member, moment=last_moment_of(on(day)))
        [card] = [card for card in page.cards if card.id == cast.compare_online.pk]
        [state] = [row.state for row in card.between.rows if cast.till.pk in row.ids]
        return str(state)

    states = ["none", "proposed", "agreed", "broken", "broken", "agreed", "broken", "none"]
    assert [state(day) for day in range(8)] == states
