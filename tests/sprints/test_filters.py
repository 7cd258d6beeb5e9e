"""The filters of a board tell nobody of what they may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sprints import commands
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db


def shown(person: Person, squad: Squad, query: str) -> set[str]:
    """The titles that the board shows to somebody."""
    client = Client()
    client.force_login(person)
    page = client.get(f"/teams/GROW/?{query}").text
    return {story.title for story in (squad.banner, squad.mail, squad.video) if story.title in page}


def test_a_guest_does_not_learn_which_stories_work_on_touchpoints_that_are_hidden(cast: Cast, squad: Squad) -> None:
    until = clock.today() + timedelta(days=5)
    organisation.share("team", squad.team.pk, guest=cast.guest, until=until, actor=cast.shops_lead)
    everything = {squad.banner.title, squad.mail.title, squad.video.title}
    assert shown(cast.member, squad, "touchpoint=any") == {squad.mail.title}
    assert shown(cast.guest, squad, "touchpoint=any") == set()
    assert shown(cast.guest, squad, "touchpoint=none") == everything
    organisation.share("journey", cast.journey.pk, guest=cast.guest, until=until, actor=cast.executive)
    assert shown(cast.guest, squad, "touchpoint=any") == {squad.mail.title}
    commands.change_story(squad.mail, touchpoints=[], actor=cast.member)
    assert shown(cast.member, squad, "touchpoint=any") == set()
