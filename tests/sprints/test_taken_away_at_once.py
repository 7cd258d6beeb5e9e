"""Somebody takes away what another one is giving to a story at that moment: no story keeps what is not there."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import transaction

from sprints import commands
from sprints.models import Assignment, StoryLabel
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad

pytestmark = pytest.mark.django_db(transaction=True)


def while_it_is_given(give: Callable[[], object], take: Callable[[], object]) -> list[Exception]:
    """Give it, and take it away before that is committed; what was raised."""
    given = threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            give()
            given.set()
            taking.wait(1)

    def then() -> None:
        given.wait(10)
        take()
        taking.set()

    taking = threading.Event()
    return errors(at_once(slowly, then))


def test_whoever_leaves_a_team_keeps_no_story_of_it(cast: Cast, squad: Squad) -> None:
    raised = while_it_is_given(
        lambda: commands.change_story(squad.quiz, assignees=[cast.member], actor=cast.shops_lead),
        lambda: commands.remove_member(squad.team, person=cast.member, actor=cast.billing_lead),
    )
    assert raised == []
    assert not squad.team.memberships.filter(person=cast.member).exists()
    assert not Assignment.objects.filter(person=cast.member).exists()


def test_a_label_that_goes_leaves_all_stories(cast: Cast, squad: Squad) -> None:
    label = commands.create_label(squad.team, name="Print", actor=cast.member)
    raised = while_it_is_given(
        lambda: commands.change_story(squad.quiz, labels=[label], actor=cast.shops_lead),
        lambda: commands.remove_label(label, actor=cast.billing_lead),
    )
    assert raised == []
    assert not squad.team.labels.exists()
    assert not StoryLabel.objects.exists()
