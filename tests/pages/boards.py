"""The board of a team as a page: coming in, its cards, and what they say."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from sprints.models import Story

BOARD = "/teams/GROW/"


def enter(client: Client, person: Any) -> Client:
    client.force_login(person, backend="workspace.organisation.backends.WorksHereBackend")
    return client


def card_of(response: Any, story: Story) -> str:
    """The HTML of one card; "" where it is not shown."""
    found = re.search(rf'<li class="story-card" id="card-{story.pk}".*?</li>', response.content.decode(), re.DOTALL)
    return found[0] if found else ""


def shown(response: Any) -> list[str]:
    """The titles of the cards, from the left column to the right, from top to bottom."""
    return re.findall(r'class="story-link"[^>]*>([^<]+)<', response.content.decode())
