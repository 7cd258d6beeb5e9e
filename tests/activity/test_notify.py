"""Who is told of what: each event finds the people whom it concerns, once, and nobody else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from journeys import commands as journeys
from journeys.models import Flag
from sprints import commands as sprints
from tests.cast import Cast, deliver, scan
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity import audiences
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.events import Happening, record
from workspace.activity.commands.notifying import FEW, notify
from workspace.activity.models import Delivery, Event, Mail, Notification, NotificationChoice
from workspace.activity.queries.notifications import lines_of
from workspace.organisation import commands as organisation
from workspace.organisation.commands.imports import import_file
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet(cast: Cast) -> None:
    """What the founding of the company told is read and forgotten."""
    deliver()
    Notification.objects.all().delete()


def told(kind: str = "") -> dict[str, list[str]]:
    """The kinds of event that each person was told of, by their first name."""
    deliver()
    found: dict[str, list[str]] = {}
    for row in Notification.objects.select_related("event", "person").order_by("event__seq"):
        if row.event.kind.startswith(kind):
            found.setdefault(row.person.name.split()[0], []).append(row.event.kind)
    return found


# --- Claims ----------------------------------------------------------------------------------------------------------


def test_the_head_of_the_unit_decides_a_claim_on_what_nobody_owns(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)

    assert told("claim") == {"Sven": ["claim.made"]}


def test_the_leads_of_the_owner_decide_a_claim_on_what_they_own(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, reason="Ours", actor=cast.online_lead)

    assert told("claim") == {"Liam": ["claim.made"], "Dora": ["claim.made"]}


def test_executives_decide_where_claims_are_contested(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    told()
    journeys.claim_touchpoint(cast.till, department=cast.online, reason="No, ours", actor=cast.online_lead)

    assert told("claim") == {"Sven": ["claim.made"], "Eve": ["claim.made"]}


def test_where_no_decider_is_left_an_executive_hears_and_then_an_administrator(cast: Cast) -> None:
    organisation.deactivate_person(cast.service_head, actor=cast.administrator)
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    assert told("claim") == {"Eve": ["claim.made"]}

    organisation.deactivate_person(cast.executive, actor=cast.administrator)
    journeys.claim_touchpoint(cast.fault_line, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    assert told("claim") == {"Eve": ["claim.made"], "Ada": ["claim.made"]}


def test_nobody_is_told_of_what_they_did_themselves(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.ask_a_seller, department=cast.shops, actor=cast.shops_lead)

    assert told("ownership") == {"Dora": ["ownership.started"]}


def test_the_claimant_hears_once_that_the_claim_was_approved(cast: Cast) -> None:
    """The claim, and that their department owns it now, are one act: they are told once."""
    claim = journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    journeys.approve_claim(claim, actor=cast.service_head)

    found = told()
    assert [kind for kind in found["Liam"] if not kind.startswith("flags")] == ["claim.accepted"]
    assert [kind for kind in found["Dora"] if not kind.startswith("flags")] == ["ownership.started"]


def test_the_claimant_hears_why_the_claim_was_denied(cast: Cast) -> None:
    claim = journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    journeys.deny_claim(claim, reason="It is ours", actor=cast.service_head)

    assert told("claim.denied") == {"Liam": ["claim.denied"]}
    (line,) = lines_of(Notification.objects.filter(event__kind="claim.denied").select_related("event"))
    assert line.text == "Sven Service denied the claim of Shops on Till: It is ours"
    assert line.url == f"/touchpoints/{cast.till.pk}/"


def test_the_leads_hear_of_a_claim_that_was_denied_when_whoever_made_it_has_left(cast: Cast) -> None:
    claim = journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_deputy)
    organisation.deactivate_person(cast.shops_deputy, actor=cast.administrator)
    journeys.deny_claim(claim, reason="It is ours", actor=cast.service_head)

    assert told("claim.denied") == {"Liam": ["claim.denied"]}


# --- Ownership and handoffs ------------------------------------------------------------------------------------------


def test_both_sides_hear_of_a_transfer(cast: Cast) -> None:
    journeys.transfer_ownership(cast.receipt, department=cast.care, actor=cast.executive)

    assert told("ownership") == {"Bela": ["ownership.transferred"], "Cara": ["ownership.transferred"]}


def test_the_other_side_hears_of_a_handoff(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.billing, actor=cast.billing_lead)
    crossing = cast.crossing(cast.compare_online, cast.till)
    told()
    handoff = journeys.propose_handoff(crossing, what="The basket", actor=cast.online_lead)
    assert told("handoff") == {"Bela": ["handoff.proposed"]}

    journeys.accept_handoff(handoff, actor=cast.billing_lead)
    assert told("handoff") == {"Bela": ["handoff.proposed"], "Olga": ["handoff.accepted"]}


# --- Flags -----------------------------------------------------------------------------------------------------------


def test_whoever_a_flag_asks_is_told_once_for_all_of_a_rule(cast: Cast) -> None:
    Flag.objects.all().delete()
    scan()
    deliver()

    rows = Notification.objects.filter(event__kind="flags.opened", person=cast.service_head).select_related("event")
    by_rule = {row.event.data["rule"]: row.count for row in rows}
    asked = Flag.objects.speaking().filter(asked=cast.service_head)
    assert by_rule == {rule: asked.filter(rule=rule).count() for rule in by_rule}
    assert by_rule["no-owner"] == 2
    line = next(line for line in lines_of(rows) if line.notification.event.data["rule"] == "no-owner")
    assert "raised 2 ×" in line.text
    assert line.url == "/flags/?asked=me"


def test_many_events_of_one_act_are_told_as_one(cast: Cast) -> None:
    """An import records one event per touchpoint; nobody wants a line for each of them."""
    now = clock.now()
    events = [
        Event.objects.create(
            at=now,
            actor=cast.administrator,
            kind="ownership.started",
            subject_kind="touchpoint",
            subject_id=pk,
            data={"touchpoint": pk, "department": cast.shops.pk},
        )
        for pk in range(1000, 1040)
    ]

    notify(events)

    (row,) = Notification.objects.filter(person=cast.shops_lead)
    assert row.count == 40 > FEW
    (line,) = lines_of([row])
    assert line.more == 39


def everything_is_told() -> None:
    """What the founding of the company led to as well is read and forgotten."""
    while deliver_events():
        pass
    Notification.objects.all().delete()


def test_an_import_that_goes_on_in_pieces_is_told_once_for_each_rule(cast: Cast, tmp_path: Path) -> None:
    """1,200 touchpoints are settled 250 by 250, and each piece raises flags of the same rules."""
    path = tmp_path / "touchpoints.csv"
    columns = "external_id,journey,stage,touchpoint,channel,business_unit,owner_department"
    rows = [f"X{n},Journey {n // 20},Stage {n // 5},Touchpoint {n},web,Service," for n in range(1200)]
    path.write_text("\n".join([columns, *rows]))
    everything_is_told()
    before = set(Flag.objects.values_list("pk", flat=True))
    import_file("touchpoints", path, actor=cast.administrator)
    while deliver_events():
        pass

    found = Notification.objects.filter(person=cast.service_head, group="flags").select_related("event")
    asked = Flag.objects.speaking().filter(asked=cast.service_head).exclude(pk__in=before)
    assert {row.event.data["rule"]: row.count for row in found} == Counter(asked.values_list("rule", flat=True))
    assert found.count() == len({row.event.data["rule"] for row in found})


def test_what_was_read_or_was_told_long_ago_does_not_grow(cast: Cast) -> None:
    def raise_flags(at: datetime) -> None:
        with clock.at(at):
            flags = [cast.flag("no-owner", cast.till).pk, cast.flag("no-owner", cast.fault_line).pk]
            data = {"rule": "no-owner", "count": 2}
            with transaction.atomic():
                record(None, Happening("flags.opened", data=data, subjects=("flag", flags)))
            deliver()

    def counts() -> list[int]:
        rows = Notification.objects.filter(person=cast.service_head, event__kind="flags.opened").order_by("id")
        return list(rows.values_list("count", flat=True))

    everything_is_told()
    now = clock.now()
    raise_flags(now)
    raise_flags(now + timedelta(minutes=30))
    assert counts() == [4]
    raise_flags(now + timedelta(hours=2))
    assert counts() == [4, 2]
    Notification.objects.update(read_at=now)
    raise_flags(now + timedelta(hours=2, minutes=1))
    assert counts() == [4, 2, 2]


# --- Stories ---------------------------------------------------------------------------------------------------------


def test_a_mention_goes_before_a_comment_on_a_story_of_mine(cast: Cast, squad: Squad) -> None:
    told()
    Notification.objects.all().delete()
    sprints.write_comment(squad.mail, text="@Bela Billing, have a look", actor=cast.shops_lead)

    assert told("comment") == {"Bela": ["comment.written"], "Mia": ["comment.written"]}
    groups = dict(Notification.objects.values_list("person__name", "group"))
    assert groups == {"Bela Billing": "mentions", "Mia Member": "comments"}


def test_whoever_gets_a_story_hears_of_it(cast: Cast, squad: Squad) -> None:
    assert told("story") == {"Mia": ["story.created"]}
    sprints.change_story(squad.quiz, assignees=[cast.member, cast.billing_lead], actor=cast.shops_lead)
    sprints.change_stories([squad.poster, squad.radio], assignees=[cast.member], actor=cast.shops_lead)
    sprints.change_story(squad.quiz, title="Quiz, shorter", actor=cast.shops_lead)

    assert told("story") == {
        "Mia": ["story.created", "story.changed", "story.changed_together"],
        "Bela": ["story.changed"],
    }
    assert Notification.objects.get(event__kind="story.changed_together").count == 2


def test_who_is_asked_for_an_approval_and_who_asked_hear_of_it(cast: Cast, squad: Squad) -> None:
    told()
    question, _link = sprints.ask_approval(squad.mail, asset="Banner", person=cast.member, actor=cast.shops_lead)
    assert told("approval") == {"Mia": ["approval.asked"]}

    sprints.answer_approval(question, approved=True, actor=cast.member)
    assert told("approval") == {"Mia": ["approval.asked"], "Liam": ["approval.given"]}


# --- Who is never told -----------------------------------------------------------------------------------------------


def test_nobody_who_has_left_is_told(cast: Cast) -> None:
    organisation.deactivate_person(cast.shops_deputy, actor=cast.administrator)
    told()
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, reason="Ours", actor=cast.online_lead)

    assert "Dora" not in told("claim")


def test_no_guest_is_told_of_what_is_for_people_inside(cast: Cast) -> None:
    organisation.set_role(cast.shops_deputy, role=Person.Role.GUEST, actor=cast.administrator)
    told()
    journeys.claim_touchpoint(cast.shop_window, department=cast.online, reason="Ours", actor=cast.online_lead)

    assert "Dora" not in told("claim")


def test_a_choice_keeps_a_group_away(cast: Cast) -> None:
    NotificationChoice.objects.create(person=cast.service_head, group="claims", in_app=False, mail=Mail.OFF)
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)

    assert told("claim") == {}


# --- Once, and cheaply -----------------------------------------------------------------------------------------------


def test_an_event_that_is_delivered_twice_is_told_once(cast: Cast) -> None:
    journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)
    before = told("claim")
    Delivery.objects.filter(consumer="notify").update(state=Delivery.State.PENDING)

    assert told("claim") == before


def test_nothing_is_written_by_whoever_acts(cast: Cast) -> None:
    with CaptureQueriesContext(connection) as captured:
        journeys.claim_touchpoint(cast.till, department=cast.shops, reason="Ours", actor=cast.shops_lead)

    assert not any("notification" in query["sql"] for query in captured)


@pytest.mark.parametrize("kind", ["claim.made", "ownership.started", "handoff.proposed", "comment.written"])
def test_many_events_take_as_many_statements_as_few(cast: Cast, kind: str) -> None:
    (listening, *_rest) = [each for each in audiences.listening() if kind in each.kinds]

    def cost(of: Callable[..., Any], count: int) -> int:
        events = [
            Event(id=10**6 + n, kind=kind, subject_kind="claim", subject_id=n, data={"touchpoint": n, "story": n})
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as captured:
            list(of(events))
        return len(captured)

    assert cost(listening.of, 2) == cost(listening.of, 200) <= 10
