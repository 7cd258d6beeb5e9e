"""The app of business units, departments and people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrganisationConfig(AppConfig):
    """Business units, departments and people."""

    name = "workspace.organisation"
    label = "organisation"
    verbose_name = _("organisation")

    def ready(self) -> None:
        """Tell the activity app the words of the organisation and the job of imports; say what can be imported."""
        from workspace.activity.registry import Noun, add_job, add_noun
        from workspace.organisation import events  # noqa: F401 - declares the kinds
        from workspace.organisation.commands.imports.kinds import add_import
        from workspace.organisation.commands.imports.org import ORG
        from workspace.organisation.commands.imports.people import PEOPLE
        from workspace.organisation.commands.imports.running import JOB, REHEARSAL, run_import, run_rehearsal
        from workspace.organisation.commands.invitations import MAIL, mail_invitation
        from workspace.organisation.commands.letters import JOB as LETTER_JOB
        from workspace.organisation.commands.letters import send_letter
        from workspace.organisation.queries.people import name_departments, name_people, name_units
        from workspace.organisation.rules.declared import ORGANISATION, SEEING
        from workspace.organisation.rules.rights import add_rights
        from workspace.organisation.sign_in.notes import listen

        add_noun(Noun("person", _("person"), name_people))
        add_noun(Noun("department", _("department"), name_departments))
        add_noun(Noun("unit", _("business unit"), name_units))
        add_job(JOB, run_import)
        add_job(REHEARSAL, run_rehearsal)
        add_job(LETTER_JOB, send_letter)
        listen()
        add_job(MAIL, mail_invitation)
        add_rights(SEEING, ORGANISATION)
        add_import(ORG)
        add_import(PEOPLE)
