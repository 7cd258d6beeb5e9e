"""Comments: who writes and changes them, whom they may mention, and that no name stays where somebody is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from sprints import commands as sprints
from sprints.commands.forgetting import forget_deleted_comments
from sprints.models import Comment, Story
from sprints.queries.markdown import to_html
from sprints.queries.mentions import as_typed, people_to_mention, token_of
from sprints.rules.talk import LONGEST_COMMENT, MOST_MENTIONS
from tests.cast import Cast
from tests.sprints.squad import Squad
from workspace import clock
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, StaleWrite, Unknown
from workspace.organisation import commands as organisation
from workspace.organisation.models import Person

pytestmark = pytest.mark.django_db


def card(story: Story) -> Story:
    return Story.objects.get(pk=story.pk)


def newest() -> Event:
    return Event.objects.latest("id")


def let_in(squad: Squad, cast: Cast) -> None:
    until = clock.today() + timedelta(days=30)
    organisation.share("team", squad.team.pk, guest=cast.guest, until=until, actor=cast.shops_lead)


# --- Writing ---------------------------------------------------------------------------------------------------------


def test_everybody_inside_may_comment_and_the_card_counts_it(squad: Squad, cast: Cast):
    before = card(squad.banner)
    comment = sprints.write_comment(squad.banner, text="  Looks *good*.\r\n\x00", actor=cast.other_member)
    after = card(squad.banner)
    assert (comment.text, comment.author_id) == ("Looks *good*.", cast.other_member.pk)
    assert (after.comment_count, after.revision, after.version) == (1, before.revision + 1, before.version)
    event = newest()
    assert (event.kind, event.subject_id, event.scope) == ("comment.written", comment.pk, f"team:{squad.team.pk}")
    assert event.data == {"story": squad.banner.pk, "mentions": []}


def test_a_guest_may_comment_where_the_team_is_shared_with_them(squad: Squad, cast: Cast):
    with pytest.raises(NotAllowed):
        sprints.write_comment(squad.banner, text="Hello", actor=cast.guest)
    let_in(squad, cast)
    assert sprints.write_comment(squad.banner, text="Hello", actor=cast.guest).author_id == cast.guest.pk
    with clock.at(clock.now() + timedelta(days=40)), pytest.raises(NotAllowed):
        sprints.write_comment(squad.banner, text="Still here", actor=cast.guest)


@pytest.mark.parametrize(
    ("text", "told"), [("", "empty"), (" \r\n\x00 ", "empty"), ("x" * (LONGEST_COMMENT + 1), "20001 characters")]
)
def test_a_text_that_cannot_be_taken_writes_nothing(squad: Squad, cast: Cast, text: str, told: str):
    events = Event.objects.count()
    with pytest.raises(RuleBroken, match=told) as refused:
        sprints.write_comment(squad.banner, text=text, actor=cast.member)
    assert refused.value.next_step
    assert (Event.objects.count(), Comment.objects.count(), card(squad.banner).comment_count) == (events, 0, 0)


def test_nobody_comments_on_a_story_that_is_gone_or_in_an_archived_team(squad: Squad, cast: Cast):
    Story.objects.filter(pk=squad.quiz.pk).update(deleted_at=clock.now())
    with pytest.raises(Unknown):
        sprints.write_comment(squad.quiz, text="x", actor=cast.member)
    type(squad.team).objects.filter(pk=squad.team.pk).update(archived_at=clock.now())
    with pytest.raises(RuleBroken, match="Growth is archived"):
        sprints.write_comment(squad.banner, text="x", actor=cast.member)


def test_writing_takes_as_many_statements_however_many_are_mentioned(
    squad: Squad, cast: Cast, django_assert_max_num_queries: Any
):
    for text in ("@Mia Member", "@Mia Member @Omar Other @Eve Executive @Ada Admin " * 30):
        with django_assert_max_num_queries(16):
            sprints.write_comment(squad.banner, text=text, actor=cast.member)


# --- Mentions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["@Mia Member", "Hi @Mia Member, look", "(@Mia Member)", "**@Mia Member**", "one\n@Mia Member\ntwo",
     "“@Mia Member”", "@Mia Member’s idea", "@Mia Member @Mia Member"],
)  # fmt: skip
def test_a_name_behind_an_at_sign_is_a_mention(squad: Squad, cast: Cast, text: str):
    comment = sprints.write_comment(squad.banner, text=text, actor=cast.other_member)
    assert comment.text == text.replace("@Mia Member", token_of(cast.member.pk))
    assert list(comment.mentions.all()) == [cast.member]
    assert newest().data["mentions"] == [cast.member.pk]
    assert "@Mia Member" in to_html(comment.text)
    assert as_typed(comment.text) == text


@pytest.mark.parametrize(
    "text",
    ["@foo", "a@Mia Member", "mia@example.com", "@mia member", "@ Mia Member", "@Mia", "@Mia\nMember", "@Mia Members",
     "`@Mia Member`",
     "https://x.example/@Mia Member", "@", "@@", "@Erased person"],
)  # fmt: skip
def test_what_is_nobodys_name_stays_text(squad: Squad, cast: Cast, text: str):
    organisation.erase_person(cast.leaver, actor=cast.administrator)
    comment = sprints.write_comment(squad.banner, text=text, actor=cast.other_member)
    assert comment.text == text
    assert not comment.mentions.exists()


def test_the_longest_name_counts(squad: Squad, cast: Cast):
    short = organisation.create_person("mm@example.com", name="Mia", actor=cast.administrator)
    comment = sprints.write_comment(squad.banner, text="@Mia Member and @Mia, too", actor=cast.member)
    assert comment.text == f"{token_of(cast.member.pk)} and {token_of(short.pk)}, too"


def test_whoever_may_not_see_the_story_is_named_and_nothing_written(squad: Squad, cast: Cast):
    for text in ("@Gus Guest, look", f"{token_of(cast.guest.pk)}, look"):
        with pytest.raises(RuleBroken, match="Gus Guest may not see this story") as refused:
            sprints.write_comment(squad.banner, text=text, actor=cast.member)
        assert "Share the team with them first" in refused.value.next_step
    assert not Comment.objects.exists()
    let_in(squad, cast)
    comment = sprints.write_comment(squad.banner, text="@Gus Guest, look", actor=cast.member)
    assert list(comment.mentions.all()) == [cast.guest]


def test_whoever_has_left_is_not_mentioned(squad: Squad, cast: Cast):
    with pytest.raises(RuleBroken, match="Lena Leaver does not work here any more"):
        sprints.write_comment(squad.banner, text="@Lena Leaver", actor=cast.member)
    with pytest.raises(RuleBroken, match="person 999999 may not see"):
        sprints.write_comment(squad.banner, text="@[person:999999]", actor=cast.member)


def test_a_name_that_two_people_have_is_asked_about(squad: Squad, cast: Cast):
    second = organisation.create_person("mia2@example.com", name="Mia Member", actor=cast.administrator)
    with pytest.raises(RuleBroken, match="More than one person is called Mia Member"):
        sprints.write_comment(squad.banner, text="@Mia Member", actor=cast.member)
    comment = sprints.write_comment(squad.banner, text=token_of(second.pk), actor=cast.member)
    assert list(comment.mentions.all()) == [second]
    assert as_typed(comment.text) == token_of(second.pk)


def test_a_guest_learns_of_nobody_beyond_the_team(squad: Squad, cast: Cast):
    """To a guest, people whom they may not know of are nobody's names: no refusal tells that they are there."""
    let_in(squad, cast)
    comment = sprints.write_comment(squad.banner, text="@Omar Other, @Mia Member", actor=cast.guest)
    assert comment.text == f"@Omar Other, {token_of(cast.member.pk)}"
    told = set()
    for text in (token_of(cast.leaver.pk), "@[person:999999]"):
        with pytest.raises(RuleBroken) as refused:
            sprints.write_comment(squad.banner, text=text, actor=cast.guest)
        told.add(refused.value.reason.replace(str(cast.leaver.pk), "…").replace("999999", "…"))
    assert told == {"person … may not see this story."}


