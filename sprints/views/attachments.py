"""Downloading a file of a story."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from sprints.downloads import attachment_file
from sprints.queries.files import attachments_for
from workspace.acting import found
from workspace.organisation.requests import viewer


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, to be saved, never shown: 404 for who may not see the story."""
    return attachment_file(found(attachments_for(viewer(request)), pk))
