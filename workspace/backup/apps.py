"""The app of `manage.py backup` and `manage.py restore`. It holds no models."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackupConfig(AppConfig):
    """Registers `backup` and `restore`."""

    name = "workspace.backup"
    label = "backup"
    verbose_name = _("Backup")
