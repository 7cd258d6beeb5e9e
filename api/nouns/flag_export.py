"""All flags that a filter leaves, as a spreadsheet."""

from __future__ import annotations

from django.http import HttpResponseBase
from rest_framework.decorators import action
from rest_framework.request import Request

from api.nouns.inside import InsideView
from journeys.downloads import flags_file
from journeys.queries.directory import directory


class ExportedView(InsideView):
    """Flags that can be taken out as a file."""

    files = {"export": "text/csv"}
    narrowed = ("export",)

    @action(detail=False, methods=["get"])
    def export(self, request: Request) -> HttpResponseBase:
        """All that the filters leave as CSV, in the order that is asked for: the columns are those of the page."""
        return flags_file(self.narrowed_rows(), directory())
