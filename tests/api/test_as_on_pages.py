"""What administrators do with people and departments leaves the same events, whether a page or a program does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.api.program import Program
from tests.cast import Cast
from workspace.activity.models import Event

Made = Callable[..., Program]
Told = list[tuple[str, str, Any]]


@dataclass(frozen=True)
class Deed:
    """What is sent to a page, and what is sent to the API."""

    page: str
    form: dict[str, str]
    path: str
    body: dict[str, Any]
    method: str = "POST"


def deeds(cast: Cast) -> Iterator[Deed]:
    """One of each kind; Bela leads Billing and answers for the receipt, Lena is deactivated."""
    bela, mia, billing = cast.billing_lead.pk, cast.member.pk, cast.billing.pk
    page, path = f"/organisation/people/{bela}/", f"people/{bela}/"
    gone_page, gone_path = f"/organisation/people/{cast.leaver.pk}/", f"people/{cast.leaver.pk}/"
    home_page, home_path = f"/organisation/departments/{billing}/", f"departments/{billing}/"
    new = {"name": "Nia", "email": "nia@example.com", "role": "executive"}
    heir, to = {"to": "mia@example.com", "with_leads": "yes"}, {"to": mia, "with_leads": True}
    yield Deed("/organisation/people/new/", new, "people/", new)
    yield Deed("/organisation/people/invite/", new, "people/", new | {"invite": True})
    yield Deed(f"{page}change/",
               {"name": "Bo", "job_title": "Clerk", "department": "", "initial-department": str(billing)}, path,
               {"name": "Bo", "job_title": "Clerk", "department": None, "base_version": 1}, "PATCH")  # fmt: skip
    yield Deed(f"{page}email/", {"email": "bo@example.org"}, f"{path}email/", {"email": "bo@example.org"})
    yield Deed(f"{page}role/", {"role": "guest"}, f"{path}role/", {"role": "guest"})
    yield Deed(f"{page}delegate/", {"delegate": "mia@example.com"}, f"{path}delegate/", {"delegate": mia})
    yield Deed(f"{page}leaving/", {"on": "2020-01-01", **heir}, f"{path}leaving-date/", {"left_on": "2020-01-01", **to})
    yield Deed(f"{page}deactivate/", heir, f"{path}deactivate/", to)
    yield Deed(f"{page}deactivate/", {}, f"{path}deactivate/", {})
    yield Deed(f"{gone_page}reactivate/", {}, f"{gone_path}reactivate/", {})
    yield Deed(f"{gone_page}erase/", {"email": cast.leaver.email}, f"{gone_path}erase/", {"email": cast.leaver.email})
    yield Deed(f"{home_page}leads/add/", {"person": "mia@example.com", "is_deputy": "yes"}, f"{home_path}leads/",
               {"person": mia, "role": "deputy"})  # fmt: skip
    yield Deed(f"{home_page}leads/{bela}/remove/", {}, f"{home_path}leads/{bela}/", {}, "DELETE")
    yield Deed(f"{home_page}archive/", {"successor": str(cast.care.pk), "holdings": "move"}, f"{home_path}merge/",
               {"into": cast.care.pk})  # fmt: skip


def left_by(act: Callable[[], Any]) -> Told:
    """The events that it leaves; it is undone. Fails where it was refused."""
    newest = Event.objects.latest("pk").pk
    with transaction.atomic():
        answer = act()
        assert answer.status_code in (200, 201, 204, 302), answer.content
        found = Event.objects.filter(pk__gt=newest).order_by("pk")
        told = [(each.kind, each.subject_kind, _told(each)) for each in found]
        transaction.set_rollback(True)
    return told


def _told(event: Event) -> Any:
    """Its data, without ids of rows that it has made."""
    return event.data if event.subject_kind in ("person", "department") else sorted(event.data)


@pytest.mark.parametrize("number", range(14))
def test_a_program_leaves_the_events_of_the_page(cast: Cast, program: Made, client: Client, number: int) -> None:
    client.force_login(cast.administrator, backend="workspace.organisation.backends.WorksHereBackend")
    admin = program(cast.administrator, "admin")
    admin.get("me/")
    all_of_them = list(deeds(cast))
    assert len(all_of_them) == 14
    deed = all_of_them[number]
    by_page = left_by(lambda: client.post(deed.page, deed.form))
    by_program = left_by(lambda: admin.call(deed.method, deed.path, deed.body))
    assert by_page
    assert by_program == by_page
