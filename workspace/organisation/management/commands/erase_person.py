"""`manage.py erase_person`: nothing says any more who somebody was."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspace.activity.commandline import HelpWithExamples
from workspace.errors import Refusal
from workspace.organisation.commands.erasing import erase_person
from workspace.organisation.models import Person

EXAMPLE = """
The person has to be deactivated before. This cannot be taken back: name, address, ways to sign in, invitations, shares
and saved views are gone; what they did stays in the log, as done by an erased person. Backups made before still hold
all of it: erase again after restoring one.

examples:
  manage.py erase_person lena@example.com
"""


class Command(BaseCommand):
    """Erase a person."""

    help = "Erase all that says who a deactivated person was." + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("email", metavar="EMAIL", help="the person's e-mail address")

    def handle(self, **options: Any) -> None:
        """Erase, and say so by the number that stays."""
        person = Person.objects.filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError("There is nobody with this address. Nothing was changed.")
        try:
            erase_person(person, actor=None)
        except Refusal as refusal:
            raise CommandError(f"{refusal} Nothing was changed.") from None
        self.stdout.write(f"Erased. The log knows this person as number {person.pk}.")
