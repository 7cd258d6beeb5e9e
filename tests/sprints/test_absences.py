"""When people are away."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

import pytest

from sprints import commands
from sprints.models import Absence
from tests.activity.together import at_once, errors
from tests.cast import Cast
from tests.sprints.squad import Squad
from tests.sprints.told import last
from workspace.errors import NotAllowed, RuleBroken, Unknown
from workspace.organisation import commands as organisation

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 6)


def test_an_absence_is_told_of_the_person_without_a_reason(cast: Cast) -> None:
    absence = commands.enter_absence(cast.member, starts_on=MONDAY, ends_on=FRIDAY, actor=cast.member)
    event = last("absence.entered")
    assert (event.subject_kind, event.subject_id) == ("person", cast.member.pk)
    assert event.data == {"absence": absence.pk, "on": "2026-03-02", "until": "2026-03-06"}
    commands.remove_absence(absence, actor=cast.member)
    assert last("absence.removed").data == event.data
    assert not Absence.objects.exists()


@pytest.mark.parametrize("who", ["member", "shops_lead", "billing_lead", "administrator"])
def test_the_person_who_runs_their_team_and_administrators_enter_it(squad: Squad, cast: Cast, who: str) -> None:
    absence = commands.enter_absence(cast.member, starts_on=MONDAY, ends_on=MONDAY, actor=getattr(cast, who))
    commands.remove_absence(absence, actor=getattr(cast, who))


@pytest.mark.parametrize("who", ["other_member", "online_lead", "guest", "executive"])
def test_nobody_else_does(squad: Squad, cast: Cast, who: str) -> None:
    absence = commands.enter_absence(cast.member, starts_on=MONDAY, ends_on=MONDAY, actor=cast.member)
    for refused in (
        partial(commands.enter_absence, cast.member, starts_on=FRIDAY, ends_on=FRIDAY, actor=getattr(cast, who)),
        partial(commands.remove_absence, absence, actor=getattr(cast, who)),
    ):
        with pytest.raises(NotAllowed) as refusal:
            refused()
        assert "product owner or scrum master of a team of theirs" in refusal.value.next_step


def test_a_member_does_not_enter_the_absence_of_another(squad: Squad, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        commands.enter_absence(cast.shops_lead, starts_on=MONDAY, ends_on=FRIDAY, actor=cast.member)


def test_it_does_not_end_before_it_starts(cast: Cast) -> None:
    with pytest.raises(RuleBroken, match="would end on 2026-03-02, before it starts on 2026-03-06"):
        commands.enter_absence(cast.member, starts_on=FRIDAY, ends_on=MONDAY, actor=cast.member)


def test_nobody_is_away_twice_on_one_day(cast: Cast) -> None:
    commands.enter_absence(cast.member, starts_on=MONDAY, ends_on=FRIDAY, actor=cast.member)
    with pytest.raises(RuleBroken, match="Mia Member is away from 2026-03-02 to 2026-03-06 already") as refusal:
        commands.enter_absence(cast.member, starts_on=FRIDAY, ends_on=FRIDAY, actor=cast.member)
    assert refusal.value.next_step
    commands.enter_absence(cast.other_member, starts_on=FRIDAY, ends_on=FRIDAY, actor=cast.other_member)
    commands.enter_absence(
        cast.member, starts_on=FRIDAY + timedelta(days=1), ends_on=FRIDAY + timedelta(days=3), actor=cast.member
    )


@pytest.mark.parametrize("who", ["guest", "leaver"])
def test_guests_and_who_left_have_none(cast: Cast, who: str) -> None:
    with pytest.raises(RuleBroken, match="counts in no team"):
        commands.enter_absence(getattr(cast, who), starts_on=MONDAY, ends_on=MONDAY, actor=cast.administrator)


def test_what_is_removed_already_is_told(cast: Cast) -> None:
    absence = commands.enter_absence(cast.member, starts_on=MONDAY, ends_on=FRIDAY, actor=cast.member)
    stale = Absence.objects.get(pk=absence.pk)
    commands.remove_absence(absence, actor=cast.member)
    with pytest.raises(Unknown, match="any more"):
        commands.remove_absence(stale, actor=cast.member)


def test_an_absence_of_somebody_who_left_can_be_removed(squad: Squad, cast: Cast) -> None:
    absence = commands.enter_absence(cast.member, starts_on=MONDAY, ends_on=FRIDAY, actor=cast.member)
    organisation.deactivate_person(cast.member, actor=cast.administrator)
    commands.remove_absence(absence, actor=cast.shops_lead)


@pytest.mark.django_db(transaction=True)
def test_of_two_absences_entered_at_once_one_stands(cast: Cast) -> None:
    enter = partial(commands.enter_absence, cast.member, starts_on=MONDAY, ends_on=FRIDAY, actor=cast.member)
    (refused,) = errors(at_once(enter, enter))
    assert isinstance(refused, RuleBroken)
    assert Absence.objects.count() == 1
