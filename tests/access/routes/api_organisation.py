"""The API of units, departments and people, as the session of a page goes it."""

from __future__ import annotations

from typing import Any

from tests.access.ways import EVERYBODY, GUESTS, INSIDERS, Way
from tests.cast import Cast
from workspace.organisation.commands import (
    archive_department,
    archive_unit,
    create_department,
    create_unit,
    invite_person,
)

ADMINISTRATOR = ("administrator",)
HEADS = ("head", "administrator")
INVITING = ("lead", "other_lead", "head", "other_head", "executive", "administrator")


def ways(cast: Cast) -> list[Way]:
    """One unit and one department are archived; another unit is empty."""
    actor = cast.administrator
    empty, former = create_unit("Bare", actor=actor), create_unit("Bygone", actor=actor)
    archive_unit(former, actor=actor)
    gone = create_department("Bygones", unit=cast.retail, code="BYGO", actor=actor)
    archive_department(gone, actor=actor)
    units, departments = "/api/v1/business-units/", "/api/v1/departments/"
    new = {"name": "Legal", "code": "LEGAL", "unit": cast.retail.pk}
    any_version = {"If-Match": "*"}
    return [
        Way("api:me-list", "/api/v1/me/", by=(*INSIDERS, *GUESTS)),
        Way("api:business_unit-list", units),
        Way("api:business_unit-list", units, "POST", ADMINISTRATOR, {"name": "Legal"}, done=201, scope="admin"),
        Way("api:business_unit-detail", f"{units}{cast.retail.pk}/"),
        Way("api:business_unit-detail", f"{units}{cast.retail.pk}/", "PATCH", ADMINISTRATOR, {"name": "Stores"},
            headers=any_version, scope="admin"),
        Way("api:business_unit-successor", f"{units}{former.pk}/successor/", "POST", ADMINISTRATOR,
            {"merged_into": empty.pk}, scope="admin"),
        Way("api:business_unit-consequences", f"{units}{empty.pk}/consequences/", "GET", ADMINISTRATOR, scope="admin"),
        Way("api:business_unit-archive", f"{units}{empty.pk}/archive/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:business_unit-restore", f"{units}{former.pk}/restore/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:department-list", departments),
        Way("api:department-list", departments, "POST", ADMINISTRATOR, new, done=201, scope="admin"),
        Way("api:department-detail", f"{departments}{cast.care.pk}/"),
        Way("api:department-detail", f"{departments}{cast.care.pk}/", "PATCH", ADMINISTRATOR, {"name": "Help"},
            headers=any_version, scope="admin"),
        Way("api:department-archive", f"{departments}{cast.care.pk}/archive/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:department-restore", f"{departments}{gone.pk}/restore/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:department-merge", f"{departments}{cast.care.pk}/merge/", "POST", ADMINISTRATOR,
            {"into": cast.billing.pk}, scope="admin"),
        Way("api:department-successor", f"{departments}{gone.pk}/successor/", "POST", ADMINISTRATOR,
            {"merged_into": cast.care.pk}, scope="admin"),
        Way("api:department-consequences", f"{departments}{cast.care.pk}/consequences/", "GET", ADMINISTRATOR,
            scope="admin"),
        *_leads(cast),
        *_people(cast),
        *(Way("api:nowhere", "/api/none/", method, (), answers=dict.fromkeys(EVERYBODY, 404))
          for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
    ]  # fmt: skip


def _leads(cast: Cast) -> list[Way]:
    """Of Billing, which is in Service: its head appoints them, and administrators do."""
    here = f"/api/v1/departments/{cast.billing.pk}/leads/"
    one = f"{here}{cast.billing_lead.pk}/"
    return [
        Way("api:lead-list", here),
        Way("api:lead-list", here, "POST", HEADS, {"person": cast.member.pk, "role": "deputy"}, done=201),
        Way("api:lead-detail", one),
        Way("api:lead-detail", one, "PATCH", HEADS, {"role": "deputy"}),
        Way("api:lead-detail", one, "DELETE", HEADS, done=204),
        Way("api:lead-consequences", f"{one}consequences/", "GET", HEADS),
    ]


def _people(cast: Cast) -> list[Way]:
    """A guest and a newcomer are invited; Lena Leaver is deactivated, and Omar Other may be."""
    people = "/api/v1/people/"
    one, gone = f"{people}{cast.other_member.pk}/", f"{people}{cast.leaver.pk}/"
    guest = invite_person("late@example.com", name="Late", role="guest", actor=cast.administrator).person
    theirs = f"{people}{guest.pk}/"
    new = {"name": "Nia New", "email": "nia@example.com"}

    def administered(what: str, path: str, data: dict[str, Any] | None = None) -> Way:
        return Way(f"api:person-{what}", f"{path}{what}/", "POST", ADMINISTRATOR, data or {}, scope="admin")

    return [
        Way("api:person-list", people),
        Way("api:person-list", people, "POST", ADMINISTRATOR, new, done=201, scope="admin"),
        Way("api:person-detail", one),
        Way("api:person-detail", one, "PATCH", ADMINISTRATOR, {"name": "Omar"}, headers={"If-Match": "*"},
            scope="admin"),
        administered("email", one, {"email": "omar@example.org"}),
        administered("role", one, {"role": "executive"}),
        administered("delegate", f"{people}{cast.care_lead.pk}/", {"delegate": cast.member.pk}),
        administered("leaving-date", one, {"left_on": "2099-01-01"}),
        administered("deactivate", one, {"to": cast.care_lead.pk, "with_leads": True}),
        administered("reactivate", gone),
        administered("erase", gone, {"email": cast.leaver.email}),
        Way("api:person-consequences", f"{one}consequences/", "GET", ADMINISTRATOR, scope="admin"),
        Way("api:person-invitation", f"{theirs}invitation/"),
        Way("api:person-invite-again", f"{theirs}invite-again/", "POST", INVITING),
        Way("api:person-revoke-invitation", f"{theirs}revoke-invitation/", "POST", INVITING),
        Way("api:person-invite-guest", f"{people}invite-guest/", "POST", INVITING, new, done=201),
    ]  # fmt: skip
