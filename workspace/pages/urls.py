"""Addresses of the pages that cross apps."""

from django.urls import path

from workspace.pages.views import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
