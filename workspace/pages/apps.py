"""The app's place in the project."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The `pages` app."""

    name = "workspace.pages"
    label = "pages"
