"""Facts of the activity app."""

from workspace.activity.models.deliveries import Delivery
from workspace.activity.models.events import Event, EventSubject
from workspace.activity.models.jobs import Job

__all__ = ["Delivery", "Event", "EventSubject", "Job"]
