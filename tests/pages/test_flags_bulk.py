"""Many flags answered at once: each for itself, with what became of it, whatever was sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.commands import bulk
from journeys.models import Claim, Flag, Ownership, Touchpoint
from tests.cast import Cast, grow, scan
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Event, Job
from workspace.organisation.commands import add_lead

HTMX = {"HX-Request": "true", "HX-Target": "dialog-slot"}


@pytest.fixture
def scanned(cast: Cast) -> Cast:
    scan()
    return cast


def post(client: Client, action: str, flags: Iterable[Any] = (), *, htmx: bool = False, **fields: Any) -> Any:
    sent = {"flag": [getattr(flag, "pk", flag) for flag in flags], **fields}
    return client.post(f"/flags/answer/{action}/", sent, headers=HTMX if htmx else {})


def until(days: int = 10) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


# --- What is done -----------------------------------------------------------------------------------------------------


def test_acknowledges_those_that_can_be_and_says_why_the_others_are_not(scanned: Cast, client: Client) -> None:
    till, gap = scanned.flag("no-owner", scanned.till), scanned.flag("no-owner", scanned.ask_a_seller)
    seen = scanned.flag("no-owner", scanned.fault_line)
    commands.acknowledge_flag(seen, actor=scanned.service_head)
    client.force_login(scanned.service_head)
    answer = post(client, "acknowledge", [till, gap, seen])
    assert answer.status_code == 200
    text = text_of(answer)
    assert "Acknowledge: 1 of 3 done" in text
    assert "Ask a seller (Choose, store) in Retail has no owner This flag is not yours to answer." in text
    assert "This flag is acknowledged already." in text
    assert "Try these 2 again" in text
    states = dict(Flag.objects.filter(pk__in=[till.pk, gap.pk, seen.pk]).values_list("pk", "state"))
    assert states == {till.pk: "acknowledged", gap.pk: "open", seen.pk: "acknowledged"}


def test_a_refusal_undoes_nothing_of_the_others(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.care_lead)
    flags = [scanned.flag("no-owner", t) for t in (scanned.till, scanned.fault_line)]
    answer = post(client, "claim", [flags[0], 999999, flags[1]], department=scanned.care.pk)
    assert "Claim: 2 of 3 done" in text_of(answer)
    assert Ownership.objects.current().filter(department=scanned.care).count() == 2


def test_one_touchpoint_with_several_flags_is_claimed_once(scanned: Cast, client: Client) -> None:
    flags = list(Flag.objects.speaking().filter(touchpoint=scanned.till))
    assert len(flags) > 1
    client.force_login(scanned.care_lead)
    answer = post(client, "claim", flags, department=scanned.care.pk)
    assert f"{len(flags)} of {len(flags)} done" in text_of(answer)
    assert Claim.objects.filter(touchpoint=scanned.till).count() == 1


def test_a_claim_elsewhere_waits_and_says_for_whom(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.shops_lead)
    answer = post(client, "claim", [scanned.flag("no-owner", scanned.till)], department=scanned.shops.pk)
    assert "The claim waits: the head of Service, or an executive decides." in text_of(answer)


def test_what_needs_words_is_asked_first_and_keeps_the_choice(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    flags = [scanned.flag("no-owner", t) for t in (scanned.till, scanned.fault_line)]
    asked = post(client, "snooze", flags)
    assert asked.status_code == 200
    assert "Snooze: 2 flags" in text_of(asked)
    refs = ",".join(str(flag.pk) for flag in flags)
    assert f'name="flags" value="{refs}"' in asked.content.decode()
    wrong = client.post("/flags/answer/snooze/", {"flags": refs, "until": "tomorrow", "reason": ""})
    assert wrong.status_code == 422
    assert f'name="flags" value="{refs}"' in wrong.content.decode()
    done = client.post("/flags/answer/snooze/", {"flags": refs, "until": until(), "reason": "Next week."})
    assert "Snooze: 2 of 2 done" in text_of(done)
    assert set(Flag.objects.filter(pk__in=[f.pk for f in flags]).values_list("state", flat=True)) == {"snoozed"}


def test_waives_with_a_reason_each(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.executive)
    flags = list(Flag.objects.speaking())
    answer = post(client, "waive", flags, until=until(), reason="The shop is closed.")
    assert f"{len(flags)} of {len(flags)} done" in text_of(answer)
    assert set(Flag.objects.filter(state="waived").values_list("silence_reason", flat=True)) == {"The shop is closed."}


def test_an_end_that_is_too_far_is_refused_for_each(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    answer = post(client, "snooze", [scanned.flag("no-owner", scanned.till)], until="2099-01-01", reason="Later.")
    assert "2099-01-01 is too far away." in text_of(answer)
    assert 'name="until" value="2099-01-01"' in answer.content.decode(), "what was typed goes into the next try"


def test_assigns_within_the_unit_and_refuses_beyond(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    asked = post(client, "assign", [scanned.flag("no-owner", scanned.till)]).content.decode()
    assert "Billing" in asked
    assert ">Shops<" not in asked
    flags = [scanned.flag("no-owner", t) for t in (scanned.till, scanned.ask_a_seller)]
    answer = text_of(post(client, "assign", flags, department=scanned.care.pk))
    assert "Assign: 1 of 2 done" in answer
    assert "The head of Retail assigns it within the unit, an executive to any department." in answer


def test_a_flag_that_asks_for_no_owner_is_not_claimed(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.care_lead)
    low = Flag.objects.speaking().get(rule="coverage-drop", unit=scanned.service)
    unattested = scanned.flag("no-owner", scanned.till)
    Flag.objects.filter(pk=unattested.pk).update(rule="unattested")
    answer = text_of(post(client, "claim", [low, unattested], department=scanned.care.pk))
    assert answer.count("This flag does not ask for an owner.") == 2
    assert not Claim.objects.waiting().exists()


def test_a_second_submit_is_harmless(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.care_lead)
    flag = scanned.flag("no-owner", scanned.till)
    post(client, "claim", [flag], department=scanned.care.pk)
    before = Event.objects.count()
    answer = post(client, "claim", [flag, flag], department=scanned.care.pk)
    assert "Care owns this touchpoint already." in text_of(answer)
    assert Event.objects.count() == before


def test_of_two_who_claim_at_once_one_wins_and_the_other_is_told(scanned: Cast, client: Client) -> None:
    flags = [scanned.flag("no-owner", t) for t in (scanned.till, scanned.fault_line)]
    other = Client()
    other.force_login(scanned.billing_lead)
    client.force_login(scanned.care_lead)
    post(other, "claim", [flags[0]], department=scanned.billing.pk)
    answer = text_of(post(client, "claim", flags, department=scanned.care.pk))
    assert "Care owns it now." in answer
    assert "The claim waits: a lead of Billing, or an executive decides." in answer
    owners = dict(Ownership.objects.current().values_list("touchpoint_id", "department_id"))
    assert (owners[scanned.till.pk], owners[scanned.fault_line.pk]) == (scanned.billing.pk, scanned.care.pk)


# --- All that match, and many -----------------------------------------------------------------------------------------


def test_outcomes_name_things_as_people_write_them(scanned: Cast, client: Client) -> None:
    Touchpoint.objects.filter(pk=scanned.till.pk).update(name="R&D’s <Lab>")
    client.force_login(scanned.service_head)
    answer = post(client, "acknowledge", [scanned.flag("no-owner", scanned.till)])
    assert "No owner: R&amp;D’s &lt;Lab&gt; (Pay, store) in Service has no owner" in answer.content.decode()


def test_all_that_match_the_filters(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    answer = post(client, "acknowledge", all="yes", query=f"rule=no-owner&unit={scanned.service.pk}")
    assert "Acknowledge: 2 of 2 done" in text_of(answer)
    assert Flag.objects.filter(state="acknowledged").count() == 2


def test_offers_as_many_as_will_be_answered(scanned: Cast, client: Client) -> None:
    """Closed flags are listed where they are asked for, but nothing answers them."""
    grow(scanned, by=5)
    scan()
    Flag.objects.filter(pk__in=Flag.objects.filter(rule="no-owner").values("pk")[:9]).update(state="resolved")
    client.force_login(scanned.executive)
    left = Flag.objects.unresolved().count()
    listed = client.get("/flags/?state=all")
    assert listed.context["page"].paginator.count == left + 9
    assert f"All {left} that match and are not closed" in text_of(listed)
    asked = post(client, "snooze", all="yes", query="state=all")
    assert f"Snooze: {left} flags" in text_of(asked)
    assert "and are not closed" not in text_of(client.get("/flags/"))


def test_more_than_a_page_becomes_a_job_that_tells_how_far_it_is(scanned: Cast, client: Client) -> None:
    grow(scanned, by=5)
    scan()
    client.force_login(scanned.service_head)
    moved = post(client, "acknowledge", all="yes", query="rule=no-owner")
    job = Job.objects.get(kind=bulk.JOB)
    assert moved.headers["Location"] == f"/flags/answers/{job.pk}/"
    waiting = client.get(f"/flags/answers/{job.pk}/")
    assert "0 of 63" in text_of(waiting)
    assert 'hx-trigger="every 1s"' in waiting.content.decode()
    work_on(job.pk)
    told = client.get(f"/flags/answers/{job.pk}/")
    assert "Acknowledge: 32 of 63 done" in text_of(told)
    assert "hx-trigger" not in told.content.decode().split('id="answers"')[1].split(">")[0]
    client.force_login(scanned.executive)
    assert client.get(f"/flags/answers/{job.pk}/").status_code == 404


def test_a_job_goes_on_where_its_worker_died(scanned: Cast) -> None:
    grow(scanned, by=2)
    refs = [str(pk) for pk in Flag.objects.speaking().order_by("pk").values_list("pk", flat=True)]
    job = bulk.request_answers(refs, bulk.Answer("acknowledge"), actor=scanned.executive)
    steps = bulk.work_on_answers(job)
    job.cursor = next(steps).cursor
    job.save()
    work_on(job.pk)
    job.refresh_from_db()
    assert [outcome["ref"] for outcome in job.result["outcomes"]] == refs
    assert all(outcome["done"] for outcome in job.result["outcomes"])


def test_somebody_who_left_meanwhile_does_nothing_more(scanned: Cast) -> None:
    job = bulk.request_answers(
        [str(scanned.flag("no-owner", scanned.till).pk)], bulk.Answer("acknowledge"), actor=scanned.service_head
    )
    type(scanned.service_head).objects.filter(pk=scanned.service_head.pk).update(is_active=False)
    work_on(job.pk)
    job.refresh_from_db()
    assert [outcome["done"] for outcome in job.result["outcomes"]] == [False]


# --- What is sent by nobody who means well ----------------------------------------------------------------------------


def test_ids_that_are_none_are_reported(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    forged = ["x", "-1", "0", "999999", str(2**63), "9" * 400, "<b>1</b>", "1 OR 1=1"]
    answer = post(client, "acknowledge", forged)
    assert answer.status_code == 200
    assert text_of(answer).count("There is no such flag.") == len(forged)
    assert "<b>1</b>" not in answer.content.decode()


def test_nothing_and_too_much_are_refused_in_clear_words(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    nothing = post(client, "acknowledge")
    assert nothing.status_code == 422
    assert "No flag is chosen." in text_of(nothing)
    many = client.post("/flags/answer/acknowledge/", {"flags": ",".join(map(str, range(1, 10_001)))})
    assert many.status_code == 422
    assert "10000 flags are too many for one press. Choose at most 500" in text_of(many)
    fields = client.post("/flags/answer/acknowledge/", {"flag": list(range(10_000))})
    assert fields.status_code == 400
    assert "More was sent at once than the house takes" in text_of(fields)


def test_an_answer_that_is_none_is_not_found(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    assert post(client, "delete", [1]).status_code == 404
    assert client.get("/flags/answer/acknowledge/").status_code == 405


def test_forged_departments_and_filters(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    flag = scanned.flag("no-owner", scanned.till)
    before = Event.objects.count()
    for department in (999999, "all", 2**63):
        assert post(client, "claim", [flag], department=department).status_code == 422
    assert "You do not lead Shops." in text_of(post(client, "claim", [flag], department=scanned.shops.pk))
    assert post(client, "acknowledge", all="yes", query="rule=no-such&q=nothing").status_code == 422
    assert Event.objects.count() == before


def test_the_way_back_never_leaves_the_house(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    flag = scanned.flag("no-owner", scanned.till)
    page = post(client, "acknowledge", [flag], next="https://evil.example/").content.decode()
    assert "evil.example" not in page


# --- On the page ------------------------------------------------------------------------------------------------------


def test_a_page_that_is_open_gets_a_word_or_the_outcomes(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    flag = scanned.flag("no-owner", scanned.till)
    word = post(client, "acknowledge", [flag], htmx=True)
    assert word.content == b""
    assert "1 of 1 done" in word.headers["HX-Trigger"]
    told = post(client, "acknowledge", [flag], htmx=True)
    assert b"<dialog" in told.content
    assert '"changed"' in told.headers["HX-Trigger-After-Settle"]
    asked = post(client, "waive", [flag], htmx=True)
    assert b"<dialog" in asked.content
    assert b"<html" not in asked.content


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("member", set()),
        ("care_lead", {"claim"}),
        ("service_head", {"acknowledge", "claim", "assign", "snooze", "waive"}),
        ("executive", {"acknowledge", "assign", "snooze", "waive"}),
        ("administrator", {"acknowledge", "snooze", "waive"}),
    ],
)
def test_offers_what_can_be_done_with_several(scanned: Cast, client: Client, who: str, offered: set[str]) -> None:
    client.force_login(getattr(scanned, who))
    page = client.get("/flags/").content.decode()
    actions = {"acknowledge", "claim", "assign", "snooze", "waive"}
    assert {action for action in actions if f'data-bulk="{action}"' in page} == offered
    assert ('name="flag"' in page) == bool(offered)


def test_who_leads_one_department_claims_for_it_by_one_press(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.care_lead)
    assert "Claim for Care" in client.get("/flags/").content.decode().split('id="bulk"')[1].split("</form>")[0]
    add_lead(scanned.billing, person=scanned.care_lead, actor=scanned.administrator)
    assert "Claim…" in client.get("/flags/").content.decode().split('id="bulk"')[1].split("</form>")[0]


def test_a_suggested_owner_is_assigned_by_one_press_where_that_is_allowed(scanned: Cast, client: Client) -> None:
    client.force_login(scanned.service_head)
    page = client.get("/flags/?rule=no-owner&q=till").content.decode()
    flag = scanned.flag("no-owner", scanned.till)
    assert f'id="give-{flag.pk}-{scanned.billing.pk}"' in page
    assert f'id="give-{flag.pk}-{scanned.online.pk}"' not in page, "another unit's, which an executive assigns"
    client.post(f"/touchpoints/{scanned.till.pk}/assign/", {"department": scanned.billing.pk})
    assert Ownership.objects.current().get(touchpoint=scanned.till).department == scanned.billing
    client.force_login(scanned.member)
    assert "give-" not in client.get("/flags/?rule=no-owner").content.decode()


def test_the_price_of_an_outcome_page_does_not_grow_with_the_names(scanned: Cast, client: Client) -> None:
    """Forty forged ids cost as much as one: flags, names and directory are read once."""
    client.force_login(scanned.service_head)

    def price(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as captured:
            post(client, "acknowledge", ids)
        return len(captured)

    assert price([999999]) == price(list(range(900000, 900040))) <= 6
    assert statements(client, "/flags/") <= 12
