"""What the rules measure against in this organisation."""

from __future__ import annotations

from journeys.limits import Limits
from journeys.models import RuleSetting
from journeys.rules.settings import limits_with


def limits_now() -> Limits:
    """The limits as the organisation has set them: 1 statement. Read once for a command, a scan or a page."""
    return limits_with(dict(RuleSetting.objects.order_by().values_list("key", "value")))
