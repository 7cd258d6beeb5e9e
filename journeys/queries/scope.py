"""What a scan looks at: everything, or what a change has touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from journeys.models import Claim, Crossing, Ownership, Stage, System
from workspace.organisation.models import Person


@dataclass(frozen=True, slots=True)
class Scope:
    """Ids of what a change has touched. `reshaped` are the touchpoints of which more has changed than who owns them."""

    touchpoints: frozenset[int] = frozenset()
    claims: frozenset[int] = frozenset()
    stages: frozenset[int] = frozenset()
    systems: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    reshaped: frozenset[int] = frozenset()

    @classmethod
    def of(
        cls,
        *,
        touchpoints: Iterable[int] = (),
        claims: Iterable[int] = (),
        stages: Iterable[int] = (),
        systems: Iterable[int] = (),
        people: Iterable[int | None] = (),
        reshaped: Iterable[int] = (),
    ) -> Scope:
        """A scope of these ids."""
        some = frozenset(person for person in people if person is not None)
        everything, changed = frozenset(touchpoints), frozenset(reshaped)
        return cls(everything | changed, frozenset(claims), frozenset(stages), frozenset(systems), some, changed)

    def __bool__(self) -> bool:
        return bool(self.touchpoints or self.claims or self.stages or self.systems or self.people)

    def __or__(self, other: Scope) -> Scope:
        return Scope(
            self.touchpoints | other.touchpoints,
            self.claims | other.claims,
            self.stages | other.stages,
            self.systems | other.systems,
            self.people | other.people,
            self.reshaped | other.reshaped,
        )

    def in_pieces(self, size: int) -> Iterator[Scope]:
        """The scope as pieces of at most `size` touchpoints; the first one carries everything else."""
        touchpoints = sorted(self.touchpoints)
        first = frozenset(touchpoints[:size])
        if self:
            yield Scope(first, self.claims, self.stages, self.systems, self.people, self.reshaped & first)
        for start in range(size, len(touchpoints), size):
            piece = frozenset(touchpoints[start : start + size])
            yield Scope(piece, reshaped=self.reshaped & piece)


def touched_itself(scope: Scope) -> dict[str, Collection[int]]:
    """The subjects that a change names itself, by kind: what its own transaction settles, without a statement."""
    return {"touchpoint": scope.touchpoints, "claim": scope.claims}


def touched_around(scope: Scope) -> dict[str, Collection[int]]:
    """The subjects of local rules around a change, by kind, with 4 statements, or 5.

    Crossings that start or end at a touchpoint (active or not), or lead past one that came, went or moved, its stage,
    its claims (decided or not), and everybody who ever was accountable for it. The system behind it only where more
    has changed than its owner: a system can be behind very many touchpoints, and does not care who owns them.
    """
    touchpoints = scope.touchpoints
    claims = Claim.objects.filter(touchpoint__in=touchpoints)
    before = Crossing.objects.filter(target__in=scope.reshaped).values("source")
    behind = Crossing.objects.filter(source__in=scope.reshaped).values("target")
    past_it = Q(source__in=before, target__in=behind) if scope.reshaped else Q(pk__in=())
    crossings = Crossing.objects.filter(Q(source__in=touchpoints) | Q(target__in=touchpoints) | past_it)
    stages = Stage.objects.filter(touchpoints__in=touchpoints)
    systems = System.objects.filter(touchpoints__in=scope.reshaped)
    owners = Ownership.objects.filter(touchpoint__in=touchpoints, person__isnull=False).values("person")
    people = Person.objects.filter(pk__in=owners)
    return {
        "touchpoint": touchpoints,
        "claim": scope.claims | set(claims.order_by().values_list("pk", flat=True)),
        "crossing": set(crossings.order_by().values_list("pk", flat=True)),
        "stage": scope.stages | set(stages.order_by().values_list("pk", flat=True)),
        "system": scope.systems | set(systems.order_by().values_list("pk", flat=True)),
        "person": scope.people | set(people.order_by().values_list("pk", flat=True)),
    }
