"""What is to be confirmed is reminded of once, when it comes near: leads of all of it, who answers of theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from journeys import commands as journeys
from journeys.commands.reminding import remind_of_attestations
from journeys.models import Ownership
from tests.cast import Cast, deliver
from workspace import clock
from workspace.activity.models import Event, Notification
from workspace.activity.queries.notifications import lines_of

pytestmark = pytest.mark.django_db

PERIOD, AHEAD = timedelta(days=180), timedelta(days=14)


def old(cast: Cast, *, days: int) -> None:
    """Everything was confirmed so many days before it is due."""
    confirmed = clock.now() - PERIOD + timedelta(days=days)
    Ownership.objects.update(attested_at=confirmed, held_from=confirmed)


def reminded() -> dict[str, int]:
    deliver()
    rows = Notification.objects.filter(group="attestations").select_related("person")
    return {row.person.name.split()[0]: row.count for row in rows}


def test_nobody_is_reminded_of_what_is_far_away(cast: Cast) -> None:
    old(cast, days=20)

    assert remind_of_attestations() == 0


def test_leads_hear_of_all_of_their_department_and_others_of_theirs(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)
    journeys.set_accountable_person(cast.ask_a_seller, person=cast.member, actor=cast.shops_lead)
    old(cast, days=10)

    assert remind_of_attestations() == 3
    assert reminded() == {"Liam": 2, "Dora": 2, "Mia": 1, "Olga": 1, "Bela": 1}
    line = next(line for line in lines_of(Notification.objects.filter(group="attestations", person=cast.member)))
    assert "for 1 × a touchpoint that Shops still owns it" in line.text
    assert line.url == "/attestations/"


def test_each_is_reminded_of_once(cast: Cast) -> None:
    old(cast, days=10)
    remind_of_attestations()
    for days in (0, 0, 1, 5):
        with clock.at(clock.now() + timedelta(days=days)):
            assert remind_of_attestations() == 0

    assert Event.objects.filter(kind="ownership.attestation_due").count() == 3


def test_what_comes_near_later_is_reminded_of_on_its_day(cast: Cast) -> None:
    old(cast, days=10)
    Ownership.objects.filter(department=cast.billing).update(attested_at=clock.now() - PERIOD + timedelta(days=20))
    assert remind_of_attestations() == 2

    with clock.at(clock.now() + timedelta(days=7)):
        assert remind_of_attestations() == 1
    assert Event.objects.filter(kind="ownership.attestation_due", data__department=cast.billing.pk).count() == 1


def test_what_was_confirmed_comes_near_again_after_a_period(cast: Cast) -> None:
    old(cast, days=10)
    remind_of_attestations()
    Ownership.objects.update(attested_at=clock.now())

    with clock.at(clock.now() + PERIOD - timedelta(days=30)):
        assert remind_of_attestations() == 0
    with clock.at(clock.now() + PERIOD - timedelta(days=12)):
        assert remind_of_attestations() == 3


def test_a_rule_that_is_off_reminds_of_nothing(cast: Cast) -> None:
    journeys.set_rule_settings({"off.unattested": True}, actor=cast.administrator)
    old(cast, days=10)

    assert remind_of_attestations() == 0
