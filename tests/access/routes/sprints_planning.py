"""The pages around the board: teams and their settings, backlog and planning, sprints, my work, absences."""

from __future__ import annotations

from datetime import timedelta

from sprints import commands
from sprints.models import Absence, Column, Sprint, Team
from tests.access.ways import INSIDERS, Way, both
from tests.cast import Cast
from tests.sprints.squad import build_squad
from workspace import clock
from workspace.organisation.commands import create_person, share
from workspace.organisation.models import Person

RUNNING = ("lead", "other_lead", "administrator")
"""Who runs GROW: its scrum master, its product owner, and administrators."""
WORKING = (*RUNNING, "member")
FOUNDING = ("lead", "other_lead", "head", "other_head", "executive", "administrator")


def ways(cast: Cast) -> list[Way]:
    """GROW of the squad, seen by everybody inside; BOOK is an archived team of the same product owner."""
    squad = build_squad(cast)
    owner = cast.shops_lead
    here, today = "/teams/GROW/", clock.today()
    archived = commands.archive_team(commands.create_team("Books", key="BOOK", actor=owner), actor=owner)
    commands.close_sprint(squad.sprint, unfinished_to="next", actor=owner)
    started = commands.start_sprint(squad.later, actor=owner)
    planned = commands.plan_sprint(squad.team, actor=owner)
    label = commands.create_label(squad.team, name="launch", tone=2, actor=owner)
    testing = commands.add_column(squad.team, name="Testing", category="review", actor=owner)
    bela = squad.team.memberships.get(person=cast.billing_lead)
    mia = squad.team.memberships.get(person=cast.member)
    away = commands.enter_absence(cast.member, starts_on=today, ends_on=today + timedelta(days=1), actor=cast.member)
    asked, asked_too = (
        commands.ask_approval(squad.quiz, asset=asset, person=cast.member, actor=owner)[0]
        for asset in ("Banner", "Video")
    )
    return [
        *_teams(),
        *_settings(cast, archived),
        *_members(mia.pk, bela.pk),
        *_columns(testing, squad.done),
        *_labels(label.pk),
        *_sharing(cast, squad.team),
        *_backlog(squad.quiz.number),
        *_sprints(here, closed=squad.sprint, active=started, planned=planned),
        *_mine(cast, away, asked.pk, asked_too.pk),
    ]


def _teams() -> list[Way]:
    new = {"name": "Brand", "key": "BRAND", "sprint_days": "14"}
    return [
        Way("sprints:teams", "/teams/", by=(*INSIDERS, "guest", "invited_guest")),
        *both("sprints:create_team", "/teams/new/", by=FOUNDING, data=new),
    ]


def _settings(cast: Cast, archived: Team) -> list[Way]:
    here = "/teams/GROW/settings/"
    changed = {"name": "Growth and more", "sprint_days": "7", "unfinished_to": "next"}
    days = {"starts_on": "2031-03-03", "ends_on": "2031-03-04"}
    running_archived = ("other_lead", "administrator")
    return [
        Way("sprints:settings", here),
        *both("sprints:change_team", f"{here}change/", by=RUNNING, data=changed),
        Way("sprints:archive_team", f"{here}archive/", "POST", by=RUNNING, answers=dict.fromkeys(RUNNING, 422)),
        Way("sprints:reopen_team", f"/teams/{archived.key}/settings/reopen/", "POST", by=running_archived),
        *both("sprints:add_member_absence", f"{here}absences/add/", by=RUNNING,
              data={"person": cast.member.pk, **days}),
    ]  # fmt: skip


def _members(mia: int, bela: int) -> list[Way]:
    here = "/teams/GROW/settings/members/"
    return [
        *both("sprints:add_member", f"{here}add/", by=RUNNING,
              data={"person": "omar@example.com", "role": "member", "allocation": "20"}),
        *both("sprints:change_member", f"{here}{mia}/", by=RUNNING, data={"role": "member", "allocation": "80"}),
        Way("sprints:remove_member", f"{here}{mia}/remove/", "POST", by=RUNNING),
        Way("sprints:remove_member", f"{here}{bela}/remove/", "POST", by=RUNNING),
    ]  # fmt: skip


def _columns(testing: Column, done: Column) -> list[Way]:
    here = "/teams/GROW/settings/columns/"
    new = {"name": "Waiting", "category": "doing", "wip_limit": "4", "wip_blocks": "yes"}
    return [
        *both("sprints:add_column", f"{here}add/", by=RUNNING, data=new),
        *both("sprints:change_column", f"{here}{testing.pk}/", by=RUNNING, data=new),
        Way("sprints:move_column", f"{here}{testing.pk}/move/", "POST", by=RUNNING, data={"to": "earlier"}),
        *both("sprints:remove_column", f"{here}{testing.pk}/remove/", by=RUNNING, data={"to": done.pk}),
    ]


