"""What was archived by mistake is opened again, and a successor is named afterwards."""

import pytest

from tests.cast import Cast
from workspace.activity.models import Event
from workspace.errors import NotAllowed, RuleBroken, StaleWrite
from workspace.organisation import commands
from workspace.organisation.models import Person


def test_a_department_is_opened_again(cast: Cast) -> None:
    commands.archive_department(cast.shops, merged_into=cast.online, actor=cast.administrator)
    commands.restore_department(cast.shops, actor=cast.administrator)
    cast.shops.refresh_from_db()
    assert (cast.shops.archived_at, cast.shops.merged_into) == (None, None)
    assert Event.objects.latest("id").kind == "department.restored"
    with pytest.raises(RuleBroken, match="Shops is open"):
        commands.restore_department(cast.shops, actor=cast.administrator)


def test_a_department_is_not_opened_in_an_archived_unit(cast: Cast) -> None:
    for department in (cast.shops, cast.online):
        commands.archive_department(department, actor=cast.administrator)
    commands.archive_unit(cast.retail, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="Retail is archived"):
        commands.restore_department(cast.shops, actor=cast.administrator)
    commands.restore_unit(cast.retail, actor=cast.administrator)
    commands.restore_department(cast.shops, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="Retail is open"):
        commands.restore_unit(cast.retail, actor=cast.administrator)


def test_a_successor_is_named_afterwards(cast: Cast) -> None:
    commands.archive_department(cast.shops, actor=cast.administrator)
    commands.set_department_successor(cast.shops, successor=cast.online, actor=cast.administrator)
    assert cast.shops.merged_into == cast.online
    assert Event.objects.latest("id").data == {"successor": cast.online.pk}
    with pytest.raises(RuleBroken, match="Online Store is open"):
        commands.set_department_successor(cast.online, successor=cast.care, actor=cast.administrator)


def test_successors_make_no_circle(cast: Cast) -> None:
    commands.archive_department(cast.shops, merged_into=cast.online, actor=cast.administrator)
    commands.restore_department(cast.shops, actor=cast.administrator)
    commands.archive_department(cast.online, merged_into=cast.shops, actor=cast.administrator)
    commands.archive_department(cast.shops, actor=cast.administrator)
    commands.restore_department(cast.online, actor=cast.administrator)
    commands.merge_department(cast.shops, into=cast.online, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="cannot take over"):
        commands.merge_department(cast.online, into=cast.shops, actor=cast.administrator)
    with pytest.raises(RuleBroken, match="cannot take over"):
        commands.merge_department(cast.online, into=cast.online, actor=cast.administrator)


def test_a_unit_gets_a_successor_afterwards(cast: Cast) -> None:
    old = commands.create_unit("Old", actor=cast.administrator)
    commands.archive_unit(old, actor=cast.administrator)
    commands.set_unit_successor(old, successor=cast.retail, actor=cast.administrator)
    old.refresh_from_db()
    assert old.merged_into == cast.retail


def test_only_administrators_do_so(cast: Cast) -> None:
    commands.archive_department(cast.shops, actor=cast.administrator)
    for person in (cast.member, cast.shops_lead, cast.retail_head, cast.executive, cast.guest):
        for act in (
            lambda who=person: commands.restore_department(cast.shops, actor=who),
            lambda who=person: commands.set_department_successor(cast.shops, successor=cast.care, actor=who),
            lambda who=person: commands.merge_department(cast.shops, into=cast.care, actor=who),
            lambda who=person: commands.restore_unit(cast.retail, actor=who),
            lambda who=person: commands.set_unit_successor(cast.retail, successor=cast.service, actor=who),
            lambda who=person: commands.hand_over(cast.shops_lead, to=cast.shops_deputy, actor=who),
            lambda who=person: commands.change_email(cast.member, email="x@example.com", actor=who),
            lambda who=person: commands.set_role(cast.member, role="executive", actor=who),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_people_of_a_merged_department_are_at_home_in_its_successor(cast: Cast) -> None:
    before = cast.member.version
    commands.merge_department(cast.shops, into=cast.care, actor=cast.administrator)
    cast.member.refresh_from_db()
    assert (cast.member.department, cast.member.version) == (cast.care, before + 1)
    event = Event.objects.get(kind="department.people_moved")
    assert event.data["count"] == event.subjects.filter(subject_kind="person").count() == 5


def test_leads_and_heads_go_to_whoever_takes_over(cast: Cast) -> None:
    commands.set_unit_head(cast.retail, head=cast.shops_lead, actor=cast.administrator)
    commands.hand_over(cast.shops_lead, to=cast.shops_deputy, with_leads=True, actor=cast.administrator)
    cast.retail.refresh_from_db()
    assert cast.retail.head == cast.shops_deputy
    lead = cast.shops.leads.get()
    assert (lead.person, lead.is_deputy) == (cast.shops_deputy, False)


def test_a_deputy_who_takes_over_from_a_deputy_elsewhere_stays_the_lead_they_are(cast: Cast) -> None:
    commands.hand_over(cast.shops_deputy, to=cast.shops_lead, with_leads=True, actor=cast.administrator)
    lead = cast.shops.leads.get()
    assert (lead.person, lead.is_deputy) == (cast.shops_lead, False)


def test_a_change_made_meanwhile_is_told_only_where_it_is_the_same_field(cast: Cast) -> None:
    seen = cast.member.version
    commands.change_person(Person.objects.get(pk=cast.member.pk), job_title="Seller", actor=cast.administrator)
    done: list[str] = []
    commands.unless_changed(cast.member, lambda: done.append("name"), "name", since=seen)
    with pytest.raises(StaleWrite, match="Ada Admin changed Mia Member: job_title"):
        commands.unless_changed(cast.member, lambda: done.append("title"), "job_title", since=seen)
    assert done == ["name"]
    Person.objects.filter(pk=cast.member.pk).update(version=99)  # the log does not tell why
    with pytest.raises(StaleWrite):
        commands.unless_changed(cast.member, lambda: done.append("name"), "name", since=seen)
