"""All addresses of the house. Each app names its own in its `urls.py`."""

from django.urls import include, path

urlpatterns = [
    path("", include("workspace.pages.urls")),
]
