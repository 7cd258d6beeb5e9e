"""A refusal of each kind as it is answered, for the description: all parts of one tell of the same request."""

from __future__ import annotations

from typing import Any

from api.kernel.problems import KINDS, Wrong, as_response

_NOW = {
    "id": 7,
    "code": "WEB",
    "name": "Online Store",
    "unit": 2,
    "leads": [7],
    "deputies": [],
    "archived_at": None,
    "merged_into": None,
    "version": 4,
}
_TOLD: dict[str, dict[str, Any]] = {
    "not-valid": {
        "detail": 'code: This field is required. unit: Invalid pk "99" - object does not exist.',
        "errors": [
            Wrong("code", "This field is required."),
            Wrong("unit", 'Invalid pk "99" - object does not exist.', 99),
        ],
    },
    "not-json": {
        "detail": "This is no JSON: unexpected end of data: line 1 column 10 (char 9)",
        "next_step": "Send JSON (RFC 8259) in UTF-8.",
    },
    "not-signed-in": {
        "detail": "This token opens nothing: it is unknown, revoked or past its end, or its person has left.",
        "next_step": "Send “Authorization: Bearer” and a token.",
    },
    "not-allowed": {
        "detail": "This token has the scope “read”, and this asks for “write”.",
        "next_step": "Make a token with that scope on your account page.",
    },
    "unknown": {
        "detail": "There is no department 99 that you can see.",
        "next_step": "List them at /api/v1/departments/.",
    },
    "method-not-taken": {
        "detail": 'Method "PUT" not allowed.',
        "next_step": "The header Allow names those that are taken.",
    },
    "not-acceptable": {
        "detail": "Could not satisfy the request Accept header.",
        "next_step": "Accept “application/json”.",
    },
    "changed": {
        "detail": "Online Store was changed in the meantime. Ada Admin changed the department Online Store: name.",
        "next_step": "Look whether you still want it so, and send it again.",
        "errors": [Wrong("name", "This was changed in the meantime.", "Web shop")],
        "more": {"current": _NOW, "version": 4},
    },
    "key-in-use": {
        "detail": "The key “order-1042” was sent with another request before.",
        "next_step": "Make a new key for each request, and keep it for sending the same one again.",
    },
    "stale": {
        "detail": "You have version 3, and it has come to 4.",
        "next_step": "Look at `current`, and send what you still want with the new ETag.",
        "more": {"current": _NOW, "version": 4},
    },
    "too-large": {"detail": "The request is too large.", "next_step": "Send it in parts."},
    "media-type": {
        "detail": 'Unsupported media type "text/plain" in request.',
        "next_step": "Send “Content-Type: application/json”.",
    },
    "rule-broken": {
        "detail": "Retail still has 3 open departments.",
        "next_step": "Archive or move them first.",
    },
    "version-missing": {
        "detail": "This changes something that others may have changed meanwhile.",
        "next_step": "Read it, and send its ETag as If-Match; `*` means any version.",
    },
    "too-many": {"detail": "This token has asked too often.", "next_step": "Wait 12 s."},
    "fault": {"detail": "The fault is ours, and was noted.", "next_step": "Try again later."},
}


def problem_like(code: str) -> dict[str, Any]:
    """A refusal of this kind, as it is answered."""
    answered: dict[str, Any] = as_response(KINDS[code], **_TOLD[code]).data
    return answered
