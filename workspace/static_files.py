"""Static files: how they are stored once collected, and how they are served."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import IO

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

CHUNK = 64 * 1024


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Names by content, also for the files that our own ES modules import, so that browsers may keep each for a year.

    Django can do the second for all JavaScript or for none; other people's files import what only a bundler finds.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise, which answers in threads only, made to answer in the event loop too.

    Otherwise every request, and not only those for static files, would change threads twice on its way through.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Follow whichever of the two ways the next middleware works in."""
        super().__init__(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Serve a static file, or pass the request on."""
        if iscoroutinefunction(self):
            return self._answer(request)
        response: HttpResponseBase = super().__call__(request)
        return response

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        file = self.find_file(request.path_info) if self.autorefresh else self.files.get(request.path_info)
        if file is None:
            passed_on: HttpResponseBase = await self.get_response(request)
            return passed_on
        response: FileResponse = self.serve(file, request)
        response.streaming_content = _chunks(response.file_to_stream)
        return response


async def _chunks(file: IO[bytes] | None) -> AsyncIterator[bytes]:
    """Yield the file. Reading it does not leave the event loop: static files are small and in the system's cache."""
    while file is not None and (chunk := file.read(CHUNK)):
        yield chunk
