"""The page on which a journey is shared with guests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from journeys.models import Journey
from tests.cast import Cast
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.organisation import commands
from workspace.organisation.models import Invitation, Person, Share


@pytest.fixture
def page(cast: Cast, client: Client) -> str:
    client.force_login(cast.executive, backend="workspace.organisation.backends.WorksHereBackend")
    return f"/journeys/{cast.journey.pk}/sharing/"


def guests(cast: Cast, n: int) -> list[Person]:
    return [
        commands.create_person(f"g{i}@agency.example", name=f"Guest {i}", role="guest", actor=cast.administrator)
        for i in range(n)
    ]


def until(days: int = 30) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def test_a_journey_leads_to_its_guests(cast: Cast, client: Client, page: str) -> None:
    assert f'href="{page}"' in client.get(cast.journey.get_absolute_url()).content.decode()
    assert "No guest sees this journey" in text_of(client.get(page))
    client.post(f"{page}guest/", {"guest": cast.guest.pk, "until": until()})
    assert "Shared with 1 guest" in text_of(client.get(cast.journey.get_absolute_url()))
    assert "gus@example.com" in text_of(client.get(page))


def test_members_are_not_led_to_what_they_may_not_do(cast: Cast, client: Client) -> None:
    client.force_login(cast.member, backend="workspace.organisation.backends.WorksHereBackend")
    assert "sharing" not in client.get(cast.journey.get_absolute_url()).content.decode()


def test_a_new_guest_is_invited_in_the_same_step(cast: Cast, client: Client, page: str) -> None:
    answer = client.post(f"{page}invite/", {"name": "Nora", "email": "nora@agency.example", "until": until()})
    assert answer.status_code == 200
    assert "/invitations/" in answer.content.decode()
    guest = Person.objects.get(email="nora@agency.example")
    assert guest.is_guest
    assert Share.objects.get().guest == guest
    assert Invitation.objects.get().person == guest
    assert "Invite again" in text_of(client.get(page))


def test_a_forged_role_makes_no_member_of_a_guest(cast: Cast, client: Client, page: str) -> None:
    sent = {"name": "Nora", "email": "nora@agency.example", "until": until(), "role": "administrator"}
    client.post(f"{page}invite/", sent)
    assert Person.objects.get(email="nora@agency.example").is_guest


@pytest.mark.parametrize("data", [{}, {"until": "tomorrow"}, {"until": "1999-01-01"}, {"until": "2999-01-01"}])
def test_a_wrong_day_is_said_beside_what_was_typed(cast: Cast, client: Client, page: str, data: dict[str, str]) -> None:
    for path, more in (
        ("guest/", {"guest": str(cast.guest.pk)}),
        ("invite/", {"name": "Nora", "email": "nora@agency.example"}),
    ):
        assert client.post(f"{page}{path}", data | more).status_code == 422
    assert not Share.objects.exists()


def test_people_of_the_house_cannot_be_chosen(cast: Cast, client: Client, page: str) -> None:
    for person in (cast.member, cast.leaver):
        assert client.post(f"{page}guest/", {"guest": person.pk, "until": until()}).status_code == 422


def test_a_share_of_another_journey_is_not_found_here(cast: Cast, client: Client, page: str) -> None:
    other = Journey.objects.create(name="Another")
    shared = commands.share(
        Journey.NOUN,
        other.pk,
        guest=cast.guest,
        until=clock.today() + timedelta(days=3),
        actor=cast.executive,
    )
    assert client.post(f"{page}{shared.pk}/end/").status_code == 404
    assert client.get(f"{page}{shared.pk}/").status_code == 404


def test_a_guest_is_told_until_when_it_is_open(cast: Cast, client: Client, page: str) -> None:
    client.post(f"{page}guest/", {"guest": cast.guest.pk, "until": until(300)})
    client.force_login(cast.guest, backend="workspace.organisation.backends.WorksHereBackend")
    start = text_of(client.get("/"))
    assert cast.journey.name in start
    assert str((clock.today() + timedelta(days=300)).year) in start


def test_the_page_costs_the_same_at_two_sizes(cast: Cast, client: Client, page: str) -> None:
    def shared_with(people: list[Person]) -> None:
        for guest in people:
            commands.share(
                Journey.NOUN,
                cast.journey.pk,
                guest=guest,
                until=clock.today() + timedelta(days=3),
                actor=cast.executive,
            )

    shared_with(guests(cast, 2)[:1])
    small = statements(client, page)
    journey = statements(client, cast.journey.get_absolute_url())
    extra = [
        commands.create_person(f"h{i}@agency.example", name=f"More {i}", role="guest", actor=cast.administrator)
        for i in range(12)
    ]
    shared_with(extra)
    assert statements(client, page) == small <= 12
    assert statements(client, cast.journey.get_absolute_url()) == journey <= 12
