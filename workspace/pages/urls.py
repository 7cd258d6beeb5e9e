"""Addresses of the pages that cross apps."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from workspace.pages.views import health, start
from workspace.pages.views.style_guide import style_guide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("sign-in/", LoginView.as_view(template_name="registration/sign_in.html"), name="sign_in"),
    path("sign-out/", LogoutView.as_view(), name="sign_out"),
    path("", start.start, name="start"),
    path("history/", start.history, name="history"),
    path("style-guide/", style_guide, name="style_guide"),
]
