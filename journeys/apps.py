"""The app of journeys and ownership."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JourneysConfig(AppConfig):
    """Journeys, touchpoints, ownership and flags."""

    name = "journeys"
    verbose_name = _("journeys")

    def ready(self) -> None:
        """Guard the tables, and tell the activity app the words, the consumers and the jobs of this app."""
        from journeys import events, guards  # noqa: F401 - declares the kinds
        from journeys.commands import claims, escalation, reacting, scanning
        from journeys.commands.imports import TOUCHPOINTS
        from journeys.queries import names, touched
        from workspace.activity.registry import Consumer, Noun, add_consumer, add_job, add_noun
        from workspace.organisation.commands.imports import add_import

        guards.install()
        for code, label, name_all in (
            ("touchpoint", _("touchpoint"), names.name_touchpoints),
            ("journey", _("journey"), names.name_journeys),
            ("stage", _("stage"), names.name_stages),
            ("system", _("system"), names.name_systems),
            ("persona", _("persona"), names.name_personas),
            ("claim", _("claim"), names.name_claims),
            ("crossing", _("crossing"), names.name_crossings),
            ("handoff", _("handoff"), names.name_handoffs),
            ("flag", _("flag"), names.name_flags),
            ("rule", _("rule"), names.name_rules),
            ("scan", _("scan"), names.name_scans),
        ):
            add_noun(Noun(code, label, name_all))
        add_consumer(Consumer("rescan", touched.is_touching, reacting.rescan))
        add_job(scanning.FULL_SCAN, scanning.full_scan)
        add_job("journeys.climb", escalation.climb)
        add_job("journeys.deny_claims", claims.deny_claims)
        add_import(TOUCHPOINTS)
