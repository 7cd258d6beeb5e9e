"""`manage.py create_administrator`: somebody who can let the others in."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspace.activity.commandline import HelpWithExamples
from workspace.errors import Refusal
from workspace.organisation.commands import create_person
from workspace.organisation.models import Person

EXAMPLE = """
The password is asked for on a terminal; a script gives it in the environment as ADMINISTRATOR_PASSWORD.

examples:
  manage.py create_administrator ada@example.com --name "Ada Admin"
"""


class Command(BaseCommand):
    """Add an administrator."""

    help = "Add a person who may administer this installation." + EXAMPLE

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address and the name."""
        parser.formatter_class = HelpWithExamples
        parser.add_argument("email", help="the e-mail address to sign in with")
        parser.add_argument("--name", required=True, help="the name as others read it")

    def handle(self, **options: Any) -> None:
        """Ask for the password and add the person."""
        password = os.environ.get("ADMINISTRATOR_PASSWORD") or self._ask()
        try:
            validate_password(password, Person(email=options["email"], name=options["name"]))
            person = create_person(
                options["email"],
                name=options["name"],
                role=Person.Role.ADMINISTRATOR,
                password=password,
                actor=None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{person.email} can sign in now, as an administrator.")

    def _ask(self) -> str:
        if not sys.stdin.isatty():
            raise CommandError("No password: set ADMINISTRATOR_PASSWORD, or run this on a terminal to be asked.")
        first = getpass.getpass("Password: ")
        if first != getpass.getpass("Password, once more: "):
            raise CommandError("The two passwords differ. Nothing was changed.")
        return first
