"""The first morning: the lists are imported as they stood, and what no list could say is typed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from journeys import commands as journeys
from journeys.models import Journey, System, Touchpoint
from workspace.demo import cast
from workspace.demo.acts import department, person, touchpoint
from workspace.organisation import commands as organisation
from workspace.organisation.commands.imports import import_file
from workspace.organisation.models import BusinessUnit, Person

LISTS = Path(__file__).parent / "data"

ROLES = {
    "administrator": Person.Role.ADMINISTRATOR,
    "executive": Person.Role.EXECUTIVE,
    "guest": Person.Role.GUEST,
}


def invite_the_first() -> None:
    """The people with a password: the administrator begins, the list of all people follows."""
    for what, email in cast.SIGN_INS:
        organisation.create_person(
            email,
            name=email.partition("@")[0].replace(".", " ").title(),  # the list of people knows better
            role=ROLES.get(what, Person.Role.MEMBER),
            password=cast.PASSWORD,
            actor=Person.objects.filter(email=cast.SIGN_INS[0][1]).first(),
        )


def describe_personas() -> None:
    """The journeys' list names the personas; who they are is written down first."""
    for name, description in cast.PERSONAS.items():
        journeys.create_persona(name, description=description, actor=person(cast.ADMINISTRATOR))


def import_units() -> None:
    """Business units and departments."""
    _import("org")


def import_people() -> None:
    """Everybody, with the leads of the departments."""
    _import("people")


def import_touchpoints() -> None:
    """Six journeys, as the spreadsheet had them."""
    _import("touchpoints")


def import_stories() -> None:
    """What was left in the old tracker, when the teams are there."""
    _import("stories")


def appoint() -> None:
    """Executives, heads of units, deputies and delegates."""
    administrator = person(cast.ADMINISTRATOR)
    for handle in cast.EXECUTIVES:
        if person(handle).role != Person.Role.EXECUTIVE:
            organisation.set_role(person(handle), role=Person.Role.EXECUTIVE, actor=administrator)
    for name, handle in cast.UNIT_HEADS.items():
        organisation.set_unit_head(BusinessUnit.objects.get(name=name), head=person(handle), actor=administrator)
    for code, handle in cast.DEPUTIES.items():
        organisation.add_lead(department(code), person=person(handle), is_deputy=True, actor=administrator)
    for handle, delegate in cast.DELEGATES.items():
        organisation.set_delegate(person(handle), delegate=person(delegate), actor=administrator)


def name_who_answers() -> None:
    """Who answers for a journey as a whole, and for the technology behind it."""
    administrator = person(cast.ADMINISTRATOR)
    for external_id, handle in cast.JOURNEY_ACCOUNTABLE.items():
        journey = Journey.objects.get(external_id=external_id)
        journeys.change_journey(journey, accountable=person(handle), actor=administrator)
    for system, handle in cast.TECHNOLOGY_OWNERS.items():
        journeys.set_technology_owner(System.objects.get(name=system), person=person(handle), actor=administrator)


def note_what_hurts() -> None:
    """The pain points that the walk through the journeys brought up, and what the customer does not see."""
    insight = person(cast.RESEARCHER)
    for external_id, pain in cast.PAIN_POINTS.items():
        journeys.change_touchpoint(touchpoint(external_id), pain_point=pain, actor=insight)
    for visibility, external_ids in (
        (Touchpoint.Visibility.BACKSTAGE, cast.BACKSTAGE),
        (Touchpoint.Visibility.SUPPORT, cast.SUPPORT),
    ):
        for external_id in external_ids:
            journeys.change_touchpoint(touchpoint(external_id), visibility=visibility, actor=insight)


def _import(kind: str) -> None:
    """Import a list as the administrator. A row that is not taken is a fault of the demo: AssertionError."""
    outcome = import_file(kind, LISTS / f"{kind}.csv", actor=person(cast.ADMINISTRATOR))
    assert outcome.tally.went_well, (kind, outcome.first_problems())
    assert not outcome.unknown_columns, (kind, outcome.unknown_columns)


OPENING: Sequence[Callable[[], None]] = (
    invite_the_first,
    describe_personas,
    import_units,
    import_people,
    import_touchpoints,
    appoint,
    name_who_answers,
    note_what_hurts,
)
