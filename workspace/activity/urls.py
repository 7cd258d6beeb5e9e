"""Addresses of the activity app."""

from django.urls import path

from workspace.activity.views import notifications
from workspace.activity.views.stream import stream

app_name = "activity"

urlpatterns = [
    path("live/", stream, name="live"),
    path("notifications/", notifications.notifications, name="notifications"),
    path("notifications/count/", notifications.count, name="notification_count"),
    path("notifications/read/", notifications.read_all, name="read_notifications"),
    path("notifications/<int:pk>/read/", notifications.read, name="read_notification"),
    path("account/notifications/", notifications.choices, name="notification_choices"),
]