def test_a_guest_learns_no_name_by_an_id(squad: Squad, cast: Cast):
    """A token that a guest types for somebody beyond the team would come back as a name."""
    let_in(squad, cast)
    with pytest.raises(RuleBroken, match=f"person {cast.other_member.pk} may not see this story"):
        sprints.write_comment(squad.banner, text=token_of(cast.other_member.pk), actor=cast.guest)
    comment = sprints.write_comment(squad.banner, text=token_of(cast.member.pk), actor=cast.guest)
    with pytest.raises(RuleBroken):
        sprints.change_comment(comment, text=token_of(cast.executive.pk), actor=cast.guest)
    assert list(comment.mentions.all()) == [cast.member]


def test_too_many_people_at_once_are_refused(squad: Squad, cast: Cast):
    many = [
        organisation.create_person(f"p{number}@example.com", name=f"P {number}", actor=cast.administrator)
        for number in range(MOST_MENTIONS + 1)
    ]
    with pytest.raises(RuleBroken, match="51 people are mentioned"):
        sprints.write_comment(squad.banner, text=" ".join(token_of(each.pk) for each in many), actor=cast.member)


def test_whom_one_may_mention_is_whoever_sees_the_team(squad: Squad, cast: Cast):
    offered = set(people_to_mention(squad.team))
    assert {cast.member, cast.other_member, cast.administrator} <= offered
    assert not {cast.guest, cast.leaver} & offered
    let_in(squad, cast)
    assert cast.guest in people_to_mention(squad.team.pk)


def test_a_mention_follows_a_new_name_and_forgets_an_erased_one(squad: Squad, cast: Cast):
    comment = sprints.write_comment(squad.banner, text="Ask @Omar Other.", actor=cast.member)
    organisation.change_person(cast.other_member, name="Omar Newname", actor=cast.administrator)
    assert "@Omar Newname" in to_html(comment.text)

    organisation.deactivate_person(cast.other_member, actor=cast.administrator)
    organisation.erase_person(Person.objects.get(pk=cast.other_member.pk), actor=cast.administrator)

    kept = Comment.objects.get(pk=comment.pk)
    assert "Omar" not in kept.text
    assert "@Erased person" in to_html(kept.text)
    assert "Omar" not in str(list(Event.objects.filter(kind__startswith="comment.").values_list("data", flat=True)))


