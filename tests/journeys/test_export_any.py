"""Whatever journeys there are, an empty installation makes the same file of the file that it is given."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from journeys.models import Journey, Ownership, Persona, Stage, System, Touchpoint
from tests.cast import Cast
from tests.journeys.test_export_import import empty_the_installation
from tests.organisation.importing import counts
from workspace import clock
from workspace.organisation.commands.imports import import_file

pytestmark = pytest.mark.django_db

ODD = st.sampled_from(
    [
        "=1+1", "-2", "+49 30", "@SUM(A1)", "'", "''=1", "'007", "007", "1-2", "1E5",
        '"', '""', '",";', ",", ";", "\\", "|",
        "a\nb", "a\r\nb", "a\rb", "a\tb", "ו, ב־12", "\u202eabc", "مرحبا", "👩‍👩‍👧‍👦 🇨🇦", "e\u0301", "é", "ﬁ", "İ", "ß",
        "\u200b=1", "a\u2028b", "\ufeffa", "\x0b", "a\x1cb", "yes", "TRUE", "%s {0} {count}", "<b>&amp;", "row",
        "x" * 200,
    ]
)  # fmt: skip
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TEXT = st.lists(ODD | ANY, max_size=3).map("".join).map(str.strip)


def text(longest: int, *, filled: bool = True) -> st.SearchStrategy[str]:
    """A text that the house takes: without white space at its ends, and not longer than there is room."""
    cut = TEXT.map(lambda value: value[:longest].strip())
    return cut.filter(bool) if filled else cut


TOUCHPOINTS = st.fixed_dictionaries(
    {
        "external_id": st.none() | text(200),
        "name": text(300),
        "step": st.integers(1, 3) | st.integers(1, 1_000_000),
        "channel": text(50, filled=False),
        "visibility": st.sampled_from(Touchpoint.Visibility.values),
        "emotion": st.none() | st.integers(-2, 2),
        "moment_of_truth": st.booleans(),
        "volume": st.none() | st.integers(0, 2**63 - 1),
        "lifecycle": st.sampled_from(Touchpoint.Lifecycle.values),
        "pain_point": text(2000, filled=False),
    }
)
STAGES = st.fixed_dictionaries(
    {"position": st.integers(0, 3), "touchpoints": st.lists(st.tuples(TOUCHPOINTS, st.integers(0, 2**30)), max_size=4)}
)
JOURNEYS = st.fixed_dictionaries(
    {
        "fields": st.fixed_dictionaries(
            {
                "external_id": st.none() | text(200),
                "name": text(300),
                "description": text(2000, filled=False),
                "state": st.sampled_from(Journey.State.values),
            }
        ),
        "persona": st.none() | text(200),
        "accountable": st.booleans(),
        "stages": st.dictionaries(text(200), STAGES, max_size=3),
    }
)


class Drawn:
    """Writes journeys that were drawn, whatever the commands would ask for first."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ids: set[str] = set()

    def write(self, drawn: dict[str, Any]) -> None:
        """Write one journey with all that is in it."""
        persona = Persona.objects.get_or_create(name=drawn["persona"])[0] if drawn["persona"] else None
        journey = Journey.objects.create(
            persona=persona,
            accountable=self.cast.executive if drawn["accountable"] else None,
            **self._once(drawn["fields"]),
        )
        for name, stage in drawn["stages"].items():
            place = Stage.objects.create(journey=journey, name=name, position=stage["position"])
            for fields, choice in stage["touchpoints"]:
                self._write(place, self._once(fields), choice)

    def _once(self, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields, without an id that something else has already."""
        taken = fields["external_id"] in self.ids
        self.ids.add(fields["external_id"])
        return fields | ({"external_id": None} if taken else {})

    def _write(self, stage: Stage, fields: dict[str, Any], choice: int) -> None:
        cast = self.cast
        owner, supporter, person, unit, system = (choice >> place & 3 for place in (0, 2, 4, 6, 8))
        touchpoint = Touchpoint.objects.create(
            stage=stage,
            business_unit=cast.retail if unit & 1 else cast.service,
            system=System.objects.get_or_create(name=fields["name"][:200].strip())[0] if system & 1 else None,
            unmatched_owner=f"Nobody {fields['channel']}".strip() if owner == 3 else "",
            **fields,
        )
        departments = (cast.shops, cast.online, cast.care)
        if owner < 3:
            holder = cast.billing_lead if person & 1 else None
            self._own(touchpoint, departments[owner], "accountable", holder)
        for place in range(supporter):
            if place != owner:
                self._own(touchpoint, departments[place], "responsible", None)

    def _own(self, touchpoint: Touchpoint, department: Any, kind: str, person: Any) -> None:
        Ownership.objects.create(
            touchpoint=touchpoint, department=department, kind=kind, person=person, held_from=clock.now()
        )


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,  # the same cases every time: what fails here fails for whoever looks into it
    phases=[Phase.explicit, Phase.generate],  # to find the smallest case takes minutes, and tells no more
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(journeys=st.lists(JOURNEYS, min_size=1, max_size=3))
def test_an_empty_installation_gives_the_same_bytes(cast: Cast, journeys: list[dict[str, Any]]) -> None:
    with TemporaryDirectory() as folder, transaction.atomic():
        drawn = Drawn(cast)
        for journey in journeys:
            drawn.write(journey)
        file = Path(folder) / "journeys.csv"
        call_command("export_csv", "journeys", str(file), verbosity=0)
        sent = file.read_bytes()
        empty_the_installation()

        outcome = import_file("journeys", file)

        assert outcome.tally.went_well, outcome.first_problems()
        assert counts(outcome) == (outcome.tally.rows, 0, 0, 0)
        call_command("export_csv", "journeys", str(file), verbosity=0)
        assert file.read_bytes() == sent
        assert counts(import_file("journeys", file)) == (0, 0, outcome.tally.rows, 0)
        transaction.set_rollback(True)
