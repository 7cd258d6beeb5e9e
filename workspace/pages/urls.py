"""Addresses of the pages that cross apps."""

from django.urls import path

from workspace.pages.views import health, start, tokens, undoing
from workspace.pages.views.home import home
from workspace.pages.views.style_guide import style_guide

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", home, name="home"),
    path("history/", start.history, name="history"),
    path("undo/", undoing.undo, name="undo"),
    path("undo/<int:pk>/", undoing.undo_this, name="undo_this"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/new/", tokens.new_token, name="new_token"),
    path("account/tokens/<int:pk>/revoke/", tokens.revoke, name="revoke_token"),
    path("style-guide/", style_guide, name="style_guide"),
]
