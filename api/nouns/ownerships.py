"""Ownerships: who owns what, who owned it, and whether that was confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.bulk import ResultsShape, results_of, several
from api.kernel.filters import choice, filters_of, flag, moment, reference, text
from api.kernel.inputs import Input
from api.kernel.paging import Key
from api.kernel.values import Empty, YesNo, in_utc
from api.kernel.wanted import Included
from api.nouns.departments import DepartmentsView
from api.nouns.journeys import JourneysView
from api.nouns.owning import reason_field
from api.nouns.owning_shapes import OF_OWNERSHIP, OwnershipShape
from api.nouns.people import PeopleView
from api.nouns.timed import TimedView, last_steps
from api.nouns.touchpoints import TouchpointsView
from api.nouns.units import UnitsView
from journeys import commands
from journeys.commands.attesting import begin_press
from journeys.models import Ownership, Touchpoint
from journeys.queries.attesting import due_soon
from journeys.queries.history_then import person_then
from journeys.queries.limits import limits_now
from journeys.queries.places import last_moment_of
from journeys.rules.past import has_come
from workspace import clock, db

TO_CONFIRM = "Whether its owner is asked by now, or within two weeks, if it is still theirs."


class AsOfField(forms.CharField):
    """A day, which means its last moment where the installation is; or a moment with its offset."""

    def clean(self, value: Any) -> datetime | None:
        """The moment that is meant. Raises ValidationError for what is neither, and for what is still to come."""
        text = super().clean(value)
        if not text:
            return None
        try:
            found: date | datetime | None = parse_date(text) or parse_datetime(text)
        except ValueError:
            found = None
        if found is None:
            raise ValidationError(_("This is neither a day (2026-01-31) nor a moment (2026-01-31T12:00:00Z)."))
        if not isinstance(found, datetime):
            decision = has_come(found, today=clock.today())
            if not decision:
                raise ValidationError(f"{decision.reason} {decision.next_step}")
            return last_moment_of(found)
        if timezone.is_naive(found):
            raise ValidationError(_("This moment has no offset: end it with “Z”, or with one like “+02:00”."))
        if found > clock.now():
            raise ValidationError(_("This moment has not come yet."))
        return in_utc(found)


class AsOf(filters.Filter):  # type: ignore[misc]
    """What held at the end of a day, or at a moment."""

    field_class = AsOfField

    def filter(self, queryset: Any, value: datetime | None) -> Any:
        """The ownerships that held then."""
        return queryset if value is None else queryset.at(value)


class Dispute(Input):
    """Why it is not theirs, for whoever could take it."""

    reason = reason_field()


class OneOfAttested(Input):
    """One of several ownerships that are still theirs."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(
        required=False, help_text="The version that you have seen; if it was answered since, it is not answered (409)."
    )


class OneOfDisputed(OneOfAttested, Dispute):
    """One of several ownerships that are not theirs, and why."""


