"""How often a token may ask, and what it is told of that."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from api.kernel.access import access_of
from workspace.organisation.models import Person


class PerToken(SimpleRateThrottle):
    """So many requests a minute for each token; for a browser's session, each person."""

    scope = "token"
    history: list[float]
    now: float
    duration: int | None
    num_requests: int | None

    def get_rate(self) -> str:
        """The rate of the settings."""
        return f"{settings.API_REQUESTS_PER_MINUTE}/min"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Who is counted; nobody before the sign-in."""
        if not isinstance(request.user, Person):
            return None
        token = access_of(request).token_id
        return f"api.rate.token.{token}" if token else f"api.rate.person.{request.user.pk}"

    def told(self) -> dict[str, str]:
        """The headers that say how much is left."""
        if not hasattr(self, "history"):
            return {}
        seconds, most = int(self.duration or 60), int(self.num_requests or 0)
        oldest = self.history[-1] if self.history else self.now
        left, wait = max(most - len(self.history), 0), max(1, int(oldest + seconds - self.now))
        return {"RateLimit-Policy": f'"minute";q={most};w={seconds}', "RateLimit": f'"minute";r={left};t={wait}'}
