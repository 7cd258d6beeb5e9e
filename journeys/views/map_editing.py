"""Editing a journey where it is shown: its stages and touchpoints, as dialogs over the map or as pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from journeys import commands
from journeys.map_forms import NameForm, NewTouchpointForm, NothingForm, PlaceForm, StageForm, TouchpointForm, of_lane
from journeys.models import Journey, Stage, Touchpoint
from journeys.queries.editing import AFTER, BEFORE, BESIDE, END, known_channels, open_units, places_of
from journeys.rules.structure import may_build
from journeys.views.pages import for_insiders
from workspace.acting import DIALOG, Action, ask, found, take
from workspace.activity.undoing import noting
from workspace.answers import asks_for, done, done_undoably, way_back
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

form_or_post = require_http_methods(["GET", "HEAD", "POST"])


def check_builder(request: HttpRequest) -> None:
    """Raise Unknown for guests, NotAllowed for insiders who do not build journeys: 1 statement, or 2."""
    person = viewer(request)
    for_insiders(person)
    may_build(standing_of(person)).or_not_allowed()


def undoably(request: HttpRequest, act: Callable[[], str], *, back: str) -> HttpResponse:
    """Do it, say what it returns, and offer the way back; or say that it changed nothing."""
    with noting() as events:
        text = act()
    if not events:
        return done(request, _("Nothing was changed."), back=back)
    return done_undoably(request, text, events[:1], back=back)


def leading_to(request: HttpRequest, back: str, *links: tuple[str, str]) -> SafeString:
    """Links to what else can be done to the same thing, for a dialog or a page."""
    wanted = quote(way_back(request, back))
    parts = [
        format_html(
            '<a href="{url}?next={back}" hx-get="{url}" hx-target="#{slot}">{label}</a>',
            url=url, back=wanted, slot=DIALOG, label=label,
        )
        for label, url in links
    ]  # fmt: skip
    return SafeString(" · ".join(parts))


def is_dropped(request: HttpRequest) -> bool:
    """Whether something was carried to its place on the map: there is no form then to come back to."""
    return request.method == "POST" and asks_for(request) not in ("", DIALOG)


def _journey(request: HttpRequest, pk: int) -> Journey:
    check_builder(request)
    return found(Journey.objects.visible_to(viewer(request)), pk)


def _stage(request: HttpRequest, pk: int) -> Stage:
    check_builder(request)
    return found(Stage.objects.present().select_related("journey"), pk)


def _touchpoint(request: HttpRequest, pk: int) -> Touchpoint:
    check_builder(request)
    return found(Touchpoint.objects.visible_to(viewer(request)).select_related("stage__journey", "business_unit"), pk)


# --- Touchpoints -----------------------------------------------------------------------------------------------------


@form_or_post
def add_touchpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a touchpoint; `?stage=`, `?lanes=` and `?lane=` say where on the map one wants it."""
    journey = _journey(request, pk)
    back = journey.get_absolute_url()
    action = Action(title=_("Add a touchpoint"), about=journey.name, button=_("Add"), back=back)
    stage, lanes, lane = (request.GET.get(name, "") for name in ("stage", "lanes", "lane"))
    initial = {"place": f"{stage}:{END}", **of_lane(lanes, lane)}

    def form(*data: Any) -> NewTouchpointForm:
        choices, channels = places_of(journey.pk), known_channels(journey.pk)
        return NewTouchpointForm(*data, choices=choices, units=open_units(), channels=channels, initial=initial)

    def do(fields: dict[str, Any]) -> HttpResponse:
        where = _place(fields.pop("place"))

        def act() -> str:
            added = commands.add_touchpoint(**where, actor=viewer(request), **fields)
            return _("“%(name)s” is on the map.") % {"name": added.name}

        return undoably(request, act, back=back)

    return ask(request, action, form, do)


@form_or_post
def edit_touchpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a touchpoint is."""
    touchpoint = _touchpoint(request, pk)
    back = touchpoint.stage.journey.get_absolute_url()
    move = (_("Move it to another place…"), reverse("journeys:place_touchpoint", args=[pk]))
    about = format_html(
        "{} {}",
        _("In %(stage)s, step %(step)s.") % {"stage": touchpoint.stage.name, "step": touchpoint.step},
        leading_to(request, back, move),
    )
    action = Action(title=_("Change %(name)s") % {"name": touchpoint.name}, about=about, button=_("Save"), back=back)

    def form(*data: Any) -> TouchpointForm:
        units = open_units(and_this=touchpoint.business_unit_id)
        channels = known_channels(touchpoint.stage.journey_id)
        return TouchpointForm(*data, touchpoint=touchpoint, units=units, channels=channels)

    def do(fields: dict[str, Any]) -> HttpResponse:
        def act() -> str:
            version = fields["base_version"]
            changed = commands.change_touchpoint(
                touchpoint, base_version=version, actor=viewer(request), **fields["changes"]
            )
            return _("“%(name)s” is changed.") % {"name": changed.name}

        return undoably(request, act, back=back)

    return ask(request, action, form, do)


@form_or_post
def place_touchpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where a touchpoint can go (GET), or put it there (POST): by the form, or to where its card was dropped."""
    touchpoint = _touchpoint(request, pk)
    back = touchpoint.stage.journey.get_absolute_url()
    about = _("Now in %(stage)s, step %(step)s.") % {"stage": touchpoint.stage.name, "step": touchpoint.step}
    action = Action(title=_("Move %(name)s") % {"name": touchpoint.name}, about=about, button=_("Move"), back=back)

    def form(*data: Any) -> PlaceForm:
        choices = places_of(touchpoint.stage.journey_id, but=touchpoint.pk)
        return PlaceForm(*data, choices=choices, initial={"place": f"{touchpoint.stage_id}:{END}"})

    def do(fields: dict[str, Any]) -> HttpResponse:
        def act() -> str:
            moved = commands.place_touchpoint(touchpoint, **_place(fields["place"]), actor=viewer(request))
            return _("“%(name)s” is in %(stage)s now.") % {"name": moved.name, "stage": moved.stage.name}

        return undoably(request, act, back=back)

    if is_dropped(request):
        return do(take(form(request.POST)))
    return ask(request, action, form, do)