def _labels(label: int) -> list[Way]:
    here = "/teams/GROW/settings/labels/"
    word = {"name": "spring", "tone": "3"}
    return [
        *both("sprints:add_label", f"{here}add/", by=RUNNING, data=word),
        *both("sprints:change_label", f"{here}{label}/", by=RUNNING, data=word),
        Way("sprints:remove_label", f"{here}{label}/remove/", "POST", by=RUNNING),
    ]


def _sharing(cast: Cast, team: Team) -> list[Way]:
    here = "/teams/GROW/settings/sharing/"
    until = clock.today() + timedelta(days=30)
    printer, agency = (
        create_person(f"{name}@press.example", name=name, role=Person.Role.GUEST, actor=cast.administrator)
        for name in ("printer", "agency")
    )
    shared = share(Team.NOUN, team.pk, guest=printer, until=until, actor=cast.shops_lead)
    later = {"until": (until + timedelta(days=1)).isoformat()}
    invited = {"name": "Nobody yet", "email": "new@press.example", **later}
    return [
        *both("sprints:share_team", f"{here}guest/", by=RUNNING, data={"guest": agency.pk, **later}),
        Way("sprints:invite_to_team", f"{here}invite/", by=RUNNING),
        # No mail is set up: the page shows the link.
        Way("sprints:invite_to_team", f"{here}invite/", "POST", by=RUNNING, data=invited, done=200),
        *both("sprints:change_team_share", f"{here}{shared.pk}/", by=RUNNING, data=later),
        Way("sprints:end_team_share", f"{here}{shared.pk}/end/", "POST", by=RUNNING),
    ]


def _backlog(quiz: int) -> list[Way]:
    here = "/teams/GROW/backlog/"
    return [
        Way("sprints:backlog", here),
        Way("sprints:quick_add", f"{here}add/", "POST", by=WORKING, data={"title": "A new story"}),
        Way("sprints:schedule", f"{here}schedule/", "POST", by=WORKING, data={"story": [quiz], "sprint": "2"}),
        Way("sprints:estimate", f"{here}{quiz}/points/", "POST", by=WORKING, data={"points": "2.5"}),
        Way("sprints:place_story", f"{here}{quiz}/place/", "POST", by=WORKING, data={"sprint": "3"}),
        *both("sprints:move_in_backlog", f"{here}{quiz}/move/", by=WORKING, data={"sprint": "2", "place": "top"}),
    ]


def _sprints(team: str, *, closed: Sprint, active: Sprint, planned: Sprint) -> list[Way]:
    here = f"{team}sprints/"
    days = {"starts_on": "2031-01-06", "ends_on": "2031-01-17"}
    cannot_start = dict.fromkeys(RUNNING, 422)  # another one is active
    return [
        Way("sprints:sprints", here),
        *(Way("sprints:sprint", f"{here}{one.number}/") for one in (closed, active, planned)),
        *both("sprints:plan_sprint", f"{here}new/", by=RUNNING, data=days),
        *both("sprints:change_sprint", f"{here}{planned.number}/change/", by=RUNNING, data={"goal": "More", **days}),
        *both("sprints:remove_sprint", f"{here}{planned.number}/remove/", by=RUNNING),
        Way("sprints:start_sprint", f"{here}{planned.number}/start/", by=RUNNING),
        Way("sprints:start_sprint", f"{here}{planned.number}/start/", "POST", by=RUNNING, answers=cannot_start),
        *both("sprints:close_sprint", f"{here}{active.number}/close/", by=RUNNING, data={"unfinished_to": "backlog"}),
    ]


def _mine(cast: Cast, away: Absence, asked: int, asked_too: int) -> list[Way]:
    days = {"starts_on": "2031-02-03", "ends_on": "2031-02-04"}
    note = {"note": "The logo is the old one."}
    return [
        Way("sprints:my_work", "/my-work/"),
        Way("sprints:approve_asset", f"/my-work/approvals/{asked}/approve/", "POST", by=("member",)),
        *both("sprints:want_changes", f"/my-work/approvals/{asked_too}/changes/", by=("member",), data=note),
        *both("sprints:add_absence", "/absences/add/", data=days),
        # The absence is Mia's: she, whoever runs a team of hers, and administrators may remove it.
        Way("sprints:remove_absence", f"/absences/{away.pk}/remove/", "POST", by=WORKING),
    ]
