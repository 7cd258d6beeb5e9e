"""Which version somebody has: ETag, If-None-Match and If-Match.

A tag is `"VERSION-HASH"`. The hash tells whether the answer is still the same (304). What is to be changed is compared
by the version alone: moving a card changes its answer, and no text that somebody else is about to change.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from rest_framework.request import Request

from api.kernel.problems import Problem, Wrong
from workspace.errors import StaleWrite

_TAG = re.compile(r'(?:W/)?"(\d{1,18})-[0-9a-f]+"')


def tag_of(body: bytes, version: int | None = None) -> str:
    """The tag of an answer; without a version, that of a list, which is weak."""
    digest = hashlib.sha256(body).hexdigest()[:20]
    return f'W/"{digest}"' if version is None else f'"{version}-{digest}"'


def has_it(request: Request, tag: str) -> bool:
    """Whether the caller has the answer with this tag already."""
    held = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in held or tag.removeprefix("W/") in {each.removeprefix("W/") for each in held}


def version_told(request: Request, *, is_required: bool = True) -> int | None:
    """The version that If-Match names; None for `*`, which is any.

    Raises a problem where it is missing though required (428), and where it is no tag of ours (412).
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        if not is_required:
            return None
        raise Problem(
            "version-missing",
            _("This changes something that others may have changed meanwhile."),
            next_step=_("Read it, and send its ETag as If-Match; `*` means any version."),
        )
    if header == "*":
        return None
    versions = [int(match[1]) for tag in parse_etags(header) if (match := _TAG.fullmatch(tag))]
    if len(versions) != 1:
        raise Problem(
            "stale",
            _("If-Match holds no ETag of this: %(told)s") % {"told": header[:100]},
            next_step=_("Read it anew and send its ETag."),
        )
    return versions[0]


def overtaken(refusal: StaleWrite, state: Any, names: Mapping[str, str], sent: Mapping[str, Any]) -> Problem:
    """The problem of a change in whose way another one stands: with what stands now, and the fields of both.

    `names` are those of the fields on the wire, where a command calls them otherwise.
    """
    reason = _("This was changed in the meantime.")
    fields = [names.get(field, field) for field in refusal.fields]
    return Problem(
        "changed",
        refusal.reason,
        next_step=refusal.next_step,
        errors=[Wrong(field, reason, sent.get(field)) for field in fields],
        current=state,
        version=refusal.version,
    )


def stale(told: int, current: int, state: Any) -> Problem:
    """The problem of a caller who has another version, with what stands now."""
    return Problem(
        "stale",
        _("You have version %(told)d, and it has come to %(current)d.") % {"told": told, "current": current},
        next_step=_("Look at `current`, and send what you still want with the new ETag."),
        current=state,
        version=current,
    )
