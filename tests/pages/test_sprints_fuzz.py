"""Odd input at every address of teams and stories: it is refused in words, and never breaks the page."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from sprints import commands
from sprints.queries.field_values import FIELDS
from sprints.urls import urlpatterns
from tests.cast import Cast
from tests.sprints.squad import Squad, build_squad

pytestmark = pytest.mark.django_db

HUGE = 10**30
ODD: tuple[Any, ...] = (
    "", " ", "0", "-1", str(HUGE), str(2**63), str(2**31), "1.5", "NaN", "Infinity", "1e999", "١٢", "²", "abc",
    "a\0b", "\0", "x" * 60_000, "\ud800".encode("utf-8", "surrogatepass"), b"\xff\xfe", "2026-02-30", "9999-12-31",
    "0001-01-01", "@[person:999999999999999999]", "@[person:0]", "1,2,,x", "{}", "\U0001f469\u200d\U0001f467", "\u202e",
    "%00", "a@b", "null",
)  # fmt: skip
ROUNDS = 3
"""Times that each address is tried."""
ASKED = ("assignee", "before", "ids", "label", "lanes", "next", "q", "shown", "sprint", "touchpoint")
"""What the addresses take behind a question mark."""


def _good(cast: Cast, squad: Squad) -> dict[str, Any]:
    """Values that can be taken, for every field of every form; one form after the other picks its own."""
    return {
        "action": "points", "after": "", "allocation": 50, "answer": "yes", "asset": "Mail", "assignees": [],
        "attachment": "", "base_version": "", "base_version_form": "", "before": "", "blocked_reason": "Legal",
        "category": "doing", "column": squad.todo.pk, "days": 14, "description": "Text", "email": "ona@client.example",
        "ends_on": "2030-01-14", "field": "points", "goal": "More", "guest": "", "initiative": "",
        "interrupt_points": 3, "key": "NEW", "kind": "story", "labels": [], "name": "New", "next": "", "note": "Good",
        "number": squad.quiz.number, "person": cast.member.pk, "place": "end", "points": "2", "position": 1,
        "query": "q=mail", "quick": "", "role": "member", "sent": "1", "sprint": "1", "sprint_days": 14,
        "starts_on": "2030-01-01", "stories": f"{squad.quiz.pk},{squad.radio.pk}", "story": squad.quiz.number,
        "text": "Text", "ticked": "on", "title": "New", "to": squad.todo.pk, "tone": 1, "touchpoints": [],
        "unfinished_to": "backlog", "until": "2030-01-01", "wip_blocks": "no", "wip_limit": 3,
    }  # fmt: skip


def _addresses(squad: Squad, ids: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Each address with things that are there, and with numbers that nothing has."""
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        names = pattern.pattern.converters
        there: dict[str, Any] = {"key": "GROW", "number": squad.mail.number, "action": "points", "secret": "a\0b"}
        if "sprint" in str(pattern.name):
            there["number"] = squad.later.number
        there["pk"] = ids.get(str(pattern.name), 1)
        for values in (there, there | {"pk": HUGE, "number": HUGE, "action": "x" * 300, "secret": "x" * 5000}):
            given = {name: values[name] for name in names}
            yield str(pattern.name), reverse(f"sprints:{pattern.name}", kwargs=given)
            if not {"pk", "number", "action", "secret"} & set(names):
                break


def _ids(cast: Cast, squad: Squad) -> dict[str, int]:
    """What there is to be changed, by the name of its address."""
    owner, mail = cast.shops_lead, squad.mail
    item = commands.add_item(mail, text="Translate", actor=owner).pk
    comment = commands.write_comment(mail, text="Ready", actor=owner).pk
    label = commands.create_label(squad.team, name="Print", actor=owner).pk
    asked = commands.ask_approval(mail, asset="Mail", person=owner, actor=cast.member)[0].pk
    member = squad.team.memberships.get(person=cast.member).pk
    return {
        "change_item": item, "change_comment": comment, "change_label": label, "answer": asked, "want_changes": asked,
        "change_member": member, "change_column": squad.doing.pk, "move_column": squad.doing.pk,
        "remove_column": squad.doing.pk,
    }  # fmt: skip


def _sent(good: dict[str, Any], name: str, dice: random.Random, attempt: int) -> dict[str, Any]:
    """Good values with some odd ones among them, at last odd ones alone."""
    odd = sorted(good) if attempt == ROUNDS - 1 else dice.sample(sorted(good), 12)
    sent = good | {field: dice.choice(ODD) for field in odd}
    if name == "edit_story" and attempt < ROUNDS - 1:
        field = dice.choice(FIELDS)
        sent |= {"field": field, field: dice.choice(ODD)}
    if name == "new_story" and attempt == 1:
        sent["quick"] = "yes"
    if name == "move_story" and attempt % 2:
        del sent["place"], sent["sprint"]  # as a card is dropped
    if name == "attach":
        sent["file"] = SimpleUploadedFile(dice.choice(("a\0b.txt", "x" * 250, "a/b", "\u202etxt.exe")), b"a" * attempt)
    return sent


def test_odd_input_breaks_no_page(cast: Cast, client: Client) -> None:
    squad = build_squad(cast)
    client.force_login(cast.shops_lead)
    client.raise_request_exception = False
    dice = random.Random(4)
    good, broken = _good(cast, squad), []
    for name, address in _addresses(squad, _ids(cast, squad)):
        for attempt in range(ROUNDS):
            sent = _sent(good, name, dice, attempt)
            asked = {field: dice.choice(ODD) for field in dice.sample(ASKED, 4)}
            with transaction.atomic():  # each request finds the team as it was
                answers = [client.post(address, sent), client.get(address, asked)]
                transaction.set_rollback(True)
            broken += [(name, answer.status_code, sent, asked) for answer in answers if answer.status_code >= 500]
    assert not broken
