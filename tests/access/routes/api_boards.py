"""The API of teams, members, columns, sprints and stories, as the session of a page goes it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sprints import commands
from sprints.models import Team
from tests.access.ways import GUESTS, INSIDERS, Way
from tests.cast import Cast
from workspace import clock
from workspace.organisation.commands import create_person, share

CREATING = ("lead", "other_lead", "head", "other_head", "executive", "administrator")
"""Leads, heads, executives and administrators create teams."""
RUNNING = ("lead", "other_lead", "administrator")
"""Who runs LETT: its scrum master, its product owner; and administrators."""
WORKING = (*RUNNING, "member")
EVERYBODY_HERE = (*INSIDERS, *GUESTS)
ANY_VERSION = {"If-Match": "*"}
UNNAMED = dict.fromkeys(GUESTS, 400)
"""A guest who names a team that they do not see names nothing."""


def ways(cast: Cast) -> list[Way]:
    """LETT, which no guest sees, has two sprints, two stories and a deleted one; ARCH is archived."""
    owner = cast.shops_lead
    mailing = commands.create_team("Letters", key="LETT", actor=owner)
    commands.add_member(mailing, person=cast.billing_lead, role="scrum_master", actor=owner)
    commands.add_member(mailing, person=cast.member, actor=owner)
    archived = commands.create_team("Archive", key="ARCH", actor=owner)
    commands.add_member(archived, person=cast.billing_lead, role="scrum_master", actor=owner)
    commands.archive_team(archived, actor=owner)
    sprint = commands.start_sprint(commands.plan_sprint(mailing, actor=owner), actor=owner)
    later = commands.plan_sprint(mailing, actor=owner)
    mail = commands.create_story(mailing, title="Mail after the first order", sprint=sprint, actor=owner)
    quiz = commands.create_story(mailing, title="Quiz", actor=owner)
    gone = commands.delete_story(commands.create_story(mailing, title="Flyer", actor=owner), actor=owner)
    columns = [column.pk for column in mailing.columns.order_by("position")]
    team = {"team": mailing.pk}
    return [
        *_teams(mailing.pk, archived.pk, cast),
        *_shares(mailing.pk, cast),
        *_absences(cast),
        *_columns(columns, team),
        *_sprints(sprint.pk, later.pk, team, cast),
        *_stories(mail.pk, quiz.code, gone.pk, columns, team),
        Way("api:flag-story", f"/api/v1/flags/{cast.flag('no-owner', cast.till).pk}/story/", "POST", WORKING, team,
            done=201),
    ]  # fmt: skip


def _teams(team: int, archived: int, cast: Cast) -> list[Way]:
    here, members = f"/api/v1/teams/{team}/", f"/api/v1/teams/{team}/members/"
    new, refused = {"name": "Fair", "key": "FAIR"}, dict.fromkeys(GUESTS, 403)
    return [
        Way("api:team-list", "/api/v1/teams/", by=EVERYBODY_HERE, limited=200),
        Way("api:team-list", "/api/v1/teams/", "POST", CREATING, new, answers=refused, done=201),
        Way("api:team-detail", here, limited=404),
        Way("api:team-detail", here, "PATCH", RUNNING, {"name": "Mails"}, headers=ANY_VERSION, limited=404),
        Way("api:team-archive", f"/api/v1/teams/{_idle(cast)}/archive/", "POST", RUNNING, limited=404),
        Way("api:team-reopen", f"/api/v1/teams/{archived}/reopen/", "POST", RUNNING, limited=404),
        Way("api:member-list", members, limited=404),
        Way("api:member-list", members, "POST", RUNNING, {"person": cast.care_lead.pk}, done=201, limited=404),
        Way("api:member-detail", f"{members}{cast.member.pk}/", limited=404),
        Way("api:member-detail", f"{members}{cast.member.pk}/", "PATCH", RUNNING, {"allocation": 20}, limited=404),
        Way("api:member-detail", f"{members}{cast.member.pk}/", "DELETE", RUNNING, done=204, limited=404),
    ]  # fmt: skip


def _shares(team: int, cast: Cast) -> list[Way]:
    """LETT is shared with a printer; another guest is here already."""
    here = f"/api/v1/teams/{team}/"
    printer, agency = (
        create_person(f"{name}@print.example", name=name, role="guest", actor=cast.administrator)
        for name in ("printer", "agency")
    )
    until = clock.today() + timedelta(days=30)
    share(Team.NOUN, team, guest=printer, until=until, actor=cast.shops_lead)
    day, later = until.isoformat(), (until + timedelta(days=1)).isoformat()
    invited = {"name": "Nobody yet", "email": "new@print.example", "until": day}

    def shared(what: str, data: dict[str, Any]) -> Way:
        return Way(f"api:team-{what}", f"{here}{what}/", "POST", RUNNING, data, limited=404)

    return [
        Way("api:team-shares", f"{here}shares/", "GET", RUNNING, limited=404),
        shared("share", {"guest": agency.pk, "until": day}),
        shared("change-share", {"guest": printer.pk, "until": later}),
        shared("unshare", {"guest": printer.pk}),
        shared("invite-guest", invited),
    ]


def _absences(cast: Cast) -> list[Way]:
    """Mia Member is away: she says so herself, and so do those who run a team of hers, and administrators."""
    today = clock.today()
    away = commands.enter_absence(cast.member, starts_on=today, ends_on=today, actor=cast.member)
    one, new = f"/api/v1/absences/{away.pk}/", today + timedelta(days=7)
    days = {"person": cast.member.pk, "starts_on": new.isoformat(), "ends_on": new.isoformat()}
    return [
        Way("api:absence-list", "/api/v1/absences/"),
        Way("api:absence-list", "/api/v1/absences/", "POST", WORKING, days, done=201),
        Way("api:absence-detail", one),
        Way("api:absence-detail", one, "DELETE", WORKING, done=204),
    ]


def _idle(cast: Cast) -> int:
    """A team without a sprint, which can be archived."""
    idle = commands.create_team("Idle", key="IDLE", actor=cast.shops_lead)
    commands.add_member(idle, person=cast.billing_lead, role="scrum_master", actor=cast.shops_lead)
    return idle.pk


def _columns(columns: list[int], team: dict[str, int]) -> list[Way]:
    listing, one = "/api/v1/columns/", f"/api/v1/columns/{columns[1]}/"
    new, order = team | {"name": "Press", "category": "doing"}, team | {"columns": columns[::-1]}
    return [
        Way("api:column-list", listing, by=EVERYBODY_HERE, limited=200),
        Way("api:column-list", listing, "POST", RUNNING, new, answers=UNNAMED, done=201, limited=400),
        Way("api:column-order", f"{listing}order/", "POST", RUNNING, order, answers=UNNAMED, limited=400),
        Way("api:column-detail", one, limited=404),
        Way("api:column-detail", one, "PATCH", RUNNING, {"name": "Work"}, headers=ANY_VERSION, limited=404),
        Way("api:column-detail", f"{one}?to={columns[0]}", "DELETE", RUNNING, headers=ANY_VERSION, done=204,
            limited=404),
    ]  # fmt: skip


def _sprints(active: int, planned: int, team: dict[str, int], cast: Cast) -> list[Way]:
    listing, one = "/api/v1/sprints/", f"/api/v1/sprints/{planned}/"
    first = commands.create_team("Press", key="PRES", actor=cast.shops_lead)
    commands.add_member(first, person=cast.billing_lead, role="scrum_master", actor=cast.shops_lead)
    ready = commands.plan_sprint(first, actor=cast.shops_lead).pk
    return [
        Way("api:sprint-list", listing, by=EVERYBODY_HERE, limited=200),
        Way("api:sprint-list", listing, "POST", RUNNING, team, answers=UNNAMED, done=201, limited=400),
        Way("api:sprint-detail", one, limited=404),
        Way("api:sprint-detail", one, "PATCH", RUNNING, {"goal": "More"}, headers=ANY_VERSION, limited=404),
        Way("api:sprint-report", f"{one}report/", limited=404),
        Way("api:sprint-start", f"{listing}{ready}/start/", "POST", RUNNING, limited=404),
        Way("api:sprint-close", f"{listing}{active}/close/", "POST", RUNNING, limited=404),
        Way("api:sprint-detail", one, "DELETE", RUNNING, headers=ANY_VERSION, done=204, limited=404),
    ]


def _stories(mail: int, quiz: str, gone: int, columns: list[int], team: dict[str, int]) -> list[Way]:
    listing, one, other = "/api/v1/stories/", f"/api/v1/stories/{mail}/", f"/api/v1/stories/{quiz}/"
    new = team | {"title": "Press"}
    changed, moved = {"story": str(mail), "base_version": None, "points": 2}, {"story": quiz, "column": columns[1]}
    return [
        Way("api:story-list", listing, by=EVERYBODY_HERE, limited=200),
        Way("api:story-list", listing, "POST", WORKING, new, answers=UNNAMED, done=201, limited=400),
        Way("api:story-detail", one, limited=404),
        Way("api:story-detail", other, limited=404),
        Way("api:story-detail", one, "PATCH", WORKING, {"points": 2}, headers=ANY_VERSION, limited=404),
        Way("api:story-detail", other, "PATCH", WORKING, {"points": 2, "base_version": 1}, limited=404),
        Way("api:story-move", f"{one}move/", "POST", WORKING, {"column": columns[1]}, limited=404),
        Way("api:story-move", f"{other}move/", "POST", WORKING, {"column": columns[1]}, limited=404),
        Way("api:story-detail", one, "DELETE", WORKING, headers=ANY_VERSION, done=204, limited=404),
        Way("api:story-detail", other, "DELETE", WORKING, headers=ANY_VERSION, done=204, limited=404),
        Way("api:story-restore", f"{listing}{gone}/restore/", "POST", WORKING, limited=404),
        _several("create", new),
        _several("change", changed),
        _several("move", moved),
    ]


def _several(what: str, item: dict[str, Any]) -> Way:
    """Everybody is answered; what each thing came to stands in its result: tests/api/test_stories.py."""
    others = {kind: 200 for kind in EVERYBODY_HERE if kind not in WORKING}
    path = f"/api/v1/stories/bulk-{what}/"
    return Way(f"api:story-bulk-{what}", path, "POST", WORKING, {"items": [item]}, answers=others, limited=200)
