"""What each kind of problem means: the addresses that `type` leads to, and how the description tells of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from api.kernel.problems import KINDS, KINDS_AT, MEDIA_TYPE, Kind
from api.schema.problem_examples import problem_like
from workspace.errors import Text

MEANINGS: dict[str, tuple[Text, Text]] = {
    "not-valid": (
        _("A field, filter, parameter or header cannot be taken. `errors` names each with its value and the reason."),
        _("Mend what `errors` names."),
    ),
    "not-json": (_("The body is no JSON, or is nested too deep."), _("Send JSON (RFC 8259) in UTF-8.")),
    "not-signed-in": (
        _("There is no token, or one that is unknown, revoked or past its end, or its person has left."),
        _("Make a token on your account page, and send it as “Authorization: Bearer …”."),
    ),
    "not-allowed": (
        _("The person may not do this, or the token reaches less far than its person. `detail` says who could."),
        _("Ask one of them, or make a token with the scope that is asked for."),
    ),
    "unknown": (
        _("There is no such thing, or you may not know of it: both are answered alike."),
        _("Look at the list, or at /api/v1/."),
    ),
    "method-not-taken": (_("The address does not take this method."), _("The header Allow names those that it takes.")),
    "not-acceptable": (_("The answer cannot be given in the form that Accept asks for."), _("Accept JSON.")),
    "changed": (
        _(
            "Somebody was faster, and both changes cannot stand together. With a `base_version`, `version` is what it"
            " has come to, `current` is what stands now, and `errors` names the fields that were changed since."
        ),
        _("Look at `current`, or read it anew, and decide again."),
    ),
    "key-in-use": (
        _("The Idempotency-Key came with another request within the last 24 hours."),
        _("Send a key of its own with each thing to be done."),
    ),
    "stale": (
        _("If-Match names an older version. `current` is what stands now, `version` its version."),
        _("Look at `current`, and send what you still want with the new ETag."),
    ),
    "too-large": (_("The body is larger than this installation takes."), _("Send it in parts.")),
    "media-type": (_("The body is in a form that is not read here."), _("Send the Content-Type that is described.")),
    "rule-broken": (
        _("The request was understood, and a rule of the house forbids it. `detail` says which."),
        _("Do what `next_step` says; sent again as it is, it is refused again."),
    ),
    "version-missing": (
        _("What would change may have been changed by others, and the request does not say which version it is for."),
        _("Read it, and send its ETag as If-Match; `*` means any version."),
    ),
    "too-many": (_("The token has asked too often within a minute."), _("Wait as long as Retry-After says.")),
    "fault": (
        _("Something went wrong here, and was noted."),
        _("Try again later; with an Idempotency-Key nothing is done twice."),
    ),
}
"""Code → when it is told, and what to do."""

COMPONENT = "Problem"
OF_STATUS = {
    status: [kind for kind in KINDS.values() if kind.status == status]
    for status in sorted({kind.status for kind in KINDS.values()})
}

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "What is wrong, and what to do next (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {
            "type": "string",
            "enum": [f"{KINDS_AT}{code}/" for code in KINDS],
            "description": "The kind of problem; the address says what it means.",
        },
        "title": {"type": "string", "description": "The kind in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong this time."},
        "next_step": {"type": "string", "description": "What to do."},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
        "version": {"type": "integer", "description": "The version that the thing has come to."},
        "current": {"type": ["object", "null"], "additionalProperties": True, "description": "The thing as it stands."},
    },
}
ERROR_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "One thing that is wrong.",
    "required": ["field", "reason"],
    "properties": {
        "field": {"type": "string", "description": "A field (with dots, inside others), parameter or header."},
        "reason": {"type": "string"},
        "value": {"description": "What was sent, cut short."},
        "next_step": {"type": "string"},
    },
}


def problem_schemas() -> dict[str, dict[str, Any]]:
    """The schemas of refusals, by name, each with an example."""
    refusal = problem_like("not-valid")
    return {
        COMPONENT: {**SCHEMA, "examples": [refusal]},
        f"{COMPONENT}Error": {**ERROR_SCHEMA, "examples": refusal["errors"]},
    }


def told(kind: Kind) -> dict[str, Any]:
    """A kind of problem, with what it means."""
    when, next_step = MEANINGS[kind.code]
    return {
        "type": f"{KINDS_AT}{kind.code}/",
        "status": kind.status,
        "title": str(kind.title),
        "when": str(when),
        "next_step": str(next_step),
    }


def response(status: int, headers: Iterable[str] = ()) -> dict[str, Any]:
    """The answer with this status, for the description."""
    kinds = OF_STATUS[status]
    about = "\n\n".join(f"`{kind.code}`: {MEANINGS[kind.code][0]}" for kind in kinds)
    examples = {kind.code: {"value": problem_like(kind.code)} for kind in kinds}
    made: dict[str, Any] = {
        "description": about,
        "content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{COMPONENT}"}, "examples": examples}},
    }
    return made | ({"headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers}} if headers else {})
