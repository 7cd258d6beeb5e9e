"""Every open high or critical flag is put to somebody who is here; where nobody is found, administrators are told."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db.models import F
from django.test import Client

from journeys import commands as journeys
from journeys.commands.escalation import flags_to_climb
from journeys.models import Flag, Ownership
from journeys.tasks import keep_daily
from tests.cast import Cast, come_in, grow, scan
from tests.pages.reading import text_of
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Event, Notification
from workspace.organisation import commands as organisation
from workspace.organisation.models import DepartmentLead, Person

pytestmark = pytest.mark.django_db

GRAVE = (Flag.Severity.HIGH, Flag.Severity.CRITICAL)


def work() -> None:
    """What the worker does until nothing is left."""
    while deliver_events() + work_on_waiting():
        pass


def unanswered() -> list[Flag]:
    """Open high and critical flags that ask nobody who is here."""
    here = {person.pk for person in Person.objects.all() if person.works_here and not person.is_guest}
    return [flag for flag in Flag.objects.speaking().filter(severity__in=GRAVE) if flag.asked_id not in here]


def test_each_grave_flag_asks_somebody_who_is_here_whoever_leaves(cast: Cast) -> None:
    """One after the other leaves; after each, every flag has found somebody else, down to the administrator."""
    grow(cast, by=2)
    scan()
    work()
    assert Flag.objects.speaking().filter(severity__in=GRAVE).count() > 10
    leaving = [
        cast.service_head, cast.shops_lead, cast.billing_lead, cast.executive, cast.retail_head, cast.online_lead,
        cast.care_lead, cast.shops_deputy,
    ]  # fmt: skip

    for person in leaving:
        organisation.deactivate_person(person, actor=cast.administrator)
        work()
        assert unanswered() == [], person.name


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_people_leave_every_grave_flag_finds_somebody(cast: Cast, seed: int) -> None:
    """They are deactivated, leave today, or become guests; flags fall silent and speak again meanwhile."""
    chance = random.Random(seed)
    grow(cast, by=1)
    second = organisation.create_person("sue@example.com", name="Sue", role=Person.Role.ADMINISTRATOR, actor=None)
    come_in(second)
    scan()
    work()
    people = [person for person in Person.objects.active() if person not in (cast.administrator, cast.guest)]
    chance.shuffle(people)
    for person in people:
        how = chance.choice(["deactivate", "leave", "become a guest"])
        if how == "deactivate":
            organisation.deactivate_person(person, actor=cast.administrator)
        elif how == "leave":
            organisation.set_leaving_date(person, on=clock.today(), actor=cast.administrator)
        else:
            organisation.set_role(person, role=Person.Role.GUEST, actor=cast.administrator)
        if chance.random() < 0.3:
            snoozed = chance.choice(list(Flag.objects.speaking().filter(severity__in=GRAVE)))
            tomorrow = clock.today() + timedelta(days=1)
            journeys.snooze_flag(snoozed, until=tomorrow, reason="Later", actor=cast.administrator)
        for silent in Flag.objects.filter(state=Flag.State.SNOOZED):
            if chance.random() < 0.5:
                journeys.end_silence(silent, actor=cast.administrator)
        work()
        assert unanswered() == [], f"{person} {how}"
    assert Flag.objects.speaking().filter(severity__in=GRAVE).count() > 10
    told = {row.person for row in Notification.objects.filter(group="unheard").select_related("person")}
    assert cast.administrator in told


def test_who_leaves_today_hands_over_at_once(cast: Cast) -> None:
    scan()
    work()
    organisation.set_leaving_date(cast.service_head, on=clock.today(), actor=cast.administrator)
    work()

    assert unanswered() == []


def test_a_flag_whose_addressee_left_while_it_was_silent_finds_another_when_it_speaks(cast: Cast) -> None:
    scan()
    work()
    flag = cast.flag("no-owner", cast.till)
    journeys.snooze_flag(flag, until=clock.today() + timedelta(days=3), reason="Later", actor=cast.executive)
    organisation.deactivate_person(cast.service_head, actor=cast.administrator)
    work()
    journeys.end_silence(flag, actor=cast.executive)
    work()

    assert unanswered() == []


# --- Flags whose facts change ----------------------------------------------------------------------------------------


def told_of(rule: str) -> dict[str, int]:
    """How many flags of a rule each person was told of."""
    rows = Notification.objects.filter(event__data__rule=rule, group="flags").select_related("person")
    return {row.person.name.split()[0]: row.count for row in rows}


@pytest.mark.parametrize("by", ["the command", "a full scan"])
def test_who_is_asked_because_the_facts_changed_is_told(cast: Cast, by: str) -> None:
    """The handoff comes to concern Shops: their lead is asked, where Online's lead was."""
    journeys.retire_touchpoint(cast.till, actor=cast.administrator)
    work()
    flag = Flag.objects.get(rule="unaccepted-handoff", crossing=cast.crossing(cast.compare_online, cast.receipt))
    assert flag.asked == cast.online_lead
    Notification.objects.all().delete()
    if by == "the command":
        journeys.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.executive)
    else:
        Ownership.objects.current().filter(touchpoint=cast.compare_online).update(
            department=cast.shops, person=cast.shops_lead
        )
        scan()
    work()

    flag.refresh_from_db()
    assert flag.asked == cast.shops_lead
    assert told_of("unaccepted-handoff") == {"Liam": 1}


