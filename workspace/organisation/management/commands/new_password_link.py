"""`manage.py new_password_link`: for somebody who has lost their ways in, where no mail can reach them."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspace.activity.commandline import HelpWithExamples
from workspace.organisation.commands.letters import RESET, link_to
from workspace.organisation.commands.ways_in import forget_ways_in
from workspace.organisation.models import Person

EXAMPLE = """
The link works once, for a day. Make sure who is asking before you hand it on.

examples:
  manage.py new_password_link mia@example.com
  manage.py new_password_link mia@example.com --without-second-step
"""


class Command(BaseCommand):
    """Print a link to choose a new password."""

    help = "Print a link by which a person chooses a new password." + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address and the switch."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("email", help="the e-mail address that the person signs in with")
        parser.add_argument(
            "--without-second-step",
            action="store_true",
            help="forget the password, authenticator app, passkeys and recovery codes, and sign the person out",
        )

    def handle(self, **options: Any) -> None:
        """Print the link."""
        person = Person.objects.active().filter(email=options["email"].strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody who works here has the address {options['email']}.")
        if options["without_second_step"]:
            forget_ways_in(person, actor=None)
        self.stdout.write(link_to(RESET, person))
