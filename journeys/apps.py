"""The app of journeys and ownership."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    """Journeys, touchpoints, ownership and flags."""

    name = "journeys"
    verbose_name = _("journeys")

    def ready(self) -> None:
        """Guard the tables, and tell the activity app the words, the consumers and the jobs of this app."""
        from journeys import events, guards, notifying  # noqa: F401 - declares the kinds
        from journeys.commands import (
            attesting,
            bulk,
            calls,
            claims,
            erasing,
            escalation,
            moving,
            reacting,
            scanning,
            undoing,
            unheard,
        )
        from journeys.commands.imports import JOURNEYS, TOUCHPOINTS
        from journeys.queries import holdings, names, sharing, touched
        from journeys.queries.scans import FULL_SCAN
        from journeys.rules import declared
        from workspace.activity.registry import Consumer, Noun, add_consumer, add_job, add_noun, add_topic
        from workspace.organisation.commands.imports import add_import
        from workspace.organisation.registry import Holding, add_holding, add_trace
        from workspace.organisation.rules.rights import add_rights
        from workspace.organisation.shareable import Shareable, add_shareable

        guards.install()
        for code, label, name_all in (
            ("touchpoint", _("touchpoint"), names.name_touchpoints),
            ("journey", _("journey"), names.name_journeys),
            ("stage", _("stage"), names.name_stages),
            ("system", _("system"), names.name_systems),
            ("persona", _("persona"), names.name_personas),
            ("claim", _("claim"), names.name_claims),
            ("call", _("ownership call"), names.name_calls),
            ("crossing", _("crossing"), names.name_crossings),
            ("handoff", _("handoff"), names.name_handoffs),
            ("flag", _("flag"), names.name_flags),
            ("rule", _("rule"), names.name_rules),
            ("setting", _("rule setting"), names.name_settings),
            ("scan", _("scan"), names.name_scans),
        ):
            add_noun(Noun(code, label, name_all))
        add_consumer(Consumer("rescan", touched.is_touching, reacting.rescan))
        add_consumer(Consumer("unheard", unheard.is_raising, unheard.tell_of_unheard))
        add_consumer(Consumer("readdress", reacting.is_silencing, reacting.readdress))
        add_holding(
            Holding(
                of_units=holdings.of_units,
                of_departments=holdings.of_departments,
                held_by_department=holdings.held_by_department,
                held_by_person=holdings.held_by_person,
                in_unit=holdings.in_unit,
                at_archive=holdings.at_archive,
                at_unit_change=holdings.at_unit_change,
                at_last_lead=holdings.at_last_lead,
                at_leaving=holdings.at_leaving,
                move=moving.move_ownerships,
                hand_over=moving.hand_over,
            )
        )
        add_rights(declared.BUILDING, declared.OWNING, declared.WATCHING)
        add_shareable(Shareable("journey", sharing.may_share_journey))
        add_topic("journey", sharing.may_see_journey, sharing.journeys_seen_by)
        add_job(FULL_SCAN, scanning.full_scan)
        add_job(bulk.JOB, bulk.work_on_answers)
        add_job(attesting.JOB, attesting.work_on_attestations)
        add_job("journeys.climb", escalation.climb)
        add_job("journeys.deny_claims", claims.deny_claims)
        add_job("journeys.end_calls", calls.end_calls_of_today)
        add_import(TOUCHPOINTS)
        add_import(JOURNEYS)
        add_trace(erasing.forget_address)
        undoing.install()
        notifying.install()
