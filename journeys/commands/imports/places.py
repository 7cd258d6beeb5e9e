"""The journeys and stages that rows name: found, or made in the order in which the file names them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Max, Q
from django.utils.translation import gettext as _

from journeys import events
from journeys.models import Journey, Persona, Stage, Touchpoint
from workspace import db
from workspace.activity.commands.events import Happening
from workspace.organisation.commands.imports.kinds import Effects
from workspace.organisation.commands.imports.rows import Row

COLUMNS = frozenset({"journey", "journey_id", "stage"})


@dataclass(slots=True)
class Places:
    """Journeys by id and by name, and their stages; new ones are written together, before the touchpoints.

    `stages` goes by the identity of the journey in memory, for a journey that is not written yet has no other.
    """

    by_id: dict[str, Journey] = field(default_factory=dict)
    by_name: dict[str, Journey] = field(default_factory=dict)
    archived_names: set[str] = field(default_factory=set)
    present: dict[int, Stage] = field(default_factory=dict)
    stages: dict[tuple[int, str], Stage] = field(default_factory=dict)
    personas: dict[str, Persona] = field(default_factory=dict)
    new_journeys: list[Journey] = field(default_factory=list)
    new_stages: list[Stage] = field(default_factory=list)
    changed: dict[int, Journey] = field(default_factory=dict)

    @classmethod
    def read(cls, rows: Sequence[Row], held: Collection[Touchpoint]) -> Places:
        """What is there of what these rows name: at most 4 statements."""
        places = cls()
        named = [row for row in rows if COLUMNS & row.news or "persona" in row.news]
        if not named:
            return places
        ids, names = {row.get("journey_id") for row in named} - {""}, {row.get("journey") for row in named}
        own = Stage.objects.filter(pk__in={touchpoint.stage_id for touchpoint in held}).select_related("journey")
        present = {stage.pk: stage for stage in own} if held else {}
        found = Journey.objects.filter(
            Q(external_id__in=ids) | Q(name__in=names) | Q(pk__in={stage.journey_id for stage in present.values()})
        )
        journeys = {journey.pk: journey for journey in found.select_related("persona").order_by("pk")}
        for journey in journeys.values():
            places._know(journey)
        stages = (
            Stage.objects.present().filter(journey_id__in=db.one_of("bigint", journeys)).order_by() if journeys else ()
        )
        for stage in stages:
            stage.journey = journeys[stage.journey_id]
            places.stages[id(stage.journey), stage.name] = places.present[stage.pk] = stage
        wanted = {row.get("persona") for row in named} - {""}
        if wanted:
            places.personas = {persona.name: persona for persona in Persona.objects.filter(name__in=wanted)}
        return places

    def _know(self, journey: Journey) -> None:
        if journey.external_id:
            self.by_id[journey.external_id] = journey
        if journey.archived_at is not None:
            self.archived_names.add(journey.name)
        else:
            self.by_name.setdefault(journey.name, journey)

    def reject(self, row: Row, touchpoint: Touchpoint | None) -> None:
        """Reject a row that would put its touchpoint into an archived journey."""
        if not COLUMNS & row.news or self._stays(row, touchpoint):
            return
        journey = self._find(row)
        column = "journey_id" if row.get("journey_id") and journey is not None else "journey"
        if journey is None:
            archived = row.cells["journey"] in self.archived_names and not row.get("journey_id")
        else:
            archived = journey.archived_at is not None
        if archived:
            row.reject(column, _("This journey is archived. Give the row another journey."))

    def _stays(self, row: Row, touchpoint: Touchpoint | None) -> Stage | None:
        """The present stage, when it is the one that the row names."""
        stage = self.present.get(touchpoint.stage_id) if touchpoint is not None else None
        if stage is None or stage.name != row.cells["stage"]:
            return None
        journey, journey_id = stage.journey, row.get("journey_id")
        same = journey.external_id == journey_id if journey_id else journey.name == row.cells["journey"]
        return stage if same else None

    def _find(self, row: Row) -> Journey | None:
        """The journey of this id; without one, or where only the name is known so far, the one of this name."""
        journey_id = row.get("journey_id")
        by_name = self.by_name.get(row.cells["journey"])
        if not journey_id:
            return by_name
        found = self.by_id.get(journey_id)
        if found is None and by_name is not None and by_name.external_id is None:
            return by_name
        return found

    def place(self, row: Row, touchpoint: Touchpoint | None) -> Stage | None:
        """The stage that the row names; None where the touchpoint stays. Takes what the row says of the journey."""
        if touchpoint is None or COLUMNS & row.news:
            return self._stage_of(row, touchpoint)
        stage = self.present.get(touchpoint.stage_id) if "persona" in row.news else None
        if stage is not None:
            self._describe(row, stage.journey)
        return None

    def _stage_of(self, row: Row, touchpoint: Touchpoint | None) -> Stage:
        """The stage that the row names; journey and stage are made where they are missing."""
        stage = self._stays(row, touchpoint)
        journey = stage.journey if stage is not None else self._journey_of(row)
        self._describe(row, journey)
        if stage is None:
            stage = self.stages.get((id(journey), row.cells["stage"]))
        if stage is None:
            stage = Stage(journey=journey, name=row.cells["stage"], position=0)
            self.stages[id(journey), stage.name] = stage
            self.new_stages.append(stage)
        return stage

    def _journey_of(self, row: Row) -> Journey:
        journey, journey_id = self._find(row), row.get("journey_id")
        if journey is None:
            journey = Journey(external_id=journey_id or None, name=row.cells["journey"])
            self.new_journeys.append(journey)
            self._know(journey)
        elif journey_id and journey.external_id is None:
            journey.external_id = journey_id
            self.by_id[journey_id] = journey
            self._change(journey)
        return journey

    def _describe(self, row: Row, journey: Journey) -> None:
        """Name of a journey that the file knows by its id, and its persona.

        Every row repeats them: one that is new to the file does not undo what was decided here.
        """
        renamed = "journey" in row.news and row.was("journey") and row.get("journey_id") == row.was("journey_id") != ""
        if renamed and journey.name != row.cells["journey"]:
            journey.name = row.cells["journey"]
            self._change(journey)
        name = row.get("persona")
        if name and "persona" in row.news and (row.was("persona") or journey.persona is None):
            persona = self.personas.get(name)
            if persona is None:
                persona = self.personas[name] = Persona(name=name)
            if journey.persona is None or journey.persona.name != name:
                journey.persona = persona
                self._change(journey)

    def _change(self, journey: Journey) -> None:
        if not journey._state.adding:
            self.changed[journey.pk] = journey

    def write(self, effects: Effects) -> None:
        """Write what is new, and tell of it: at most 5 statements."""
        personas = [persona for persona in self.personas.values() if persona._state.adding]
        Persona.objects.bulk_create(personas)
        effects.happenings += [Happening(events.PERSONA_CREATED, persona) for persona in personas]
        Journey.objects.bulk_create(self.new_journeys)
        for journey in self.changed.values():
            journey.version += 1
        Journey.objects.bulk_update(self.changed.values(), ["external_id", "name", "persona", "version"])
        self._write_stages()
        effects.ids["journey"] |= {journey.pk for journey in self.new_journeys} | set(self.changed)

    def _write_stages(self) -> None:
        """Write the new stages behind those that their journeys have."""
        if not self.new_stages:
            return
        old = {stage.journey.pk for stage in self.new_stages}
        last = dict(
            Stage.objects.filter(journey_id__in=db.one_of("bigint", old))
            .order_by()
            .values_list("journey")
            .annotate(last=Max("position"))
        )
        for stage in self.new_stages:
            stage.position = last[stage.journey.pk] = last.get(stage.journey.pk, 0) + 1
        by_place = {(stage.journey.pk, stage.name): stage for stage in self.new_stages}
        rows = [(journey, name, stage.position, 1) for (journey, name), stage in by_place.items()]
        columns, returning = ("journey_id", "name", "position", "version"), ("journey_id", "name", "id")
        for journey, name, pk in db.insert_rows(Stage, columns, rows, returning=returning):
            by_place[journey, name].pk = pk
