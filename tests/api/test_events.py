"""The log over the API: in the order of commits, nothing missed, and to each no more than they may know."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from journeys import commands as journeys
from sprints import commands as sprints
from sprints.models import Team
from tests.activity.together import in_another_connection
from tests.api.program import Program, problem
from tests.cast import Cast, deliver
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.commands.delivery import sequence_events
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Event
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person, Share

Made = Callable[..., Program]


def share(thing: Any, guest: Person, by: Person) -> None:
    until = clock.today() + timedelta(days=30)
    Share.objects.create(
        noun=thing.NOUN, subject_id=thing.pk, guest=guest, ends_on=until, granted_by=by, granted_at=clock.now()
    )


def read_all(program: Program, path: str = "events/?limit=500") -> tuple[list[dict[str, Any]], str]:
    """All events from this address on, and where to go on."""
    items: list[dict[str, Any]] = []
    while True:
        page = program.get(path).data
        items += page["items"]
        path = page["next"].removeprefix("http://testserver")
        if not page["more"]:
            return items, path


@pytest.fixture
def told(squad: Squad) -> Squad:
    """The team, with everything in its place."""
    sequence_events()
    return squad


def test_events_come_in_the_order_of_commits_each_once(cast: Cast, told: Squad, program: Made) -> None:
    asks = program(cast.other_member, "read")
    items, _next = read_all(asks, "events/?limit=7")
    placed = Event.objects.filter(seq__isnull=False).exclude(kind__startswith="person.token").order_by("seq")
    assert [each["id"] for each in items] == list(placed.values_list("pk", flat=True))
    one = next(each for each in items if each["kind"] == "story.created")
    event = Event.objects.get(pk=one["id"])
    assert one == {
        "seq": event.seq,
        "id": event.pk,
        "at": one["at"],
        "actor": cast.shops_lead.pk,
        "kind": "story.created",
        "subject": {"kind": "story", "id": told.banner.pk},
        "subjects": [],
        "subject_version": 1,
        "scope": told.team.scope,
        "data": event.data,
    }
    assert asks.get(f"events/{event.pk}/").data == one


def test_whoever_stops_goes_on_another_day(cast: Cast, told: Squad, program: Made) -> None:
    asks = program(cast.member, "read")
    _items, later = read_all(asks)
    nothing = asks.get(later)
    assert (nothing.data["items"], nothing.data["more"]) == ([], False)
    assert nothing.data["next"].endswith(later), "there is a way on, though there is nothing newer"
    sprints.change_story(told.banner, title="Another banner", actor=cast.shops_lead)
    assert asks.get(later).data["items"] == [], "what has no place yet is not told"
    deliver()
    items, end = read_all(asks, later)
    assert [each["kind"] for each in items if each["subject"]["kind"] == "story"] == ["story.changed"]
    assert read_all(asks, end)[0] == []
    assert asks.get("events/?since=newest").data["items"] == []


def test_a_filter_that_finds_nothing_goes_on_at_the_end(cast: Cast, told: Squad, program: Made) -> None:
    asks = program(cast.member, "read")
    page = asks.get("events/?kind=absence.entered").data
    newest = Event.objects.order_by("-seq").exclude(seq=None).values_list("seq", flat=True)[0]
    assert page["items"] == []
    assert f"since={newest}" in page["next"], "the next look does not go through all of it again"
    assert "kind=absence.entered" in page["next"]


@pytest.mark.on_postgresql
@pytest.mark.django_db(transaction=True)
def test_an_event_that_is_committed_late_is_not_skipped(cast: Cast, program: Made) -> None:
    """The first of two writers commits last, and somebody has read in between."""
    deliver()
    asks = program(cast.administrator, "read")
    deliver()
    _items, place = read_all(asks)
    has_written, may_commit = threading.Event(), threading.Event()
    late: list[int] = []

    def slow() -> None:
        with transaction.atomic():
            late.append(record(None, Happening("unit.created", ("unit", cast.retail.pk)))[0].pk)
            has_written.set()
            may_commit.wait(30)

    writer = threading.Thread(target=lambda: in_another_connection(slow))
    writer.start()
    assert has_written.wait(30)
    quick = organisation.create_unit("Logistics", actor=cast.administrator)
    sequence_events()
    between, place = read_all(asks, place)
    may_commit.set()
    writer.join(30)
    sequence_events()
    after, _place = read_all(asks, place)
    (first,) = between
    assert first["subject"] == {"kind": "unit", "id": quick.pk}
    assert [each["id"] for each in after] == late
    assert late[0] < first["id"], "it has the smaller id"
    assert after[0]["seq"] > first["seq"], "and the later place"


def test_what_is_personal_is_for_that_person_and_administrators(cast: Cast, program: Made) -> None:
    own = program(cast.member, "read")
    deliver()
    path = "events/?kind=person.token_made&limit=500"
    assert [each["subject"]["id"] for each in own.get(path).data["items"]] == [cast.member.pk]
    assert own.get(path).data["items"][0]["data"] == {"scope": "read"}
    others = program(cast.executive, "read").get(path).data["items"]
    assert others == []
    assert len(program(cast.administrator, "read").get(path).data["items"]) == 1
    event = Event.objects.filter(kind="person.token_made", subject_id=cast.member.pk).get()
    problem(program(cast.executive, "read").get(f"events/{event.pk}/"), 404, "unknown")


def test_guests_read_of_what_is_shared_with_them_and_no_more(cast: Cast, told: Squad, program: Made) -> None:
    asks = program(cast.guest, "read")
    assert asks.get("events/").data["items"] == []
    share(told.team, cast.guest, cast.shops_lead)
    sprints.change_story(told.banner, touchpoints=[cast.receipt], assignees=[cast.member], actor=cast.shops_lead)
    sprints.write_comment(told.banner, text="Look, @Mia Member", actor=cast.billing_lead)
    sprints.create_team("Other", key="OTHER", actor=cast.care_lead)
    deliver()
    items, _next = read_all(asks)
    assert {each["scope"] for each in items} == {told.team.scope}
    kinds = {each["kind"] for each in items}
    assert {"story.created", "story.changed", "comment.written"} <= kinds
    assert not {"team.member_added", "share.started"} & kinds
    changed = next(each for each in items if each["kind"] == "story.changed")
    assert changed["data"] == {"fields": "assignees, touchpoints"}, "no touchpoint, and nobody's id"
    comment = next(each for each in items if each["kind"] == "comment.written")
    assert (comment["data"], comment["actor"]) == ({"story": told.banner.pk}, cast.billing_lead.pk)
    created = next(each for each in items if each["subject"]["id"] == told.mail.pk and each["kind"] == "story.created")
    assert set(created["data"]) <= {"column", "category", "sprint", "points", "horizon"}
    hidden = Event.objects.get(kind="team.created", subject_id=Team.objects.get(key="OTHER").pk)
    problem(asks.get(f"events/{hidden.pk}/"), 404, "unknown")
    assert asks.get(f"events/?kind=team.member_added&scope={told.team.scope}").data["items"] == []


def test_guests_do_not_learn_who_changes_a_journey(cast: Cast, program: Made) -> None:
    share(cast.journey, cast.guest, cast.executive)
    journeys.change_touchpoint(cast.till, name="Cash desk", actor=cast.billing_lead)
    claim = journeys.claim_touchpoint(cast.till, department=cast.online, reason="Ours", actor=cast.online_lead)
    deliver()
    asks = program(cast.guest, "read")
    items, _next = read_all(asks)
    assert claim is not None
    assert {each["kind"] for each in items} == {"stage.added", "touchpoint.added", "touchpoint.changed"}
    assert {each["actor"] for each in items} == {None}
    assert [each["data"] for each in items if each["kind"] == "touchpoint.changed"] == [{}]
    assert asks.get(f"events/?actor={cast.billing_lead.pk}").data["items"] == [], "nor by asking"
    assert asks.get(f"events/?actor={cast.billing_lead.pk}&include=actor").data["included"] == {"people": {}}


def test_how_much_happens_elsewhere_is_not_told(cast: Cast, told: Squad, program: Made) -> None:
    share(told.team, cast.guest, cast.shops_lead)
    limited = program(cast.member, "read", limits={"team": [told.team.pk]})
    for asks in (program(cast.guest, "read"), limited):
        items, path = read_all(asks)
        organisation.create_unit(f"Unit {asks.sent}"[:40], actor=cast.administrator)
        deliver()
        assert asks.get(path).data["items"] == []
        assert f"since={items[-1]['seq']}" in asks.get(path).data["next"]


def test_a_limited_token_reads_of_its_teams_alone(cast: Cast, told: Squad, program: Made) -> None:
    other = sprints.create_team("Other", key="OTHER", actor=cast.care_lead)
    deliver()
    asks = program(cast.care_lead, "read", limits={"team": [other.pk]})
    items, _next = read_all(asks)
    assert {each["scope"] for each in items} == {other.scope}
    assert {each["kind"] for each in items} >= {"team.created", "team.member_added"}
    problem(asks.get(f"events/{Event.objects.filter(kind='unit.created').first().pk}/"), 404, "unknown")  # type: ignore[union-attr]


def test_events_are_narrowed_by_each_field(cast: Cast, told: Squad, program: Made) -> None:
    sprints.move_stories([told.quiz, told.poster], column=told.doing, sprint=told.sprint, actor=cast.member)
    deliver()
    asks = program(cast.other_member, "read")
    everything = {each["id"]: each for each in read_all(asks)[0]}
    moved = next(each for each in everything.values() if each["kind"] == "story.moved_together")
    assert (moved["subject"]["id"], moved["subjects"]) == (None, [told.quiz.pk, told.poster.pk])
    assert asks.get(f"events/{moved['id']}/subjects/").data == {"items": moved["subjects"], "next": None}
    assert asks.get(f"events/{moved['id']}/subjects/?since={told.quiz.pk}").data["items"] == [told.poster.pk]

    def among(query: str) -> list[dict[str, Any]]:
        return read_all(asks, f"events/?limit=500&{query}")[0]

    def those(test: Callable[[Mapping[str, Any]], bool]) -> list[dict[str, Any]]:
        found = [each for each in everything.values() if test(each)]
        assert 0 < len(found) < len(everything)
        return found

    quiz = those(lambda e: e["subject"] == {"kind": "story", "id": told.quiz.pk} or e is moved)
    assert among(f"subject=story:{told.quiz.pk}") == quiz
    assert among("subject=story") == those(lambda e: e["subject"]["kind"] == "story")
    assert among("subject__in=team,unit") == those(lambda e: e["subject"]["kind"] in ("team", "unit"))
    assert among("kind=story.created") == those(lambda e: e["kind"] == "story.created")
    assert among("kind__startswith=story.") == those(lambda e: e["kind"].startswith("story."))
    assert among(f"actor={cast.member.pk}") == those(lambda e: e["actor"] == cast.member.pk)
    assert among("actor__isnull=true") == those(lambda e: e["actor"] is None)
    assert among(f"scope={told.team.scope}") == those(lambda e: e["scope"] == told.team.scope)
    assert among("subject_version=2") == those(lambda e: e["subject_version"] == 2)
    assert among(f"seq__gte={moved['seq']}") == those(lambda e: e["seq"] >= moved["seq"])
    assert among(f"id__in={moved['id']}") == [moved]
    assert among(f"at__gte={moved['at']}") == those(lambda e: e["at"] >= moved["at"])
    assert among("at__lt=2000-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [("since=now", "since"), ("since=-1", "since"), (f"since={10**20}", "since"), ("cursor=x", "cursor"),
     ("ordering=-seq", "ordering"), ("subject=story:x", "subject"), ("subject=:7", "subject"), ("limit=0", "limit"),
     ("data=x", "data"), ("kind=", "kind")],
)  # fmt: skip
def test_what_means_nothing_is_refused(cast: Cast, program: Made, query: str, field: str) -> None:
    told = problem(program(cast.member, "read").get(f"events/?{query}"), 400, "not-valid")
    assert [each["field"] for each in told["errors"]] == [field]


def test_many_things_and_words_that_mean_nothing(cast: Cast, told: Squad, program: Made) -> None:
    asks = program(cast.member)
    some = ",".join(f"story:{pk}" for pk in range(1, 500))
    found = asks.get(f"events/?subject__in={some},team&limit=500").data["items"]
    assert {each["subject"]["kind"] for each in found} == {"story", "team"}
    assert "“story”" in problem(asks.get("events/?subject=stroy"), 400, "not-valid")["errors"][0]["next_step"]
    near = problem(asks.get("events/?kind=story.move"), 400, "not-valid")["errors"][0]
    assert (near["value"], "story.moved" in near["next_step"]) == ("story.move", True)
    problem(asks.get("events/?kind__in=story.moved,x"), 400, "not-valid")
    assert asks.get("events/?kind__startswith=nothing").data["items"] == []


def test_statements_do_not_grow_with_the_log(cast: Cast, told: Squad, program: Made) -> None:
    share(told.team, cast.guest, cast.shops_lead)
    for person in (cast.member, cast.guest):
        asks = program(person, "read")
        asks.get("me/")
        counts = []
        for _size in range(2):
            deliver()
            with CaptureQueriesContext(
                connection,
            ) as small:
                items = asks.get("events/?limit=500&include=actor").data["items"]
            counts.append((len(small), len(items)))
            sprints.move_stories([told.quiz, told.poster], column=told.doing, sprint=told.sprint, actor=cast.member)
            sprints.move_stories([told.quiz, told.poster], column=told.todo, sprint=None, actor=cast.member)
        (few, less), (many, more) = counts
        assert few == many <= 9
        assert less < more
