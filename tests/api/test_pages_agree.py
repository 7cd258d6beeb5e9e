"""Pages, API and database agree: the same act over either writes the same rows, and both show what stands then."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client

from journeys import commands as journeys
from journeys.models import Claim, Flag, Ownership
from sprints.models import Story
from tests.api.program import Program
from tests.cast import Cast, deliver, scan
from tests.journeys.reading import current
from tests.pages.reading import text_of
from tests.snapshot import everything, watched_models
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.models import Person


@dataclass
class Act:
    """One thing that somebody does: the address and the fields of a page, and what a program sends instead."""

    by: Person
    page: str
    fields: Mapping[str, Any]
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    method: str = "POST"
    changes: str = ""
    """A table that it certainly writes, beside the event log."""


def acts(cast: Cast, squad: Squad) -> dict[str, Act]:
    """Acts of every kind of person, each from where the company stands."""
    till, receipt, fault = (f"touchpoints/{each.pk}/" for each in (cast.till, cast.receipt, cast.fault_line))
    owned = current(cast.receipt)
    waiting = journeys.claim_touchpoint(cast.fault_line, department=cast.shops, actor=cast.shops_lead)
    flag = cast.flag("no-owner", cast.till)
    later = (clock.today() + timedelta(days=10)).isoformat()
    crossing = cast.crossing(cast.shop_window, cast.compare_online)
    mail, quiz = f"stories/{squad.mail.code}/", f"stories/{squad.quiz.code}/"
    why = {"reason": "Because."}
    silence = {"until": later, **why}
    return {
        "claim at once": Act(
            cast.billing_lead, f"/{till}claim/", {"department": cast.billing.pk, "at_once": "yes"},
            f"{till}claim/", {"department": cast.billing.pk, "at_once": True}, changes="journeys_ownership",
        ),
        "claim that waits": Act(
            cast.shops_lead, f"/{till}claim/", {"department": cast.shops.pk, "at_once": "no"},
            f"{till}claim/", {"department": cast.shops.pk, "at_once": False}, changes="journeys_claim",
        ),
        "approve": Act(
            cast.service_head, f"/claims/{waiting.pk}/approve/", why, f"claims/{waiting.pk}/approve/", why,
            changes="journeys_ownership",
        ),
        "deny": Act(
            cast.service_head, f"/claims/{waiting.pk}/deny/", why, f"claims/{waiting.pk}/deny/", why,
            changes="journeys_claim",
        ),
        "transfer": Act(
            cast.service_head, f"/{receipt}transfer/", {"department": cast.care.pk, **why},
            f"{receipt}transfer/", {"department": cast.care.pk, **why}, changes="journeys_ownership",
        ),
        "release": Act(
            cast.billing_lead, f"/{receipt}release/", why, f"{receipt}release/", why, changes="journeys_ownership",
        ),
        "confirm": Act(
            cast.billing_lead, f"/{receipt}attest/", {"ownership": owned.pk, "mine": "yes"},
            f"ownerships/{owned.pk}/attest/", changes="journeys_ownership",
        ),
        "not ours": Act(
            cast.billing_lead, f"/{receipt}dispute/", {"ownership": owned.pk, **why},
            f"ownerships/{owned.pk}/dispute/", why, changes="journeys_ownership",
        ),
        "call for an owner": Act(
            cast.billing_lead, f"/{receipt}call/", {**why, "ends_on": later},
            f"{receipt}call/", {**why, "ends_on": later}, changes="journeys_ownershipcall",
        ),
        "handoff": Act(
            cast.shops_lead, f"/crossings/{crossing.pk}/handoff/", {"what": "The order", "within_hours": "4"},
            "handoffs/", {"crossing": crossing.pk, "what": "The order", "within_hours": 4}, changes="journeys_handoff",
        ),
        "acknowledge a flag": Act(
            cast.service_head, f"/flags/{flag.pk}/acknowledge/", {}, f"flags/{flag.pk}/acknowledge/",
            changes="journeys_flag",
        ),
        "snooze a flag": Act(
            cast.service_head, f"/flags/{flag.pk}/snooze/", silence, f"flags/{flag.pk}/snooze/", silence,
            changes="journeys_flag",
        ),
        "waive a flag": Act(
            cast.service_head, f"/flags/{flag.pk}/waive/", silence, f"flags/{flag.pk}/waive/", silence,
            changes="journeys_waiver",
        ),
        "archive a journey": Act(
            cast.executive, f"/journeys/{cast.journey.pk}/archive/", {}, f"journeys/{cast.journey.pk}/archive/",
            changes="journeys_journey",
        ),
        "move a story": Act(
            cast.member, f"/{mail}move/", {"column": squad.done.pk, "sprint": "1", "place": "end"},
            f"{mail}move/", {"column": squad.done.pk}, changes="sprints_story",
        ),
        "create a story": Act(
            cast.member, "/teams/GROW/backlog/add/", {"title": "Flyer"},
            "stories/", {"team": squad.team.pk, "title": "Flyer"}, changes="sprints_story",
        ),
        "estimate a story": Act(
            cast.member, f"/{mail}edit/", {"field": "points", "points": "8"}, mail, {"points": 8}, "PATCH",
            changes="sprints_story",
        ),
        "block a story": Act(
            cast.member, f"/{mail}block/", {"blocked_reason": "Legal"}, mail, {"blocked_reason": "Legal"}, "PATCH",
            changes="sprints_story",
        ),
        "delete a story": Act(cast.member, f"/{quiz}delete/", {}, quiz, {}, "DELETE", changes="sprints_story"),
        "comment": Act(
            cast.other_member, f"/{mail}comments/", {"text": "Good, @Mia Member"},
            "comments/", {"story": squad.mail.pk, "text": "Good, @Mia Member"}, changes="sprints_comment",
        ),
        "add a line": Act(
            cast.member, f"/{mail}items/", {"text": "Proofread"},
            "checklist-items/", {"story": squad.mail.pk, "text": "Proofread"}, changes="sprints_checklistitem",
        ),
        "close a sprint": Act(
            cast.shops_lead, "/teams/GROW/sprints/1/close/", {"unfinished_to": "backlog"},
            f"sprints/{squad.sprint.pk}/close/", {"unfinished_to": "backlog"}, changes="sprints_sprintreport",
        ),
        "assign": Act(
            cast.service_head, f"/{till}assign/", {"department": cast.care.pk, **why},
            f"{till}assign/", {"department": cast.care.pk, **why}, changes="journeys_ownership",
        ),
        "claim what others wait for": Act(
            cast.care_lead, f"/{fault}claim/", {"department": cast.care.pk, "at_once": "yes"},
            f"{fault}claim/", {"department": cast.care.pk, "at_once": True}, changes="journeys_ownership",
        ),
    }  # fmt: skip


NAMES = (
    "claim at once", "claim that waits", "approve", "deny", "transfer", "release", "confirm", "not ours",
    "call for an owner", "handoff", "acknowledge a flag", "snooze a flag", "waive a flag", "archive a journey",
    "move a story", "create a story", "estimate a story", "block a story", "delete a story", "comment",
    "add a line", "close a sprint", "assign", "claim what others wait for",
)  # fmt: skip


@pytest.fixture
def company(cast: Cast, squad: Squad) -> dict[str, Act]:
    """The acts, in a company whose flags stand."""
    scan()
    made = acts(cast, squad)
    deliver()
    return made


def test_every_act_is_tried(company: dict[str, Act]) -> None:
    assert set(NAMES) == set(company)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_act_writes_the_same_rows(
    company: dict[str, Act], client: Client, program: Callable[..., Program], name: str
) -> None:
    act, caller = company[name], program(company[name].by)
    client.force_login(act.by)
    caller.get("me/")  # the first use of a token is noted
    before = everything()

    def by_page() -> int:
        return int(client.post(act.page, act.fields).status_code)

    def by_program() -> int:
        return int(caller.call(act.method, act.path, act.body, {"If-Match": "*"}).status_code)

    with clock.at(clock.now()):
        page = _written(by_page, (200, 302), before)
        program_ = _written(by_program, (200, 201, 204), before)
    assert act.changes in page
    assert "activity_event" in page
    assert page == program_


def _written(do: Callable[[], int], statuses: tuple[int, ...], before: Any) -> dict[str, Any]:
    """The rows that the act and what follows from it write, by table: what was, and what is. It is undone again."""
    with transaction.atomic():
        answered = do()
        deliver()
        after = everything()
        transaction.set_rollback(True)
    with connection.cursor() as cursor:  # rows that were made give their keys back
        for sql in connection.ops.sequence_reset_sql(no_style(), list(watched_models())):
            cursor.execute(sql)
    assert answered in statuses, answered
    return {
        model._meta.db_table: {
            key: (before[model].get(key), _timeless(rows.get(key)))
            for key in sorted(before[model].keys() | rows.keys(), key=repr)
            if before[model].get(key) != rows.get(key)
        }
        for model, rows in after.items()
        if before[model] != rows
    }


def _timeless(row: tuple[Any, ...] | None) -> tuple[Any, ...] | None:
    """The row without the moments at which jobs ran, which no clock of the house stands still for."""
    return row and tuple(MOMENT.sub("…", cell) if isinstance(cell, str) else cell for cell in row)


MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*(\+00:00|Z)?")


def test_pages_and_programs_show_the_same(
    cast: Cast, squad: Squad, client: Client, program: Callable[..., Program]
) -> None:
    """After acts over both: the board, the inbox, the map and the shares that are owned."""
    journeys.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    caller = program(cast.service_head)
    scan()
    client.force_login(cast.member)
    client.post(f"/stories/{squad.mail.code}/move/", {"column": squad.done.pk, "sprint": "1", "place": "end"})
    program(cast.member).post(f"stories/{squad.quiz.code}/move/", {"sprint": squad.sprint.pk})
    claim = Claim.objects.get(touchpoint=cast.till)
    assert caller.post(f"claims/{claim.pk}/approve/", {}).status_code == 200
    deliver()

    state = json.loads(client.get("/teams/GROW/state/").content)
    shown = {int(column): [pk for pk, _token in cell] for column, cell in state["lanes"][0]["cells"].items() if cell}
    told: dict[int, list[int]] = {}
    for story in caller.get(f"stories/?sprint={squad.sprint.pk}&ordering=rank&limit=500").data["items"]:
        told.setdefault(story["column"], []).append(story["id"])
    assert shown == told
    assert shown[squad.done.pk] == [squad.mail.pk]
    assert sum(map(len, shown.values())) == Story.objects.present().filter(sprint=squad.sprint).count()

    client.force_login(cast.service_head)
    rows = client.get("/flags/").context["rows"]
    flags = caller.get("flags/?state__in=open,acknowledged&limit=500").data["items"]
    speaking = Flag.objects.speaking().values_list("pk", flat=True)
    assert sorted(row.flag.pk for row in rows) == sorted(each["id"] for each in flags)
    assert {row.flag.pk for row in rows} == set(speaking)

    assert caller.get(f"touchpoints/{cast.till.pk}/").data["owner"] == cast.shops.pk == current(cast.till).department_id
    assert "Owner R Shops" in text_of(client.get(f"/touchpoints/{cast.till.pk}/"))
    (journey,) = caller.get(f"journeys/?id={cast.journey.pk}").data["items"]
    share = caller.get(f"coverage/?scope=journey&journey={cast.journey.pk}").data["items"]
    assert (journey["live"], journey["owned"]) == (6, 4)
    assert [(row["live"], row["owned"]) for row in share] == [(6, 4)]
    assert Ownership.objects.current().filter(touchpoint__stage__journey=cast.journey).count() == 4
    assert "4 of 6" in text_of(client.get(f"/journeys/{cast.journey.pk}/list/"))
