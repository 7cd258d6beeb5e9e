"""Owners from a file: matched, kept where nobody knows them, transferred with history, never against a decision."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from journeys import commands
from journeys.models import Claim, Flag, Handoff, Ownership, Touchpoint
from tests.cast import Cast, deliver
from tests.journeys.reading import current, data_of, kinds_since, last_event_id, owner
from tests.journeys.test_import_touchpoints import Sheet, touchpoint
from tests.organisation.importing import counts, everything, problems
from workspace import clock, db
from workspace.organisation import commands as organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    return Sheet(tmp_path)


def flags(subject: Touchpoint) -> set[str]:
    found = Flag.objects.unresolved().filter(touchpoint=subject, rule__in=["no-owner", "unknown-owner", "outside-unit"])
    return set(found.values_list("rule", flat=True))


def take(sheet: Sheet, name: str, **cells: Any) -> Any:
    return sheet.rows({"external_id": "M1", "owner_department": name, **cells})


# --- Who is meant ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "unit", "expected"),
    [
        ("BILL", "Retail", "BILL"),  # by code
        ("shops", "Retail", "SHOPS"),  # by name, whatever the case of its letters
        ("Care", "Retail", "CARE"),  # a name that only one department has
        ("Twins", "Retail", "TWIN-R"),  # a name that two have: the one in the touchpoint's own unit
        ("Twins", "Third", None),  # and elsewhere neither
        ("bill", "Retail", None),  # codes are exact
        ("Nobody", "Retail", None),
    ],
)
def test_owners_match_by_code_then_name_in_the_unit_then_unique_name(
    sheet: Sheet, cast: Cast, name: str, unit: str, expected: str | None
) -> None:
    organisation.create_unit("Third", actor=None)
    organisation.create_department("Twins", unit=cast.retail, code="TWIN-R", actor=None)
    organisation.create_department("Twins", unit=cast.service, code="TWIN-S", actor=None)
    assert counts(take(sheet, name, business_unit=unit)) == (1, 0, 0, 0)
    owned = owner(touchpoint("M1"))
    assert (owned.code if owned else None) == expected
    assert touchpoint("M1").unmatched_owner == ("" if expected else name)


def test_an_owner_whom_nobody_knows_is_kept_flagged_and_asked_for_again(sheet: Sheet, cast: Cast) -> None:
    assert counts(take(sheet, "Window Dressing", owner_email="mia@example.com")) == (1, 0, 0, 0)
    deliver()
    assert flags(touchpoint("M1")) == {"unknown-owner"}
    organisation.create_department("Window Dressing", unit=cast.retail, code="WIN", actor=None)
    assert counts(take(sheet, "Window Dressing", owner_email="mia@example.com")) == (0, 1, 0, 0)
    assert (current(touchpoint("M1")).department.code, current(touchpoint("M1")).person) == ("WIN", cast.member)
    assert touchpoint("M1").unmatched_owner == ""
    deliver()
    assert flags(touchpoint("M1")) == set()


def test_none_is_none_and_another_unit_is_flagged(sheet: Sheet, cast: Cast) -> None:
    sheet.rows({"external_id": "N"}, {"external_id": "O", "owner_department": "BILL"})
    deliver()
    assert flags(touchpoint("N")) == {"no-owner"}
    assert flags(touchpoint("O")) == {"outside-unit"}


# --- Another owner ---------------------------------------------------------------------------------------------------


def test_another_owner_is_a_transfer_with_its_history(sheet: Sheet, cast: Cast) -> None:
    rows = [
        {"external_id": "M1", "owner_department": "SHOPS", "owner_email": "mia@example.com"},
        {"external_id": "M2", "stage": "Buy", "owner_department": "BILL", "business_unit": "Service"},
    ]
    sheet.rows(*rows)
    crossing = cast.crossing(touchpoint("M1"), touchpoint("M2"))
    handoff = commands.propose_handoff(crossing, what="The order.", actor=cast.shops_lead)
    claim = commands.claim_touchpoint(touchpoint("M1"), department=cast.care, reason="Ours.", actor=cast.care_lead)
    since = last_event_id()
    assert (
        counts(sheet.rows(rows[0] | {"owner_department": "Online Store", "owner_email": "olga@example.com"}, rows[1]))[
            1
        ]
        == 1
    )
    history = Ownership.objects.accountable().filter(touchpoint=touchpoint("M1")).order_by("held_from", "pk")
    first, second = history
    assert (first.department, second.department, second.person) == (cast.shops, cast.online, cast.online_lead)
    assert first.held_until == second.held_from
    assert kinds_since(since) == [
        "touchpoints.imported",
        "ownership.transferred",
        "claim.superseded",
        "handoffs.voided",
    ]
    told = data_of("ownership.transferred")[-1]
    assert (told["old_department"], told["department"]) == (cast.shops.pk, cast.online.pk)
    assert (told["old_person"], told["person"]) == (cast.member.pk, cast.online_lead.pk)
    assert "touchpoints.csv" in told["reason"]
    claim.refresh_from_db()
    handoff.refresh_from_db()
    assert claim.state == Claim.State.SUPERSEDED
    assert handoff.state == Handoff.State.VOID
    assert data_of("claim.superseded")[-1]["winner"] == cast.online.pk


def test_an_emptied_cell_takes_back_what_the_file_gave(sheet: Sheet, cast: Cast) -> None:
    take(sheet, "SHOPS")
    assert counts(take(sheet, "")) == (0, 1, 0, 0)
    assert owner(touchpoint("M1")) is None
    assert data_of("ownership.released")[-1]["department"] == cast.shops.pk
    assert counts(take(sheet, "WEB")) == (0, 1, 0, 0)
    assert counts(take(sheet, "Nobody knows")) == (0, 1, 0, 0)
    assert owner(touchpoint("M1")) is None
    assert touchpoint("M1").unmatched_owner == "Nobody knows"
    assert counts(take(sheet, "")) == (0, 1, 0, 0)
    assert touchpoint("M1").unmatched_owner == ""


# --- What was decided here -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["", "Nobody knows"])
def test_a_nightly_file_does_not_revert_a_claim_made_here(sheet: Sheet, cast: Cast, said: str) -> None:
    take(sheet, said)
    commands.claim_touchpoint(touchpoint("M1"), department=cast.shops, actor=cast.shops_lead)
    assert owner(touchpoint("M1")) == cast.shops
    take(sheet, said)  # it forgets that it waited for the unknown owner
    before = everything()
    assert counts(take(sheet, said)) == (0, 0, 1, 0)
    assert everything() == before
    assert owner(touchpoint("M1")) == cast.shops


def test_a_transfer_and_a_release_made_here_stay(sheet: Sheet, cast: Cast) -> None:
    rows = [{"external_id": key, "owner_department": "SHOPS", "owner_email": "mia@example.com"} for key in ("M1", "M2")]
    sheet.rows(*rows)
    commands.transfer_ownership(touchpoint("M1"), department=cast.online, actor=cast.executive)
    commands.release_ownership(touchpoint("M2"), reason="Not ours.", actor=cast.shops_lead)
    before = everything()
    assert counts(sheet.rows(*rows)) == (0, 0, 2, 0)
    assert everything() == before
    # The file lets go of what it once said: that is not what was decided here.
    sheet.rows(*[row | {"owner_department": "", "owner_email": ""} for row in rows])
    assert owner(touchpoint("M1")) == cast.online
    # Only a new word of the file counts.
    sheet.rows(*[row | {"owner_department": "BILL"} for row in rows])
    assert owner(touchpoint("M1")) == owner(touchpoint("M2")) == cast.billing


def test_an_owner_of_here_gives_way_to_the_first_word_of_the_file_only_where_it_has_one(
    sheet: Sheet, cast: Cast
) -> None:
    Touchpoint.objects.filter(pk=cast.shop_window.pk).update(external_id="M1")
    take(sheet, "")
    assert owner(cast.shop_window) == cast.shops
    take(sheet, "WEB")
    assert owner(cast.shop_window) == cast.online


# --- Who cannot become owner -----------------------------------------------------------------------------------------


def test_an_archived_department_is_refused_and_the_rest_of_the_row_taken(sheet: Sheet, cast: Cast) -> None:
    take(sheet, "SHOPS")
    organisation.archive_department(cast.billing, merged_into=cast.care, actor=None)
    for _night in range(2):
        outcome = sheet.rows(
            {"external_id": "M1", "owner_department": "BILL", "volume": "7"},
            {"external_id": "M2", "owner_department": "Billing", "owner_email": "mia@example.com", "volume": "8"},
        )
        assert outcome.tally.partly == 2
        assert problems(outcome) == [("2", "owner_department", "BILL"), ("3", "owner_department", "Billing")]
        assert "Name its successor CARE" in outcome.first_problems()[0]["reason"]
        assert outcome.rejected is not None
    assert (owner(touchpoint("M1")), touchpoint("M1").volume) == (cast.shops, 7)
    assert (owner(touchpoint("M2")), touchpoint("M2").volume) == (None, 8)
    sheet.rows({"external_id": "M2", "owner_department": "CARE", "owner_email": "mia@example.com", "volume": "8"})
    assert current(touchpoint("M2")).person == cast.member


@pytest.mark.parametrize(
    ("email", "why"),
    [("nobody@example.com", "Nobody here"), ("lena@example.com", "does not work here"), ("gus@example.com", "guest")],
)
def test_a_person_who_cannot_be_accountable_is_refused(sheet: Sheet, cast: Cast, email: str, why: str) -> None:
    outcome = take(sheet, "SHOPS", owner_email=email)
    assert counts(outcome) == (1, 0, 0, 0)
    assert problems(outcome) == [("2", "owner_email", email)]
    assert why in outcome.first_problems()[0]["reason"]
    assert (current(touchpoint("M1")).department, current(touchpoint("M1")).person) == (cast.shops, None)


def test_a_person_without_an_owner_is_refused(sheet: Sheet, cast: Cast) -> None:
    assert problems(take(sheet, "", owner_email="mia@example.com")) == [("2", "owner_email", "mia@example.com")]


def test_another_person_for_the_same_owner(sheet: Sheet, cast: Cast) -> None:
    take(sheet, "SHOPS", owner_email="mia@example.com")
    since = last_event_id()
    assert counts(take(sheet, "SHOPS", owner_email="liam@example.com")) == (0, 1, 0, 0)
    assert current(touchpoint("M1")).person == cast.shops_lead
    assert Ownership.objects.filter(touchpoint=touchpoint("M1")).count() == 1
    assert kinds_since(since) == ["touchpoints.imported", "ownership.person_set"]
    assert data_of("ownership.person_set")[-1]["old_person"] == cast.member.pk
    assert counts(take(sheet, "SHOPS", owner_email="")) == (0, 1, 0, 0)
    assert current(touchpoint("M1")).person is None


def test_the_database_refuses_what_was_archived_a_moment_ago_and_the_other_rows_go_in(sheet: Sheet, cast: Cast) -> None:
    """Somebody archives a department between the reading of the directory and the writing of the owners."""

    def archive(execute: Any, sql: str, params: Any, many: Any, context: Any) -> Any:
        if sql.startswith(f"INSERT INTO {db.table(Ownership)}"):
            with connection.cursor() as cursor:
                cursor.cursor.execute(
                    "UPDATE organisation_department SET archived_at = '2026-01-01' WHERE code = 'BILL'"
                )
        return execute(sql, params, many, context)

    rows = [{"external_id": f"M{n}", "owner_department": "BILL" if n == 3 else "SHOPS"} for n in range(6)]
    with connection.execute_wrapper(archive):
        outcome = sheet.rows(*rows)
    assert counts(outcome) == (6, 0, 0, 0)
    assert problems(outcome) == [("5", "owner_department", "BILL")]
    assert Ownership.objects.filter(touchpoint__external_id__startswith="M", department=cast.shops).count() == 5
    assert owner(touchpoint("M3")) is None


# --- Supporting departments ------------------------------------------------------------------------------------------


def supporting() -> set[str]:
    held = Ownership.objects.current().filter(touchpoint=touchpoint("M1"), kind="responsible")
    return set(held.values_list("department__code", flat=True))


def test_supporting_departments_come_and_go_one_by_one(sheet: Sheet, cast: Cast) -> None:
    take(sheet, "SHOPS", supporting_departments="WEB; Care ;WEB;CARE")
    assert supporting() == {"WEB", "CARE"}
    Ownership.objects.filter(touchpoint=touchpoint("M1"), department=cast.care).update(held_until=clock.now())
    assert counts(take(sheet, "SHOPS", supporting_departments="WEB; Care ;BILL")) == (0, 1, 0, 0)
    assert supporting() == {"WEB", "BILL"}  # Care was ended here, and one more name does not bring it back
    assert counts(take(sheet, "SHOPS", supporting_departments="BILL")) == (0, 1, 0, 0)
    assert supporting() == {"BILL"}
    ended = Ownership.objects.get(touchpoint=touchpoint("M1"), department=cast.online)
    assert ended.held_until is not None


def test_supporting_departments_that_are_unknown_or_archived(sheet: Sheet, cast: Cast) -> None:
    organisation.archive_department(cast.billing, actor=None)
    for _night in range(2):
        outcome = take(sheet, "SHOPS", supporting_departments="WEB;BILL;Later")
        assert problems(outcome) == [("2", "supporting_departments", "BILL")]
        assert supporting() == {"WEB"}
    organisation.create_department("Later", unit=cast.retail, code="LATER", actor=None)
    assert counts(take(sheet, "SHOPS", supporting_departments="WEB;BILL;Later")) == (0, 1, 0, 0)
    assert supporting() == {"WEB", "LATER"}
