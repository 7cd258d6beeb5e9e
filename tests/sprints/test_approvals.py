"""Approvals: asked of people of the house and, by a link that ends, of addresses outside."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from sprints import commands as sprints
from sprints.models import Approval, Attachment, Story, Team
from sprints.queries.approvals import secret_of
from sprints.tasks import keep_daily
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.commands.jobs import work_on
from workspace.activity.models import Event, Job
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db

OUTSIDE: dict[str, Any] = {"outside_email": "Ona@Client.Example", "outside_name": "Ona Outside"}


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def file(squad: Squad, cast: Cast) -> Attachment:
    return sprints.attach_file(squad.banner, name="banner.txt", content=ContentFile(b"Half price"), actor=cast.member)


def waiting(story: Story) -> int:
    return Story.objects.get(pk=story.pk).waiting_approvals


def ask_outside(squad: Squad, cast: Cast, **fields: Any) -> tuple[Approval, str]:
    approval, secret = sprints.ask_approval(
        squad.banner, **({"asset": "Banner, final"} | OUTSIDE | fields), actor=cast.member
    )
    assert secret is not None
    return approval, secret


# --- People of the house ---------------------------------------------------------------------------------------------


def test_somebody_of_the_house_is_asked_and_answers(squad: Squad, cast: Cast, file: Attachment):
    before = Story.objects.get(pk=squad.banner.pk)
    approval, secret = sprints.ask_approval(
        squad.banner, asset=" Banner,\n final ", person=cast.other_member, attachment=file, actor=cast.member
    )
    assert secret is None
    assert (approval.asset, approval.digest, approval.ends_at) == ("Banner, final", None, None)
    asked = Event.objects.latest("id")
    assert (asked.kind, asked.data["person"], asked.data["is_outside"]) == (
        "approval.asked", cast.other_member.pk, False
    )  # fmt: skip
    assert waiting(squad.banner) == 1

    answered = sprints.answer_approval(approval, approved=True, actor=cast.other_member)
    assert (answered.state, answered.note) == ("approved", "")
    assert answered.answered_at is not None
    assert waiting(squad.banner) == 0
    assert Event.objects.latest("id").kind == "approval.given"
    after = Story.objects.get(pk=squad.banner.pk)
    assert (after.version, after.revision) == (before.version, before.revision + 2)
    with pytest.raises(RuleBroken, match="waits for no answer: approved"):
        sprints.answer_approval(approval, approved=False, note="No", actor=cast.other_member)


def test_whoever_wants_changes_says_which(squad: Squad, cast: Cast):
    approval, _none = sprints.ask_approval(squad.banner, asset="Banner", person=cast.executive, actor=cast.member)
    with pytest.raises(RuleBroken, match="not said what should change"):
        sprints.answer_approval(approval, approved=False, note=" \n", actor=cast.executive)
    with pytest.raises(RuleBroken, match="1001 characters"):
        sprints.answer_approval(approval, approved=True, note="x" * 1001, actor=cast.executive)
    answered = sprints.answer_approval(approval, approved=False, note="Larger type.", actor=cast.executive)
    assert (answered.state, answered.note) == ("rejected", "Larger type.")
    assert Event.objects.latest("id").data["reason"] == "Larger type."


def test_nobody_approves_what_they_asked_for_themselves(squad: Squad, cast: Cast):
    with pytest.raises(RuleBroken, match="Nobody approves what they asked for themselves"):
        sprints.ask_approval(squad.banner, asset="Banner", person=cast.member, actor=cast.member)
    with pytest.raises(RuleBroken, match="Mia Member has this address, and works here"):
        sprints.ask_approval(squad.banner, asset="Banner", outside_email="mia@example.com", actor=cast.member)
    approval, _none = sprints.ask_approval(squad.banner, asset="Banner", person=cast.executive, actor=cast.member)
    Approval.objects.filter(pk=approval.pk).update(asked_by=cast.executive)
    with pytest.raises(NotAllowed, match="Nobody approves"):
        sprints.answer_approval(approval, approved=True, actor=cast.executive)


def test_only_whoever_was_asked_answers(squad: Squad, cast: Cast):
    inside, _none = sprints.ask_approval(squad.banner, asset="Banner", person=cast.executive, actor=cast.member)
    outside, _secret = ask_outside(squad, cast)
    for approval in (inside, outside):
        for actor in (cast.member, cast.shops_lead, cast.administrator, cast.guest, None):
            with pytest.raises(NotAllowed, match="Somebody else was asked"):
                sprints.answer_approval(approval, approved=True, actor=actor)
    organisation.deactivate_person(cast.executive, actor=cast.administrator)
    with pytest.raises(NotAllowed):
        sprints.answer_approval(inside, approved=True, actor=Person.objects.get(pk=cast.executive.pk))


@pytest.mark.parametrize("who", ["guest", "leaver"])
def test_who_cannot_answer_here_is_not_asked(squad: Squad, cast: Cast, who: str):
    with pytest.raises(RuleBroken, match="cannot be asked") as refused:
        sprints.ask_approval(squad.banner, asset="Banner", person=getattr(cast, who), actor=cast.member)
    assert "outside by a link" in refused.value.next_step


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"asset": " "}, "not said what is to be approved"),
        ({"asset": "x" * 201}, "201 characters"),
        ({"days": 0}, "0 days"),
        ({"days": 61}, "61 days"),
        ({"outside_email": ""}, "not clear who is asked"),
        ({"outside_email": "nobody"}, "“nobody” is no e-mail address"),
        ({"outside_email": "a@b.example\nBcc: c@d.example"}, "is no e-mail address"),
    ],
)
def test_a_wrong_question_is_refused(squad: Squad, cast: Cast, fields: dict[str, Any], told: str):
    with pytest.raises(RuleBroken, match=told) as refused:
        ask_outside(squad, cast, **fields)
    assert refused.value.next_step
    assert (waiting(squad.banner), Approval.objects.count()) == (0, 0)


def test_asked_is_one_of_the_two_about_a_file_of_the_story_once(squad: Squad, cast: Cast, file: Attachment):
    with pytest.raises(RuleBroken, match="not clear who is asked"):
        ask_outside(squad, cast, person=cast.executive)
    with pytest.raises(RuleBroken, match="not attached to this story"):
        sprints.ask_approval(squad.quiz, asset="Quiz", person=cast.executive, attachment=file, actor=cast.member)
    ask_outside(squad, cast)
    with pytest.raises(RuleBroken, match="waits for an answer already"):
        ask_outside(squad, cast)
    ask_outside(squad, cast, outside_email="other@client.example")


def test_members_ask_and_others_do_not(squad: Squad, cast: Cast):
    for actor in (cast.other_member, cast.guest, cast.executive):
        with pytest.raises(NotAllowed):
            sprints.ask_approval(squad.banner, asset="Banner", person=cast.administrator, actor=actor)


def test_asker_runners_and_administrators_withdraw(squad: Squad, cast: Cast):
    for actor in (cast.member, cast.shops_lead, cast.billing_lead, cast.administrator):
        approval, secret = ask_outside(squad, cast)
        with pytest.raises(NotAllowed):
            sprints.withdraw_approval(approval, actor=cast.other_member)
        assert sprints.withdraw_approval(approval, actor=actor).state == "withdrawn"
        assert waiting(squad.banner) == 0
        with pytest.raises(RuleBroken, match="withdrawn"):
            sprints.withdraw_approval(approval, actor=actor)
        with pytest.raises(Unknown):
            sprints.answer_by_link(secret, approved=True)


# --- The link --------------------------------------------------------------------------------------------------------


def test_only_the_digest_of_the_secret_is_kept(squad: Squad, cast: Cast, settings: Any):
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}
    approval, secret = ask_outside(squad, cast)
    assert len(secret) >= 43
    assert approval.digest is not None
    assert len(approval.digest) == 64
    kept = [str(row) for model in (Approval, Job, Event) for row in model.objects.values()]
    assert not [row for row in kept if secret in row]
    other, another = ask_outside(squad, cast, asset="Another")
    assert another != secret
    assert other.digest != approval.digest


def test_the_link_is_mailed_after_commit_and_not_when_it_is_over(
    squad: Squad, cast: Cast, settings: Any, mailoutbox: list[Any]
):
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}
    approval, secret = ask_outside(squad, cast, asset="Banner “A & B”")
    gone, _secret = ask_outside(squad, cast, asset="Withdrawn")
    sprints.withdraw_approval(gone, actor=cast.member)
    for job in Job.objects.filter(kind="sprints.mail_approval"):
        work_on(job.pk)
    (letter,) = mailoutbox
    assert letter.to == ["ona@client.example"]
    assert letter.subject == "Your approval is asked for: Banner “A & B”"
    assert f"http://localhost:8000/approvals/{secret}/" in letter.body
    assert "Hello Ona Outside," in letter.body
    assert "Mia Member (Growth)" in letter.body
    assert "Banner “A & B”" in letter.body
    assert approval.asked_by == cast.member


def test_where_no_mail_is_set_up_the_link_is_for_the_page(squad: Squad, cast: Cast):
    ask_outside(squad, cast)
    assert not Job.objects.filter(kind="sprints.mail_approval").exists()


def test_another_secret_key_makes_no_link_that_somebody_was_sent(squad: Squad, cast: Cast, settings: Any):
    settings.EMAIL = {"EMAIL_HOST": "mail.example.com"}
    approval, _secret = ask_outside(squad, cast)
    settings.SECRET_KEY = "another one, which is just as long as it has to be, or longer"
    with pytest.raises(LookupError, match="SECRET_KEY has changed"):
        work_on(Job.objects.get(kind="sprints.mail_approval").pk, watch=lambda _step: None)
    assert secret_of(approval) not in str(Approval.objects.values())


# --- The page --------------------------------------------------------------------------------------------------------


def words_of(answer: Any) -> str:
    page = answer.getvalue().decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page[page.index("<main") :]).split())


def test_the_page_shows_what_is_asked_and_looking_changes_nothing(
    squad: Squad, cast: Cast, client: Client, file: Attachment
):
    _approval, secret = ask_outside(squad, cast, attachment=file)
    events = Event.objects.count()
    answer = client.get(f"/approvals/{secret}/")
    words = words_of(answer)
    assert answer.status_code == 200
    for shown in ("Banner, final", "Banner for the spring sale", "Growth", "Mia Member", "banner.txt", "Approve"):
        assert shown in words
    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in answer["Cache-Control"]
    got = client.get(f"/approvals/{secret}/file/")
    assert got.getvalue() == b"Half price"
    assert got["Content-Disposition"].startswith("attachment; ")
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (Event.objects.count(), waiting(squad.banner)) == (events, 1)


def test_the_page_takes_one_answer(squad: Squad, cast: Cast, file: Attachment):
    client = Client(enforce_csrf_checks=True)
    approval, secret = ask_outside(squad, cast, attachment=file)
    page = client.get(f"/approvals/{secret}/")
    assert client.post(f"/approvals/{secret}/", {"answer": "approved"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.getvalue().decode())
    assert token is not None
    sent = {"answer": "approved", "note": "Lovely.", "csrfmiddlewaretoken": token[1]}
    answer = client.post(f"/approvals/{secret}/", sent, headers={"Origin": "http://localhost:8000"})
    assert answer.status_code == 200
    assert "You have approved “Banner, final”." in words_of(answer)
    approval.refresh_from_db()
    assert (approval.state, approval.note, waiting(squad.banner)) == ("approved", "Lovely.", 0)
    event = Event.objects.latest("id")
    assert (event.kind, event.actor_id, event.scope) == ("approval.given_outside", None, f"team:{squad.team.pk}")
    events = Event.objects.count()
    again = client.post(f"/approvals/{secret}/", sent | {"answer": "changes"})
    assert again.status_code == 410
    assert "answered already" in words_of(again)
    for address in (f"/approvals/{secret}/", f"/approvals/{secret}/file/"):
        assert client.get(address).status_code == 410
    assert Event.objects.count() == events


def test_changes_want_a_note_and_what_was_typed_stays(squad: Squad, cast: Cast, client: Client):
    approval, secret = ask_outside(squad, cast)
    answer = client.post(f"/approvals/{secret}/", {"answer": "changes", "note": ""})
    assert answer.status_code == 422
    assert "not said what should change" in words_of(answer)
    for sent in ({"answer": "maybe", "note": "Half of it"}, {"note": "Half of it"}, {"note": "Half of it" * 200}):
        answer = client.post(f"/approvals/{secret}/", sent)
        assert answer.status_code == 422
        assert "Half of it" in words_of(answer)
    assert client.post(f"/approvals/{secret}/", {"answer": "changes", "note": "Larger\x00"}).status_code == 422
    approval.refresh_from_db()
    assert approval.state == Approval.State.WAITING
    client.post(f"/approvals/{secret}/", {"answer": "changes", "note": "<b>Larger</b>"})
    approval.refresh_from_db()
    assert (approval.state, approval.note) == ("rejected", "<b>Larger</b>")
    assert Event.objects.latest("id").kind == "approval.refused_outside"


def test_a_link_that_does_not_work_says_why_in_plain_words(squad: Squad, cast: Cast, client: Client):
    _approval, late = ask_outside(squad, cast, days=3)
    taken_back, withdrawn = ask_outside(squad, cast, asset="Withdrawn")
    sprints.withdraw_approval(taken_back, actor=cast.member)
    _quiz, deleted = sprints.ask_approval(squad.quiz, asset="Quiz", **OUTSIDE, actor=cast.member)
    sprints.delete_story(squad.quiz, actor=cast.member)
    assert deleted is not None
    events = Event.objects.count()
    with clock.at(clock.now() + timedelta(days=3, minutes=1)):
        for method in (client.get, client.post):
            answer = method(f"/approvals/{late}/", {"answer": "approved"})
            assert (answer.status_code, "This link has ended" in words_of(answer)) == (410, True)
        with pytest.raises(Unknown):
            sprints.answer_by_link(late, approved=True)
    for secret, status, told in (
        (withdrawn, 410, "taken back"),
        (deleted, 410, "taken back"),
        ("something-else", 404, "opens no question"),
        ("ü" * 100, 404, "opens no question"),
    ):
        for method in (client.get, client.post):
            answer = method(f"/approvals/{secret}/", {"answer": "approved"})
            assert (answer.status_code, told in words_of(answer)) == (status, True), told
            assert answer["Referrer-Policy"] == "strict-origin"
        assert client.get(f"/approvals/{secret}/file/").status_code == status
    assert Event.objects.count() == events


def test_a_page_without_a_file_has_none_to_load(squad: Squad, cast: Cast, client: Client):
    _approval, secret = ask_outside(squad, cast)
    assert client.get(f"/approvals/{secret}/file/").status_code == 404


def test_a_question_of_an_archived_team_cannot_be_answered(squad: Squad, cast: Cast, client: Client):
    _approval, secret = ask_outside(squad, cast)
    Team.objects.filter(pk=squad.team.pk).update(archived_at=clock.now())
    assert client.get(f"/approvals/{secret}/").status_code == 410
    assert client.post(f"/approvals/{secret}/", {"answer": "approved"}).status_code == 410


# --- Afterwards ------------------------------------------------------------------------------------------------------


def test_a_late_question_is_taken_back_by_the_house_once(squad: Squad, cast: Cast, client: Client):
    approval, secret = ask_outside(squad, cast, days=1)
    inside, _none = sprints.ask_approval(squad.banner, asset="Banner", person=cast.executive, actor=cast.member)
    keep_daily()
    assert waiting(squad.banner) == 2
    with clock.at(clock.now() + timedelta(days=1, minutes=1)):
        keep_daily()
        events = Event.objects.count()
        keep_daily()
        assert "This link has ended" in words_of(client.get(f"/approvals/{secret}/"))
    approval.refresh_from_db()
    inside.refresh_from_db()
    assert (approval.state, inside.state, waiting(squad.banner)) == ("withdrawn", "waiting", 1)
    assert Event.objects.count() == events
    assert Event.objects.latest("id").kind == "approval.withdrawn"


def test_an_erased_address_is_not_kept(squad: Squad, cast: Cast):
    ask_outside(squad, cast, outside_email="Lena@example.com", outside_name="Lena Leaver")
    organisation.erase_person(cast.leaver, actor=cast.administrator)
    kept = str(list(Approval.objects.values()))
    assert "lena" not in kept.lower()
    assert "erased.invalid" in kept
