"""A small company for tests: two business units, their people, and one journey through both. Built by the commands.

`cast` (a fixture in `tests/conftest.py`) is the company on a quiet day. `scan()` runs the full scan, `deliver()` what
the worker does after a commit, `grow()` makes the company larger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journeys import commands as journeys
from journeys.models import Crossing, Flag, Journey, Stage, Touchpoint
from workspace import clock
from workspace.activity.commands.delivery import deliver_events
from workspace.activity.commands.jobs import work_on
from workspace.organisation import commands as organisation
from workspace.organisation.models import BusinessUnit, Department, Person


@dataclass
class Cast:
    """Who and what there is. Retail holds Shops and Online Store, Service holds Billing and Care.

    Owned: Shop window (Shops), Compare online (Online Store), Receipt (Billing). Unowned: Ask a seller (in Retail),
    Till (in Service, a moment of truth, 12,400 contacts a year) and Fault line (in Service, emotion −2).
    """

    administrator: Person
    executive: Person
    retail_head: Person
    service_head: Person
    shops_lead: Person
    shops_deputy: Person
    online_lead: Person
    billing_lead: Person
    care_lead: Person
    member: Person
    other_member: Person
    guest: Person
    leaver: Person

    retail: BusinessUnit
    service: BusinessUnit
    shops: Department
    online: Department
    billing: Department
    care: Department

    journey: Journey
    notice: Stage
    choose: Stage
    pay: Stage
    use: Stage
    shop_window: Touchpoint
    ask_a_seller: Touchpoint
    compare_online: Touchpoint
    till: Touchpoint
    receipt: Touchpoint
    fault_line: Touchpoint

    def crossing(self, source: Touchpoint, target: Touchpoint) -> Crossing:
        """The crossing from one touchpoint to the next."""
        return Crossing.objects.get(source=source, target=target)

    def flag(self, rule: str, touchpoint: Touchpoint) -> Flag:
        """The one flag of this rule about this touchpoint."""
        return Flag.objects.get(rule=rule, touchpoint=touchpoint)


def build_cast() -> Cast:
    """Found the company. Everything is written by commands, as the house itself or as the administrator."""
    admin = organisation.create_person(
        "ada@example.com", name="Ada Admin", role=Person.Role.ADMINISTRATOR, job_title="Operations", actor=None
    )
    come_in(admin)
    retail = organisation.create_unit("Retail", actor=admin)
    service = organisation.create_unit("Service", actor=admin)
    shops = organisation.create_department("Shops", unit=retail, code="SHOPS", actor=admin)
    online = organisation.create_department("Online Store", unit=retail, code="WEB", actor=admin)
    billing = organisation.create_department("Billing", unit=service, code="BILL", actor=admin)
    care = organisation.create_department("Care", unit=service, code="CARE", actor=admin)

    def hire(first: str, last: str, department: Department | None = None, *, role: str = Person.Role.MEMBER) -> Person:
        email = f"{first.lower()}@example.com"
        return organisation.create_person(email, name=f"{first} {last}", department=department, role=role, actor=admin)

    executive = hire("Eve", "Executive", role=Person.Role.EXECUTIVE)
    retail_head, service_head = hire("Rita", "Retail", shops), hire("Sven", "Service", care)
    organisation.set_unit_head(retail, head=retail_head, actor=admin)
    organisation.set_unit_head(service, head=service_head, actor=admin)
    shops_lead, shops_deputy = hire("Liam", "Lead", shops), hire("Dora", "Deputy", shops)
    online_lead, billing_lead, care_lead = (
        hire("Olga", "Online", online),
        hire("Bela", "Billing", billing),
        hire("Cara", "Care", care),
    )
    for department, lead in ((shops, shops_lead), (online, online_lead), (billing, billing_lead), (care, care_lead)):
        organisation.add_lead(department, person=lead, actor=admin)
    organisation.add_lead(shops, person=shops_deputy, is_deputy=True, actor=admin)
    member, other_member = hire("Mia", "Member", shops), hire("Omar", "Other", care)
    guest = hire("Gus", "Guest", role=Person.Role.GUEST)
    leaver = hire("Lena", "Leaver", shops)
    organisation.deactivate_person(leaver, actor=admin)

    journey = journeys.create_journey(
        "Buying a coffee machine",
        persona=journeys.create_persona("Freya, moves house", actor=admin),
        accountable=executive,
        actor=admin,
    )
    notice, choose, pay, use = (
        journeys.add_stage(journey, name=name, actor=admin) for name in ("Notice", "Choose", "Pay", "Use")
    )

    def meet(stage: Stage, name: str, unit: BusinessUnit, channel: str, **fields: Any) -> Touchpoint:
        return journeys.add_touchpoint(stage, name=name, business_unit=unit, channel=channel, actor=admin, **fields)

    touchpoints = {
        "shop_window": meet(notice, "Shop window", retail, "store", emotion=1, volume=30000),
        "ask_a_seller": meet(choose, "Ask a seller", retail, "store", step=1, emotion=1, volume=900),
        "compare_online": meet(choose, "Compare online", retail, "web", step=1, emotion=0, volume=21000),
        "till": meet(pay, "Till", service, "store", emotion=0, moment_of_truth=True, volume=12400),
        "receipt": meet(pay, "Receipt", service, "email", emotion=0, volume=12000),
        "fault_line": meet(use, "Fault line", service, "phone", emotion=-2, volume=2300),
    }
    journeys.claim_touchpoint(touchpoints["shop_window"], department=shops, actor=shops_lead)
    journeys.claim_touchpoint(touchpoints["compare_online"], department=online, actor=online_lead)
    journeys.claim_touchpoint(touchpoints["receipt"], department=billing, actor=billing_lead)
    return Cast(
        administrator=admin, executive=executive, retail_head=retail_head, service_head=service_head,
        shops_lead=shops_lead, shops_deputy=shops_deputy, online_lead=online_lead, billing_lead=billing_lead,
        care_lead=care_lead, member=member, other_member=other_member, guest=guest, leaver=leaver,
        retail=retail, service=service, shops=shops, online=online, billing=billing, care=care,
        journey=journey, notice=notice, choose=choose, pay=pay, use=use, **touchpoints,
    )  # fmt: skip


def come_in(person: Person) -> Person:
    """Let them have signed in once: an administrator who never did is none to count on."""
    Person.objects.filter(pk=person.pk).update(last_login=clock.now())
    person.refresh_from_db()
    return person


def scan() -> None:
    """Run the full scan, here and now."""
    work_on(journeys.request_scan(actor=None).pk)


def deliver() -> None:
    """Do what the worker does after a commit: settle what the last events have touched around them."""
    deliver_events()


def grow(cast: Cast, *, by: int, stages: int = 3, touchpoints: int = 4, owned: bool = False) -> list[Journey]:
    """Add `by` journeys of `stages` × `touchpoints`, in turn in Retail and Service.

    They are unowned, or owned by Shops and Billing in turn.
    """
    places = ((cast.retail, cast.shops), (cast.service, cast.billing))
    grown = []
    for number in range(1, by + 1):
        journey = journeys.create_journey(f"Journey {number}", actor=cast.administrator)
        for stage_number in range(1, stages + 1):
            stage = journeys.add_stage(journey, name=f"Stage {stage_number}", actor=cast.administrator)
            for place in range(touchpoints):
                unit, department = places[place % 2]
                name = f"Touchpoint {stage_number}.{place + 1}"
                touchpoint = journeys.add_touchpoint(stage, name=name, business_unit=unit, channel="web", actor=None)
                if owned:
                    journeys.assign_ownership(touchpoint, department=department, actor=cast.executive)
        grown.append(journey)
    return grown
