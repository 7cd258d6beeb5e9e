"""A journey as a map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from journeys.models import Journey, Stage
from journeys.queries import journey_map as maps
from journeys.queries.limits import limits_now
from journeys.queries.map_crossings import State
from journeys.queries.map_layout import CHANNEL, UNIT, VISIBILITY, columns_of, curve_of, lanes_of
from journeys.queries.places import last_moment_of
from journeys.rules.settings import plain
from journeys.rules.structure import may_build, may_share
from journeys.views.map_cards import Address, Cards, Look
from journeys.views.pages import crumbs_to
from workspace import clock
from workspace.acting import found
from workspace.answers import page_or_part
from workspace.errors import RuleBroken, Unknown
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.queries.sharing import number_of_shares
from workspace.organisation.requests import viewer
from workspace.organisation.rules.standing import Standing

WHOLE = "whole"
VALUES, VALUES_FAR = 30, 14
"""How many values of emotion can be read beside each other, and from far away."""

SHORT, SHORT_FAR = 22, 12
"""Letters of a stage's name that stand in one line of its head, and from far away."""


@require_safe
def journey_map(request: HttpRequest, pk: int) -> HttpResponse:
    """The map. At most 12 statements.

    `?lanes=` unit, channel or visibility; `?zoom=whole` or `?stage=` (its id) instead of all cards of all stages;
    `?on=` a day that is over: its owners on today's structure, and nothing to change. A day that cannot be shown is
    said, with 422, above the map of now.
    """
    person = viewer(request)
    journey = found(Journey.objects.visible_to(person).select_related("persona", "accountable"), pk)
    on, wrong_day = _day(request)
    standing = None if person.is_guest else standing_of(person)
    rights = _rights(standing, journey, is_past=on is not None)
    moment = last_moment_of(on) if on else None
    page = maps.journey_map(
        journey, viewer=person, moment=moment, standing=standing if rights.get("may_claim") else None
    )
    chosen = _Chosen(request, person, page.stages, on)
    shown = [chosen.stage] if chosen.stage else list(page.stages)
    cards = [card for card in page.cards if chosen.stage is None or card.stage_id == chosen.stage.pk]
    make = Cards(_look(rights, chosen))
    context: dict[str, Any] = {
        "page": page,
        "journey": journey,
        "chosen": chosen,
        "heads": [(column, chosen.alone(column.stage)) for column in columns_of(page, shown)],
        "lanes": [
            (lane, [(cell, make.html(cell.cards)) for cell in lane.cells])
            for lane in lanes_of(cards, shown, chosen.lanes)
        ],
        "curve": curve_of(cards, shown, most=VALUES_FAR if chosen.is_whole else VALUES),
        "between": [(state, state.label, page.between[state]) for state in State if page.between.get(state)],
        "target": plain(100 * limits_now().coverage_target),
        "crumbs": crumbs_to(),
        "wrong_day": wrong_day,
        "for_guest": person.is_guest,
        "has_long_names": any(len(stage.name) > (SHORT_FAR if chosen.is_whole else SHORT) for stage in shown),
        **rights,
    }
    if rights.get("may_edit"):
        context["add_url"] = reverse("journeys:add_touchpoint", args=[journey.pk])
    parts = {"journey-map": "journeys/map_body.html"}
    return page_or_part(request, "journeys/map.html", context, parts=parts, status=422 if wrong_day else 200)


def _day(request: HttpRequest) -> tuple[date | None, RuleBroken | None]:
    """The day of `?on=`, and why it cannot be shown."""
    asked = request.GET.get("on", "").strip()
    if not asked:
        return None, None
    next_step = _("Choose a day until today, as 2026-03-31.")
    try:
        day = parse_date(asked)
    except ValueError:
        day = None
    if day is None:
        return None, RuleBroken(_("“%(day)s” is no day.") % {"day": asked[:40]}, next_step=next_step)
    if day > clock.today():
        return None, RuleBroken(_("%(day)s is not over yet.") % {"day": asked}, next_step=next_step)
    return day, None


def _rights(standing: Standing | None, journey: Journey, *, is_past: bool) -> dict[str, Any]:
    """What the viewer may do here. A guest (None) may do nothing, and nobody changes the past."""
    if standing is None:
        return {}
    is_open = journey.archived_at is None and not is_past
    rights: dict[str, Any] = {
        "may_edit": is_open and bool(may_build(standing)),
        "may_restore": journey.archived_at is not None and bool(may_build(standing)),
        "may_claim": is_open and bool(standing.active and (standing.leads or standing.heads)),
    }
    if may_share(standing, accountable_id=journey.accountable_id):
        rights |= {"may_share": True, "guests": number_of_shares(Journey.NOUN, journey.pk)}
    return rights


