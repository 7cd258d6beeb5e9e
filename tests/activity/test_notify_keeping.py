"""How long notifications are kept, and what becomes of them when a person is erased."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import Cast
from workspace import clock
from workspace.activity.commands import notifications as commands
from workspace.activity.commands.notifications import choose_notifications
from workspace.activity.models import DigestHour, Event, Mail, Notification, NotificationChoice
from workspace.errors import NotAllowed, RuleBroken
from workspace.organisation.commands import deactivate_person
from workspace.organisation.commands.erasing import erase_person
from workspace.organisation.models import Person
from workspace.organisation.tasks import keep_daily

pytestmark = pytest.mark.django_db

NOW = clock.now()


def tell(person: Person, **fields: object) -> Notification:
    event = Event.objects.create(at=NOW, kind="claim.made", subject_kind="claim", subject_id=1)
    return Notification.objects.create(person=person, event=event, at=NOW, group="claims", subject="claim:1", **fields)


def test_what_was_read_ninety_days_ago_goes_and_the_rest_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "AT_ONCE", 2)
    long_ago, lately = NOW - timedelta(days=91), NOW - timedelta(days=89)
    for _number in range(5):
        tell(cast.member, read_at=long_ago)
    tell(cast.member, in_app=False, mail=Mail.IMMEDIATE, mailed_at=long_ago)
    kept = {
        tell(cast.member, read_at=lately).pk,
        tell(cast.member).pk,
        tell(cast.member, mail=Mail.IMMEDIATE, mailed_at=long_ago).pk,
        tell(cast.member, in_app=False, mail=Mail.DIGEST).pk,
    }

    keep_daily()

    assert set(Notification.objects.values_list("pk", flat=True)) == kept


def test_of_an_erased_person_nothing_is_kept(cast: Cast) -> None:
    other = tell(cast.executive)
    tell(cast.member)
    choose_notifications({"claims": (False, Mail.OFF)}, hour=6, actor=cast.member)
    deactivate_person(cast.member, actor=cast.administrator)
    erase_person(cast.member, actor=cast.administrator)

    assert list(Notification.objects.all()) == [other]
    assert not NotificationChoice.objects.exists()
    assert not DigestHour.objects.exists()


def test_who_has_left_chooses_nothing(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        choose_notifications({"claims": (False, Mail.OFF)}, hour=6, actor=cast.leaver)


@pytest.mark.parametrize(
    ("choices", "hour", "said"),
    [
        ({"gossip": (True, Mail.OFF)}, 8, "“gossip: off” cannot be chosen."),
        ({"claims": (True, "hourly")}, 8, "“claims: hourly” cannot be chosen."),
        ({}, 24, "“24” is no hour of a day."),
        ({}, -1, "“-1” is no hour of a day."),
    ],
)
def test_what_there_is_not_cannot_be_chosen(
    cast: Cast, choices: dict[str, tuple[bool, str]], hour: int, said: str
) -> None:
    with pytest.raises(RuleBroken, match=said):
        choose_notifications(choices, hour=hour, actor=cast.member)


def test_choosing_twice_the_same_is_one_choice_and_an_event_for_each(cast: Cast) -> None:
    for _time in range(2):
        choose_notifications({"claims": (False, Mail.DIGEST)}, hour=6, actor=cast.member)

    assert NotificationChoice.objects.count() == 1
    assert set(Event.objects.filter(kind="notifications.chosen").values_list("actor", flat=True)) == {cast.member.pk}