def test_facts_that_change_and_ask_nobody_else_are_told_to_nobody(cast: Cast) -> None:
    scan()
    work()
    Notification.objects.all().delete()
    flag = cast.flag("no-owner", cast.till)
    journeys.change_touchpoint(cast.till, volume=12399, actor=cast.administrator)
    work()

    before, flag = flag, Flag.objects.get(pk=flag.pk)
    assert flag.evidence != before.evidence
    assert flag.asked_at == before.asked_at
    assert told_of("no-owner") == {}


def test_what_got_worse_is_told_again_and_has_its_time_again(cast: Cast) -> None:
    """It waited as a high flag nearly as long as patience allows, and would climb at once as a critical one."""
    scan()
    work()
    flag = cast.flag("no-owner", cast.ask_a_seller)
    assert flag.severity == Flag.Severity.HIGH
    Notification.objects.all().delete()
    with clock.at(clock.now() + timedelta(days=4)):
        journeys.change_touchpoint(cast.ask_a_seller, moment_of_truth=True, actor=cast.administrator)
        work()
        flag.refresh_from_db()
        assert flag.severity == Flag.Severity.CRITICAL
        assert told_of("no-owner") == {"Rita": 1}
        assert flag not in flags_to_climb()


def test_a_flag_that_becomes_grave_where_nobody_is_found_is_told_to_administrators(cast: Cast) -> None:
    nobody_but_administrators(cast)
    scan()
    work()
    flag = cast.flag("no-owner", cast.ask_a_seller)
    Flag.objects.filter(pk=flag.pk).update(severity=Flag.Severity.MEDIUM)
    Notification.objects.all().delete()
    scan()
    work()

    row = Notification.objects.get(person=cast.administrator, group="unheard")
    assert row.count == 1


# --- Where nobody is left --------------------------------------------------------------------------------------------


def test_whoever_is_asked_anew_is_told(cast: Cast) -> None:
    scan()
    work()
    Notification.objects.all().delete()
    organisation.deactivate_person(cast.service_head, actor=cast.administrator)
    work()

    row = Notification.objects.get(person=cast.executive, event__kind="flags.escalated")
    climbed = Flag.objects.speaking().filter(asked=cast.executive, asked_at__gt=F("opened_at"))
    assert row.count == climbed.count() > 0


def test_where_the_last_rung_leaves_those_below_are_asked_again(cast: Cast) -> None:
    """A flag that had climbed to the executive, in a house without an administrator."""
    scan()
    work()
    flag = cast.flag("no-owner", cast.till)
    Flag.objects.filter(pk=flag.pk).update(asked=cast.executive, asked_level=Flag.Level.EXECUTIVE)
    Person.objects.filter(pk__in=[cast.executive.pk, cast.administrator.pk]).update(is_active=False)
    keep_daily()
    work()

    flag.refresh_from_db()
    assert (flag.asked, flag.asked_level) == (cast.service_head, Flag.Level.HEAD)


def nobody_but_administrators(cast: Cast) -> Person:
    """A house with two administrators, and no head, lead or executive; returns the second one."""
    second = organisation.create_person(
        "second@example.com", name="Sue Second", role=Person.Role.ADMINISTRATOR, actor=cast.administrator
    )
    come_in(second)
    DepartmentLead.objects.all().delete()
    for person in (cast.executive, cast.retail_head, cast.service_head):
        organisation.deactivate_person(person, actor=cast.administrator)
    return second


def test_where_the_ladder_finds_nobody_every_administrator_is_told_once(cast: Cast) -> None:
    second = nobody_but_administrators(cast)
    scan()
    work()

    grave = Flag.objects.speaking().filter(severity__in=GRAVE, asked_level=Flag.Level.ADMINISTRATOR)
    told = Event.objects.filter(kind="flags.unheard")
    assert sum(event.data["count"] for event in told) == grave.count() > 0
    for person in (cast.administrator, second):
        rows = Notification.objects.filter(person=person, group="unheard")
        assert sum(row.count for row in rows) == grave.count()
    before = told.count()
    scan()
    keep_daily()
    work()
    assert told.count() == before


def test_of_the_same_flags_nobody_hears_twice(cast: Cast) -> None:
    nobody_but_administrators(cast)
    scan()
    work()

    grave = Flag.objects.speaking().filter(severity__in=GRAVE).values_list("rule", flat=True)
    rows = Notification.objects.filter(person=cast.administrator, group="flags").select_related("event")
    assert not {row.event.data["rule"] for row in rows} & set(grave)


def test_home_says_so_to_administrators(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator, backend="workspace.organisation.backends.WorksHereBackend")
    scan()
    work()
    assert "that nobody hears" not in text_of(client.get("/"))

    nobody_but_administrators(cast)
    work()
    count = Flag.objects.speaking().filter(severity__in=GRAVE).count()
    assert f"{count} high or critical flags that nobody hears" in text_of(client.get("/"))


def test_nothing_is_left_to_climb_afterwards(cast: Cast) -> None:
    scan()
    work()
    organisation.deactivate_person(cast.service_head, actor=cast.administrator)
    work()

    assert not flags_to_climb().exists()
