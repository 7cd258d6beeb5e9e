"""Teams over the API, shared with guests until a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail

from sprints.models import Team
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.commands.jobs import work_on_waiting
from workspace.activity.models import Event
from workspace.organisation.models import Person, Share

Made = Callable[..., Program]


@pytest.fixture
def runs(cast: Cast, squad: Squad, program: Made) -> Program:
    """A program of the product owner."""
    return program(cast.shops_lead)


def day(ahead: int) -> str:
    """That many days from now."""
    return (clock.today() + timedelta(days=ahead)).isoformat()


def test_a_team_is_shared_with_a_guest_until_a_day(cast: Cast, squad: Squad, runs: Program, program: Made) -> None:
    path, guest = f"teams/{squad.team.pk}/", program(cast.guest)
    problem(guest.get(path), 404, "unknown")
    shared = runs.post(f"{path}share/", {"guest": cast.guest.pk, "until": day(3)})
    (one,) = shared.data["items"]
    assert (one["guest"], one["email"], one["until"], one["shared_by"]) == (
        cast.guest.pk,
        cast.guest.email,
        day(3),
        cast.shops_lead.pk,
    )
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject_kind, event.subject_id) == ("share.started", Team.NOUN, squad.team.pk)
    assert guest.get(path).data["id"] == squad.team.pk
    runs.post(f"{path}change-share/", {"guest": cast.guest.pk, "until": day(5)})
    assert runs.get(f"{path}shares/").data["items"][0]["until"] == day(5)
    assert runs.post(f"{path}unshare/", {"guest": cast.guest.pk}).data["items"] == []
    problem(guest.get(path), 404, "unknown")
    assert Share.objects.get(guest=cast.guest).ended_at


def test_what_cannot_be_shared_is_told(cast: Cast, squad: Squad, runs: Program) -> None:
    path = f"teams/{squad.team.pk}/"
    problem(runs.post(f"{path}share/", {"guest": cast.member.pk, "until": day(3)}), 422, "rule-broken")
    problem(runs.post(f"{path}share/", {"guest": cast.guest.pk, "until": day(-1)}), 422, "rule-broken")
    problem(runs.post(f"{path}share/", {"guest": cast.guest.pk, "until": day(400)}), 422, "rule-broken")
    problem(runs.post(f"{path}share/", {"guest": cast.guest.pk}), 400, "not-valid")
    told = problem(runs.post(f"{path}unshare/", {"guest": cast.guest.pk}), 400, "not-valid")
    assert (told["errors"][0]["field"], told["errors"][0]["value"]) == ("guest", cast.guest.pk)
    runs.post(f"{path}share/", {"guest": cast.guest.pk, "until": day(3)})
    problem(runs.post(f"{path}share/", {"guest": cast.guest.pk, "until": day(3)}), 422, "rule-broken")
    problem(runs.get(f"{path}shares/?fields=name"), 400, "not-valid")
    stale = runs.post(f"{path}unshare/", {"guest": cast.guest.pk}, If_Match='"99-abc"')
    problem(stale, 412, "stale")
    assert len(runs.get(f"{path}shares/").data["items"]) == 1


def test_only_who_runs_the_team_shares_it(cast: Cast, squad: Squad, program: Made) -> None:
    path, new = f"teams/{squad.team.pk}/", {"guest": cast.guest.pk, "until": day(3)}
    invited = {"email": "gina@agency.example", "name": "Gina", "until": day(3)}
    elsewhere = {"team": [squad.team.pk + 1]}
    for asks, status, code in (
        (program(cast.executive), 403, "not-allowed"),
        (program(cast.guest), 404, "unknown"),
        (program(cast.shops_lead, limits=elsewhere), 404, "unknown"),
    ):
        problem(asks.get(f"{path}shares/"), status, code)
        problem(asks.post(f"{path}share/", new), status, code)
        problem(asks.post(f"{path}change-share/", new), status, code)
        problem(asks.post(f"{path}unshare/", {"guest": cast.guest.pk}), status, code)
        problem(asks.post(f"{path}invite-guest/", invited), status, code)
    problem(program(cast.shops_lead, "read").post(f"{path}share/", new), 403, "not-allowed")
    assert not Share.objects.exists()
    limited = program(cast.shops_lead, limits={"team": [squad.team.pk]})
    assert len(limited.post(f"{path}share/", new).data["items"]) == 1
    problem(program(cast.guest).get(f"{path}shares/"), 404, "unknown")


def test_a_guest_is_invited_and_sees_the_team_in_one_step(squad: Squad, runs: Program, settings: object) -> None:
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}  # type: ignore[attr-defined]
    path, new = f"teams/{squad.team.pk}/invite-guest/", {"email": "gina@agency.example", "name": "Gina"}
    problem(runs.post(path, new), 400, "not-valid")
    invited = runs.post(path, new | {"until": day(3)})
    (one,) = invited.data["items"]
    assert (invited.status_code, one["name"], one["until"]) == (200, "Gina", day(3))
    assert "/invitations/" not in invited.content.decode()
    problem(runs.post(path, new | {"until": day(3)}), 422, "rule-broken")
    assert Person.objects.get(email="gina@agency.example").is_guest
    work_on_waiting()
    assert [letter.to for letter in mail.outbox] == [["gina@agency.example"]]
    assert "/invitations/" in mail.outbox[0].body
