"""The API of units, departments and people, as the session of a page goes it."""

from __future__ import annotations

from tests.access.ways import EVERYBODY, GUESTS, INSIDERS, Way
from tests.cast import Cast
from workspace.organisation.commands import archive_department, archive_unit, create_department, create_unit

ADMINISTRATOR = ("administrator",)


def ways(cast: Cast) -> list[Way]:
    """One unit and one department are archived; another unit is empty."""
    actor = cast.administrator
    empty, former = create_unit("Bare", actor=actor), create_unit("Bygone", actor=actor)
    archive_unit(former, actor=actor)
    gone = create_department("Bygones", unit=cast.retail, code="BYGO", actor=actor)
    archive_department(gone, actor=actor)
    units, departments, people = "/api/v1/business-units/", "/api/v1/departments/", "/api/v1/people/"
    new = {"name": "Legal", "code": "LEGAL", "unit": cast.retail.pk}
    any_version = {"If-Match": "*"}
    return [
        Way("api:me-list", "/api/v1/me/", by=(*INSIDERS, *GUESTS)),
        Way("api:business_unit-list", units),
        Way("api:business_unit-list", units, "POST", ADMINISTRATOR, {"name": "Legal"}, done=201, scope="admin"),
        Way("api:business_unit-detail", f"{units}{cast.retail.pk}/"),
        Way("api:business_unit-detail", f"{units}{cast.retail.pk}/", "PATCH", ADMINISTRATOR, {"name": "Stores"},
            headers=any_version, scope="admin"),
        Way("api:business_unit-archive", f"{units}{empty.pk}/archive/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:business_unit-restore", f"{units}{former.pk}/restore/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:department-list", departments),
        Way("api:department-list", departments, "POST", ADMINISTRATOR, new, done=201, scope="admin"),
        Way("api:department-detail", f"{departments}{cast.care.pk}/"),
        Way("api:department-detail", f"{departments}{cast.care.pk}/", "PATCH", ADMINISTRATOR, {"name": "Help"},
            headers=any_version, scope="admin"),
        Way("api:department-archive", f"{departments}{cast.care.pk}/archive/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:department-restore", f"{departments}{gone.pk}/restore/", "POST", ADMINISTRATOR, scope="admin"),
        Way("api:person-list", people),
        Way("api:person-detail", f"{people}{cast.member.pk}/"),
        *(Way("api:nowhere", "/api/none/", method, (), answers=dict.fromkeys(EVERYBODY, 404))
          for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")),
    ]  # fmt: skip
