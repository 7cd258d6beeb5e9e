"""The proof that an address is somebody's, for the commands that take it as given."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from workspace.organisation.models import Person


def vouch_for_address(person: Person) -> None:
    """Take the person's present address as proven, and it alone; in the caller's transaction."""
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()  # first: there is one primary address
    EmailAddress.objects.update_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})
