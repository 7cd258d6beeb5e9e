"""What leaves as a file, from pages and for programs alike."""

from __future__ import annotations

from sprints.models import Attachment
from sprints.queries.files import pieces_of
from workspace.answers import Download, download


def attachment_file(attachment: Attachment) -> Download:
    """The file of an attachment as an answer. Raises Unknown where it is not in the storage."""
    charset = "; charset=utf-8" if attachment.content_type.startswith("text/") else ""
    response = download(attachment.name, attachment.content_type + charset, pieces_of(attachment))
    response["Content-Length"] = str(attachment.size)
    return response
