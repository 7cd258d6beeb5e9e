"""The app that ships the demo organisation. It holds no models: the product's commands write all of it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Registers `load_demo`."""

    name = "workspace.demo"
    label = "demo"
    verbose_name = _("Demo organisation")
