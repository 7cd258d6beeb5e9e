"""The board of a team, its stories, and what hangs on them."""

from __future__ import annotations

from typing import Any

from sprints import commands
from sprints.filters import views_page
from tests.access.ways import INSIDERS, Way, both
from tests.cast import Cast
from workspace.organisation.commands.saved_views import save_view

WORKING = ("lead", "other_lead", "member", "administrator")
"""Who works in MAIL: its scrum master, its product owner, a member; and administrators."""


def ways(cast: Cast) -> list[Way]:
    """MAIL, which no guest sees. A story has a line, a comment of the member, and two questions to them."""
    owner = cast.shops_lead
    mailing = commands.create_team("Mailing", key="MAIL", actor=owner)
    commands.add_member(mailing, person=cast.billing_lead, role="scrum_master", actor=owner)
    commands.add_member(mailing, person=cast.member, actor=owner)
    done = mailing.columns.get(name="Done")
    sprint = commands.start_sprint(commands.plan_sprint(mailing, actor=owner), actor=owner)
    mail = commands.create_story(mailing, title="Mail after the first order", sprint=sprint, actor=owner)
    quiz = commands.create_story(mailing, title="Quiz", actor=owner)
    item = commands.add_item(mail, text="Translate", actor=owner)
    said = commands.write_comment(mail, text="Ready", actor=cast.member)
    gone = commands.delete_story(quiz, actor=owner)
    asked, open_too = (
        commands.ask_approval(mail, asset=asset, person=cast.member, actor=owner)[0] for asset in ("Mail", "Footer")
    )
    view = save_view("Mine", page=views_page(mailing.pk), query="assignee=me", filters=["assignee"], actor=owner)
    team, here = "/teams/MAIL/", f"/stories/{mail.code}/"
    edit = {"field": "points", "points": "2"}
    return [
        Way("sprints:board", team),
        Way("sprints:board_state", f"{team}state/"),
        Way("sprints:board_cards", f"{team}cards/?ids={mail.pk}"),
        *both("sprints:new_story", f"{team}stories/new/", by=WORKING, data={"title": "Flyer"}),
        *[_together(team, action, mail.pk, data) for action, data in _changes(done.pk)],
        *both("sprints:save_view", f"{team}views/new/", data={"name": "Mail", "query": "q=mail"}),
        *both("sprints:rename_view", f"{team}views/{view.pk}/rename/", by=("other_lead",), data={"name": "My own"},
              answers=_not_theirs("other_lead")),
        *both("sprints:delete_view", f"{team}views/{view.pk}/delete/", by=("other_lead",),
              answers=_not_theirs("other_lead")),
        Way("sprints:story", here),
        Way("sprints:story_history", f"{here}history/"),
        *both("sprints:move_story", f"{here}move/", by=WORKING,
              data={"column": done.pk, "sprint": "1", "place": "end"}),
        Way("sprints:edit_story", f"{here}edit/", "POST", WORKING, edit),
        *both("sprints:block_story", f"{here}block/", by=WORKING, data={"blocked_reason": "Legal"}),
        *both("sprints:delete_story", f"{here}delete/", by=WORKING),
        Way("sprints:restore_story", f"/stories/{gone.code}/restore/", "POST", WORKING),
        Way("sprints:add_item", f"{here}items/", "POST", WORKING, {"text": "Proofread"}),
        Way("sprints:change_item", f"{here}items/{item.pk}/", "POST", WORKING, {"ticked": "on"}),
        Way("sprints:remove_item", f"{here}items/{item.pk}/remove/", "POST", WORKING),
        Way("sprints:comment", f"{here}comments/", "POST", INSIDERS, {"text": "Good"}),
        Way("sprints:change_comment", f"{here}comments/{said.pk}/", "GET"),
        Way("sprints:change_comment", f"{here}comments/{said.pk}/", "POST", ("member",), {"text": "Done"}),
        Way("sprints:delete_comment", f"{here}comments/{said.pk}/delete/", "GET"),
        Way("sprints:delete_comment", f"{here}comments/{said.pk}/delete/", "POST",
            ("member", "lead", "other_lead", "administrator")),
        Way("sprints:people_to_mention", f"{here}people/?q=mia"),
        # A file is in tests/pages/test_story.py; none was sent here.
        Way("sprints:attach", f"{here}files/", "POST", WORKING, answers=dict.fromkeys(WORKING, 422)),
        Way("sprints:take_off_file", f"{here}files/999999/remove/", "POST", (), answers=dict.fromkeys(INSIDERS, 404)),
        *both("sprints:ask_approval", f"{here}approvals/", by=WORKING,
              data={"asset": "Banner", "email": "eve@example.com", "days": "7"}),
        Way("sprints:answer", f"{here}approvals/{asked.pk}/answer/", "GET"),
        Way("sprints:answer", f"{here}approvals/{asked.pk}/answer/", "POST", ("member",), {"answer": "yes"}),
        Way("sprints:withdraw", f"{here}approvals/{open_too.pk}/withdraw/", "POST",
            ("lead", "other_lead", "administrator")),
        Way("sprints:touchpoints_to_link", f"{here}touchpoints/?q=till"),
    ]  # fmt: skip


def _changes(done: int) -> list[tuple[str, dict[str, Any]]]:
    return [("move", {"column": done}), ("points", {"points": "8"}), ("delete", {})]


def _together(team: str, action: str, story: int, data: dict[str, Any]) -> Way:
    sent = {"story": story, "sent": "yes", **data}
    return Way("sprints:change_together", f"{team}stories/{action}/together/", "POST", WORKING, sent)


def _not_theirs(owner: str) -> dict[str, int]:
    """A saved view of somebody else is none."""
    return {kind: 404 for kind in INSIDERS if kind != owner}
