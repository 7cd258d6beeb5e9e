"""Who may share a journey with guests, and who may see it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from journeys.models import Journey
from journeys.rules.structure import may_share
from workspace.errors import Unknown
from workspace.organisation.models import Person
from workspace.organisation.rules.decisions import Decision
from workspace.organisation.rules.standing import Standing


def may_share_journey(standing: Standing, journey_id: int) -> Decision:
    """Whether this person may share the journey: 1 statement. Raises Unknown where there is none."""
    found = Journey.objects.filter(pk=journey_id).values_list("accountable_id").first()
    if found is None:
        raise Unknown(_("There is no journey %(id)s.") % {"id": journey_id})
    return may_share(standing, accountable_id=found[0])


def may_see_journey(person: Person, journey_id: int) -> bool:
    """Whether a person may see the journey today: 1 statement for a guest, none for people inside, who see all."""
    return not person.is_guest or Journey.objects.visible_to(person).filter(pk=journey_id).exists()


def journeys_seen_by(person: Person) -> QuerySet[Journey, int]:
    """The ids of the journeys that a person may see today: 1 statement."""
    return Journey.objects.visible_to(person).order_by().values_list("pk", flat=True)
