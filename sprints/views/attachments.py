"""Downloading a file of a story."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from sprints.models import Attachment
from sprints.queries.files import attachments_for, pieces_of
from workspace.acting import found
from workspace.answers import Download
from workspace.answers import download as answer_download
from workspace.organisation.requests import viewer


@require_safe
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, to be saved, never shown: 404 for who may not see the story."""
    return sent(found(attachments_for(viewer(request)), pk))


def sent(attachment: Attachment) -> Download:
    """The file of an attachment as an answer. Raises Unknown where it is not in the storage."""
    charset = "; charset=utf-8" if attachment.content_type.startswith("text/") else ""
    response = answer_download(attachment.name, attachment.content_type + charset, pieces_of(attachment))
    response["Content-Length"] = str(attachment.size)
    return response
