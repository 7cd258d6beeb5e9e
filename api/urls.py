"""Addresses of the API, under /api/. Whatever is not here is answered with problem details too."""

from __future__ import annotations

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from api.nouns.absences import AbsencesView
from api.nouns.approvals import ApprovalsView
from api.nouns.attachments import AttachmentsView
from api.nouns.calls import CallsView
from api.nouns.checklist import ItemsView
from api.nouns.claims import ClaimsView
from api.nouns.columns import ColumnsView
from api.nouns.comments import CommentsView
from api.nouns.coverage import CoverageView
from api.nouns.crossings import CrossingsView
from api.nouns.departments import DepartmentsView
from api.nouns.events import EventsView
from api.nouns.flags import FlagsView
from api.nouns.handoffs import HandoffsView
from api.nouns.imports import ImportsView
from api.nouns.initiatives import InitiativesView
from api.nouns.journeys import JourneysView
from api.nouns.labels import LabelsView
from api.nouns.leads import LeadsView
from api.nouns.me import MeView
from api.nouns.notifications import NotificationsView
from api.nouns.ownership_changes import OwnershipChangesView
from api.nouns.ownerships import OwnershipsView
from api.nouns.people import PeopleView
from api.nouns.personas import PersonasView
from api.nouns.rules import RulesView
from api.nouns.saved_views import SavedViewsView
from api.nouns.scans import ScansView
from api.nouns.sprints import SprintsView
from api.nouns.stages import StagesView
from api.nouns.stories import StoriesView
from api.nouns.systems import SystemsView
from api.nouns.teams import MembersView, TeamsView
from api.nouns.touchpoints import TouchpointsView
from api.nouns.undo import UndoView
from api.nouns.units import UnitsView
from api.nouns.waivers import WaiversView
from api.nouns.webhooks import WebhookDeliveriesView, WebhooksView
from api.nowhere import Nowhere
from api.schema.views import IndexView, ProblemsView, SchemaView, docs

app_name = "api"

router = SimpleRouter(use_regex_path=False)
for view in (  # what is asked most stands first: addresses are tried one after the other
    StoriesView,
    TouchpointsView,
    UnitsView,
    DepartmentsView,
    LeadsView,
    PeopleView,
    OwnershipsView,
    ClaimsView,
    CallsView,
    HandoffsView,
    FlagsView,
    WaiversView,
    ImportsView,
    RulesView,
    ScansView,
    CoverageView,
    PersonasView,
    SystemsView,
    JourneysView,
    StagesView,
    CrossingsView,
    LabelsView,
    InitiativesView,
    CommentsView,
    ItemsView,
    AttachmentsView,
    ApprovalsView,
    EventsView,
    NotificationsView,
    SavedViewsView,
    TeamsView,
    MembersView,
    AbsencesView,
    ColumnsView,
    SprintsView,
    WebhooksView,
    WebhookDeliveriesView,
):
    router.register(view.plural, view, basename=view.noun.replace(" ", "_"))
router.register("me", MeView, basename="me")
router.register("undo", UndoView, basename="undo")
router.register("schema", SchemaView, basename="schema")
router.register("problems", ProblemsView, basename="problem")

urlpatterns = [
    path("v1/", IndexView.as_view({"get": "list"}, basename="index"), name="index"),
    path("v1/docs/", docs, name="docs"),
    path(
        "v1/ownerships/changes/",
        OwnershipChangesView.as_view({"get": "list"}, basename="ownership_change"),
        name="ownership-changes",
    ),
    path(
        "v1/ownerships/changes/export/",
        OwnershipChangesView.as_view({"get": "export"}, basename="ownership_change"),
        name="ownership-changes-export",
    ),
    path("v1/", include(router.urls)),
    re_path(r"^[\s\S]*$", Nowhere.as_view(), name="nowhere"),
]
