"""Files out and in while people work: an export shows one moment, and an import takes back nothing that they do."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from journeys import commands
from journeys.models import Touchpoint
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.journeys.scan.brute_force import crossings_by_definition, stored_crossings
from workspace.organisation.commands.imports import import_file

pytestmark = pytest.mark.django_db(transaction=True)


def names_in(sent: bytes) -> list[str]:
    rows = csv.DictReader(io.StringIO(sent.decode("utf-8-sig"), newline=""))
    return [row["name"] for row in rows]


def before_touchpoints_are_read(work: Callable[[], object]) -> AbstractContextManager[None]:
    """Somebody else does this, and it is committed, between the reading of stages and that of touchpoints."""
    done = False

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal done
        if not done and f'FROM "{Touchpoint._meta.db_table}"' in sql:
            done = True
            somebody = Thread(target=in_a_connection_of_its_own, args=[work])
            somebody.start()
            somebody.join()
        return execute(sql, params, many, context)

    return connection.execute_wrapper(look)


def in_a_connection_of_its_own(work: Callable[[], object]) -> None:
    try:
        work()
    finally:
        connection.close()


def moving_the_till(cast: Cast) -> AbstractContextManager[None]:
    def move() -> None:
        stage = commands.add_stage(cast.journey, name="Return", actor=cast.administrator)
        commands.place_touchpoint(cast.till, stage=stage, actor=cast.administrator)

    return before_touchpoints_are_read(move)


def test_a_touchpoint_that_moves_meanwhile_is_in_the_file_once(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    with moving_the_till(cast):
        call_command("export_csv", "journeys", str(file))
    cast.till.refresh_from_db()
    assert cast.till.stage.name == "Return", "nobody had to wait for the file"
    names = names_in(file.read_bytes())
    assert names.count("Till") == 1
    assert "Return" not in names


def downloaded(client: Client, cast: Cast) -> bytes:
    client.force_login(cast.member)
    answer: Any = client.get(f"/journeys/{cast.journey.pk}/export/")
    return b"".join(answer.streaming_content)


def test_the_page_gives_one_moment_too(cast: Cast, client: Client) -> None:
    with moving_the_till(cast):
        names = names_in(downloaded(client, cast))
    assert names.count("Till") == 1
    assert "Return" not in names
    after = names_in(downloaded(client, cast))
    assert after.count("Till") == after.count("Return") == 1


def test_two_imports_of_a_file_while_people_change_what_it_names(cast: Cast, tmp_path: Path) -> None:
    file = tmp_path / "all.csv"
    call_command("export_csv", "journeys", str(file))
    again = tmp_path / "again.csv"
    changed = file.read_bytes().replace(b'"Till"', b'"Checkout"').replace(b'"Pay"', b'"Payment"')
    file.write_bytes(changed)
    again.write_bytes(changed)
    done = at_once(
        partial(import_file, "journeys", file),
        partial(import_file, "journeys", again, actor=cast.administrator),
        partial(commands.change_touchpoint, cast.till, emotion=-1, actor=cast.administrator),
        partial(commands.change_journey, cast.journey, name="Renamed here", actor=cast.administrator),
        partial(commands.place_touchpoint, cast.receipt, stage=cast.use, actor=cast.administrator),
        partial(commands.claim_touchpoint, cast.till, department=cast.billing, actor=cast.billing_lead),
    )
    assert errors(done) == []
    changes = [outcome.tally.changed for outcome in done[:2]]
    assert sum(changes) == 2, "the second one finds nothing new"
    for thing in (cast.till, cast.journey, cast.receipt, cast.pay):
        thing.refresh_from_db()
    assert (cast.till.name, cast.till.emotion, cast.till.stage) == ("Checkout", -1, cast.pay)
    assert (cast.journey.name, cast.pay.name, cast.receipt.stage) == ("Renamed here", "Payment", cast.use)
    assert stored_crossings() == crossings_by_definition()
