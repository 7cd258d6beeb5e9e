"""JSON in and out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS


class JsonRenderer(BaseRenderer):
    """Compact JSON in UTF-8; moments in UTC with “Z”."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The bytes of `data`; none for none."""
        if data is None:
            return b""
        return data if isinstance(data, bytes) else dumps(data)


class JsonParser(BaseParser):
    """JSON of at most `API_BODY_MB`, of any depth that is sane."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """What was sent. Raises ParseError and RequestDataTooBig."""
        most = settings.API_BODY_MB * 1024 * 1024
        body = stream.read(most + 1)
        if len(body) > most:
            raise RequestDataTooBig
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise ParseError(_("This is no JSON: %(why)s") % {"why": error}) from None


def dumps(data: Any) -> bytes:
    """Data as JSON."""
    return orjson.dumps(data, default=_other, option=OPTIONS)


def canonical(data: Any) -> bytes:
    """Data as JSON that is the same for the same data, in whatever order its keys came."""
    return orjson.dumps(data, default=repr, option=OPTIONS | orjson.OPT_SORT_KEYS)


def _other(value: Any) -> Any:
    if isinstance(value, Promise | Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
