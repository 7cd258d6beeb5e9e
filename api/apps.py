"""The app's place in the project."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The REST API over the other apps."""

    name = "api"
    label = "api"
