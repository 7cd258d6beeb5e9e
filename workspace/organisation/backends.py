"""Signing in by e-mail: only people who work here today get in, and a live session ends the day they leave."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser

from workspace.organisation.models import Person


class WorksHereBackend(ModelBackend):
    """Django's password check, for people who work here."""

    def user_can_authenticate(self, user: Person | AnonymousUser | None) -> bool:
        """Whether the person is active today; asked at sign-in and again with every request."""
        return isinstance(user, Person) and user.works_here
