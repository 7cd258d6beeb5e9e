"""Loading the demo organisation, all or nothing, into a database that holds no other."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from workspace import clock
from workspace.activity import doorbell
from workspace.activity.registry import Step
from workspace.demo import cast
from workspace.demo.playing import play
from workspace.errors import RuleBroken
from workspace.organisation.models import BusinessUnit, Person


def is_loaded() -> bool:
    """Whether the demo organisation lives in this database."""
    return Person.objects.filter(email=f"{cast.ADMINISTRATOR}@{cast.DOMAIN}").exists()


def load(*, watch: Callable[[Step], None]) -> bool:
    """Load the demo organisation; False when it is there already, and stays as it is.

    It is one transaction: the beat of a running installation would otherwise tidy up a past that is still being
    written. Raises RuleBroken when the database holds another organisation.
    """
    if is_loaded():
        return False
    people, units = Person.objects.count(), BusinessUnit.objects.count()
    if people or units:
        raise RuleBroken(
            _("This database holds an organisation already: %(units)d business units, %(people)d people.")
            % {"units": units, "people": people},
            next_step=_("Name an empty one with DATA_DIR or DATABASE_URL; nothing was changed in this one."),
        )
    with doorbell.muffled(), transaction.atomic():
        for done, total in play(clock.today()):
            watch(Step(done, total, {}))
    return True


def sign_ins() -> str:
    """Who can sign in to the demo organisation, as lines to print; empty when it is not loaded."""
    if not is_loaded():
        return ""
    width = max(len(email) for _what, email in cast.SIGN_INS)
    lines = [f"  {email:<{width}}  {what}" for what, email in cast.SIGN_INS]
    heading = _("Sign in to the demo organisation with one of these addresses and the password %(password)s:") % {
        "password": cast.PASSWORD
    }
    return "\n".join([heading, *lines])