def _place(value: str) -> dict[str, Any]:
    """The place that a form offered, as the commands take it."""
    stage, how, *touchpoint = value.split(":")
    where: dict[str, Any] = {"stage": Stage(pk=int(stage))}
    if how in (BEFORE, AFTER, BESIDE):
        where |= {"next_to": int(touchpoint[0]), "beside": how == BESIDE}
    return where | ({"after": True} if how == AFTER else {})


# --- Stages ----------------------------------------------------------------------------------------------------------


@form_or_post
def add_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a stage at the end."""
    journey = _journey(request, pk)
    back = journey.get_absolute_url()
    action = Action(title=_("Add a stage"), about=journey.name, button=_("Add"), back=back)

    def do(fields: dict[str, Any]) -> HttpResponse:
        def act() -> str:
            stage = commands.add_stage(journey, name=fields["name"], actor=viewer(request))
            return _("The stage “%(name)s” is added.") % {"name": stage.name}

        return undoably(request, act, back=back)

    return ask(request, action, NameForm, do)


@form_or_post
def edit_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a stage another name; the ways to move and remove it lead from here."""
    stage = _stage(request, pk)
    back = stage.journey.get_absolute_url()
    links = [
        (_("Move it…"), reverse("journeys:move_stage", args=[pk])),
        (_("Remove it…"), reverse("journeys:remove_stage", args=[pk])),
    ]
    about = leading_to(request, back, *links)
    action = Action(title=_("Change %(name)s") % {"name": stage.name}, about=about, button=_("Save"), back=back)

    def form(*data: Any) -> StageForm:
        return StageForm(*data, version=stage.version, initial={"name": stage.name})

    def do(fields: dict[str, Any]) -> HttpResponse:
        def act() -> str:
            version = fields["base_version"]
            renamed = commands.rename_stage(stage, name=fields["name"], base_version=version, actor=viewer(request))
            return _("The stage is called “%(name)s” now.") % {"name": renamed.name}

        return undoably(request, act, back=back)

    return ask(request, action, form, do)


@form_or_post
def move_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Show where a stage can go (GET), or put it there (POST): by the form, or to where its head was dropped."""
    stage = _stage(request, pk)
    back = stage.journey.get_absolute_url()
    action = Action(title=_("Move %(name)s") % {"name": stage.name}, about=stage.journey.name, button=_("Move"),
                    back=back)  # fmt: skip

    def form(*data: Any) -> PlaceForm:
        others = stage.journey.stages.present().exclude(pk=stage.pk).order_by("position", "pk")
        before = [(str(other.pk), _("before %(name)s") % {"name": other.name}) for other in others]
        return PlaceForm(*data, choices=[*before, (END, _("at the end"))], initial={"place": END})

    def do(fields: dict[str, Any]) -> HttpResponse:
        place = fields["place"]
        before = None if place == END else Stage(pk=int(place), journey=stage.journey)

        def act() -> str:
            moved = commands.move_stage(stage, before=before, actor=viewer(request))
            return _("The stage “%(name)s” is moved.") % {"name": moved.name}

        return undoably(request, act, back=back)

    if is_dropped(request):
        return do(take(form(request.POST)))
    return ask(request, action, form, do)


@form_or_post
def remove_stage(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a stage in which there is nothing."""
    stage = _stage(request, pk)
    back = stage.journey.get_absolute_url()
    about = _("Only a stage without touchpoints can be removed. It can be brought back for 10 minutes.")
    title = _("Remove %(name)s") % {"name": stage.name}
    action = Action(title=title, about=about, button=_("Remove"), back=back, kind="danger")

    def do(fields: dict[str, Any]) -> HttpResponse:
        def act() -> str:
            removed = commands.remove_stage(stage, actor=viewer(request))
            return _("The stage “%(name)s” is removed.") % {"name": removed.name}

        return undoably(request, act, back=back)

    return ask(request, action, NothingForm, do)
