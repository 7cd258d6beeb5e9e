"""A story made from a flag; the stories on a touchpoint and on a flag."""

from __future__ import annotations

import pytest
from django.test import Client

from journeys.models import Flag
from sprints import commands as sprints
from sprints.models import Story
from tests.cast import Cast, scan
from tests.sprints.squad import Squad, build_squad

pytestmark = pytest.mark.django_db


@pytest.fixture
def squad(cast: Cast) -> Squad:
    squad = build_squad(cast)
    scan()
    return squad


def open_flag(cast: Cast) -> Flag:
    return cast.flag("neglected", cast.fault_line)


def test_one_press_makes_a_story_that_carries_the_touchpoint(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    flag = open_flag(cast)
    assert f'action="/flags/{flag.pk}/story/"' in client.get("/flags/").text
    answer = client.post(f"/flags/{flag.pk}/story/", {"team": squad.team.pk}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    story = Story.objects.latest("pk")
    assert story.title == "Neglected pain: Fault line"
    assert (story.team, story.sprint, list(story.touchpoints.all())) == (squad.team, None, [cast.fault_line])
    assert f"GROW-{story.number} was made" in answer.headers["HX-Trigger"]


def test_a_flag_about_a_crossing_carries_its_touchpoint_or_both_ends(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    gap = Flag.objects.get(rule="boundary-gap", crossing=cast.crossing(cast.compare_online, cast.till))
    client.post(f"/flags/{gap.pk}/story/", {"team": squad.team.pk, "title": "Who stands at the till?"})
    story = Story.objects.latest("pk")
    assert (story.title, list(story.touchpoints.all())) == ("Who stands at the till?", [cast.till])


def test_the_flag_shows_the_story_that_works_on_it(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.executive)
    page = client.get("/flags/").text
    assert (
        f'<a href="/stories/GROW-{squad.mail.number}/">GROW-{squad.mail.number} Mail after the first order</a>' in page
    )
    assert "Make a story" not in page, "who is in no team is not offered what would be refused"
    sprints.move_story(squad.mail, column=squad.done, actor=cast.member)
    assert "Mail after the first order" not in client.get("/flags/").text


def test_who_is_in_several_teams_chooses(cast: Cast, squad: Squad, client: Client) -> None:
    other = sprints.create_team("Care", key="CARE", actor=cast.care_lead)
    sprints.add_member(other, person=cast.member, actor=cast.care_lead)
    client.force_login(cast.member)
    flag = open_flag(cast)
    assert "Make a story…" in client.get("/flags/").text
    form = client.get(f"/flags/{flag.pk}/story/").text
    assert "Growth" in form
    assert "Care" in form
    client.post(f"/flags/{flag.pk}/story/", {"team": other.pk})
    assert Story.objects.latest("pk").team == other


def test_a_team_of_others_an_archived_one_and_none_are_refused(cast: Cast, squad: Squad, client: Client) -> None:
    other = sprints.create_team("Care", key="CARE", actor=cast.care_lead)
    client.force_login(cast.member)
    flag, before = open_flag(cast), Story.objects.count()
    for team in (other.pk, 10**12, "x", ""):
        assert client.post(f"/flags/{flag.pk}/story/", {"team": team}).status_code == 422
    client.force_login(cast.other_member)
    refused = client.post(f"/flags/{flag.pk}/story/", {"team": squad.team.pk})
    assert refused.status_code == 403
    assert "product owner or scrum master" in refused.text
    assert Story.objects.count() == before


def test_a_flag_without_a_touchpoint_says_what_to_do_instead(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.member)
    flag = Flag.objects.filter(touchpoint=None, crossing=None).first()
    assert flag is not None
    refused = client.post(f"/flags/{flag.pk}/story/", {"team": squad.team.pk})
    assert refused.status_code == 422
    assert "no single touchpoint" in refused.text


def test_the_touchpoint_lists_its_stories_open_ones_first(cast: Cast, squad: Squad, client: Client) -> None:
    done = sprints.create_story(
        squad.team, title="Sign at the till", touchpoints=[cast.till], column=squad.done, actor=cast.member
    )
    client.force_login(cast.other_member)
    page = client.get(f"/touchpoints/{cast.till.pk}/stories/").text
    assert page.index("Mail after the first order") < page.index(done.title)
    assert "No story works on this touchpoint" in client.get(f"/touchpoints/{cast.receipt.pk}/stories/").text


def test_a_guest_sees_the_stories_of_shared_teams_alone(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.guest)
    assert client.get(f"/touchpoints/{cast.till.pk}/stories/").status_code == 404
