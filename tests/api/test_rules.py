"""The rules over the API: what each means and asks, and what administrators set about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from journeys import commands
from journeys.models import Flag
from journeys.queries.catalogue import rules
from journeys.queries.catalogue.base import facts_now
from journeys.queries.limits import limits_now
from journeys.rules.settings import SETTINGS
from tests.api.program import Program, problem
from tests.cast import Cast, grow, scan
from tests.sprints.told import last
from workspace.activity.models import Event, Job

Made = Callable[..., Program]
OVERLOADED, UNATTESTED, CLAIMS = "rules/overloaded-owner/", "rules/unattested/", "rules/claim-overdue/"


@pytest.fixture
def admin(cast: Cast, program: Made) -> Program:
    """A program of the administrator that may do what administrators do."""
    return program(cast.administrator, "admin")


def full_scans() -> int:
    return Job.objects.filter(kind="journeys.full_scan").count()


def test_everybody_inside_reads_what_each_rule_means(cast: Cast, program: Made) -> None:
    scan()
    told = program(cast.member, "read").get("rules/").data
    assert told["next"] is None
    assert [one["code"] for one in told["items"]] == [*(rule.code for rule in rules()), "all-flags"]
    assert {one["key"] for rule in told["items"] for one in rule["settings"]} == {one.key for one in SETTINGS}
    by_code = {one["code"]: one for one in told["items"]}
    assert by_code["no-owner"] == {
        "code": "no-owner",
        "title": "No owner",
        "meaning": "Nobody answers for this touchpoint.",
        "subject_kind": "touchpoint",
        "severities": ["high", "critical"],
        "judged": "at_once",
        "asks_from": "owner",
        "is_on": True,
        "speaking": Flag.objects.speaking().filter(rule="no-owner").count(),
        "settings": [
            {
                "key": "top_volume_share",
                "title": "Busiest touchpoints",
                "help": "Among this share of the highest volumes, a touchpoint without an owner is critical.",
                "value": 10,
                "default": 10,
                "unit": "%",
                "minimum": 1,
                "maximum": 50,
                "step": 0.1,
            }
        ],
        "version": 0,
    }
    assert by_code["no-owner"]["speaking"] > 0
    assert by_code["stage-gap"]["judged"] == "after_change"
    assert by_code["siloed-unit"]["judged"] == "full_scan"
    every = by_code["all-flags"]
    assert every["speaking"] == Flag.objects.speaking().count()
    assert (every["judged"], every["severities"], every["subject_kind"]) == (None, [], None)
    assert {one["key"] for one in every["settings"]} > {"patience_critical", "longest_waiver_days"}


@pytest.mark.django_db
def test_no_rule_finds_anything_of_another_severity_than_it_says() -> None:
    facts = facts_now(limits_now())
    for rule in rules():
        found = rule.breaches(facts)
        if isinstance(found, tuple):
            levels = {int(level) for level in re.findall(r"(\d+) AS f_severity", found[0])}
        else:
            levels = set(_values(found.query.annotations["f_severity"]))
        assert levels == set(rule.severities), rule.code


def _values(expression: Any) -> list[int]:
    if isinstance(expression, Value):
        return [expression.value]
    results = [each.result for each in getattr(expression, "cases", ())]
    return [value for each in (*results, expression.default) for value in _values(each)]


def test_an_administrator_sets_what_the_page_sets(cast: Cast, admin: Program) -> None:
    answer = admin.get(UNATTESTED)
    changed = admin.patch(
        UNATTESTED, {"settings": {"attest_every_days": 90, "attest_grace_days": 14}}, If_Match=answer["ETag"]
    )
    assert changed.status_code == 200
    assert {one["key"]: one["value"] for one in changed.data["settings"]} == {
        "attest_every_days": 90, "attest_grace_days": 14,
    }  # fmt: skip
    assert (limits_now().attest_every_days, limits_now().attest_grace_days) == (90, 14)
    assert full_scans() == 1
    event = last("rules.changed")
    assert (event.actor_id, event.data) == (
        cast.administrator.pk, {"setting": "attest_grace_days", "old": 30, "new": 14},
    )  # fmt: skip
    assert changed.data["version"] == event.pk
    assert changed["ETag"].startswith(f'"{event.pk}-')
    assert admin.get(UNATTESTED)["ETag"] == changed["ETag"]

    back = admin.patch(UNATTESTED, {"settings": {"attest_every_days": None}}, If_Match=changed["ETag"])
    assert limits_now().attest_every_days == 180
    again = admin.patch(UNATTESTED, {"settings": {"attest_every_days": 180}}, If_Match=back["ETag"])
    assert (again.status_code, again["ETag"], full_scans()) == (200, back["ETag"], 2)


def test_a_rule_is_switched_off_and_on(cast: Cast, admin: Program) -> None:
    off = admin.patch("rules/siloed-unit/", {"is_on": False}, If_Match="*")
    assert off.data["is_on"] is False
    assert limits_now().off == {"siloed-unit"}
    assert last("rules.switched_off").data["rule"] == "siloed-unit"
    on = admin.patch("rules/siloed-unit/", {"is_on": True}, If_Match=off["ETag"])
    assert on.data["is_on"] is True
    assert limits_now().off == frozenset()
    told = problem(admin.patch("rules/all-flags/", {"is_on": False}, If_Match="*"), 400, "not-valid")
    assert (told["errors"][0]["field"], told["errors"][0]["value"]) == ("is_on", False)


def test_whoever_has_an_older_version_is_told_what_stands(cast: Cast, admin: Program) -> None:
    old = admin.get(OVERLOADED)
    commands.set_rule_settings({"overloaded_above": 20}, actor=cast.administrator)
    told = problem(admin.patch(OVERLOADED, {"settings": {"overloaded_above": 10}}, If_Match=old["ETag"]), 412, "stale")
    assert told["current"]["settings"][0]["value"] == 20
    assert told["version"] == told["current"]["version"] == last("rules.changed").pk
    assert limits_now().overloaded_above == 20
    problem(admin.patch(OVERLOADED, {"settings": {"overloaded_above": 10}}), 428, "version-missing")
    other = admin.patch(UNATTESTED, {"settings": {"attest_every_days": 60}}, If_Match=admin.get(UNATTESTED)["ETag"])
    assert other.status_code == 200, "another rule stands in nobody's way"


def test_what_two_change_beside_each_other_is_kept_and_the_same_value_refused(cast: Cast, admin: Program) -> None:
    base = admin.get(UNATTESTED).data["version"]
    commands.set_rule_settings({"attest_every_days": 90}, actor=cast.administrator)
    commands.set_rule_settings({"attest_every_days": 100}, actor=cast.administrator)
    beside = admin.patch(UNATTESTED, {"settings": {"attest_grace_days": 10}, "base_version": base})
    assert beside.status_code == 200
    assert (limits_now().attest_every_days, limits_now().attest_grace_days) == (100, 10)
    same = {"settings": {"attest_every_days": 60, "attest_grace_days": 5}, "base_version": base}
    told = problem(admin.patch(UNATTESTED, same), 409, "changed")
    assert "Confirm ownership every: 100" in told["detail"]
    assert (limits_now().attest_every_days, limits_now().attest_grace_days) == (100, 10)
    newer = admin.patch(UNATTESTED, same | {"base_version": beside.data["version"]})
    assert newer.status_code == 200
    assert limits_now().attest_every_days == 60
    commands.set_rule_settings({"off.unattested": True}, actor=cast.administrator)
    switched = {"is_on": True, "base_version": newer.data["version"]}
    problem(admin.patch(UNATTESTED, switched), 409, "changed")


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        (UNATTESTED, {"settings": {"attest_every_days": 6}}, 422, "6 is not between 7 and 1825 days"),
        (UNATTESTED, {"settings": {"attest_every_days": 7.5}}, 422, "7.5 is no whole number"),
        (UNATTESTED, {"settings": {"attest_every_days": "1e999"}}, 400, "settings.attest_every_days"),
        ("rules/coverage-drop/", {"settings": {"coverage_target": 80.55}}, 422, "more than one decimal"),
        (CLAIMS, {"settings": {"deny_claim_after_days": 5}}, 422, "A claim would be denied after 5 days"),
        (UNATTESTED, {"settings": {"attest_every_days": "soon"}}, 400, "settings.attest_every_days"),
        (UNATTESTED, {"settings": {"overloaded_above": 3}}, 400, "settings.overloaded_above"),
        (UNATTESTED, {"settings": {"off.unattested": 1}}, 400, "settings.off.unattested"),
        (UNATTESTED, {"settings": 7}, 400, "settings"),
        (UNATTESTED, {"is_on": "perhaps"}, 400, "is_on"),
        (UNATTESTED, {"colour": "red"}, 400, "colour"),
        ("rules/nothing/", {"is_on": False}, 404, "nothing"),
    ],
)
def test_what_cannot_be_set_is_refused_in_clear_words(
    admin: Program, path: str, body: dict[str, Any], status: int, words: str
) -> None:
    code = {400: "not-valid", 404: "unknown", 422: "rule-broken"}[status]
    told = problem(admin.patch(path, body, If_Match="*"), status, code)
    assert words in told["detail"]
    assert told.get("next_step") or told["errors"]
    assert not Event.objects.filter(subject_kind="rules").exists()
    assert full_scans() == 0


def test_others_read_and_do_not_set(cast: Cast, program: Made) -> None:
    sets: dict[str, Any] = {"settings": {"overloaded_above": 20}}
    for person, scope in ((cast.administrator, "write"), (cast.executive, "write"), (cast.member, "read")):
        asks = program(person, scope)
        assert asks.get(OVERLOADED).status_code == 200
        problem(asks.patch(OVERLOADED, sets, If_Match="*"), 403, "not-allowed")
    guest = program(cast.guest)
    for path in ("rules/", OVERLOADED):
        problem(guest.get(path), 404, "unknown")
        problem(program(cast.member, limits={"team": [1]}).get(path), 403, "not-allowed")
        problem(Program().get(path), 401, "not-signed-in")
    problem(program(cast.member).get("rules/?limit=3"), 400, "not-valid")
    assert limits_now().overloaded_above == 15


def test_reading_costs_as_much_with_many_flags_as_with_few(cast: Cast, admin: Program) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as told:
            assert admin.get(path).status_code == 200
        return len(told)

    admin.get("me/")
    few = cost("rules/"), cost(UNATTESTED)
    grow(cast, by=1)
    scan()
    commands.set_rule_settings({"attest_every_days": 90, "off.siloed-unit": True}, actor=cast.administrator)
    assert (cost("rules/"), cost(UNATTESTED)) == few
    assert few[0] <= 5


def test_fields_and_what_has_not_changed(cast: Cast, admin: Program) -> None:
    assert admin.get(f"{UNATTESTED}?fields=code,speaking").data == {"code": "unattested", "speaking": 0}
    (first, *_others) = admin.get("rules/?fields=code,is_on").data["items"]
    assert first == {"code": "no-owner", "is_on": True}
    answer = admin.get("rules/")
    assert admin.get("rules/", If_None_Match=answer["ETag"]).status_code == 304
