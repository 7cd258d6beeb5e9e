"""Signatures of webhooks after Standard Webhooks: who receives one can tell that it came from here, unchanged."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.utils.crypto import salted_hmac
from standardwebhooks import Webhook as Signer

PREFIX = "whsec_"
_PURPOSE = "workspace.activity.webhooks"


def new_salt() -> str:
    """What a new secret is to be made of."""
    return secrets.token_urlsafe(32)


def secret_of(salt: str) -> str:
    """The secret that belongs to the salt: it follows from the installation's `SECRET_KEY`, and is kept nowhere."""
    key = salted_hmac(_PURPOSE, salt, algorithm="sha256").digest()
    return PREFIX + base64.b64encode(key).decode()


def headers_of(message_id: str, body: str, *, salts: Iterable[str], at: datetime) -> dict[str, str]:
    """The three headers of Standard Webhooks: one signature for each secret that is valid now. `at` is in UTC."""
    signatures = (Signer(secret_of(salt)).sign(message_id, at, body) for salt in salts)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
