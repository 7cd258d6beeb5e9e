"""The page on which a team is set up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from sprints import commands
from sprints.models import Absence, Column, Label, Membership, Team
from tests.cast import Cast
from tests.pages.reading import statements, text_of
from tests.sprints.squad import Squad
from workspace import clock
from workspace.organisation.commands import create_person, deactivate_person
from workspace.organisation.models import Invitation, Share

PAGE = "/teams/GROW/settings/"


@pytest.fixture
def page(cast: Cast, squad: Squad, client: Client) -> str:
    """The settings, opened by the product owner."""
    client.force_login(cast.shops_lead, backend="workspace.organisation.backends.WorksHereBackend")
    return PAGE


def test_everybody_inside_sees_how_a_team_is_set_up(cast: Cast, squad: Squad, client: Client) -> None:
    client.force_login(cast.other_member)
    answer = client.get(PAGE)
    page = text_of(answer)
    for words in (
        "Mia Member team member",
        "Shops Retail",
        "50 %",
        "warns above 3",
        "at most 2",
        "14 days",
        "Blau index 0.44 (n = 3)",
        "2.50 full-time people",
        "the backlog",
    ):
        assert words in page  # fmt: skip
    html = answer.content.decode()
    for route in ("change/", "archive/", "members/add/", "columns/add/", "labels/add/", "sharing/", "absences/add/"):
        assert f"{PAGE}{route}" not in html
    assert "Guests" not in page


def test_whoever_runs_the_team_is_offered_all_of_it(page: str, client: Client) -> None:
    html = client.get(page).content.decode()
    for route in ("change/", "archive/", "members/add/", "columns/add/", "labels/add/", "sharing/invite/"):
        assert f"{PAGE}{route}" in html


def test_a_team_is_changed(squad: Squad, client: Client, page: str) -> None:
    form = client.get(f"{page}change/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    shown = {f"initial-{name}": form[name].value() or "" for name in form.fields if name != "base_version"}
    client.post(f"{page}change/", typed | shown | {"description": "Wins customers.", "interrupt_points": "8"})
    team = Team.objects.get()
    assert (team.description, team.interrupt_points, team.name) == ("Wins customers.", 8, "Growth")


def test_two_who_change_other_things_do_not_disturb_each_other(
    cast: Cast, squad: Squad, client: Client, page: str
) -> None:
    form = client.get(f"{page}change/").context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    typed |= {f"initial-{name}": form[name].value() or "" for name in form.fields if name != "base_version"}
    commands.change_team(squad.team, description="Wins customers.", actor=cast.billing_lead)
    assert client.post(f"{page}change/", typed | {"sprint_days": "7"}).status_code == 302
    team = Team.objects.get()
    assert (team.description, team.sprint_days) == ("Wins customers.", 7)
    stale = client.post(f"{page}change/", typed | {"description": "Sells coffee machines."})
    assert stale.status_code == 409
    assert "was changed in the meantime" in text_of(stale)
    assert "Sells coffee machines." in stale.content.decode()
    again = stale.context["form"]["base_version"].value()
    assert client.post(
        f"{page}change/", typed | {"description": "Sells coffee machines.", "base_version": again}
    ).status_code == 302  # fmt: skip
    assert Team.objects.get().description == "Sells coffee machines."


def test_members_come_from_any_department(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    client.post(f"{page}members/add/", {"person": "Omar Other", "role": "member", "allocation": "30"})
    assert "Omar Other team member Care Service 30 %" in text_of(client.get(page)).replace("S Care", "Care")
    omar = squad.team.memberships.get(person=cast.other_member)
    client.post(f"{page}members/{omar.pk}/", {"role": "scrum_master", "allocation": "60"})
    omar.refresh_from_db()
    assert (omar.role, omar.allocation) == ("scrum_master", 60)
    client.post(f"{page}members/{omar.pk}/remove/")
    assert not Membership.objects.filter(pk=omar.pk).exists()


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("gus@example.com", "is a guest and cannot be a member"),
        ("lena@example.com", "does not work here any more"),
        ("mia@example.com", "is in Growth already"),
        ("nobody@example.com", "Nobody here has the address “nobody@example.com”"),
    ],
)
def test_who_cannot_be_a_member_is_said(client: Client, page: str, person: str, told: str) -> None:
    answer = client.post(f"{page}members/add/", {"person": person, "role": "member", "allocation": "100"})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert person in answer.content.decode()


def test_the_last_product_owner_stays(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    liam = squad.team.memberships.get(person=cast.shops_lead)
    for path, data in (("", {"role": "member", "allocation": "100"}), ("remove/", {})):
        answer = client.post(f"{page}members/{liam.pk}/{path}", data)
        assert answer.status_code == 422
        assert "without a product owner" in text_of(answer)


def test_who_has_left_is_named_and_can_be_taken_out(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    deactivate_person(cast.member, actor=cast.administrator)
    shown = text_of(client.get(page))
    assert "does not count: gone, or a guest now" in shown
    assert "(n = 2)" in shown
    mia = squad.team.memberships.get(person=cast.member)
    assert client.post(f"{page}members/{mia.pk}/remove/").status_code == 302


def names_of(team: Team) -> list[str]:
    return list(team.columns.order_by("position").values_list("name", flat=True))


def test_columns_are_added_changed_ordered_and_removed(squad: Squad, client: Client, page: str) -> None:
    new = {"name": "Testing", "category": "review", "wip_limit": "3", "wip_blocks": "yes"}
    assert client.post(f"{page}columns/add/", new).status_code == 302
    testing = Column.objects.get(name="Testing")
    assert (testing.wip_limit, testing.wip_blocks) == (3, True)
    here = f"{page}columns/{testing.pk}/"
    client.post(f"{here}move/", {"to": "earlier"})
    assert names_of(squad.team) == ["To do", "Doing", "Review", "Testing", "Done"]
    client.post(f"{here}move/", {"before": squad.doing.pk})
    assert names_of(squad.team) == ["To do", "Testing", "Doing", "Review", "Done"]
    client.post(f"{here}move/", {"to": "last"})
    client.post(f"{here}move/", {"to": "later"})
    assert names_of(squad.team) == ["To do", "Doing", "Review", "Done", "Testing"]
    client.post(here, new | {"name": "Tests", "wip_limit": "", "initial-name": "Testing", "initial-wip_limit": "3"})
    testing.refresh_from_db()
    assert (testing.name, testing.wip_limit) == ("Tests", None)
    client.post(f"{page}columns/{squad.doing.pk}/remove/", {"to": testing.pk})
    squad.mail.refresh_from_db()
    assert squad.mail.column == testing
    assert names_of(squad.team) == ["To do", "Review", "Done", "Tests"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": "doing"}, "This board has a column “Doing” already."),
        ({"wip_limit": "0"}, "greater than or equal to 1"),
        ({"wip_limit": "many"}, "Enter a whole number."),
        ({"category": "parked"}, "parked is not one of the available choices"),
    ],
)
def test_a_column_that_cannot_be_is_refused(client: Client, page: str, changed: dict[str, str], told: str) -> None:
    typed = {"name": "Testing", "category": "review", "wip_limit": "", "wip_blocks": "no"} | changed
    answer = client.post(f"{page}columns/add/", typed)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not Column.objects.filter(name="Testing").exists()


def test_a_board_keeps_a_column_for_what_is_to_do(squad: Squad, client: Client, page: str) -> None:
    answer = client.post(f"{page}columns/{squad.todo.pk}/remove/", {"to": squad.doing.pk})
    assert answer.status_code == 422
    assert "A board needs a column for what is to do." in text_of(answer)


def test_a_column_of_another_team_is_not_found_here(cast: Cast, client: Client, page: str) -> None:
    other = commands.create_team("Brand", key="LOVE", actor=cast.online_lead).columns.get(name="Doing")
    assert client.get(f"{page}columns/{other.pk}/").status_code == 404
    assert client.post(f"{page}columns/{other.pk}/move/", {"to": "later"}).status_code == 404


def test_labels_are_words_of_the_team(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    client.post(f"{page}labels/add/", {"name": "launch", "tone": "5"})
    label = Label.objects.get()
    commands.change_story(squad.quiz, labels=[label], actor=cast.shops_lead)
    assert "launch 1 story" in text_of(client.get(page))
    client.post(f"{page}labels/{label.pk}/", {"name": "start", "tone": "2"})
    label.refresh_from_db()
    assert (label.name, label.tone) == ("start", 2)
    assert client.post(f"{page}labels/add/", {"name": "Sun", "tone": "9"}).status_code == 422
    client.post(f"{page}labels/{label.pk}/remove/")
    assert not Label.objects.exists()


def test_absences_of_members_are_entered_by_whoever_runs_the_team(cast: Cast, client: Client, page: str) -> None:
    today = clock.today()
    days = {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=2)).isoformat()}
    assert client.post(f"{page}absences/add/", {"person": cast.member.pk, **days}).status_code == 302
    assert "away now" in text_of(client.get(page))
    assert client.post(f"{page}absences/add/", {"person": cast.other_member.pk, **days}).status_code == 422
    backwards = {"starts_on": days["ends_on"], "ends_on": days["starts_on"]}
    answer = client.post(f"{page}absences/add/", {"person": cast.member.pk, **backwards})
    assert answer.status_code == 422
    assert f"The last day, {days['starts_on']}, lies before the first, {days['ends_on']}." in text_of(answer)
    absence = Absence.objects.get()
    assert client.post(f"/absences/{absence.pk}/remove/", {"next": page}).headers["Location"] == page
    assert not Absence.objects.exists()


def test_guests_are_invited_and_their_last_day_changed(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    until = (clock.today() + timedelta(days=30)).isoformat()
    invited = client.post(f"{page}sharing/invite/", {"name": "Nora", "email": "nora@agency.example", "until": until})
    assert "/invitations/" in invited.content.decode()
    assert Invitation.objects.get().person.is_guest
    client.post(f"{page}sharing/guest/", {"guest": cast.guest.pk, "until": until})
    shares = {share.guest.name: share for share in Share.objects.select_related("guest")}
    assert {(share.noun, share.subject_id) for share in shares.values()} == {("team", squad.team.pk)}
    shown = text_of(client.get(page))
    assert "gus@example.com" in shown
    assert "Invite again" in shown
    later = clock.today() + timedelta(days=40)
    client.post(f"{page}sharing/{shares['Nora'].pk}/", {"until": later.isoformat()})
    shares["Nora"].refresh_from_db()
    assert shares["Nora"].last_day == later
    client.post(f"{page}sharing/{shares['Nora'].pk}/end/")
    assert "nora@agency.example" not in text_of(client.get(page))


def test_a_team_is_archived_and_opened_again(cast: Cast, squad: Squad, client: Client, page: str) -> None:
    refused = client.post(f"{page}archive/")
    assert refused.status_code == 422
    assert "Sprint 1 of Growth is active." in text_of(refused)
    commands.close_sprint(squad.sprint, unfinished_to="backlog", actor=cast.shops_lead)
    assert client.post(f"{page}archive/").status_code == 302
    shown = text_of(client.get(page))
    assert "This team is archived" in shown
    assert "Add a member" not in shown
    client.post(f"{page}reopen/")
    assert Team.objects.get().archived_at is None


def test_the_page_costs_the_same_for_a_small_and_a_large_team(
    cast: Cast, squad: Squad, client: Client, page: str
) -> None:
    few = statements(client, page)
    for number in range(12):
        person = create_person(
            f"p{number}@example.com", name=f"Person {number}", department=cast.care, actor=cast.administrator
        )
        commands.add_member(squad.team, person=person, actor=cast.shops_lead)
        commands.add_column(squad.team, name=f"Column {number}", category="doing", actor=cast.shops_lead)
        commands.create_label(squad.team, name=f"label {number}", actor=cast.shops_lead)
        commands.enter_absence(person, starts_on=clock.today(), ends_on=clock.today(), actor=person)
    assert statements(client, page) == few <= 11
