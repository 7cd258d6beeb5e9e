"""An inactive person or an archived department becomes owner by no path: the database itself refuses it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from journeys.models import Ownership, Touchpoint
from tests.cast import Cast
from tests.journeys.reading import current
from workspace import clock
from workspace.organisation import commands as organisation
from workspace.organisation.models import Department, Person

REFUSED = "cannot become owner"


@pytest.fixture
def archived(cast: Cast) -> Department:
    """Care, archived."""
    return organisation.archive_department(cast.care, actor=cast.administrator)


def row(touchpoint: Touchpoint, department: Department, person: Person | None = None, **fields: Any) -> dict[str, Any]:
    yesterday = clock.now() - timedelta(days=1)
    return {"touchpoint": touchpoint, "department": department, "person": person, "held_from": yesterday} | fields


def by_create(**fields: Any) -> None:
    Ownership.objects.create(**fields)


def by_save(**fields: Any) -> None:
    Ownership(**fields).save()


def by_bulk_create(**fields: Any) -> None:
    Ownership.objects.bulk_create([Ownership(**fields)])


def by_ignoring_conflicts(**fields: Any) -> None:
    Ownership.objects.bulk_create([Ownership(**fields)], ignore_conflicts=True)


def by_raw_sql(**fields: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journeys_ownership"
            " (touchpoint_id, department_id, person_id, kind, held_from, outside_approved)"
            " VALUES (%s, %s, %s, 'accountable', %s, %s)",
            [
                fields["touchpoint"].pk,
                fields["department"].pk,
                fields["person"].pk if fields["person"] else None,
                fields["held_from"].isoformat(sep=" "),
                False,
            ],
        )


INSERTS = [by_create, by_save, by_bulk_create, by_ignoring_conflicts, by_raw_sql]


@pytest.mark.parametrize("insert", INSERTS)
def test_the_paths_work_for_an_owner_who_is_there(cast: Cast, insert: Callable[..., None]) -> None:
    insert(**row(cast.till, cast.care, cast.care_lead))
    assert current(cast.till).person == cast.care_lead


@pytest.mark.parametrize("insert", INSERTS)
def test_no_path_inserts_an_archived_department(cast: Cast, archived: Department, insert: Callable[..., None]) -> None:
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        insert(**row(cast.till, archived))
    assert not Ownership.objects.filter(touchpoint=cast.till).exists()


@pytest.mark.parametrize("insert", INSERTS)
def test_no_path_inserts_somebody_who_was_deactivated(cast: Cast, insert: Callable[..., None]) -> None:
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        insert(**row(cast.till, cast.billing, cast.leaver))
    assert not Ownership.objects.filter(touchpoint=cast.till).exists()


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, True), (2, False)])
def test_somebody_is_gone_from_their_leaving_date_on(cast: Cast, days: int, refused: bool) -> None:
    organisation.set_leaving_date(cast.member, on=clock.today() + timedelta(days=days), actor=cast.administrator)
    if refused:
        with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
            by_create(**row(cast.till, cast.billing, cast.member))
    else:
        by_create(**row(cast.till, cast.billing, cast.member))


def update_department(cast: Cast) -> None:
    Ownership.objects.filter(pk=current(cast.receipt).pk).update(department=cast.care)


def update_person(cast: Cast) -> None:
    Ownership.objects.filter(pk=current(cast.receipt).pk).update(person=cast.leaver)


def save_person(cast: Cast) -> None:
    ownership = current(cast.receipt)
    ownership.person = cast.leaver
    ownership.save()


def bulk_update_department(cast: Cast) -> None:
    ownership = current(cast.receipt)
    ownership.department = cast.care
    Ownership.objects.bulk_update([ownership], ["department"])


def raw_update(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journeys_ownership SET department_id = %s WHERE held_until IS NULL", [cast.care.pk])


@pytest.mark.parametrize("change", [update_department, update_person, save_person, bulk_update_department, raw_update])
def test_no_path_changes_an_ownership_to_one(cast: Cast, archived: Department, change: Callable[[Cast], None]) -> None:
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        change(cast)
    assert (current(cast.receipt).department, current(cast.receipt).person) == (cast.billing, cast.billing_lead)


def test_an_ended_ownership_of_a_closed_department_does_not_begin_again(cast: Cast) -> None:
    by_create(**row(cast.till, cast.care, held_until=clock.now()))
    organisation.archive_department(cast.care, actor=cast.administrator)
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        Ownership.objects.filter(touchpoint=cast.till).update(held_until=None)


@pytest.mark.parametrize("field", ["kind", "touchpoint"])
def test_a_closed_department_that_was_informed_does_not_become_accountable(cast: Cast, field: str) -> None:
    kind = "informed" if field == "kind" else "accountable"
    by_create(**row(cast.fault_line, cast.care, kind=kind))
    organisation.archive_department(cast.care, actor=cast.administrator)
    change = {"kind": "accountable"} if field == "kind" else {"touchpoint": cast.till}
    with pytest.raises(IntegrityError, match=REFUSED), transaction.atomic():
        Ownership.objects.filter(touchpoint=cast.fault_line).update(**change)


def test_what_a_closed_department_holds_can_still_end(cast: Cast) -> None:
    organisation.archive_department(cast.billing, actor=cast.administrator)
    Ownership.objects.filter(pk=current(cast.receipt).pk).update(held_until=clock.now())
    assert not Ownership.objects.current().filter(touchpoint=cast.receipt).exists()


def test_the_past_may_tell_of_those_who_left(cast: Cast, archived: Department) -> None:
    by_create(**row(cast.till, archived, cast.leaver, held_until=clock.now()))


def test_one_touchpoint_has_one_current_accountable_owner(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        by_create(**row(cast.receipt, cast.care))
    by_create(**row(cast.receipt, cast.care, kind="responsible"))
