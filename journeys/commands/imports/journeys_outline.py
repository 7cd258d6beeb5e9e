"""The journeys and stages that a file of whole journeys brings, changes and puts in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.imports.journeys_found import NUMBER, Found
from journeys.models import Journey, Persona, Stage, Touchpoint
from journeys.queries.export import JOURNEY, STAGE
from journeys.queries.lasting_ids import STAGE_IDS
from workspace import db
from workspace.activity.commands.events import Happening
from workspace.organisation.commands.imports.kinds import Effects
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.models import ImportedRow
from workspace.organisation.queries.directory import people_named

EMAIL = "accountable_email"
PLAIN_OF_JOURNEY = {"name": "name", "description": "description", "state": "state"}
WRITTEN = (*PLAIN_OF_JOURNEY.values(), "persona", "accountable", "version")


class Outline:
    """Takes the rows of journeys, then those of stages, and says where touchpoints stand (see `board.Ground`)."""

    def __init__(self, found: Found, effects: Effects) -> None:
        self.found = found
        self.effects = effects

    # -- journeys

    def take_journeys(self) -> None:
        """Write the journeys that are new or changed, with their personas: at most 6 statements."""
        rows = self.found.by_word[JOURNEY]
        if not rows:
            return
        self._read_around(rows)
        new: list[Journey] = []
        changed: list[Journey] = []
        for row in rows:
            journey = self.found.journeys.get(row.cells["id"])
            if journey is None:
                journey = self.found.journeys[row.cells["id"]] = Journey(external_id=row.cells["id"])
                new.append(journey)
                row.outcome = "added"
            before = _fields(journey)
            self._set(row, journey)
            if row.outcome != "added" and _fields(journey) != before:
                journey.version += 1
                changed.append(journey)
                row.outcome = "changed"
        personas = [persona for persona in self.personas.values() if persona._state.adding]
        Persona.objects.bulk_create(personas)
        self.effects.happenings += [Happening(events.PERSONA_CREATED, persona) for persona in personas]
        for journey in (*new, *changed):
            journey.persona = journey.persona  # the new ones have a number by now
        Journey.objects.bulk_create(new)
        Journey.objects.bulk_update(changed, WRITTEN)
        self.effects.ids["journey"] |= {journey.pk for journey in (*new, *changed)}

    def _read_around(self, rows: Sequence[Row]) -> None:
        names = {row.get("persona") for row in rows} | {row.was("persona") for row in rows}
        found = Persona.objects.filter(name__in=db.one_of("text", names - {""}))
        self.personas = {persona.name: persona for persona in found}
        by_number = {persona.pk: persona for persona in self.personas.values()}
        for journey in self.found.held.values():
            if journey.persona_id in by_number:
                journey.persona = by_number[journey.persona_id]
        self.people = people_named({row.get(EMAIL).lower() for row in rows} | {row.was(EMAIL).lower() for row in rows})

    def _set(self, row: Row, journey: Journey) -> None:
        for column, field in PLAIN_OF_JOURNEY.items():
            if column in row.news:
                setattr(journey, field, row.values[column])
        if "persona" in row.news:
            self._set_persona(row, journey)
        if EMAIL in row.news:
            self._set_accountable(row, journey)

    def _set_persona(self, row: Row, journey: Journey) -> None:
        """The persona that the row names; an empty cell takes back the one that the file gave, and no other."""
        name = row.get("persona")
        if name:
            journey.persona = self.personas.setdefault(name, Persona(name=name))
            return
        was = self.personas.get(row.was("persona"))
        if was is not None and journey.persona_id == was.pk:
            journey.persona = None

    def _set_accountable(self, row: Row, journey: Journey) -> None:
        """The person whom the row names, if they can be accountable; the cell is refused otherwise."""
        if not row.get(EMAIL):
            was = self.people.get(row.was(EMAIL).lower())
            if was is not None and journey.accountable_id == was.id:
                journey.accountable_id = None
            return
        person = self.people.get(row.get(EMAIL).lower())
        if person is None:
            row.refuse(EMAIL, _("Nobody here has this address. Import the people, then this file again."))
        elif not person.works_here:
            row.refuse(EMAIL, _("This person does not work here any more. Name somebody who is active."))
        elif person.is_guest:
            row.refuse(EMAIL, _("A guest cannot be accountable. Name somebody else."))
        else:
            journey.accountable_id = person.id

    # -- stages

    def take_stages(self) -> None:
        """Write the stages that are new or changed: at most 6 statements. The journeys are written by now."""
        rows = [row for row in self.found.by_word[STAGE] if self._has_journey(row)]
        if not rows:
            return
        journeys = {self.found.journeys[row.cells["part_of"]].pk for row in rows}
        present = Stage.objects.present().filter(journey__in=db.one_of("bigint", journeys)).order_by("pk")
        own = {stage.pk: stage for stage in self.found.stages.values()}
        self.named = {(stage.journey_id, stage.name): own.get(stage.pk, stage) for stage in present}
        self.last = _last_positions(journeys)
        taken: dict[int, Row] = {}
        new: list[Stage] = []
        changed: list[Stage] = []
        known: list[tuple[Row, Stage]] = []
        for row in rows:
            stage = self._stage_of(row, taken)
            if stage is None:
                continue
            if stage._state.adding:
                new.append(stage)
            elif row.outcome == "changed":
                stage.version += 1
                changed.append(stage)
            known.append((row, stage))
            self.found.stages[row.cells["id"]] = stage
        Stage.objects.bulk_create(new)
        Stage.objects.bulk_update(changed, ["name", "position", "version"])
        self._remember(known)
        touched = {stage.journey_id for stage in (*new, *changed)}
        self.effects.ids["journey"] |= touched
        self.effects.ids["to_cross"] |= {stage.journey_id for stage in changed}

    def _has_journey(self, row: Row) -> bool:
        journey = self.found.journeys.get(row.cells["part_of"])
        if journey is None:
            row.reject("part_of", _("There is no journey with this id. Put its row above this one, or correct the id."))
            return False
        stage = self.found.stages.get(row.cells["id"])
        if stage is not None and stage.journey_id != journey.pk:
            row.reject("part_of", _("A stage stays in its journey. Give this row the journey that it was in."))
        elif stage is None and journey.archived_at is not None:
            row.reject("part_of", _("This journey is archived. Give the row another journey."))
        return not row.is_rejected

    def _stage_of(self, row: Row, taken: dict[int, Row]) -> Stage | None:
        """The stage that the row means, as it says it; one that the file does not know yet is found by its name."""
        journey = self.found.journeys[row.cells["part_of"]]
        stage = self.found.stages.get(row.cells["id"])
        if stage is not None and stage.removed_at is not None:
            for column in row.news:
                row.keep_back(column)
            row.note("removed-stage", row.cells["name"])
            return None
        other = self.named.get((journey.pk, row.cells["name"]))
        stage = stage or other
        if stage is not None and id(stage) in taken:
            row.reject("name", _("Line %(line)s names the same stage.") % {"line": taken[id(stage)].record.line})
            return None
        if stage is None:
            stage = self._new(row, journey)
        else:
            self._change(row, stage, other)
        taken[id(stage)] = row
        return stage

    def _new(self, row: Row, journey: Journey) -> Stage:
        position = row.values.get("position")
        if position is None:
            position = self.last.get(journey.pk, 0) + 1
        self.last[journey.pk] = max(self.last.get(journey.pk, 0), position)
        stage = self.named[journey.pk, row.cells["name"]] = Stage(
            journey=journey, name=row.cells["name"], position=position
        )
        row.outcome = "added"
        return stage

    def _change(self, row: Row, stage: Stage, other: Stage | None) -> None:
        before = (stage.name, stage.position)
        if "name" in row.news and other is not None and other is not stage:
            row.refuse("name", _("This journey has a stage of this name already. Choose another name."))
        elif "name" in row.news:
            self.named.pop((stage.journey_id, stage.name), None)
            stage.name = row.cells["name"]
            self.named[stage.journey_id, stage.name] = stage
        if row.values.get("position") is not None:
            stage.position = row.values["position"]
        if (stage.name, stage.position) != before:
            row.outcome = "changed"

    def _remember(self, known: Sequence[tuple[Row, Stage]]) -> None:
        """Keep which stage each row is, and under which id each stage leaves the house again: 1 statement."""
        given = []
        for row, stage in known:
            row.cells[NUMBER] = str(stage.pk)
            if row.cells["id"] != f"{self.found.mark}{stage.pk}":
                given.append((STAGE_IDS, str(stage.pk), {"id": row.cells["id"]}))
        db.insert_rows(ImportedRow, ("kind", "key", "cells"), given, replacing=("kind", "key"))

    # -- where touchpoints stand

    def reject(self, row: Row, touchpoint: Touchpoint | None) -> None:
        """Reject a row that would put its touchpoint where nothing can be put."""
        if touchpoint is not None and "part_of" not in row.news:
            return
        stage = self.found.stages.get(row.get("part_of"))
        if stage is None:
            row.reject("part_of", _("There is no stage with this id. Put its row above this one, or correct the id."))
        elif touchpoint is not None and touchpoint.stage_id == stage.pk:
            return
        elif stage.removed_at is not None:
            row.reject("part_of", _("This stage was removed here. Give the row another stage."))
        elif stage.journey.archived_at is not None:
            row.reject("part_of", _("This journey is archived. Give the row another journey."))

    def place(self, row: Row, touchpoint: Touchpoint | None) -> Stage | None:
        """The stage that the row names; None where the touchpoint stays."""
        return self.found.stages[row.cells["part_of"]] if touchpoint is None or "part_of" in row.news else None

    def write(self, effects: Effects) -> None:
        """Nothing is left to write: the stages are there before their touchpoints."""


def _fields(journey: Journey) -> tuple[Any, ...]:
    persona = journey.persona.name if journey.persona is not None else None
    return journey.name, journey.description, journey.state, persona, journey.accountable_id


def _last_positions(journeys: set[int]) -> dict[int, int]:
    rows = Stage.objects.filter(journey__in=db.one_of("bigint", journeys)).order_by().values_list("journey")
    return dict(rows.annotate(last=Max("position")))
