"""Units, departments and people: read by everybody inside, changed by administrators; leads also by the head."""

from __future__ import annotations

from tests.access.ways import Way, both
from tests.cast import Cast
from workspace.organisation import commands

ADMINISTRATORS = ("administrator",)
HEADS = ("head", "administrator")


def ways(cast: Cast) -> list[Way]:
    """The organisation as it stands in Service, with an archived unit and department to be opened again."""
    old_unit = commands.create_unit("Old", actor=None)
    closed = commands.create_department("Closed", unit=cast.service, code="OLD", actor=None)
    empty = commands.create_unit("Empty", actor=None)
    commands.archive_unit(old_unit, actor=None)
    commands.archive_department(closed, actor=None)
    deputy = commands.create_person("deputy@example.com", name="Dan Deputy", department=cast.billing, actor=None)
    commands.add_lead(cast.billing, person=deputy, is_deputy=True, actor=None)
    token = commands.make_token(cast.executive, name="Sync", actor=cast.executive).token
    unit, department, person = (
        f"/organisation/units/{cast.service.pk}/",
        f"/organisation/departments/{cast.billing.pk}/",
        f"/organisation/people/{deputy.pk}/",
    )
    return [
        Way("organisation:units", "/organisation/"),
        Way("organisation:unit", unit),
        Way("organisation:unit_history", f"{unit}history/"),
        Way("organisation:department", department),
        Way("organisation:department_history", f"{department}history/"),
        Way("organisation:people", "/organisation/people/"),
        Way("organisation:suggest_people", "/organisation/people/suggest/?field=q&q=ada"),
        Way("organisation:person", person),
        Way("organisation:person_history", f"{person}history/"),
        Way("journeys:touchpoints", f"/touchpoints/?department={cast.billing.pk}"),
        *both("organisation:create_unit", "/organisation/units/new/", data={"name": "New"}, by=ADMINISTRATORS),
        *both(
            "organisation:change_unit",
            f"{unit}change/",
            data={"name": "Help", "head": "sven@example.com"},
            by=ADMINISTRATORS,
        ),
        *both("organisation:archive_unit", f"/organisation/units/{empty.pk}/archive/", data={}, by=ADMINISTRATORS),
        *both("organisation:restore_unit", f"/organisation/units/{old_unit.pk}/restore/", data={}, by=ADMINISTRATORS),
        *both(
            "organisation:create_department",
            f"{unit}departments/new/",
            data={"name": "New", "code": "NEW", "unit": cast.service.pk},
            by=ADMINISTRATORS,
        ),
        *both("organisation:change_department", f"{department}change/", data={"name": "Invoices"}, by=ADMINISTRATORS),
        *both("organisation:move_department", f"{department}move/", data={"unit": cast.retail.pk}, by=ADMINISTRATORS),
        *both(
            "organisation:archive_department",
            f"{department}archive/",
            data={"successor": cast.care.pk, "holdings": "move"},
            by=ADMINISTRATORS,
        ),
        *both(
            "organisation:restore_department",
            f"/organisation/departments/{closed.pk}/restore/",
            data={},
            by=ADMINISTRATORS,
        ),
        *both(
            "organisation:add_lead",
            f"{department}leads/add/",
            data={"person": "omar@example.com", "is_deputy": "yes"},
            by=HEADS,
        ),
        *both("organisation:remove_lead", f"{department}leads/{deputy.pk}/remove/", data={}, by=HEADS),
        *both(
            "organisation:create_person",
            "/organisation/people/new/",
            data={"name": "Nia New", "email": "nia@example.com", "role": "member"},
            by=ADMINISTRATORS,
        ),
        *both("organisation:change_person", f"{person}change/", data={"name": "Dan Delta"}, by=ADMINISTRATORS),
        *both("organisation:change_email", f"{person}email/", data={"email": "dan@example.org"}, by=ADMINISTRATORS),
        *both("organisation:set_role", f"{person}role/", data={"role": "executive"}, by=ADMINISTRATORS),
        *both("organisation:set_leaving_date", f"{person}leaving/", data={"on": "2099-01-01"}, by=ADMINISTRATORS),
        *both(
            "organisation:set_delegate", f"{person}delegate/", data={"delegate": "bela@example.com"}, by=ADMINISTRATORS
        ),
        *both(
            "organisation:deactivate_person", f"{person}deactivate/", data={"to": "bela@example.com"}, by=ADMINISTRATORS
        ),
        *both(
            "organisation:erase_person",
            f"/organisation/people/{cast.leaver.pk}/erase/",
            data={"email": cast.leaver.email},
            by=ADMINISTRATORS,
        ),
        *both(
            "organisation:reactivate_person",
            f"/organisation/people/{cast.leaver.pk}/reactivate/",
            data={},
            by=ADMINISTRATORS,
        ),
        Way("organisation:tokens", "/organisation/tokens/", by=ADMINISTRATORS),
        *both(
            "organisation:take_back_token",
            f"/organisation/tokens/{token.pk}/take-back/",
            data={"reason": "The program is gone"},
            by=ADMINISTRATORS,
        ),
    ]
