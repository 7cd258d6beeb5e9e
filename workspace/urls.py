"""All addresses of the house. Each app names its own in its `urls.py`."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("workspace.pages.urls")),
    path("", include("journeys.urls")),
    path("admin/", admin.site.urls),
]