def _look(rights: Mapping[str, Any], chosen: _Chosen) -> Look:
    def around(name: str) -> Address:
        before, _id, after = reverse(f"journeys:{name}", args=[0]).partition("0")
        return before, after

    return Look(
        page=around("touchpoint"),
        edit=around("edit_touchpoint") if rights.get("may_edit") else None,
        claim=around("claim") if rights.get("may_claim") else None,
        lanes=chosen.lanes,
        is_alone=chosen.stage is not None,
    )


class _Chosen:
    """How the map is looked at, and the addresses of the other ways to look at it."""

    def __init__(self, request: HttpRequest, person: Person, stages: Sequence[Stage], on: date | None) -> None:
        self.stages = stages
        self.on = on
        self.kinds = [(CHANNEL, _("Channel")), (VISIBILITY, _("Frontstage, backstage"))]
        if not person.is_guest:
            self.kinds.insert(0, (UNIT, _("Business unit")))
        asked = request.GET.get("lanes", "")
        self.default = self.kinds[0][0]
        self.lanes = asked if asked in dict(self.kinds) else self.default
        self.stage = self._stage(request.GET.get("stage", ""))
        self.is_whole = self.stage is None and request.GET.get("zoom") == WHOLE

    def _stage(self, asked: str) -> Stage | None:
        if not asked:
            return None
        stage = next((stage for stage in self.stages if str(stage.pk) == asked), None)
        if stage is None:
            raise Unknown(
                _("This journey has no stage %(id)s.") % {"id": asked[:20]},
                next_step=_("Start from the whole journey."),
            )
        return stage

    def address(self, *, stage: Stage | None = None, zoom: str = "", lanes: str = "", on: date | None = None) -> str:
        """Where the map stands looked at in this way."""
        lanes = lanes or self.lanes
        query = {
            "lanes": lanes if lanes != self.default else "",
            "zoom": zoom,
            "stage": stage.pk if stage else "",
            "on": on.isoformat() if on else "",
        }
        said = urlencode({key: value for key, value in query.items() if value})
        return f"?{said}"

    @property
    def zoom(self) -> str:
        """How near one stands."""
        return "stage" if self.stage else WHOLE if self.is_whole else "normal"

    def _here(self, **changes: Any) -> str:
        kept: dict[str, Any] = {"stage": self.stage, "zoom": WHOLE if self.is_whole else "", "on": self.on}
        return self.address(**(kept | changes))

    @property
    def lane_links(self) -> list[dict[str, Any]]:
        """The other lanes."""
        return [
            {"label": label, "url": self._here(lanes=kind), "current": kind == self.lanes} for kind, label in self.kinds
        ]

    @property
    def zoom_links(self) -> list[dict[str, Any]]:
        """From far to near; a key leads to the nearer one, the farther one, and the farthest."""
        first = self.stage or (self.stages[0] if self.stages else None)
        levels = [
            ("whole", _("Whole"), self.address(zoom=WHOLE, on=self.on)),
            ("normal", _("Cards"), self.address(on=self.on)),
            ("stage", _("One stage"), self.address(stage=first, on=self.on)),
        ]
        at = [code for code, *_rest in levels].index(self.zoom)
        keys = {at + 1: "+", at - 1: "-"}
        return [
            {"code": code, "label": label, "url": url, "current": place == at, "key": keys.get(place, "")}
            for place, (code, label, url) in enumerate(levels)
            if self.stages or code != "stage"
        ]

    def alone(self, stage: Stage) -> str:
        """Where a stage stands alone."""
        return self.address(stage=stage, on=self.on)

    @property
    def stage_links(self) -> list[dict[str, Any]]:
        """Each stage alone."""
        return [{"stage": stage, "url": self.alone(stage), "current": stage == self.stage} for stage in self.stages]

    @property
    def now(self) -> str:
        """The same map as it is today."""
        return self._here(on=None)

    @property
    def hidden(self) -> dict[str, str]:
        """What a form that chooses a day keeps."""
        kept = {
            "lanes": self.lanes if self.lanes != self.default else "",
            "zoom": WHOLE if self.is_whole else "",
            "stage": str(self.stage.pk) if self.stage else "",
        }
        return {key: value for key, value in kept.items() if value}
