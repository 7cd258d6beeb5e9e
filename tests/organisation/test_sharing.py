"""Something is shared with a guest, until a day, by whoever may share it."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from journeys.models import Journey, Touchpoint
from tests.activity.together import at_once, errors
from tests.cast import Cast
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation import commands
from workspace.organisation.models import Person, Share


def in_days(days: int) -> date:
    return clock.today() + timedelta(days=days)


def share(cast: Cast, *, guest: Person | None = None, days: int = 30, actor: Person | None = None) -> Share:
    return commands.share(
        Journey.NOUN,
        cast.journey.pk,
        guest=guest or cast.guest,
        until=in_days(days),
        actor=actor or cast.executive,
    )


def sees(cast: Cast) -> bool:
    guest = Person.objects.get(pk=cast.guest.pk)
    journeys = Journey.objects.visible_to(guest).filter(pk=cast.journey.pk).exists()
    touchpoints = Touchpoint.objects.visible_to(guest).filter(pk=cast.till.pk).exists()
    assert journeys is touchpoints
    return journeys


def test_a_guest_sees_it_to_the_end_of_the_last_day(cast: Cast) -> None:
    assert not sees(cast)
    shared = share(cast, days=10)
    assert shared.last_day == in_days(10)
    assert sees(cast)
    with clock.at(clock.now() + timedelta(days=10)):
        assert sees(cast)
    with clock.at(clock.now() + timedelta(days=11)):
        assert not sees(cast)


def test_the_last_day_is_changed_and_the_share_ended(cast: Cast) -> None:
    shared = share(cast, days=10)
    commands.change_share(shared, until=in_days(20), actor=cast.shops_lead)
    with clock.at(clock.now() + timedelta(days=15)):
        assert sees(cast)
    commands.end_share(shared, actor=cast.service_head)
    assert not sees(cast)
    with pytest.raises(RuleBroken, match="not shared any more"):
        commands.end_share(shared, actor=cast.service_head)
    with pytest.raises(RuleBroken, match="not shared any more"):
        commands.change_share(shared, until=in_days(20), actor=cast.service_head)
    events = Event.objects.filter(kind__startswith="share.").order_by("pk")
    assert [(event.kind, event.subject_kind, event.subject_id) for event in events] == [
        (kind, "journey", cast.journey.pk) for kind in ("share.started", "share.changed", "share.ended")
    ]
    assert {event.data["guest"] for event in events} == {cast.guest.pk}


def test_what_has_ended_by_its_day_can_be_shared_anew(cast: Cast) -> None:
    share(cast, days=1)
    with pytest.raises(RuleBroken, match="already"):
        share(cast)
    with clock.at(clock.now() + timedelta(days=2)):
        share(cast)
        assert sees(cast)


@pytest.mark.parametrize("days", [-1, 367])
def test_a_day_in_the_past_or_far_away_is_refused(cast: Cast, days: int) -> None:
    with pytest.raises(RuleBroken):
        share(cast, days=days)
    shared = share(cast)
    with pytest.raises(RuleBroken):
        commands.change_share(shared, until=in_days(days), actor=cast.executive)
    with pytest.raises(RuleBroken):
        commands.change_share(shared, until=None, actor=cast.executive)


@pytest.mark.parametrize("name", ["member", "leaver", "executive"])
def test_it_is_shared_with_guests_alone(cast: Cast, name: str) -> None:
    with pytest.raises(RuleBroken, match="no guest"):
        share(cast, guest=getattr(cast, name))


def test_who_may_share_a_journey(cast: Cast) -> None:
    names = ("administrator", "executive", "retail_head", "shops_lead", "shops_deputy", "member", "guest", "leaver")
    may = set()
    for name in names:
        try:
            commands.end_share(share(cast, actor=getattr(cast, name)), actor=cast.executive)
            may.add(name)
        except NotAllowed:
            pass
    assert may == {"administrator", "executive", "retail_head", "shops_lead", "shops_deputy"}


def test_the_accountable_person_shares_their_own_journey_and_no_other(cast: Cast) -> None:
    Journey.objects.filter(pk=cast.journey.pk).update(accountable=cast.member)
    share(cast, actor=cast.member)
    other = Journey.objects.create(name="Another")
    with pytest.raises(NotAllowed, match="accountable"):
        commands.share(Journey.NOUN, other.pk, guest=cast.guest, until=in_days(3), actor=cast.member)
    invited = commands.invite_and_share(
        Journey.NOUN, cast.journey.pk, email="new@agency.example", name="New", until=in_days(3), actor=cast.member
    )
    assert Journey.objects.visible_to(invited.person).get() == cast.journey
    with pytest.raises(NotAllowed, match="cannot invite guests"):
        commands.invite_person("x@agency.example", name="X", role=Person.Role.GUEST, actor=cast.member)


def test_a_guest_who_was_made_accountable_shares_nothing_further(cast: Cast) -> None:
    share(cast)
    Journey.objects.filter(pk=cast.journey.pk).update(accountable=cast.guest)
    with pytest.raises(NotAllowed):
        share(cast, actor=cast.guest)


def test_what_is_not_there_is_not_shared(cast: Cast) -> None:
    with pytest.raises(Unknown):
        commands.share(Journey.NOUN, 999999, guest=cast.guest, until=in_days(3), actor=cast.executive)
    with pytest.raises(LookupError):
        commands.share("unit", cast.retail.pk, guest=cast.guest, until=in_days(3), actor=cast.executive)


def test_a_guest_who_is_shut_out_sees_nothing(cast: Cast) -> None:
    share(cast)
    commands.deactivate_person(cast.guest, actor=cast.administrator)
    assert not sees(cast)
    with pytest.raises(RuleBroken):
        share(cast)


def test_a_guest_who_comes_in_and_goes_out_again_begins_anew(cast: Cast) -> None:
    share(cast)
    commands.set_role(cast.guest, role=Person.Role.MEMBER, actor=cast.administrator)
    assert sees(cast)
    assert Share.objects.filter(ended_at__isnull=True).count() == 0
    commands.set_role(cast.guest, role=Person.Role.GUEST, actor=cast.administrator)
    assert not sees(cast)


def test_a_member_who_becomes_a_guest_sees_nothing_until_it_is_shared(cast: Cast) -> None:
    commands.set_role(cast.other_member, role=Person.Role.GUEST, actor=cast.administrator)
    assert not Journey.objects.visible_to(cast.other_member).exists()
    share(cast, guest=cast.other_member)
    assert Journey.objects.visible_to(cast.other_member).get() == cast.journey


def test_an_address_that_is_taken_leaves_nothing_shared(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="already"):
        commands.invite_and_share(
            Journey.NOUN, cast.journey.pk, email=cast.member.email, name="X", until=in_days(3), actor=cast.executive
        )
    with pytest.raises(RuleBroken, match="far away"):
        commands.invite_and_share(
            Journey.NOUN, cast.journey.pk, email="x@agency.example", name="X", until=in_days(900), actor=cast.executive
        )
    assert not Share.objects.exists()
    assert not Person.objects.filter(email="x@agency.example").exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_shared_twice_at_once_is_shared_once(cast: Cast) -> None:
    results = at_once(*[partial(share, cast)] * 4)
    assert [type(error) for error in errors(results)] == [RuleBroken] * 3
    assert Share.objects.count() == 1


def test_a_guest_who_is_deactivated_begins_anew(cast: Cast) -> None:
    commands.share("journey", cast.journey.pk, guest=cast.guest, until=clock.today(), actor=cast.administrator)
    commands.deactivate_person(cast.guest, actor=cast.administrator)
    assert not cast.guest.shares.filter(ended_at__isnull=True).exists()
    assert Event.objects.latest("id").kind == "share.ended"
    commands.reactivate_person(cast.guest, actor=cast.administrator)
    assert not cast.guest.shares.in_force(clock.today()).exists()
