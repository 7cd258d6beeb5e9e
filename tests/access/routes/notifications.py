"""Notifications: everybody who works here has their own, guests too; whose they are not, has none of them."""

from __future__ import annotations

from tests.access.ways import GUESTS, INSIDERS, Way
from tests.cast import Cast
from workspace import clock
from workspace.activity import audiences
from workspace.activity.models import Event, Notification

BY = (*INSIDERS, *GUESTS)


def ways(cast: Cast) -> list[Way]:
    """One notification, of the head of Service; for anybody else there is none."""
    event = Event.objects.create(
        at=clock.now(), kind="claim.made", subject_kind="claim", subject_id=1, data={"touchpoint": cast.till.pk}
    )
    row = Notification.objects.create(
        person=cast.service_head, event=event, at=event.at, group="claims", subject=f"touchpoint:{cast.till.pk}"
    )
    path = f"/notifications/{row.pk}/read/"
    nobody_else = dict.fromkeys(set(BY) - {"head"}, 404)
    chosen = {f"mail-{group.code}": "off" for group in audiences.groups()} | {"hour": "7"}
    return [
        Way("activity:notifications", "/notifications/", by=BY),
        Way("activity:notification_count", "/notifications/count/", by=BY),
        Way("activity:read_notifications", "/notifications/read/", "POST", BY, is_recorded=False),
        Way("activity:read_notification", path, "POST", ("head",), answers=nobody_else, is_recorded=False),
        Way("activity:notification_choices", "/account/notifications/", by=BY),
        Way("activity:notification_choices", "/account/notifications/", "POST", BY, chosen),
    ]
