"""All addresses of the house. Each app names its own in its `urls.py`."""

from django.contrib import admin
from django.urls import include, path

from workspace.organisation.views.invitations import invitation

urlpatterns = [
    path("api/", include("api.urls")),
    path("", include("workspace.pages.urls")),
    path("", include("workspace.activity.urls")),
    path("", include("workspace.organisation.sign_in.urls")),
    path("organisation/", include("workspace.organisation.urls")),
    path("invitations/<str:secret>/", invitation, name="invitation"),
    path("", include("journeys.urls")),
    path("", include("sprints.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "workspace.pages.views.refusals.bad_request"
