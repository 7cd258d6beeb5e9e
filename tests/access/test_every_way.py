"""Every address of the house, by every kind of person, with every method: see `tests/access/ways.py`."""

from __future__ import annotations

import json
import re

import pytest
from django.db import transaction
from django.test import Client

from tests.access.ways import KINDS, METHODS, STRANGERS, Visitor, Way, addresses, enter, modules, ways_of
from tests.cast import Cast
from workspace.activity.models import Event

NO_ROWS = {"admin": "Django's admin is read-only and for administrators: tests/pages/test_admin_is_read_only.py"}
"""Namespaces without rows, each with the reason."""

AREAS = modules()


def gone(visitor: Visitor, way: Way, method: str) -> tuple[int, bool, str]:
    """Go the way and undo it: the status, whether an event was written, and the page."""
    before = Event.objects.count()
    with transaction.atomic():
        answer = visitor.go(way.path, method, way.data, way.headers)
        is_written = Event.objects.count() > before
        transaction.set_rollback(True)
    return answer.status_code, is_written, answer.getvalue().decode()


def says_why(page: str) -> bool:
    """Whether a refusal names its reason and the next step."""
    if page.startswith("{"):
        told = json.loads(page)
        return bool(told["detail"] and told["next_step"])
    return all(re.search(rf"data-{part}>\s*[^<\s]", page) for part in ("reason", "next-step"))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("area", AREAS)
def test_each_way_as_each_kind_of_person(cast: Cast, client: Client, area: str, kind: str) -> None:
    listed = ways_of(area, cast)
    enter(client, cast, kind)
    visitor = Visitor(client)
    wrong = []
    for way in listed:
        status, is_written, page = gone(visitor, way, way.method)
        if (status, is_written) != (way.answer(kind), way.is_written(kind)):
            wrong.append(f"{way.method} {way.path} ({way.route}): {status}, expected {way.answer(kind)}")
            wrong[-1] += f"; {'an' if is_written else 'no'} event was written" * (is_written != way.is_written(kind))
        elif status == 403 and not says_why(page):
            wrong.append(f"{way.method} {way.path} ({way.route}): refused without reason and next step")
    assert not wrong, f"as {kind}:\n" + "\n".join(wrong)


@pytest.mark.parametrize("kind", ["anonymous", "guest", "administrator"])
@pytest.mark.parametrize("area", AREAS)
def test_other_methods_are_not_taken(cast: Cast, client: Client, area: str, kind: str) -> None:
    """HEAD goes where GET goes. A method without a row is 405: it tells nothing of what stands behind the address."""
    listed = ways_of(area, cast)
    enter(client, cast, kind)
    visitor = Visitor(client)
    wrong = []
    for path in dict.fromkeys(way.address for way in listed):
        taken = {way.method: way for way in listed if way.address == path}
        is_open = any(set(STRANGERS) & {*way.by, *way.answers} for way in taken.values())
        for method in METHODS:
            if method in taken:
                continue
            if method == "HEAD" and "GET" in taken:
                expected = taken["GET"].answer(kind)
            else:
                sent_away = 401 if path.startswith("/api/") else 302
                expected = sent_away if kind in STRANGERS and not is_open else 405
            way = taken.get("GET") or next(iter(taken.values()))
            status, is_written, _page = gone(visitor, way, method)
            if (status, is_written) != (expected, False):
                wrong.append(f"{method} {path}: {status}, expected {expected}; taken methods need a row of their own")
    assert not wrong, f"as {kind}:\n" + "\n".join(wrong)


def test_every_address_has_a_row(cast: Cast) -> None:
    rows: set[str] = set()
    for area in AREAS:
        with transaction.atomic():  # what one area found, another may found too
            rows |= {way.route for way in ways_of(area, cast)}
            transaction.set_rollback(True)
    missing, known = [], set()
    for namespace, name, route in addresses():
        address = f"{namespace}:{name}" if namespace else name
        known.add(address)
        if address in rows or namespace in NO_ROWS:
            continue
        if not name:
            missing.append(f"/{route} has no name: give it one in urls.py, then a row")
            continue
        missing.append(
            f"{address}: to ways() in tests/access/routes/{namespace or 'pages'}.py (or the module of your area) add"
            f' Way("{address}", "/{route}", "GET", by=INSIDERS), and one row for each further method that it takes'
        )
    assert not missing, "addresses without a row:\n" + "\n".join(missing)
    assert rows <= known, f"rows of addresses that are gone: {rows - known}"


@pytest.mark.parametrize("kind", ["guest", "administrator"])
@pytest.mark.parametrize("area", AREAS)
def test_ids_that_name_nothing_are_answered_with_404(cast: Cast, client: Client, area: str, kind: str) -> None:
    listed = ways_of(area, cast)
    enter(client, cast, kind)
    visitor = Visitor(client)
    before = Event.objects.count()
    for pk in (999999, 2**63, 10**30):
        for way in listed:
            path = re.sub(r"/\d+/", f"/{pk}/", way.path)
            if path != way.path:
                assert visitor.go(path, way.method, way.data).status_code == 404, (way.route, way.method, pk)
    assert Event.objects.count() == before
