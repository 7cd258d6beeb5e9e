"""Is this still ours? Answered for a whole department in a minute, each for itself, and never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from journeys import commands
from journeys.commands import attesting, bulk
from journeys.commands.attesting import Word, attest_many
from journeys.commands.calls import call_for_owner
from journeys.models import Flag, Ownership, Touchpoint
from journeys.queries.attesting import mark_of, ref_of
from tests.cast import Cast, grow, scan
from tests.journeys.reading import current, data_of
from tests.pages.reading import statements, text_of
from workspace import clock
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Event, Job
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation.models import Person

PAGE = "/attestations/"
HTMX = {"HX-Request": "true", "HX-Target": "dialog-slot"}


def age(days: int = 200) -> None:
    """Let everything have been owned for so long, and never confirmed."""
    Ownership.objects.update(held_from=clock.now() - timedelta(days=days), attested_at=None)


def enter(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def ref(touchpoint: Touchpoint) -> str:
    return ref_of(current(touchpoint))


def answer(client: Client, action: str, *refs: str, htmx: bool = False, **fields: Any) -> Any:
    sent = {"ref": refs, **fields}
    return client.post(f"{PAGE}answer/{action}/", sent, headers=HTMX if htmx else {})


# --- What is asked ----------------------------------------------------------------------------------------------------


def test_lists_what_is_due_or_soon_for_the_departments_that_one_leads(cast: Cast, client: Client) -> None:
    age(170)
    commands.set_accountable_person(cast.receipt, person=cast.billing_lead, actor=cast.billing_lead)
    page = text_of(enter(client, cast.billing_lead).get(PAGE))
    assert "Receipt Pay · Buying a coffee machine" in page
    assert "Accountable BB Bela Billing" in page or "Bela Billing" in page
    assert "Shop window" not in page
    assert "To confirm 1" in page
    every = text_of(client.get(f"{PAGE}?department=all"))
    assert "Shop window" in every
    assert "To confirm 3" in every
    only = text_of(client.get(f"{PAGE}?department={cast.shops.pk}"))
    assert "Shop window" in only
    assert "Receipt Pay" not in only


def test_the_accountable_person_is_asked_too(cast: Cast, client: Client) -> None:
    age()
    commands.set_accountable_person(cast.shop_window, person=cast.member, actor=cast.shops_lead)
    assert "Shop window" in text_of(enter(client, cast.member).get(PAGE))
    assert "Nothing to confirm" in text_of(enter(client, cast.other_member).get(PAGE))


def test_offers_an_answer_only_to_who_may_give_it(cast: Cast, client: Client) -> None:
    age()
    page = enter(client, cast.executive).get(f"{PAGE}?department=all").content.decode()
    assert "Receipt" in page
    assert 'name="ref"' not in page
    page = enter(client, cast.billing_lead).get(f"{PAGE}?department=all").content.decode()
    assert f'value="{ref(cast.receipt)}" id="pick-' in page
    assert ref(cast.shop_window) not in page


def test_words_narrow_the_list(cast: Cast, client: Client) -> None:
    age()
    page = text_of(enter(client, cast.member).get(f"{PAGE}?department=all&q=RECEIPT"))
    assert "Receipt Pay" in page
    assert "Shop window" not in page
    assert "Nothing matches" in text_of(client.get(f"{PAGE}?q=nowhere"))
    assert client.get(f"{PAGE}?department=999&page=x&state=%00").status_code == 200


def test_nothing_is_due_while_the_rule_is_off(cast: Cast, client: Client) -> None:
    age()
    commands.set_rule_settings({"off.unattested": True}, actor=cast.administrator)
    assert "switched off: nothing is due" in text_of(enter(client, cast.billing_lead).get(PAGE))


# --- What is answered -------------------------------------------------------------------------------------------------


def test_confirms_those_that_are_theirs_and_says_why_the_others_are_not(cast: Cast, client: Client) -> None:
    age()
    enter(client, cast.billing_lead)
    told = text_of(answer(client, "ours", ref(cast.receipt), ref(cast.shop_window), "999999.1", "nonsense"))
    assert "Still ours: 1 of 4 done" in told
    assert "Receipt · Pay · Buying a coffee machine Billing still owns it." in told
    assert "You do not answer for Shops." in told
    assert told.count("There is no such ownership.") == 2
    assert current(cast.receipt).attested_at is not None
    assert current(cast.shop_window).attested_at is None
    assert "Nothing to confirm" in text_of(client.get(PAGE))


def test_an_answer_given_twice_is_said_and_changes_nothing(cast: Cast, client: Client) -> None:
    age()
    enter(client, cast.billing_lead)
    seen = ref(cast.receipt)
    answer(client, "ours", seen)
    before, row = Event.objects.count(), current(cast.receipt)
    assert "Bela Billing has confirmed already today that Billing owns Receipt." in text_of(
        answer(client, "ours", seen)
    )
    late = text_of(answer(client, "not-ours", seen, reason="It is Care's."))
    assert "Bela Billing has answered about Receipt since you looked." in late
    assert Event.objects.count() == before
    assert current(cast.receipt).attested_at == row.attested_at
    assert current(cast.receipt).disputed_at is None


@pytest.mark.parametrize("mine", [True, False])
def test_twice_on_the_touchpoint_is_refused_as_well(cast: Cast, mine: bool) -> None:
    stale = current(cast.receipt)
    commands.attest_ownership(stale, mine=mine, actor=cast.billing_lead)
    before = Event.objects.count()
    with pytest.raises(RuleBroken, match="already"):
        commands.attest_ownership(stale, mine=mine, actor=cast.billing_lead)
    assert Event.objects.count() == before
    with clock.at(clock.now() + timedelta(days=1)):
        commands.attest_ownership(stale, mine=True, actor=cast.billing_lead)
    assert current(cast.receipt).disputed_at is None


def test_of_two_answers_to_one_question_the_first_counts(cast: Cast) -> None:
    age()
    asked = current(cast.shop_window)
    commands.attest_ownership(asked, mine=False, reason="Online's.", seen=mark_of(asked), actor=cast.shops_lead)
    with pytest.raises(StaleWrite, match="Liam Lead has answered about Shop window since you looked"):
        commands.attest_ownership(asked, mine=True, seen=mark_of(asked), actor=cast.shops_deputy)
    assert current(cast.shop_window).disputed_at is not None


def test_not_ours_asks_why_and_opens_the_search(cast: Cast, client: Client) -> None:
    age()
    enter(client, cast.billing_lead)
    asked = answer(client, "not-ours", ref(cast.receipt))
    assert "Not ours: 1 touchpoint" in text_of(asked)
    assert f'name="refs" value="{ref(cast.receipt)}"' in asked.content.decode()
    empty = client.post(f"{PAGE}answer/not-ours/", {"refs": ref(cast.receipt), "reason": "  "})
    assert empty.status_code == 422
    done = client.post(f"{PAGE}answer/not-ours/", {"refs": ref(cast.receipt), "reason": "Care prints it."})
    assert "Billing keeps it until somebody else takes it." in text_of(done)
    flag = cast.flag("unattested", cast.receipt)
    assert (flag.state, flag.severity) == (Flag.State.OPEN, Flag.Severity.HIGH)
    assert data_of("ownership.disputed")[-1]["reason"] == "Care prints it."
    search = text_of(client.get(f"{PAGE}?state=disputed"))
    assert "“Not ours” Today" in search
    assert "Bela Billing: Care prints it." in search
    assert "Not ours 1" in search
    assert "Care prints it." in text_of(client.get(cast.receipt.get_absolute_url() + "history/"))


def test_whoever_could_take_it_is_named_and_can_claim_it(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    commands.attest_ownership(current(cast.receipt), mine=False, reason="Care's.", actor=cast.billing_lead)
    enter(client, cast.care_lead)
    [row] = client.get(f"{PAGE}?state=disputed&department=all").context["rows"]
    assert [one.department.name for one in row.suggestions] == ["Care"]
    assert [offer.department.name for offer in row.claims] == ["Care"]
    assert "Claim" in text_of(client.get(f"{PAGE}?state=disputed&department=all"))


def test_the_flag_of_what_is_not_ours_offers_it_to_others(cast: Cast, client: Client) -> None:
    commands.claim_touchpoint(cast.till, department=cast.care, actor=cast.care_lead)
    age()
    scan()
    [asked] = enter(client, cast.care_lead).get("/flags/?rule=unattested&q=Receipt").context["rows"]
    assert not asked.claims, "what is only late is offered to nobody"
    commands.attest_ownership(current(cast.receipt), mine=False, reason="Care's.", actor=cast.billing_lead)
    [row] = client.get("/flags/?rule=unattested&q=Receipt").context["rows"]
    assert [offer.department for offer in row.claims] == [row.suggestions[0].department]
    assert row.claims[0].department.name == "Care"
    told = client.post("/flags/answer/claim/", {"flag": row.flag.pk, "department": cast.care.pk})
    assert "The claim waits:" in text_of(told)


def test_whoever_speaks_for_the_owner_can_call_for_another(cast: Cast, client: Client) -> None:
    commands.attest_ownership(current(cast.receipt), mine=False, reason="Care's.", actor=cast.billing_lead)
    search = f"{PAGE}?state=disputed&department=all"
    assert "Call for an owner" in text_of(enter(client, cast.billing_lead).get(search))
    assert "Call for an owner" not in text_of(enter(client, cast.shops_lead).get(search))
    call_for_owner(
        cast.receipt, reason="Care prints it.", ends_on=clock.today() + timedelta(days=9), actor=cast.billing_lead
    )
    page = text_of(enter(client, cast.care_lead).get(search))
    assert "Calls for another owner until" in page
    assert "yours at once" in page


def test_not_ours_can_be_taken_back(cast: Cast, client: Client) -> None:
    commands.attest_ownership(current(cast.receipt), mine=False, reason="Care's.", actor=cast.billing_lead)
    enter(client, cast.billing_lead)
    answer(client, "ours", ref(cast.receipt))
    assert current(cast.receipt).disputed_at is None
    assert cast.flag("unattested", cast.receipt).state == Flag.State.RESOLVED


def test_what_has_another_owner_by_now_is_answered_by_nobody(cast: Cast, client: Client) -> None:
    seen = ref(cast.receipt)
    commands.transfer_ownership(cast.receipt, department=cast.care, actor=cast.executive)
    told = text_of(answer(enter(client, cast.billing_lead), "ours", seen))
    assert "This ownership has ended. Care owns the touchpoint now." in told


def test_all_that_match_are_answered_at_once(cast: Cast, client: Client) -> None:
    grow(cast, by=1, owned=True)
    age()
    enter(client, cast.billing_lead)
    told = text_of(client.post(f"{PAGE}answer/ours/", {"all": "yes", "query": "q=Touchpoint"}))
    assert "Still ours: 6 of 6 done" in told
    assert current(cast.receipt).attested_at is None
    again = client.post(f"{PAGE}answer/ours/", {"all": "yes", "query": "q=Touchpoint"})
    assert again.status_code == 422
    assert "Nothing is chosen." in text_of(again)


def test_very_many_become_a_job_that_survives_a_crash(cast: Cast, client: Client, monkeypatch: Any) -> None:
    grow(cast, by=9, owned=True)
    age()
    enter(client, cast.billing_lead)
    moved: Any = client.post(f"{PAGE}answer/ours/", {"all": "yes", "query": ""})
    job = Job.objects.get(kind=attesting.JOB)
    assert moved.url == f"{PAGE}answers/{job.pk}/"
    assert len(job.args["refs"]) == 55 > bulk.AT_ONCE
    commands.attest_ownership(current(cast.receipt), mine=True, actor=cast.billing_lead)
    work_on(job.pk)
    told = text_of(client.get(moved.url))
    assert "Still ours: 54 of 55 done" in told
    assert "has confirmed already today that Billing owns Receipt" in told
    assert enter(client, cast.care_lead).get(moved.url).status_code == 404


def test_nothing_too_much_and_nonsense_are_refused_in_clear_words(cast: Cast, client: Client) -> None:
    enter(client, cast.billing_lead)
    assert "Nothing is chosen." in text_of(answer(client, "ours"))
    many = answer(client, "ours", ",".join([]), refs=",".join(f"{n}.1" for n in range(1, 502)))
    assert "501 touchpoints are too many for one press." in text_of(many)
    assert answer(client, "maybe", ref(cast.receipt)).status_code == 404
    told = text_of(answer(client, "ours", "1.2.3", "-1", "9" * 40, f"{current(cast.receipt).pk}.{'9' * 30}"))
    assert "0 of 4 done" in told


def test_all_done_is_one_line_on_a_page_that_is_open(cast: Cast, client: Client) -> None:
    age()
    enter(client, cast.billing_lead)
    one = answer(client, "ours", ref(cast.receipt), htmx=True)
    assert "Still ours: 1 of 1 done" in one.headers["HX-Trigger"]
    assert '"changed"' in one.headers["HX-Trigger"]
    assert one.content == b""


def test_the_command_answers_each_for_itself(cast: Cast) -> None:
    age()
    refs = [ref(cast.receipt), ref(cast.compare_online)]
    outcomes = list(attest_many(refs, Word(mine=True), actor=cast.online_lead))
    assert [outcome.done for outcome in outcomes] == [False, True]


def test_takes_at_most_twelve_statements_however_many_there_are(cast: Cast, client: Client) -> None:
    age()
    commands.attest_ownership(current(cast.shop_window), mine=False, reason="x", actor=cast.shops_lead)
    enter(client, cast.billing_lead)
    paths = [PAGE, f"{PAGE}?department=all", f"{PAGE}?department=all&state=disputed"]
    few = [statements(client, path) for path in paths]
    grow(cast, by=3, owned=True)
    age()
    for touchpoint in Touchpoint.objects.filter(name="Touchpoint 1.1"):
        commands.attest_ownership(current(touchpoint), mine=False, reason="x", actor=cast.shops_lead)
    assert [statements(client, path) for path in paths] == few
    assert max(few) <= 12


def test_one_press_leads_there_from_everywhere_and_home_says_how_many(cast: Cast, client: Client) -> None:
    age()
    link = f'href="{PAGE}"'
    for path in ("/", "/flags/", "/teams/", cast.receipt.get_absolute_url()):
        page = enter(client, cast.billing_lead).get(path).content.decode()
        assert link in page.partition('class="nav"')[2].partition("</nav>")[0], path
    home = client.get("/")
    assert "Still ours? 1 Answer them together" in text_of(home)
    assert link in home.content.decode().partition("<main")[2]
    assert link not in enter(client, cast.guest).get("/journeys/").content.decode()
