"""When a digest is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo


def digest_moment(now: datetime, *, hour: int, zone: tzinfo) -> datetime:
    """The last moment at or before `now` at which it was this hour where the person is.

    What was told before it belongs into the digest; what came after waits for the next one.
    """
    here = now.astimezone(zone)
    moment = datetime.combine(here.date(), time(hour), tzinfo=zone)
    if moment > here:
        moment = datetime.combine(here.date() - timedelta(days=1), time(hour), tzinfo=zone)
    return moment
