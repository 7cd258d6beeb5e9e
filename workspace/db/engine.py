"""Which engine the default connection is."""

from __future__ import annotations

from django.db import connection


def is_postgresql() -> bool:
    """Whether the default connection is PostgreSQL."""
    return connection.vendor == "postgresql"
