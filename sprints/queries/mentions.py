"""Mentions: `@` and a name as people type it, `@[person:12]` as it is kept, and the names to show.

What is kept holds an id, so that it follows whoever is renamed, and says no name of whoever is erased.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from sprints.models import Team
from workspace import clock, db
from workspace.organisation.models import Person, Share
from workspace.organisation.models.people import active_person, answering_person

KEPT = re.compile(r"@\[person:(\d{1,18})\]")
"""A mention as it is kept."""

_TYPED = re.compile(r"(?:(?<=[\s(\[{\"'“„»*_~>])|\A)@(?=\w)")
_LONGEST_NAME = 150
_MOST_WORDS = 8


def token_of(person_id: int) -> str:
    """A mention of this person, as it is kept."""
    return f"@[person:{person_id}]"


def mentioned_in(texts: Iterable[str]) -> set[int]:
    """The ids of the people whom these texts mention."""
    return {int(found) for text in texts for found in KEPT.findall(text)}


def names_in(*texts: str) -> dict[int, str]:
    """The present names of the people whom these texts mention, by id: 1 statement, none where nobody is."""
    ids = mentioned_in(texts)
    return dict(Person.objects.filter(pk__in=ids).values_list("pk", "name").order_by()) if ids else {}


def people_to_mention(team: Team | int) -> QuerySet[Person]:
    """Whoever may see the team's stories today: the active insiders, and the guests whom it is shared with."""
    team_id = team.pk if isinstance(team, Team) else team
    return Person.objects.filter(_seeing(team_id)).order_by("name", "email")


def people_a_guest_knows(team: Team | int) -> QuerySet[Person]:
    """Of those, the ones whom a guest may know of: the team's members, and the guests whom it is shared with."""
    team_id = team.pk if isinstance(team, Team) else team
    return people_to_mention(team_id).filter(Q(memberships__team=team_id) | Q(role=Person.Role.GUEST)).distinct()


def _seeing(team_id: int) -> Q:
    today = clock.today()
    shares = Share.objects.in_force(today).filter(noun=Team.NOUN, subject_id=team_id).order_by()
    return answering_person(today) | (active_person(today) & Q(role=Person.Role.GUEST, pk__in=shares.values("guest")))


@dataclass(frozen=True, slots=True)
class Mentions:
    """A text as it is kept, whom it mentions, and what stands against it: names of people who cannot be mentioned."""

    text: str
    people: frozenset[int]
    unseeing: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()


def read_mentions(text: str, *, team_id: int, by: Person | None, known: Collection[int] = ()) -> Mentions:
    """Put ids in place of the names behind an `@`: at most 3 statements, none where there is no `@`.

    The longest name that fits counts. What is nobody's name stays text. A guest finds the people whom they know of;
    others are nobody's names to them, and their ids nobody's ids: a token that a guest types would tell a name.
    `known` were mentioned before, and may be mentioned still.
    """
    if "@" not in text:
        return Mentions(text, frozenset())
    seen = people_a_guest_knows(team_id) if by is not None and by.is_guest else None
    people = _named(text, seen)
    able = people_to_mention(team_id) if seen is None else seen
    seeing = _those_of(able, [pk for ids in people.values() for pk in ids] + sorted(mentioned_in([text])))
    allowed = seeing | set(known)
    refused: dict[str, list[str]] = {"unseeing": [], "absent": [], "ambiguous": []}
    text = _with_tokens(text, people, allowed, refused)
    ids = mentioned_in([text])
    _refuse_unknown(ids - allowed, refused, may_know=seen is None)
    told = {why: tuple(dict.fromkeys(names)) for why, names in refused.items()}
    return Mentions(text, frozenset(ids), **told)


def as_typed(text: str) -> str:
    """A text as people type it, for a form: names in place of ids, but where two people have the name: 2 statements."""
    names = names_in(text)
    if not names:
        return text
    people = Person.objects.filter(name__in=set(names.values()), erased_at__isnull=True)
    ids: dict[str, set[int]] = defaultdict(set)
    for pk, name in people.values_list("pk", "name").order_by():
        ids[name].add(pk)

    def typed(match: re.Match[str]) -> str:
        name = names.get(int(match[1]), "")
        return f"@{name}" if len(ids.get(name, ())) == 1 else match[0]

    return KEPT.sub(typed, text)


def _candidates(text: str) -> Iterable[tuple[int, list[str]]]:
    """Where names may stand (behind an `@`), and what they may be, the longest first.

    A name ends at its line, before another `@`, after 8 words or 150 characters: the sum of all is in proportion to the
    text, however many signs it has.
    """
    for match in _TYPED.finditer(text):
        start = match.end()
        stretch = re.split(r"[\n\r@]", text[start : start + _LONGEST_NAME], maxsplit=1)[0]
        ends = [end.end() for end in re.finditer(r"\S(?=\W|\Z)", stretch)]
        yield start, [stretch[:end] for end in reversed(ends[: _MOST_WORDS * 2])]


def _named(text: str, seen: QuerySet[Person] | None) -> Mapping[str, list[int]]:
    """The ids of the people who have one of the names that may stand in the text: 1 statement at most."""
    wanted = {name for _start, names in _candidates(text) for name in names}
    if not wanted:
        return {}
    people = (Person.objects.all() if seen is None else seen).filter(
        name__in=db.one_of("text", sorted(wanted)), erased_at__isnull=True
    )
    ids: dict[str, list[int]] = defaultdict(list)
    for pk, name in people.values_list("pk", "name").order_by("pk"):
        ids[name].append(pk)
    return ids


def _those_of(people: QuerySet[Person], ids: Collection[int]) -> set[int]:
    return set(people.filter(pk__in=set(ids)).values_list("pk", flat=True).order_by()) if ids else set()


def _with_tokens(
    text: str, people: Mapping[str, list[int]], allowed: Collection[int], refused: dict[str, list[str]]
) -> str:
    pieces, done = [], 0
    for start, names in _candidates(text):
        name = next((name for name in names if name in people), None)
        if name is None:
            continue
        able = [pk for pk in people[name] if pk in allowed]
        if len(able) > 1:
            refused["ambiguous"].append(name)
        pieces += [text[done : start - 1], token_of((able or people[name])[0])]
        done = start + len(name)
    return "".join(pieces) + text[done:]


def _refuse_unknown(ids: set[int], refused: dict[str, list[str]], *, may_know: bool) -> None:
    """Sort those who cannot be mentioned; an id that the writer may not know of is nobody."""
    rows = Person.objects.filter(pk__in=ids) if ids and may_know else Person.objects.none()
    found = {person.pk: person for person in rows}
    for pk in sorted(ids):
        if pk not in found:
            refused["unseeing"].append(_("person %(id)s") % {"id": pk})
        elif found[pk].works_here:
            refused["unseeing"].append(found[pk].name)
        else:
            refused["absent"].append(found[pk].name)
