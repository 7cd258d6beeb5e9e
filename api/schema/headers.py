"""What the headers of answers say."""

from __future__ import annotations

from typing import Any

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {
        "description": (
            "What If-None-Match and If-Match name. Of one thing that has versions, its version stands in front of the"
            " dash; of all else it is weak."
        ),
        "schema": {"type": "string"},
    },
    "Link": {"description": 'The next page, as `rel="next"`; missing on the last.', "schema": {"type": "string"}},
    "Location": {"description": "The address of what was made.", "schema": {"type": "string"}},
    "RateLimit": {
        "description": "How many requests are left (`r`), and for how many seconds (`t`).",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "How many requests (`q`) are taken within how many seconds (`w`).",
        "schema": {"type": "string"},
    },
    "Idempotency-Replayed": {
        "description": "Under an Idempotency-Key: `true` if nothing was done now.",
        "schema": {"type": "string", "enum": ["true", "false"]},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "How to sign in.", "schema": {"type": "string"}},
}

OF_PROBLEMS = {401: ("WWW-Authenticate",), 429: ("Retry-After", "RateLimit", "RateLimit-Policy")}


def refer(*names: str) -> dict[str, Any]:
    """References to headers."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
