"""The history reads like sentences, with names, links, and nothing that a name could smuggle in."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Flag
from tests.cast import Cast, deliver, scan
from workspace.activity.models import Event
from workspace.activity.queries.history import Entry, history_of, readable, recent_history
from workspace.organisation import commands as organisation
from workspace.organisation.commands import note_way_in
from workspace.organisation.events import PASSKEY_ADDED


def text(entry: Entry) -> str:
    return re.sub("<[^>]+>", "", entry.sentence)


def test_a_claim_reads_like_a_sentence_with_links(cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    (entry,) = [entry for entry in recent_history() if entry.kind == "claim.made"][:1]
    assert text(entry) == "Liam Lead claimed Till for Shops."
    assert f'<a href="/touchpoints/{cast.till.pk}/">Till</a>' in entry.sentence
    assert "<b>Liam Lead</b>" in entry.sentence
    assert entry.icon == "hand"


def test_what_the_house_does_is_signed_by_the_house(cast: Cast) -> None:
    scan()
    (entry,) = recent_history(limit=1)
    assert text(entry) == "Throughline scanned 6 live touchpoints."


def test_a_name_is_text_whatever_it_looks_like(cast: Cast) -> None:
    evil = "<script>alert('x')</script>"
    organisation.change_department(cast.shops, name=evil, actor=cast.administrator)
    organisation.change_person(cast.shops_lead, name="<img src=x onerror=y>", actor=cast.administrator)
    commands.change_touchpoint(cast.till, name="{actor.password} %(x)s <b>", actor=cast.administrator)
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    commands.release_ownership(cast.receipt, reason="<i>because</i>", actor=cast.executive)
    sentences = "".join(entry.sentence for entry in recent_history(limit=200))
    assert "<script" not in sentences
    assert "<img" not in sentences
    assert "<i>" not in sentences
    assert "&lt;script&gt;" in sentences
    assert "&lt;i&gt;because&lt;/i&gt;" in sentences
    assert "{actor.password} %(x)s &lt;b&gt;" in sentences


def test_the_name_is_the_one_of_today(cast: Cast) -> None:
    commands.claim_touchpoint(cast.till, department=cast.shops, actor=cast.shops_lead)
    organisation.change_department(cast.shops, name="Stores", actor=cast.administrator)
    (entry,) = [entry for entry in recent_history() if entry.kind == "claim.made"][:1]
    assert text(entry) == "Liam Lead claimed Till for Stores."


def test_the_history_of_a_thing_is_what_happened_to_it_alone_bulk_events_included(cast: Cast) -> None:
    deliver()
    scan()
    commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
    entries = history_of({"touchpoint": [cast.compare_online.pk]})
    assert [entry.kind for entry in entries] == ["ownership.transferred", "ownership.started", "touchpoint.added"]
    flag = Flag.objects.get(rule="coverage-drop", subject_id=cast.retail.pk)
    assert [entry.kind for entry in history_of({"flag": [flag.pk]})] == ["flags.opened"]
    assert history_of({"touchpoint": []}) == []


def test_a_list_of_many_is_cut_short_and_counted(cast: Cast) -> None:
    (entry,) = readable([Event(kind="claim.made", data={"touchpoint": [1, 2, 3, 4, 5]})])
    assert "2 more" in text(entry)


def test_a_kind_of_an_older_release_is_still_shown(cast: Cast) -> None:
    (entry,) = readable([Event(kind="unit.painted", subject_kind="unit", subject_id=cast.retail.pk)])
    assert text(entry) == "unit.painted"


def test_pages_follow_each_other_without_gap_or_repetition(cast: Cast) -> None:
    everything = [entry.id for entry in recent_history(limit=1000)]
    paged: list[int] = []
    before = None
    while page := recent_history(limit=7, before=before):
        paged += [entry.id for entry in page]
        before = page[-1].id
    assert paged == everything


@pytest.mark.parametrize("limit", [5, 50])
def test_a_long_history_costs_one_statement_and_one_per_noun(cast: Cast, limit: int) -> None:
    for _ in range(8):
        commands.transfer_ownership(cast.compare_online, department=cast.shops, actor=cast.retail_head)
        commands.transfer_ownership(cast.compare_online, department=cast.online, actor=cast.retail_head)
    with CaptureQueriesContext(connection) as queries:
        entries = history_of({"touchpoint": [cast.compare_online.pk]}, limit=limit)
    assert len(entries) == min(limit, 18)
    assert len(queries) == 4  # the events, people, departments, touchpoints


def test_how_somebody_signs_in_is_told_to_them_and_to_administrators_alone(cast: Cast, client: Client) -> None:
    note_way_in(cast.member, kind=PASSKEY_ADDED, actor=cast.member)
    for person, is_told in (
        (cast.member, True),
        (cast.administrator, True),
        (cast.executive, False),
        (cast.shops_lead, False),
    ):
        client.force_login(person)
        for path in ("/history/", f"/organisation/people/{cast.member.pk}/history/"):
            assert ("added a passkey" in client.get(path).content.decode()) is is_told, (person, path)
    assert "person.passkey_added" not in [entry.kind for entry in recent_history()]
