"""What is refused before any view is asked."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from api.kernel.problems import early


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a request that made no sense; one that was too much is told so. Nothing of the request is shown.

    Programs are told with problem details, as of everything else.
    """
    words = {}
    if request.path.startswith("/api/"):
        media_type, body = early(
            "not-valid",
            _("The house takes no such request: its Host, or something else that stands around it, is wrong."),
            _("Send it to the address of this installation, as its description at /api/v1/schema/ says."),
        )
        return HttpResponse(body, media_type, status=400)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent | RequestDataTooBig):
        words = {
            "reason": _("More was sent at once than the house takes, so nothing was changed."),
            "next_step": _("Choose less, and send it in several goes."),
        }
    return HttpResponse(render_to_string("400.html", words), status=400)
