"""Several people at one story at the same moment: each word counts once, each question has one answer."""

from __future__ import annotations

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile

from sprints import commands as sprints
from sprints.commands.attachments import forget_removed_attachments
from sprints.models import Approval, Attachment, Story
from sprints.queries.files import folder, path_of
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace.activity.models import Event
from workspace.errors import Refusal, Unknown

pytestmark = pytest.mark.django_db(transaction=True)

TOGETHER = 6


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"


def test_the_card_counts_all_that_came_together(squad: Squad, cast: Cast):
    item = sprints.add_item(squad.banner, text="One", actor=cast.member)
    before = Story.objects.get(pk=squad.banner.pk).revision
    results = at_once(
        *[partial(sprints.write_comment, squad.banner, text=f"{n}", actor=cast.member) for n in range(TOGETHER)],
        *[partial(sprints.add_item, squad.banner, text=f"{n}", actor=cast.member) for n in range(TOGETHER)],
        *[partial(sprints.change_item, item, is_ticked=True, actor=cast.member) for _ in range(3)],
    )
    assert errors(results) == []
    story = Story.objects.get(pk=squad.banner.pk)
    assert (story.comment_count, story.item_count, story.ticked_count) == (TOGETHER, TOGETHER + 1, 1)
    assert story.revision == before + 2 * TOGETHER + 1
    positions = list(story.items.values_list("position", flat=True))
    assert len(set(positions)) == len(positions)


def test_a_link_takes_one_answer(squad: Squad, cast: Cast):
    _approval, secret = sprints.ask_approval(
        squad.banner, asset="Banner", outside_email="ona@client.example", actor=cast.member
    )
    assert secret is not None
    results = at_once(
        *[partial(sprints.answer_by_link, secret, approved=n % 2 == 0, note=f"{n}") for n in range(TOGETHER)]
    )
    refused = errors(results)
    assert len(refused) == TOGETHER - 1
    assert all(isinstance(each, Unknown) for each in refused)
    assert Story.objects.get(pk=squad.banner.pk).waiting_approvals == 0
    answers = Event.objects.filter(kind__in=["approval.given_outside", "approval.refused_outside"])
    assert answers.count() == 1


def test_an_answer_and_a_withdrawal_are_not_both_taken(squad: Squad, cast: Cast):
    for n in range(4):
        approval, secret = sprints.ask_approval(
            squad.banner, asset=f"Banner {n}", outside_email="ona@client.example", actor=cast.member
        )
        assert secret is not None
        results = at_once(
            partial(sprints.answer_by_link, secret, approved=True),
            partial(sprints.withdraw_approval, approval, actor=cast.member),
        )
        (refused,) = errors(results)
        assert isinstance(refused, Refusal)
        assert Approval.objects.get(pk=approval.pk).state != "waiting"
        assert Story.objects.get(pk=squad.banner.pk).waiting_approvals == 0


def test_the_same_bytes_at_once_are_one_file_and_the_clean_up_takes_none_of_them(squad: Squad, cast: Cast):
    def attach(story: Story, n: int) -> Attachment:
        return sprints.attach_file(story, name=f"{n}.txt", content=ContentFile(b"the same"), actor=cast.member)

    def clean_up() -> None:
        cache.delete("sprints.files_looked_through")
        forget_removed_attachments()

    left = path_of(hashlib.sha256(b"the same").hexdigest())  # no row has named it for long
    left.parent.mkdir(parents=True)
    left.write_bytes(b"the same")
    os.utime(left, (0, 0))
    stories = [squad.banner, squad.mail, squad.quiz]
    results = at_once(*[partial(attach, stories[n % 3], n) for n in range(TOGETHER)], clean_up, clean_up)
    assert errors(results) == []
    assert left.read_bytes() == b"the same"
    (digest,) = set(Attachment.objects.values_list("digest", flat=True))
    assert [path for path in folder().rglob("*") if path.is_file()] == [path_of(digest)]
    assert sum(Story.objects.values_list("attachment_count", flat=True)) == TOGETHER
