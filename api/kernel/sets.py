"""Sets in addresses: several values of one parameter."""

from __future__ import annotations

from django.http import QueryDict


def sets_joined(asked: QueryDict) -> QueryDict:
    """What is asked; sets that came in several parameters, as many clients send them, are one with commas."""
    repeated = [name for name, values in asked.lists() if len(values) > 1 and _is_set(name)]
    if not repeated:
        return asked
    joined = asked.copy()
    for name in repeated:
        joined[name] = ",".join(asked.getlist(name))
    return joined


def _is_set(name: str) -> bool:
    return name in ("fields", "include", "ordering") or name.endswith("__in")
