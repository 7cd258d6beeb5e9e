"""Addresses of the pages that cross apps."""

from django.urls import path

from workspace.pages.views import health, start, tokens, undoing, webhook_changes, webhooks
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
    path("account/webhooks/", webhooks.webhooks, name="webhooks"),
    path("account/webhooks/new/", webhook_changes.new, name="new_webhook"),
    path("account/webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("account/webhooks/<int:pk>/change/", webhook_changes.change, name="change_webhook"),
    path("account/webhooks/<int:pk>/pause/", webhook_changes.pause, name="pause_webhook"),
    path("account/webhooks/<int:pk>/resume/", webhook_changes.resume, name="resume_webhook"),
    path("account/webhooks/<int:pk>/rotate-secret/", webhook_changes.rotate_secret, name="rotate_webhook_secret"),
    path("account/webhooks/<int:pk>/test/", webhook_changes.try_out, name="try_webhook"),
    path("account/webhooks/<int:pk>/remove/", webhook_changes.remove, name="remove_webhook"),
    path(
        "account/webhooks/<int:pk>/deliveries/<int:delivery_pk>/replay/", webhook_changes.replay, name="replay_delivery"
    ),
    path("style-guide/", style_guide, name="style_guide"),
]
