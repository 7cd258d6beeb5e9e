"""Finding touchpoints by words of what they are, where they stand, and who owns them."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.lookups import Contains

from journeys.models import Journey, Touchpoint
from workspace import db
from workspace.organisation.models import Person

OWN = ("name", "stage__name", "channel", "current__department__name", "current__department__code", "external_id")
UNIT = "business_unit__name"
JOURNEY = "stage__journey__name"
MOST = 50
MOST_WORDS = 8
"""Words of a search; what is written behind them narrows no further."""


def words_of(text: str) -> list[str]:
    """The words of a search as they are looked for, each once: in small letters and without accents."""
    return list(dict.fromkeys(filter(None, map(db.folded, text.split()))))[:MOST_WORDS]


def holding(fields: tuple[str, ...], word: str) -> Q:
    """The condition that one of these fields holds a word of `words_of`, whatever its case and accents."""
    return Q(Contains(db.Folded(*fields), word))


def touchpoints_found(text: str, person: Person) -> list[Touchpoint]:
    """Touchpoints that hold every word, in the order of their journeys; one more than `MOST` where there are more.

    A word may be that of the journey, but one at least is the touchpoint's own: its name, stage, channel, id, the
    business unit that it happens in (not for guests) or the department that owns it. Retired ones are left out.
    1 statement; the journey, stage, unit and owner come with them.
    """
    words = words_of(text)
    if not words:
        return []
    fields = OWN if person.is_guest else (*OWN, UNIT)
    own, every = Q(), Q()
    for word in words:
        named = holding(fields, word)
        own |= named
        every &= named | holding((JOURNEY,), word)
    visible = Touchpoint.objects.with_owner().filter(
        stage__journey__in=Journey.objects.visible_to(person).open().order_by().values("pk"),
        stage__removed_at__isnull=True,
    )
    rows = visible.exclude(lifecycle=Touchpoint.Lifecycle.RETIRED).filter(every & own if len(words) > 1 else own)
    ordered = rows.order_by("stage__journey__name", "stage__journey", "stage__position", "stage", "step", "pk")
    return list(ordered.select_related("stage__journey", "business_unit", "current__department__unit")[: MOST + 1])
