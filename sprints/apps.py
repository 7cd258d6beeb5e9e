"""The app of teams, sprints and stories."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SprintsConfig(AppConfig):
    """Teams, sprints and stories."""

    name = "sprints"
    label = "sprints"
    verbose_name = _("sprints")

    def ready(self) -> None:
        """Guard the tables, and tell the apps below the words, the consumers and the jobs of this app."""
        from journeys.queries import catalogue
        from journeys.queries.tellers import add_teller
        from journeys.registry import set_work
        from sprints import guards, notifying
        from sprints.commands import approvals, reacting, rebalancing, undoing
        from sprints.commands.imports import STORIES
        from sprints.queries import names, reached, sharing
        from sprints.queries.absences import absent_on
        from sprints.queries.catalogue import blind_spot, neglected
        from sprints.queries.work import work_on
        from sprints.rules import declared
        from workspace.activity.registry import Consumer, Noun, add_consumer, add_job, add_noun, add_topic
        from workspace.organisation.commands.imports import add_import
        from workspace.organisation.registry import add_absences, add_trace
        from workspace.organisation.rules.rights import add_rights
        from workspace.organisation.shareable import Shareable, add_shareable

        guards.install()
        for code, label, name_all in (
            ("team", _("team"), names.name_teams),
            ("column", _("column"), names.name_columns),
            ("sprint", _("sprint"), names.name_sprints),
            ("story", _("story"), names.name_stories),
            ("label", _("label"), names.name_labels),
            ("initiative", _("initiative"), names.name_initiatives),
            ("comment", _("comment"), names.name_comments),
            ("attachment", _("attachment"), names.name_attachments),
            ("approval", _("approval"), names.name_approvals),
            ("item", _("checklist item"), names.name_items),
            ("membership", _("membership"), names.name_memberships),
            ("absence", _("absence"), names.name_absences),
        ):
            add_noun(Noun(code, label, name_all))
        add_rights(declared.TEAMS, declared.STORIES)
        add_import(STORIES)
        add_shareable(Shareable("team", sharing.may_share_team))
        add_topic("team", sharing.may_see_team, sharing.teams_seen_by)
        for module in (neglected, blind_spot):
            catalogue.add(module.RULE)
            add_teller(module.RULE.code, module.tell)
        set_work(work_on)
        add_consumer(Consumer("rescan-work", reached.is_reaching, reacting.rescan))
        undoing.install()
        notifying.install()
        add_job(rebalancing.JOB, rebalancing.rebalance)
        add_job(approvals.MAIL, approvals.mail_approval)
        add_absences(absent_on)
        add_trace(approvals.forget_address)
