"""The app of events and jobs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    """Events, deliveries and jobs."""

    name = "workspace.activity"
    label = "activity"
    verbose_name = _("activity")

    def ready(self) -> None:
        """Keep the event log append-only in the database, after every migrate."""
        from workspace.activity import guards

        guards.install()
