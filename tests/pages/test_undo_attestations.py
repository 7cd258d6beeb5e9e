"""An answer to “still ours?” is taken back as any other act is, alone or with its press, unless somebody went on."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys import commands, events
from journeys.commands import attesting
from journeys.models import Flag, Ownership, Touchpoint
from journeys.queries.attesting import last_answers, mark_of, ref_of
from tests.cast import Cast, grow
from tests.journeys.reading import current, data_of
from tests.pages.reading import text_of
from workspace import clock
from workspace.activity.commands.jobs import work_on
from workspace.activity.commands.undoing import undo_act
from workspace.activity.models import Event, Job
from workspace.activity.queries.undoing import newest_undoable
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown
from workspace.organisation import commands as organisation
from workspace.organisation.models import DepartmentLead, Person

PAGE = "/attestations/"
HTMX = {"HX-Request": "true", "HX-Target": "dialog-slot"}


@pytest.fixture
def due(cast: Cast) -> Cast:
    """All is to be confirmed."""
    Ownership.objects.update(held_from=clock.now() - timedelta(days=200), attested_at=None)
    return cast


def enter(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def undo(person: Person) -> str:
    newest = newest_undoable(person.pk)
    assert newest is not None
    return undo_act(newest, actor=person)


def answers(touchpoint: Touchpoint) -> tuple[Any, Any]:
    row = current(touchpoint)
    return row.attested_at, row.disputed_at


def send(client: Client, action: str, refs: list[str], **fields: Any) -> Any:
    return client.post(f"{PAGE}answer/{action}/", {"ref": refs, **fields}, headers=HTMX)


def toast(answer: Any) -> dict[str, str]:
    told: dict[str, str] = json.loads(answer.headers["HX-Trigger"])["toast"]
    return told


# --- One -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mine", [True, False])
def test_an_answer_goes_back_with_its_flag(due: Cast, mine: bool) -> None:
    before = answers(due.receipt)
    commands.attest_ownership(current(due.receipt), mine=mine, reason="Care's.", actor=due.billing_lead)
    assert undo(due.billing_lead) == "The answer about Receipt is taken back."
    assert answers(due.receipt) == before
    flag = due.flag("unattested", due.receipt)
    assert (flag.state, flag.severity) == (Flag.State.OPEN, Flag.Severity.MEDIUM)
    assert data_of(events.OWNERSHIP_ANSWER_TAKEN_BACK) == [{"touchpoint": due.receipt.pk, "department": due.billing.pk}]
    assert newest_undoable(due.billing_lead.pk) is None


def test_still_ours_that_took_not_ours_back_goes_back_to_not_ours(due: Cast) -> None:
    commands.attest_ownership(current(due.receipt), mine=False, reason="Care's.", actor=due.billing_lead)
    disputed = answers(due.receipt)
    commands.attest_ownership(current(due.receipt), mine=True, actor=due.billing_lead)
    undo(due.billing_lead)
    assert answers(due.receipt) == disputed
    said = last_answers([due.receipt.pk])[due.receipt.pk]
    assert (said.by, said.reason) == ("Bela Billing", "Care's.")
    undo(due.billing_lead)
    assert answers(due.receipt) == (None, None)


def test_what_was_taken_back_can_be_answered_anew_at_once(due: Cast) -> None:
    for _time in range(2):
        commands.attest_ownership(current(due.receipt), mine=True, actor=due.billing_lead)
        undo(due.billing_lead)
    commands.attest_ownership(current(due.receipt), mine=True, actor=due.billing_lead)
    assert current(due.receipt).attested_at is not None


def test_what_a_deputy_has_answered_since_stays_and_is_told(due: Cast) -> None:
    commands.attest_ownership(current(due.shop_window), mine=True, actor=due.shops_lead)
    commands.attest_ownership(current(due.shop_window), mine=False, reason="x", actor=due.shops_deputy)
    after = answers(due.shop_window)
    with pytest.raises(StaleWrite, match="Dora Deputy has answered about Shop window since"):
        undo(due.shops_lead)
    assert answers(due.shop_window) == after


def test_after_the_owner_has_changed_nothing_is_taken_back(due: Cast) -> None:
    commands.attest_ownership(current(due.receipt), mine=False, reason="x", actor=due.billing_lead)
    commands.transfer_ownership(due.receipt, department=due.care, actor=due.executive)
    with pytest.raises(StaleWrite, match="Receipt has another owner by now"):
        undo(due.billing_lead)
    assert answers(due.receipt) == (None, None)


def test_who_leads_no_longer_takes_nothing_back(due: Cast) -> None:
    commands.attest_ownership(current(due.shop_window), mine=True, actor=due.shops_deputy)
    lead = DepartmentLead.objects.get(person=due.shops_deputy)
    organisation.remove_lead(due.shops, person=lead.person, actor=due.administrator)
    with pytest.raises(NotAllowed, match="You do not answer for Shops"):
        undo(due.shops_deputy)


def test_nobody_undoes_the_answer_of_another(due: Cast) -> None:
    commands.attest_ownership(current(due.shop_window), mine=True, actor=due.shops_lead)
    event = Event.objects.filter(kind=events.OWNERSHIP_ATTESTED).latest("pk")
    with pytest.raises(Unknown):
        undo_act(event.pk, actor=due.shops_deputy)


def test_undone_once_and_within_ten_minutes(due: Cast) -> None:
    commands.attest_ownership(current(due.receipt), mine=True, actor=due.billing_lead)
    event = Event.objects.filter(kind=events.OWNERSHIP_ATTESTED).latest("pk")
    with clock.at(event.at + timedelta(minutes=10)), pytest.raises(RuleBroken, match="more than 10 minutes ago"):
        undo_act(event.pk, actor=due.billing_lead)
    undo_act(event.pk, actor=due.billing_lead)
    with pytest.raises(RuleBroken, match="undone already"):
        undo_act(event.pk, actor=due.billing_lead)


# --- A press ---------------------------------------------------------------------------------------------------------


def refs_of(cast: Cast) -> list[str]:
    return [ref_of(row) for row in Ownership.objects.current().filter(department=cast.billing).order_by("pk")]


def test_a_press_goes_back_as_one(due: Cast, client: Client) -> None:
    grow(due, by=1, owned=True)
    enter(client, due.billing_lead)
    refs = refs_of(due)
    told = toast(send(client, "ours", refs))
    assert told["text"] == "Still ours: 7 of 7 done"
    back = client.post(told["undo"], headers=HTMX)
    assert toast(back)["text"] == "7 answers are taken back."
    assert not Ownership.objects.filter(attested_at__isnull=False).exists()
    assert newest_undoable(due.billing_lead.pk) is None
    assert refs_of(due) == refs, "the same question stands, and may be answered"


def test_of_a_press_only_what_nobody_went_on_with(due: Cast, client: Client) -> None:
    grow(due, by=1, owned=True)
    enter(client, due.billing_lead)
    told = toast(send(client, "not-ours", refs_of(due), reason="Care's."))
    commands.transfer_ownership(due.receipt, department=due.care, actor=due.executive)
    text = toast(client.post(told["undo"], headers=HTMX))["text"]
    assert text == "6 answers are taken back. 1 stays: Receipt has another owner by now, or none."
    assert not Ownership.objects.current().filter(disputed_at__isnull=False).exists()


def test_two_presses_are_two(due: Cast, client: Client) -> None:
    grow(due, by=1, owned=True)
    enter(client, due.billing_lead)
    refs = refs_of(due)
    send(client, "ours", refs[:3])
    send(client, "ours", refs[3:])
    assert toast(client.post("/undo/", headers=HTMX))["text"] == "4 answers are taken back."
    assert Ownership.objects.filter(attested_at__isnull=False).count() == 3
    assert toast(client.post("/undo/", headers=HTMX))["text"] == "3 answers are taken back."


def test_a_job_is_a_press_and_its_page_offers_to_undo_it(due: Cast, client: Client) -> None:
    grow(due, by=9, owned=True)
    enter(client, due.billing_lead)
    Ownership.objects.update(held_from=clock.now() - timedelta(days=200))
    moved: Any = client.post(f"{PAGE}answer/ours/", {"all": "yes", "query": ""})
    job = Job.objects.get(kind=attesting.JOB)
    work_on(job.pk)
    page = client.get(moved.url)
    last = Event.objects.filter(kind=events.OWNERSHIP_ATTESTED).latest("pk")
    assert f'action="/undo/{last.pk}/"' in page.content.decode()
    assert toast(client.post(f"/undo/{last.pk}/", headers=HTMX))["text"] == "55 answers are taken back."
    assert "/undo/" not in client.get(moved.url).content.decode().partition("<main")[2]


def test_many_are_taken_back_by_as_many_statements_as_few(due: Cast, client: Client) -> None:
    grow(due, by=2, owned=True)

    def cost(refs: list[str]) -> int:
        send(client, "ours", refs)
        with CaptureQueriesContext(connection) as captured:
            undo(due.billing_lead)
        return len(captured)

    enter(client, due.billing_lead)
    refs = refs_of(due)
    assert cost(refs[:2]) == cost(refs)


def test_what_was_refused_in_part_offers_to_undo_the_rest(due: Cast, client: Client) -> None:
    enter(client, due.billing_lead)
    refs = [ref_of(current(due.receipt)), ref_of(current(due.shop_window))]
    page = client.post(f"{PAGE}answer/ours/", {"ref": refs})
    event = Event.objects.filter(kind=events.OWNERSHIP_ATTESTED).latest("pk")
    assert "Still ours: 1 of 2 done" in text_of(page)
    assert f'action="/undo/{event.pk}/"' in page.content.decode()
    nothing = client.post(f"{PAGE}answer/ours/", {"ref": refs[1:]})
    assert "undo-all" not in nothing.content.decode()


# --- What somebody saw -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/", PAGE, "the touchpoint"])
def test_an_answer_from_any_page_counts_for_the_question_that_was_seen(due: Cast, client: Client, page: str) -> None:
    asked = current(due.shop_window)
    where = due.shop_window.get_absolute_url()
    shown = enter(client, due.shops_lead).get(where if page == "the touchpoint" else page).content.decode()
    assert f"dispute/?seen={mark_of(asked)}" in shown
    if page != PAGE:
        assert f'name="seen" value="{mark_of(asked)}"' in shown
    dialog = client.get(f"{where}dispute/?seen={mark_of(asked)}").content.decode()
    assert f'name="seen" value="{mark_of(asked)}"' in dialog
    commands.attest_ownership(asked, mine=False, reason="Online's.", actor=due.shops_deputy)
    late = client.post(f"{where}attest/", {"ownership": asked.pk, "seen": mark_of(asked), "mine": "yes"})
    assert late.status_code == 409
    assert "Dora Deputy has answered about Shop window since you looked." in text_of(late)
    assert current(due.shop_window).disputed_at is not None


def test_single_answers_offer_to_undo_them(due: Cast, client: Client) -> None:
    enter(client, due.billing_lead)
    where = due.receipt.get_absolute_url()
    yes = client.post(f"{where}attest/", {"mine": "yes"}, headers=HTMX)
    assert toast(client.post(toast(yes)["undo"], headers=HTMX))["text"] == "The answer about Receipt is taken back."
    fields = {"ownership": current(due.receipt).pk, "reason": "Care's."}
    no = client.post(f"{where}dispute/", fields, headers=HTMX)
    assert toast(client.post(toast(no)["undo"], headers=HTMX))["text"] == "The answer about Receipt is taken back."
    assert answers(due.receipt) == (None, None)


def test_the_history_tells_that_it_was_taken_back(due: Cast, client: Client) -> None:
    commands.attest_ownership(current(due.receipt), mine=True, actor=due.billing_lead)
    undo(due.billing_lead)
    page = text_of(enter(client, due.member).get(due.receipt.get_absolute_url() + "history/"))
    assert "Bela Billing took back the answer whether Billing still owns Receipt." in page