# --- Changing and deleting -------------------------------------------------------------------------------------------


def test_only_the_author_changes_a_comment(squad: Squad, cast: Cast):
    comment = sprints.write_comment(squad.banner, text="One", actor=cast.member)
    for other in (cast.shops_lead, cast.administrator, cast.other_member):
        with pytest.raises(NotAllowed, match="Somebody else wrote"):
            sprints.change_comment(comment, text="Two", actor=other)
    changed = sprints.change_comment(comment, text="Two @Eve Executive", base_version=1, actor=cast.member)
    assert changed.text == f"Two {token_of(cast.executive.pk)}"
    assert changed.version == 2
    assert changed.changed_at is not None
    assert newest().data == {"story": squad.banner.pk, "mentions": [cast.executive.pk]}
    assert card(squad.banner).comment_count == 1


def test_only_those_who_are_mentioned_anew_are_told(squad: Squad, cast: Cast):
    comment = sprints.write_comment(squad.banner, text="@Omar Other", actor=cast.member)
    changed = sprints.change_comment(comment, text="@Eve Executive, @Omar Other", actor=cast.member)
    assert newest().data["mentions"] == [cast.executive.pk]
    assert set(changed.mentions.all()) == {cast.executive, cast.other_member}
    changed = sprints.change_comment(comment, text="Nobody", actor=cast.member)
    assert not changed.mentions.exists()


def test_whoever_was_mentioned_and_has_left_stays_mentioned(squad: Squad, cast: Cast):
    comment = sprints.write_comment(squad.banner, text="@Omar Other", actor=cast.member)
    organisation.deactivate_person(cast.other_member, actor=cast.administrator)
    changed = sprints.change_comment(comment, text=f"{as_typed(comment.text)} knew", actor=cast.member)
    assert changed.text == f"{token_of(cast.other_member.pk)} knew"


def test_a_stale_change_is_refused_and_the_same_text_writes_nothing(squad: Squad, cast: Cast):
    comment = sprints.write_comment(squad.banner, text="One", actor=cast.member)
    sprints.change_comment(comment, text="Two", base_version=1, actor=cast.member)
    with pytest.raises(StaleWrite) as refused:
        sprints.change_comment(comment, text="Three", base_version=1, actor=cast.member)
    assert refused.value.version == 2
    events = Event.objects.count()
    sprints.change_comment(comment, text=" Two ", base_version=2, actor=cast.member)
    assert (Event.objects.count(), Comment.objects.get(pk=comment.pk).version) == (events, 2)


def test_author_runners_and_administrators_delete_and_bring_back(squad: Squad, cast: Cast):
    for actor in (cast.other_member, cast.shops_lead, cast.billing_lead, cast.administrator):
        comment = sprints.write_comment(squad.banner, text="One", actor=cast.other_member)
        with pytest.raises(NotAllowed):
            sprints.delete_comment(comment, actor=cast.member)
        sprints.delete_comment(comment, actor=actor)
        assert card(squad.banner).comment_count == 0
        with pytest.raises(Unknown):
            sprints.delete_comment(comment, actor=actor)
        with pytest.raises(Unknown):
            sprints.change_comment(comment, text="Two", actor=cast.other_member)
        sprints.restore_comment(comment, actor=actor)
        assert card(squad.banner).comment_count == 1
        with pytest.raises(RuleBroken, match="not deleted"):
            sprints.restore_comment(comment, actor=actor)
        sprints.delete_comment(comment, actor=actor)


def test_a_guest_who_was_shut_out_changes_and_deletes_nothing(squad: Squad, cast: Cast):
    let_in(squad, cast)
    comment = sprints.write_comment(squad.banner, text="Mine", actor=cast.guest)
    organisation.end_share(cast.guest.shares.get(), actor=cast.shops_lead)
    with pytest.raises(NotAllowed):
        sprints.change_comment(comment, text="Still mine", actor=cast.guest)
    with pytest.raises(NotAllowed):
        sprints.delete_comment(comment, actor=cast.guest)


def test_a_deleted_comment_goes_for_good_after_thirty_days(squad: Squad, cast: Cast):
    kept = sprints.write_comment(squad.banner, text="Stays", actor=cast.member)
    gone = sprints.write_comment(squad.banner, text="Goes, @Eve Executive", actor=cast.member)
    sprints.delete_comment(gone, actor=cast.member)
    with clock.at(clock.now() + timedelta(days=29)):
        forget_deleted_comments()
    assert Comment.objects.count() == 2
    with clock.at(clock.now() + timedelta(days=31)):
        forget_deleted_comments()
        forget_deleted_comments()
    assert list(Comment.objects.all()) == [kept]
    assert card(squad.banner).comment_count == 1
