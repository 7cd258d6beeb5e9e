"""Flags: which rules do not hold, for what, who is asked, and the answers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import django_filters as filters
from django.db import models
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.bulk import results_of, several
from api.kernel.filters import NounFilters, choice, day, filters_of, moment, reference, text, whole
from api.kernel.paging import Key
from api.kernel.shapes import Hung, Made, Shape
from api.kernel.values import YesNo
from api.kernel.versions import stale
from api.kernel.wanted import Included
from api.nouns.departments import DepartmentsView
from api.nouns.flag_answers import AnsweredsShape, AnswerOfSeveral, OwnerOfSeveral, Silence, SilenceOfSeveral
from api.nouns.flag_export import ExportedView
from api.nouns.flag_story import StoryMaking, StoryOfFlag
from api.nouns.journeys import JourneysView
from api.nouns.levels import word_in, words_of
from api.nouns.people import PeopleView
from api.nouns.story_shapes import StoryShape
from api.nouns.touchpoints import TouchpointsView
from api.nouns.units import UnitsView
from journeys import commands
from journeys.commands.bulk import Answer, answer_flag
from journeys.models import Flag
from journeys.queries.flag_telling import explained, suggested_owners
from journeys.queries.inbox import concerning
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of
from workspace.plain import plain_text

SEVERITIES, LEVELS = Flag.Severity, Flag.Level
FOR_ME = "Whether it asks you, a department that you lead, or a unit that you head."


class _Level(filters.ChoiceFilter):  # type: ignore[misc]
    """A level, by its word."""

    def __init__(self, levels: type[models.IntegerChoices], **kwargs: Any) -> None:
        self.numbers = {level.name.lower(): level.value for level in levels}
        super().__init__(choices=words_of(levels), **kwargs)

    def filter(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        """The rows at this level, or at one of these."""
        given = [self.numbers[word] for word in value] if isinstance(value, list) else self.numbers.get(value)
        narrowed: QuerySet[Any] = super().filter(queryset, given)
        return narrowed


class _Levels(filters.BaseInFilter, _Level):  # type: ignore[misc]
    """Several levels, by their words."""


def _level(name: str, levels: type[models.IntegerChoices], column: str) -> dict[str, filters.Filter]:
    made: dict[str, filters.Filter] = {
        name: _Level(levels, field_name=column),
        f"{name}__in": _Levels(levels, field_name=column),
    }
    for sign in ("gte", "lte"):
        made[f"{name}__{sign}"] = _Level(levels, field_name=column, lookup_expr=sign)
    return made


def _concerning_me(flags: NounFilters, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
    mine = concerning(standing_of(flags.request.user))
    return queryset.filter(mine) if value else queryset.exclude(mine)


class WordsShape(serializers.Serializer[Any]):
    """A flag in words."""

    title = serializers.CharField()
    sentence = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())


class SuggestedShape(serializers.Serializer[Any]):
    """A department that might own it, and why."""

    department = serializers.IntegerField()
    reason = serializers.CharField()


class FlagShape(Shape):
    """A flag: a rule does not hold for a subject. There is one for each rule and subject, ever; its state changes."""

    id = serializers.IntegerField()
    rule = serializers.CharField(help_text="The code of the rule.")
    severity = serializers.ChoiceField(choices=words_of(SEVERITIES))
    state = serializers.ChoiceField(choices=Flag.State.choices)
    subject_kind = serializers.CharField(help_text="touchpoint, crossing, stage, unit, person, system, claim …")
    subject_id = serializers.IntegerField()
    touchpoint = serializers.IntegerField(source="touchpoint_id", allow_null=True)
    crossing = serializers.IntegerField(source="crossing_id", allow_null=True)
    journey = serializers.IntegerField(source="journey_id", allow_null=True)
    unit = serializers.IntegerField(source="unit_id", allow_null=True)
    other_unit = serializers.IntegerField(source="other_unit_id", allow_null=True, help_text="At a crossing.")
    department = serializers.IntegerField(source="department_id", allow_null=True)
    evidence = serializers.DictField(help_text="What the rule has found; other facts for each rule.")
    words = WordsShape(help_text="What is wrong, as people read it.")
    suggested_owners = SuggestedShape(many=True, help_text="At most 3, best first, where an owner is looked for.")
    opened_at = serializers.DateTimeField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField()
    asked = serializers.IntegerField(source="asked_id", allow_null=True, help_text="The person who is asked now.")
    asked_as = serializers.ChoiceField(choices=words_of(LEVELS), help_text="On which rung of the ladder.")
    asked_at = serializers.DateTimeField(allow_null=True)
    silent_until = serializers.DateField(allow_null=True)
    silence_reason = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField()

    @staticmethod
    def _in_words(ids: Collection[int], _viewer: Person) -> Mapping[int, Any]:
        return {
            pk: {"title": one.title, "sentence": plain_text(one.sentence), "facts": [str(fact) for fact in one.facts]}
            for pk, one in explained(ids).items()
        }

    @staticmethod
    def _suggested(ids: Collection[int], _viewer: Person) -> Mapping[int, Any]:
        return {
            pk: [{"department": one.department.id, "reason": one.reason} for one in suggestions]
            for pk, suggestions in suggested_owners(ids).items()
        }

    parts = {
        "severity": Made(word_in(SEVERITIES), ("severity",)),
        "asked_as": Made(word_in(LEVELS), ("asked_level",)),
        "words": Hung(_in_words, lambda: None),
        "suggested_owners": Hung(_suggested),
    }


class FlagsView(ExportedView, StoryMaking):
    """Flags, closed ones too: `state__in=open,acknowledged` gives those that ask for something now."""

    noun, plural = "flag", "flags"
    shape = FlagShape
    takes = {
        "snooze": Silence,
        "waive": Silence,
        "story": StoryOfFlag,
        "bulk_acknowledge": several(AnswerOfSeveral),
        "bulk_snooze": several(SilenceOfSeveral),
        "bulk_waive": several(SilenceOfSeveral),
        "bulk_claim": several(OwnerOfSeveral),
        "bulk_assign": several(OwnerOfSeveral),
    }
    gives = {"story": StoryShape} | dict.fromkeys(
        ("bulk_acknowledge", "bulk_snooze", "bulk_waive", "bulk_claim", "bulk_assign"), AnsweredsShape
    )
    statuses = {"story": 201}
    unversioned = ("story",)
    filterset_class = filters_of(
        "FlagFilters",
        {"for_me": YesNo(method="concerning_me", help_text=FOR_ME)},
        reference("id", "pk"),
        text("rule"),
        _level("severity", SEVERITIES, "severity"),
        choice("state", Flag.State.choices),
        text("subject_kind"),
        reference("subject_id", "subject_id"),
        reference("touchpoint", is_optional=True),
        reference("crossing", is_optional=True),
        reference("journey", is_optional=True),
        reference("unit", is_optional=True),
        reference("other_unit", is_optional=True),
        reference("department", is_optional=True),
        moment("opened_at"),
        moment("resolved_at", is_optional=True),
        day("due_on"),
        reference("asked", is_optional=True),
        _level("asked_as", LEVELS, "asked_level"),
        moment("asked_at", is_optional=True),
        day("silent_until", is_optional=True),
        text("silence_reason"),
        whole("version"),
        concerning_me=_concerning_me,
    )
    orderings = {
        "id": Key("pk"),
        "severity": Key("severity"),
        "due_on": Key("due_on"),
        "opened_at": Key("opened_at"),
        "resolved_at": Key("resolved_at", True),
        "rule": Key("rule"),
    }
    ordering = ("-severity", "due_on", "id")
    includes = {
        "touchpoint": Included("touchpoint", TouchpointsView),
        "journey": Included("journey", JourneysView),
        "unit": Included("unit", UnitsView),
        "other_unit": Included("other_unit", UnitsView),
        "department": Included("department", DepartmentsView),
        "asked": Included("asked", PeopleView),
    }

    def visible(self) -> QuerySet[Any]:
        """All, whatever their state."""
        return Flag.objects.visible_to(self.person)

    @action(detail=True, methods=["post"])
    def acknowledge(self, request: Request, pk: int) -> Response:
        """Say that it was seen and is being worked on."""
        return self._step(commands.acknowledge_flag)

    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: int) -> Response:
        """Silence it for a while."""
        return self._step(commands.snooze_flag)

    @action(detail=True, methods=["post"])
    def waive(self, request: Request, pk: int) -> Response:
        """Accept that the rule does not hold, for a reason and until a date."""
        return self._step(commands.waive_flag)

    @action(detail=True, methods=["post"], url_path="end-silence")
    def end_silence(self, request: Request, pk: int) -> Response:
        """Let it speak again."""
        return self._step(commands.end_silence)

    @action(detail=False, methods=["post"], url_path="bulk-acknowledge")
    def bulk_acknowledge(self, request: Request) -> Response:
        """Acknowledge up to 500 flags, each for itself."""
        return self._several("acknowledge", AnswerOfSeveral)

    @action(detail=False, methods=["post"], url_path="bulk-snooze")
    def bulk_snooze(self, request: Request) -> Response:
        """Silence up to 500 flags for a while, each for itself."""
        return self._several("snooze", SilenceOfSeveral)

    @action(detail=False, methods=["post"], url_path="bulk-waive")
    def bulk_waive(self, request: Request) -> Response:
        """Waive up to 500 flags, each for itself."""
        return self._several("waive", SilenceOfSeveral)

    @action(detail=False, methods=["post"], url_path="bulk-claim")
    def bulk_claim(self, request: Request) -> Response:
        """Claim what up to 500 flags are about. A touchpoint on which several of them lie is claimed once."""
        return self._several("claim", OwnerOfSeveral)

    @action(detail=False, methods=["post"], url_path="bulk-assign")
    def bulk_assign(self, request: Request) -> Response:
        """Assign what up to 500 flags are about. A touchpoint on which several of them lie is assigned once."""
        return self._several("assign", OwnerOfSeveral)

    def _step(self, command: Callable[..., Any]) -> Response:
        flag, given = self.one(), self.filled()
        return self.changed(flag, lambda: command(flag, **given, actor=self.person), is_required=False)

    def _several(self, answer: str, form: type[AnswerOfSeveral]) -> Response:
        self.check_limits()
        taken: dict[tuple[int, int], tuple[int, str]] = {}

        def act(given: dict[str, Any]) -> dict[str, Any]:
            flag, seen = self.one({"pk": given.pop("id")}), given.pop("version", None)
            if seen is not None:
                self.held(flag)
                if seen != flag.version:
                    raise stale(seen, flag.version, self.state_of(flag))
            place = (flag.touchpoint_id, given["department"].pk if "department" in given else 0)
            by, told = taken.get(place, (flag.pk, ""))
            if by == flag.pk:  # also where its transaction was lost, and it is its turn again
                told = answer_flag(flag, Answer(answer, **given), actor=self.person)
            if flag.touchpoint_id is not None and "department" in given:
                taken[place] = (by, told)
            flag.refresh_from_db()
            return {"id": flag.pk, "version": flag.version, "told": told}

        return Response({"results": results_of(self, self.filled()["items"], form, act)})
