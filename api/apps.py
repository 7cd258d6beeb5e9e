"""The app's place in the project."""

from django.apps import AppConfig


class  serializers, viewsets and schema over the other apps; no models, no rules:ApiConfig(AppConfig):
    """The `api` app."""

    name = "api"
    label = "api"
