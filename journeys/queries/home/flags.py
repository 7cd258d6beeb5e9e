"""The flags that ask a person, as home counts and shows them."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from journeys.models import Flag
from journeys.queries.home.claims import decidable
from journeys.queries.home.handoffs import acceptable
from journeys.queries.inbox import DECIDABLE, concerning
from workspace.organisation.rules.standing import Standing


def flags_of_home(standing: Standing) -> QuerySet[Flag]:
    """Flags that ask the person, their departments or units; not those whose question home asks in another part.

    These are attestations to give, claims to decide and handoffs to accept.
    """
    answers_for = Q(asked=standing.person_id, asked_level=Flag.Level.OWNER) | Q(department__in=standing.leads)
    is_below = (
        Q(rule="unattested", evidence__disputed_at=None) & answers_for
        | Q(rule__in=DECIDABLE, touchpoint__in=decidable(standing).values("touchpoint"))
        | Q(rule="unaccepted-handoff", crossing__in=acceptable(standing).values("crossing"))
    )
    return Flag.objects.speaking().filter(concerning(standing)).filter(~is_below)
