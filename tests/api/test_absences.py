"""Absences over the API: one's own, and those of people whose team one runs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sprints import commands
from sprints.models import Absence
from tests.api.program import Program, problem
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event

Made = Callable[..., Program]


def days(first: int, last: int) -> dict[str, str]:
    """From so many days ahead to so many."""
    start, end = (clock.today() + timedelta(days=ahead) for ahead in (first, last))
    return {"starts_on": start.isoformat(), "ends_on": end.isoformat()}


def test_somebody_is_away_and_then_is_not(cast: Cast, squad: Squad, program: Made) -> None:
    mia = program(cast.member)
    made = mia.post("absences/", days(1, 3))
    assert (made.status_code, made.data) == (201, {"id": made.data["id"], "person": cast.member.pk, **days(1, 3)})
    assert made["Location"] == f"/api/v1/absences/{made.data['id']}/"
    event = Event.objects.latest("pk")
    assert (event.kind, event.subject_id, event.actor_id) == ("absence.entered", cast.member.pk, cast.member.pk)
    assert mia.get(f"{made['Location']}?include=person").data["included"]["people"][str(cast.member.pk)]
    assert mia.call("DELETE", made["Location"]).status_code == 204
    assert Event.objects.latest("pk").kind == "absence.removed"
    problem(mia.call("DELETE", made["Location"]), 404, "unknown")


def test_who_runs_a_team_enters_those_of_its_members(cast: Cast, squad: Squad, program: Made) -> None:
    owner, new = program(cast.shops_lead), {"person": cast.member.pk, **days(1, 1)}
    assert owner.post("absences/", new).data["person"] == cast.member.pk
    problem(owner.post("absences/", {"person": cast.care_lead.pk, **days(1, 1)}), 403, "not-allowed")
    refused = problem(program(cast.executive).post("absences/", new), 403, "not-allowed")
    assert refused["next_step"]
    problem(program(cast.member).post("absences/", {"person": cast.shops_lead.pk, **days(1, 1)}), 403, "not-allowed")
    held = Absence.objects.get()
    problem(program(cast.executive).call("DELETE", f"absences/{held.pk}/"), 403, "not-allowed")
    assert program(cast.administrator).call("DELETE", f"absences/{held.pk}/").status_code == 204


def test_what_is_no_absence_is_told(cast: Cast, squad: Squad, program: Made) -> None:
    mia = program(cast.member)
    problem(mia.post("absences/", days(3, 1)), 422, "rule-broken")
    problem(mia.post("absences/", {"starts_on": "tomorrow", "ends_on": "later"}), 400, "not-valid")
    problem(mia.post("absences/", days(1, 3) | {"reason": "ill"}), 400, "not-valid")
    problem(mia.post("absences/", {"ends_on": "2030-01-01"}), 400, "not-valid")
    mia.post("absences/", days(1, 3))
    problem(mia.post("absences/", days(2, 5)), 422, "rule-broken")
    problem(program(cast.administrator).post("absences/", days(2, 5) | {"person": cast.guest.pk}), 422, "rule-broken")
    problem(program(cast.guest).post("absences/", days(2, 5)), 404, "unknown")
    problem(program(cast.guest).get("absences/"), 404, "unknown")
    problem(program(cast.member, limits={"team": [squad.team.pk]}).get("absences/"), 403, "not-allowed")
    problem(program(cast.member, "read").post("absences/", days(5, 6)), 403, "not-allowed")
    assert Absence.objects.count() == 1


def test_absences_are_found_by_person_team_and_days(cast: Cast, squad: Squad, program: Made) -> None:
    today = clock.today()
    mine, theirs = (
        commands.enter_absence(person, starts_on=today, ends_on=today + timedelta(days=4), actor=person)
        for person in (cast.member, cast.care_lead)
    )
    later = commands.enter_absence(
        cast.member, starts_on=today + timedelta(days=20), ends_on=today + timedelta(days=21), actor=cast.member
    )
    reads = program(cast.executive, "read")

    def found(query: str) -> list[int]:
        return [each["id"] for each in reads.get(f"absences/?{query}").data["items"]]

    assert found("") == [mine.pk, theirs.pk, later.pk]
    assert found(f"person={cast.member.pk}") == [mine.pk, later.pk]
    assert found(f"team={squad.team.pk}") == [mine.pk, later.pk]
    assert found(f"team__in={squad.team.pk},999&ordering=-starts_on") == [later.pk, mine.pk]
    assert found(f"starts_on__lte={today}&ends_on__gte={today}") == [mine.pk, theirs.pk]
    problem(reads.get("absences/?on=today"), 400, "not-valid")