def _to_confirm(_filters: Any, queryset: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
    due = due_soon(limits_now()).order_by().values("pk")
    return queryset.filter(pk__in=due) if value else queryset.exclude(pk__in=due)


class OwnershipsView(TimedView):
    """Ownerships, past ones too: they end, and are never deleted. They begin and end by what is done at touchpoints."""

    noun, plural = "ownership", "ownerships"
    shape = OwnershipShape
    times = OF_OWNERSHIP
    takes = {
        "dispute": Dispute,
        "bulk_attest": several(OneOfAttested),
        "bulk_dispute": several(OneOfDisputed),
    }
    gives = {"bulk_attest": ResultsShape, "bulk_dispute": ResultsShape}
    filterset_class = filters_of(
        "OwnershipFilters",
        {
            "as_of": AsOf(help_text="What held when this day ended, where the installation is; or at this moment."),
            "current": Empty("held_until", help_text="Whether it holds now."),
            "to_confirm": YesNo(method="due_soon", help_text=TO_CONFIRM),
        },
        reference("id", "pk"),
        reference("touchpoint"),
        text("touchpoint_name", "touchpoint__name"),
        text("channel", "touchpoint__channel"),
        reference("journey", "touchpoint__stage__journey_id"),
        text("journey_name", "touchpoint__stage__journey__name"),
        reference("persona", "touchpoint__stage__journey__persona_id", is_optional=True),
        reference("unit", "touchpoint__business_unit_id"),
        reference("department"),
        choice("type", Ownership.Kind.choices, "kind"),
        reference("person", is_optional=True),
        moment("held_from"),
        moment("held_until", is_optional=True),
        reference("approved_by", is_optional=True),
        flag("outside_approved"),
        reference("outside_approved_by", is_optional=True),
        reference("claim", is_optional=True),
        moment("attested_at", is_optional=True),
        moment("disputed_at", is_optional=True),
        last_steps(*OF_OWNERSHIP),
        due_soon=_to_confirm,
    )
    orderings = {
        "id": Key("pk"),
        "held_from": Key("held_from"),
        "held_until": Key("held_until", True),
        "attested_at": Key("attested_at", True),
        "touchpoint": Key("touchpoint_id"),
        "department": Key("department_id"),
    }
    ordering = ("-held_from", "-id")
    includes = {
        "touchpoint": Included("touchpoint", TouchpointsView),
        "journey": Included("journey", JourneysView),
        "department": Included("department", DepartmentsView),
        "unit": Included("unit", UnitsView),
        "person": Included("person", PeopleView),
        "approved_by": Included("approved_by", PeopleView),
    }

    def visible(self) -> QuerySet[Any]:
        """All: those that hold, and those that have ended."""
        return Ownership.objects.all()

    def hold(self, thing: Ownership) -> None:
        """Hold its touchpoint, as whoever changes its owner does."""
        db.lock_row(Touchpoint, thing.touchpoint_id)

    def fields_read(self) -> tuple[str, ...]:
        """With `as_of`, also what says who answered then."""
        names = super().fields_read()
        needed = ("touchpoint", "type", "held_until") if "person" in names and self._moment() else ()
        return (*names, *(name for name in needed if name not in names))

    def along(self, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What is sent along with the items; before, who is accountable by now gives way to who was then."""
        then = self._moment()
        if then is not None and "person" in self.fields_read():
            owned: Any = [item for item in items if item["type"] == Ownership.Kind.ACCOUNTABLE]
            former = person_then({item["touchpoint"]: item["held_until"] for item in owned}, then)
            for item in owned:
                item["person"] = former.get(item["touchpoint"], item["person"])
        return super().along(items)

    def _moment(self) -> datetime | None:
        """What `as_of` asks for; None where it does not, or for one ownership."""
        asked = self.request.query_params.get("as_of") if self.action == "list" else None
        return AsOfField().clean(asked) if asked else None

    @action(detail=True, methods=["post"])
    def attest(self, request: Request, pk: int) -> Response:
        """Say that it is still theirs."""
        return self._answered(mine=True)

    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: int) -> Response:
        """Say that it is not theirs, and why: the department stays the owner until somebody takes it over."""
        return self._answered(mine=False)

    @action(detail=False, methods=["post"], url_path="bulk-attest")
    def bulk_attest(self, request: Request) -> Response:
        """Say of up to 500 that they are still theirs, each for itself; one press takes them all back together."""
        return self._answered_each(OneOfAttested, mine=True)

    @action(detail=False, methods=["post"], url_path="bulk-dispute")
    def bulk_dispute(self, request: Request) -> Response:
        """Say of up to 500 that they are not theirs, each for itself; one press takes them all back together."""
        return self._answered_each(OneOfDisputed, mine=False)

    def _answered_each(self, form: type[OneOfAttested], *, mine: bool) -> Response:
        self.check_limits()
        press = begin_press()

        def act(given: dict[str, Any]) -> dict[str, Any]:
            ownership, seen = self.one({"pk": given.pop("id")}), given.pop("version", None)
            answered = commands.attest_ownership(
                ownership, mine=mine, seen=seen, press=press, **given, actor=self.person
            )
            return {"id": answered.pk, "version": self.version_of(answered)}

        return Response({"results": results_of(self, self.filled()["items"], form, act)})

    def _answered(self, *, mine: bool) -> Response:
        ownership, given = self.one(), self.filled()
        return self.changed(
            ownership,
            lambda: commands.attest_ownership(ownership, mine=mine, **given, actor=self.person),
            is_required=False,
        )
