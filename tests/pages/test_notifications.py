"""The bell, the list of what one is told, and how one wants to be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from journeys import commands as journeys
from sprints import commands as sprints
from tests.cast import Cast, deliver
from tests.pages.reading import statements, text_of
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import DigestHour, Event, Mail, Notification, NotificationChoice
from workspace.organisation.models import Person, Share

pytestmark = pytest.mark.django_db


@pytest.fixture
def claimed(cast: Cast) -> Notification:
    """Shops claim the till: Sven, the head of Service, decides."""
    deliver()
    Notification.objects.all().delete()
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    deliver()
    return Notification.objects.get(event__kind="claim.made")


def enter(client: Client, person: Person) -> None:
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")


def test_the_list_says_what_happened_and_leads_there(cast: Cast, client: Client, claimed: Notification) -> None:
    enter(client, cast.service_head)
    page = client.get("/notifications/?group=claims")

    assert "Liam Lead claimed Till for Shops. Claims to decide" in text_of(page)
    assert f'href="/touchpoints/{cast.till.pk}/"' in page.content.decode()


def test_the_bell_counts_what_is_unread(cast: Cast, client: Client, claimed: Notification) -> None:
    unread = Notification.objects.filter(person=cast.service_head).unread().count()
    enter(client, cast.service_head)

    assert f"Notifications: {unread} unread" in client.get("/notifications/count/").content.decode()
    enter(client, cast.member)
    assert "unread" not in client.get("/notifications/count/").content.decode()


def test_looking_at_the_list_marks_nothing(cast: Cast, client: Client, claimed: Notification) -> None:
    enter(client, cast.service_head)
    client.get("/notifications/")
    claimed.refresh_from_db()

    assert claimed.read_at is None


def test_what_is_marked_as_read_is_among_all_and_not_among_unread(
    cast: Cast, client: Client, claimed: Notification
) -> None:
    enter(client, cast.service_head)
    answer = client.post(f"/notifications/{claimed.pk}/read/", {"next": "/notifications/?group=claims"})

    assert answer.status_code == 302
    assert "claimed" not in text_of(client.get(answer["Location"]))
    assert "Liam Lead claimed Till for Shops." in text_of(client.get("/notifications/?all=on"))


def test_opening_marks_it_as_read_and_leads_there(cast: Cast, client: Client, claimed: Notification) -> None:
    enter(client, cast.service_head)
    answer = client.post(f"/notifications/{claimed.pk}/read/", {"open": "1"})
    claimed.refresh_from_db()

    assert answer["Location"] == f"/touchpoints/{cast.till.pk}/"
    assert claimed.read_at is not None


def test_all_of_a_group_are_marked_at_once_and_what_came_later_stays(
    cast: Cast, client: Client, claimed: Notification
) -> None:
    event = Event.objects.create(
        at=clock.now(), kind="claim.made", subject_kind="claim", subject_id=2, data={"touchpoint": cast.receipt.pk}
    )
    later = Notification.objects.create(
        person=cast.service_head, event=event, at=event.at, group="claims", subject="touchpoint:1"
    )
    enter(client, cast.service_head)
    client.post("/notifications/read/", {"group": "claims", "up_to": str(claimed.pk)})

    unread = Notification.objects.filter(person=cast.service_head, group="claims").unread()
    assert list(unread) == [later]
    client.post("/notifications/read/", {"up_to": "not a number"})
    assert not Notification.objects.filter(person=cast.service_head).unread().exists()


def test_nobody_reads_or_marks_what_others_are_told(cast: Cast, client: Client, claimed: Notification) -> None:
    enter(client, cast.executive)

    assert client.post(f"/notifications/{claimed.pk}/read/").status_code == 404
    assert "claimed Till" not in text_of(client.get("/notifications/?all=on"))


def test_the_list_is_empty_in_words(cast: Cast, client: Client) -> None:
    enter(client, cast.guest)

    assert "You have read everything" in text_of(client.get("/notifications/"))
    assert "Nothing yet" in text_of(client.get("/notifications/?all=on"))


@pytest.mark.parametrize("query", ["?group=nonsense", "?page=999", "?page=x", "?all=%00"])
def test_nonsense_in_the_address_narrows_nothing(cast: Cast, client: Client, claimed: Notification, query: str) -> None:
    enter(client, cast.service_head)

    assert "claimed Till" in text_of(client.get(f"/notifications/{query}"))


# --- Guests ----------------------------------------------------------------------------------------------------------


def test_a_guest_reads_of_a_team_as_long_as_it_is_shared(cast: Cast, squad: Squad, client: Client) -> None:
    day = clock.today()
    share = Share.objects.create(
        noun="team", subject_id=squad.team.pk, guest=cast.guest, ends_on=day + timedelta(days=9),
        granted_by=cast.executive, granted_at=clock.now(),
    )  # fmt: skip
    sprints.write_comment(squad.mail, text="@Gus Guest, have a look", actor=cast.shops_lead)
    deliver()
    enter(client, cast.guest)
    assert "Liam Lead commented on GROW-2" in text_of(client.get("/notifications/"))
    assert "1 unread" in client.get("/notifications/count/").content.decode()

    share.delete()
    assert "GROW-2" not in text_of(client.get("/notifications/?all=on"))
    assert "unread" not in client.get("/notifications/count/").content.decode()


# --- Choices ---------------------------------------------------------------------------------------------------------


def choose(client: Client, **fields: str) -> Any:
    return client.post("/account/notifications/", {"hour": "8", **every_mail("digest"), **fields})


def every_mail(how: str) -> dict[str, str]:
    from workspace.activity import audiences

    return {f"mail-{group.code}": how for group in audiences.groups()}


def test_choices_hold_from_then_on(cast: Cast, client: Client) -> None:
    enter(client, cast.service_head)
    answer = choose(client, hour="17", **{"app-flags": "on", "mail-flags": "off"})

    assert answer.status_code == 302
    chosen = NotificationChoice.objects.get(person=cast.service_head, group="flags")
    assert (chosen.in_app, chosen.mail) == (True, Mail.OFF)
    assert not NotificationChoice.objects.get(person=cast.service_head, group="claims").in_app
    assert DigestHour.objects.get(person=cast.service_head).hour == 17
    page = client.get("/account/notifications/").content.decode()
    assert '<option value="17" selected>17:00</option>' in page


@pytest.mark.parametrize("wrong", [{"hour": "25"}, {"hour": ""}, {"mail-flags": "hourly"}])
def test_what_cannot_be_chosen_comes_back_and_changes_nothing(
    cast: Cast, client: Client, wrong: dict[str, str]
) -> None:
    enter(client, cast.service_head)
    answer = choose(client, **wrong)

    assert answer.status_code == 422
    assert not NotificationChoice.objects.exists()


def test_guests_choose_among_what_can_reach_them(cast: Cast, client: Client) -> None:
    enter(client, cast.guest)
    page = text_of(client.get("/account/notifications/"))

    assert "Mentions" in page
    assert "Flags" not in page
    assert "Claims to decide" not in page


def test_only_administrators_choose_about_what_only_they_are_told(cast: Cast, client: Client) -> None:
    enter(client, cast.member)
    assert "Flags that nobody hears" not in text_of(client.get("/account/notifications/"))

    enter(client, cast.administrator)
    assert "Flags that nobody hears" in text_of(client.get("/account/notifications/"))


def test_without_mail_the_page_says_so(cast: Cast, client: Client, settings: Any) -> None:
    enter(client, cast.member)
    assert "This installation sends no mail" in text_of(client.get("/account/notifications/"))

    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}
    assert "This installation sends no mail" not in text_of(client.get("/account/notifications/"))


# --- Cost ------------------------------------------------------------------------------------------------------------


def tell_everything(cast: Cast, squad: Squad, *, times: int) -> None:
    """Notifications of every kind that names something, for the head of Service."""
    ids = {"touchpoint": cast.till.pk, "department": cast.shops.pk, "story": squad.mail.pk, "crossing": 1}
    rows = [
        ("claim.made", "claim", 1), ("ownership.transferred", "touchpoint", cast.till.pk), ("flags.opened", "flag", 1),
        ("handoff.proposed", "handoff", 1), ("comment.written", "comment", 1), ("approval.asked", "approval", 1),
        ("story.changed", "story", squad.mail.pk), ("flags.escalated", "flag", 1), ("call.made", "call", 1),
    ]  # fmt: skip
    for _time in range(times):
        for kind, noun, pk in rows:
            event = Event.objects.create(
                at=clock.now(), actor=cast.member, kind=kind, subject_kind=noun, subject_id=pk,
                data=ids | {"rule": "no-owner", "count": 2, "person": cast.member.pk, "from_department": cast.shops.pk},
            )  # fmt: skip
            Notification.objects.create(
                person=cast.service_head, event=event, at=event.at, group="flags", subject=f"{noun}:{pk}"
            )


@pytest.mark.parametrize("query", ["", "?all=on", "?group=flags"])
def test_takes_at_most_twelve_statements_however_much_it_is(
    cast: Cast, squad: Squad, client: Client, query: str
) -> None:
    enter(client, cast.service_head)
    tell_everything(cast, squad, times=1)
    few = statements(client, f"/notifications/{query}")
    tell_everything(cast, squad, times=3)

    assert statements(client, f"/notifications/{query}") == few <= 12


def test_the_bell_takes_three_statements(cast: Cast, squad: Squad, client: Client) -> None:
    enter(client, cast.service_head)
    tell_everything(cast, squad, times=2)

    assert statements(client, "/notifications/count/") == 3


def test_what_a_guest_reads_costs_the_same_however_many_teams_are_shared(
    cast: Cast, squad: Squad, client: Client
) -> None:
    day = clock.today()

    def share_another_team(number: int) -> None:
        team = sprints.create_team(f"Team {number}", key=f"T{number}", actor=cast.administrator)
        Share.objects.create(
            noun="team", subject_id=team.pk, guest=cast.guest, ends_on=day + timedelta(days=9),
            granted_by=cast.executive, granted_at=clock.now(),
        )  # fmt: skip
        event = Event.objects.create(
            at=clock.now(), actor=cast.member, kind="comment.written", subject_kind="comment", subject_id=number,
            scope=f"team:{team.pk}", data={"story": squad.mail.pk},
        )  # fmt: skip
        Notification.objects.create(
            person=cast.guest, event=event, at=event.at, group="mentions", subject="story:1", scope=event.scope
        )

    enter(client, cast.guest)
    share_another_team(1)
    few = {path: statements(client, path) for path in ("/notifications/", "/notifications/count/")}
    for number in range(2, 7):
        share_another_team(number)

    assert {path: statements(client, path) for path in few} == few
    assert few["/notifications/"] <= 12
    assert "6 unread" in client.get("/notifications/count/").content.decode()
