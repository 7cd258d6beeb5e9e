"""The app's place in the project."""

from django.apps import AppConfig


class SprintsConfig(AppConfig):
    """The `sprints` app."""

    name = "sprints"
    label = "sprints"
