"""Filters of lists: every field of every noun has one, or stands here with the reason, and each of them narrows."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django_filters as filters
import pytest
from django.conf import settings as configured

from api.kernel.nouns import NounView
from api.kernel.values import WholeNumber
from api.nouns.ownership_changes import OwnershipChangesView
from api.urls import router
from journeys import commands as journeys
from tests.access.ways import modules, ways_of
from tests.api.program import Program, problem
from tests.cast import Cast, scan
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.commands import make_token

VIEWS = {view.plural: view for _path, view, _name in router.registry if issubclass(view, NounView) and view.shape}
VIEWS[OwnershipChangesView.plural] = OwnershipChangesView

OTHERWISE_NAMED = {
    ("stories", "assignees"): ["assignee"],
    ("stories", "labels"): ["label"],
    ("stories", "touchpoints"): ["touchpoint"],
    ("imports", "progress"): ["progress_done", "progress_total"],
    ("scans", "progress"): ["progress_done", "progress_total", "note"],
    ("coverage", "on"): ["as_of", "from", "until"],
    ("webhooks", "kinds"): ["kind"],
    ("webhooks", "scopes"): ["scope"],
    ("events", "subjects"): ["subject"],
}
"""Fields whose filters have other names."""

IN_ADDRESS = "the address names it"
IN_WORDS = "it is put into words after reading"
DIFFERS = "it holds other facts for each kind of row"
AT_ONCE = "all rules are always there, and come at once"
WITHOUT = {
    ("stories", "rank"): "it means something beside other ranks alone: `ordering=rank`",
    ("claims", "who_decides"): IN_WORDS,
    ("flags", "words"): IN_WORDS,
    ("flags", "evidence"): DIFFERS,
    ("flags", "suggested_owners"): "it is worked out after reading",
    **{("imports", name): DIFFERS for name in ("counts", "notes", "unknown_columns", "rejects")},
    ("imports", "error"): IN_WORDS,
    ("scans", "result"): DIFFERS,
    ("events", "data"): DIFFERS,
    ("notifications", "line"): IN_WORDS,
    ("departments/<int:department>/leads", "department"): IN_ADDRESS,
    ("teams/<int:team>/members", "team"): IN_ADDRESS,
    ("ownerships/changes", "by"): "it is found by what changed, after reading",
    ("ownerships/changes", "reason"): "it is found by what changed, after reading",
    **{("rules", name): AT_ONCE for name in VIEWS["rules"].shape.names()},
}
"""Fields without a filter, and why."""

SIGNS: Mapping[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    "in": operator.eq,
    "gte": operator.ge,
    "lte": operator.le,
    "gt": operator.gt,
    "lt": operator.lt,
}


def filters_of_view(view: type[NounView]) -> Mapping[str, filters.Filter]:
    """Its filters, by name."""
    return view.filterset_class.known() if view.filterset_class is not None else {}


def test_every_field_has_a_filter_or_a_reason() -> None:
    missing, stale = set(), set(WITHOUT) | set(OTHERWISE_NAMED)
    for plural, view in VIEWS.items():
        known = {name.partition("__")[0] for name in filters_of_view(view)}
        for field in view.shape.names():
            others = OTHERWISE_NAMED.get((plural, field), [])
            if field in known:
                continue  # a row about it is stale
            if (plural, field) in WITHOUT or (others and set(others) <= known):
                stale.discard((plural, field))
            else:
                missing.add((plural, field))
    assert missing == set(), "give it a filter, or say here and in docs/api/README.md why it has none"
    assert stale == set(), "these have a filter of their name by now, or are gone"


def test_the_guide_names_each_field_without_a_filter_and_each_other_name() -> None:
    guide = (Path(configured.BASE_DIR) / "docs/api/README.md").read_text()
    (row,) = [line for line in guide.splitlines() if line.startswith("| no filter |")]
    (names,) = [line for line in guide.splitlines() if line.startswith("| other names |")]
    untold = {field for (plural, field) in WITHOUT if plural != "rules" and f"`{field}`" not in row}
    untold |= {name for others in OTHERWISE_NAMED.values() for name in others if f"`{name}`" not in names}
    assert "rules" in row
    assert untold == set()


def _example(one: filters.Filter) -> str:
    """A value that such a filter takes, where no row gives one."""
    if isinstance(one, filters.ChoiceFilter):
        choices = one.extra["choices"]
        return str(next(iter(choices() if callable(choices) else choices))[0])
    for kind, value in (
        (WholeNumber, "1"),
        (filters.NumberFilter, "0.5"),
        (filters.BooleanFilter, "true"),
        (filters.IsoDateTimeFilter, "2026-01-31T12:00:00Z"),
        (filters.DateFilter, "2026-01-31"),
    ):
        if isinstance(one, kind):
            return value
    return "word"


NEEDED = {"subject": "story:1", "code": "GROW-1", "message": "evt_1_1", "as_of": "2020-01-31", "since": "0"}
"""Values for texts that are no words."""


def _value_of(row: dict[str, Any], field: str) -> str:
    """The value of a field, as a filter takes it; "" where it takes no such value."""
    value = row.get(field)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip() if isinstance(value, int | float | str) else ""


def _comparable(value: Any, one: filters.Filter) -> Any:
    return datetime.fromisoformat(value) if isinstance(one, filters.IsoDateTimeFilter) and value else value


def _wrong(asks: Program, address: str, name: str, one: filters.Filter, rows: list[dict[str, Any]]) -> str:
    """What is wrong with the list that the filter narrows; "" for nothing."""
    field, _line, sign = name.partition("__")
    row = next((row for row in rows if (value := _value_of(row, field)) and (sign != "in" or "," not in value)), None)
    if sign == "isnull":
        value = "false"
    else:
        value = NEEDED.get(field, _example(one)) if row is None else _value_of(row, field)
    asked = f"{address}{'&' if '?' in address else '?'}{urlencode({name: value})}"
    answer = asks.get(asked)
    if answer.status_code != 200:
        return f"{asked}: {answer.status_code} {answer.data}"
    found = answer.data["items"]
    if row is None:
        return ""
    if (row in found) == (sign in ("gt", "lt")):
        return f"{asked}: {row} is found wrongly, or not found"
    is_ranked = isinstance(one, filters.ChoiceFilter) and sign not in ("", "in")  # words in an order of their own
    if sign not in SIGNS or isinstance(row[field], list) or is_ranked:
        return ""
    mark = _comparable(row[field], one)
    others = [each[field] for each in found if not SIGNS[sign](_comparable(each[field], one), mark)]
    return f"{asked}: finds {others[:3]}" if others else ""


@pytest.fixture
def house(cast: Cast, squad: Squad, settings: Any) -> list[Program]:
    """Programs of an administrator and of others, in a company where one of them sees something of every noun."""
    settings.API_REQUESTS_PER_MINUTE = 10**6
    for area in modules():
        if area.startswith("api_"):
            ways_of(area, cast)
    scan()
    journeys.note_coverage(clock.today())
    made = []
    for person, scope in ((cast.administrator, "admin"), (cast.executive, "read"), (cast.billing_lead, "read")):
        one = Program(make_token(person, name="A program", scope=scope, actor=person).secret)
        one.client.raise_request_exception = False  # all that is wrong is told at once
        made.append(one)
    return made


def _lists(cast: Cast, squad: Squad) -> Iterator[tuple[str, type[NounView]]]:
    """Each list that takes filters, with what it cannot do without."""
    today = clock.today()
    for plural, view in VIEWS.items():
        if not filters_of_view(view):
            continue
        place = plural.replace("<int:department>", str(cast.shops.pk)).replace("<int:team>", str(squad.team.pk))
        if plural == "ownerships/changes":
            yield f"{place}/?from={today - timedelta(days=1)}&until={today}", view
            continue
        yield f"{place}/", view
        if plural == "coverage":
            yield f"{place}/?as_of={today}", view


def test_each_filter_narrows_what_there_is(cast: Cast, squad: Squad, house: list[Program]) -> None:
    wrong, empty = [], []
    for address, view in _lists(cast, squad):
        asks, rows = house[0], []
        for one_of_them in house:
            if rows := one_of_them.get(address).data["items"]:
                asks = one_of_them
                break
        else:
            empty.append(address)
        for name, one in filters_of_view(view).items():
            if f"{name}=" not in address:
                wrong.append(_wrong(asks, address, name, one, rows))
    told = "\n".join(filter(None, wrong))
    assert not told, told
    assert empty == [], "nothing is there to be narrowed"


def test_deliveries_are_found_by_the_id_of_their_message(cast: Cast, squad: Squad, house: list[Program]) -> None:
    asks = house[0]
    told = asks.get("webhook-deliveries/").data["items"][0]
    for query in (f"message={told['message']}", f"message__in=evt_1_999999,{told['message']}"):
        assert [each["id"] for each in asks.get(f"webhook-deliveries/?{query}").data["items"]] == [told["id"]]
    for odd in ("evt_1", "evt_1_1_1", "story_1_1", f"evt_{10**30}_1", "evt_1_x"):
        wrong = problem(asks.get(f"webhook-deliveries/?message={odd}"), 400, "not-valid")
        assert (wrong["errors"][0]["field"], wrong["errors"][0]["value"]) == ("message", odd)
        problem(asks.get(f"webhook-deliveries/?message__in=evt_1_1,{odd}"), 400, "not-valid")
