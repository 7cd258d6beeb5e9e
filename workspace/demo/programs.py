"""The programs of Larkmoor: who has tokens, and the calendar that a webhook tells of sprints.

The calendar is as made up as the people: its answers are played, nothing is posted. The webhook ends paused, so that a
loaded demo knocks at nobody's door.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta

from sprints.models import Team
from workspace.activity.commands.sending import take_turn
from workspace.activity.commands.spreading import spread_events
from workspace.activity.models import Webhook
from workspace.activity.posting import Answer
from workspace.demo.acts import Act, person
from workspace.demo.cast import ADMINISTRATOR
from workspace.demo.sprinting import Calendar
from workspace.organisation import commands as organisation
from workspace.organisation.models import Token

HOOK = "Room calendar"
SCREEN = "Board screen in the kitchen"
TURNS = {-27: "", -16: "", -13: "WARM", -11: "WARM", -2: "", 1: ""}
"""Days on which the calendar was told, counted as in `Calendar`, and the team that it knew nothing of then."""


def acts(today: date) -> list[Act]:
    """Everything that programs and their owners do before today."""
    calendar = Calendar(today)
    played = [
        calendar.act(-60, _make_token, ADMINISTRATOR, "Nightly list of people", scope="admin", days=180),
        calendar.act(-33, _make_token, "hanna.virtala", "Numbers for the warehouse", scope="read", days=30),
        calendar.act(-32, _make_token, "thandiwe.nkosi", SCREEN, scope="read", days=90, team="CLUB"),
        calendar.act(-32, _make_hook),
        *(calendar.act(offset, _tell, unknown) for offset, unknown in TURNS.items()),
        calendar.act(3, _pause),
        calendar.act(3, _look),
    ]
    return [act for act in played if act.ago >= 1]


def _make_token(handle: str, name: str, *, scope: str, days: int, team: str = "") -> None:
    owner = person(handle)
    limits = {Team.NOUN: [Team.objects.get(key=team).pk]} if team else {}
    organisation.make_token(owner, name=name, scope=scope, term=timedelta(days=days), limits=limits, actor=owner)


def _make_hook() -> None:
    owner = person(ADMINISTRATOR)
    url = "https://rooms.larkmoor.example/hooks/sprints"
    organisation.make_webhook(owner, name=HOOK, url=url, kinds=["sprint.*"], payload="full", actor=owner)


def _tell(unknown: str) -> None:
    """What the worker does within a second: for once, on the day after."""
    teams = Team.objects.filter(key=unknown).values_list("pk", flat=True)
    scopes = {f"team:{pk}" for pk in teams}

    def answer(_url: str, body: bytes, _headers: Mapping[str, str]) -> Answer:
        if json.loads(body)["data"]["scope"] in scopes:
            return Answer(422, "Answered with 422.", '{"error": "no room is booked for this team"}', 187)
        return Answer(204, "", "", 41)

    spread_events()
    take_turn(Webhook.objects.get(name=HOOK).pk, deliver=answer)


def _pause() -> None:
    spread_events()
    reason = "The calendar moves to another server over the weekend."
    organisation.pause_webhook(Webhook.objects.get(name=HOOK), reason=reason, actor=person(ADMINISTRATOR))


def _look() -> None:
    """The screen asks for the board."""
    organisation.note_use(Token.objects.get(name=SCREEN))
