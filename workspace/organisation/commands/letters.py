"""Letters about signing in. The request asks for one and returns; the worker writes and sends it.

So a page takes as long for an address that nobody has as for one that somebody has, and a mail server that is slow or
away keeps nobody waiting. The links in a letter are made when it is sent; none stands in the job.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from workspace import db
from workspace.activity.commands.jobs import enqueue
from workspace.activity.models import Job
from workspace.activity.registry import Step
from workspace.organisation.models import Person

JOB = "organisation.letter"

RESET, CONFIRM, ADDRESS_CHANGED = "reset", "confirm", "address_changed"
NOTICES = (
    "password_changed", "authenticator_added", "authenticator_removed", "passkey_added", "passkey_removed",
    "recovery_codes_made",
)  # fmt: skip


@db.command
def request_letter(letter: str, *, to: Person | None) -> Job:
    """Ask for a letter. For nobody there is a job as well, which does nothing: both take the same time."""
    if letter not in (RESET, CONFIRM, *NOTICES):
        raise ValueError(f"there is no letter {letter!r}")
    return enqueue(JOB, {"letter": letter, "person": to.pk if to else None})


def tell_former_address(person: Person, former: str) -> None:
    """Ask for a notice to the address that a person had, where mail is configured; in the caller's transaction."""
    if settings.ACCOUNT_EMAIL_NOTIFICATIONS:
        enqueue(JOB, {"letter": ADDRESS_CHANGED, "person": person.pk, "former": former})


def send_letter(job: Job) -> Iterator[Step]:
    """Write and send the letter of a job, unless its reader does not work here any more.

    A former address is kept by nothing but the job of its letter, and by that only until it is sent.
    """
    person = Person.objects.filter(pk=job.args["person"]).first()
    letter = job.args["letter"]
    to = job.args.get("former") if letter == ADDRESS_CHANGED else person and person.email
    if person is not None and person.works_here and to:
        hours = settings.PASSWORD_RESET_TIMEOUT // timedelta(hours=1).total_seconds()
        words = {
            "person": person,
            "house": settings.BASE_URL.origin,
            "link": link_to(letter, person),
            "hours": int(hours),
        }
        words["sentence"] = _notice(letter)
        template = "notice" if letter in NOTICES else letter
        body = render_to_string(f"account/letters/{template}.txt", words)
        send_mail(_subject(letter), body, None, [to])
    if "former" in job.args:
        job.args = {"letter": letter, "person": job.args["person"]}
        job.save(update_fields=["args"])
    yield Step(1, 1, {})


def link_to(letter: str, person: Person) -> str:
    """The address that the letter leads to: always that of the installation, whatever a request called it."""
    if letter == RESET:
        names = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
        path = reverse("account_reset_password_from_key", kwargs=names)
    elif letter == CONFIRM:
        address, _is_new = EmailAddress.objects.get_or_create(
            user=person, email=person.email, defaults={"primary": True}
        )
        path = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    else:
        path = reverse("account")
    return f"{settings.BASE_URL.origin}{path}"


def _subject(letter: str) -> str:
    subjects = {RESET: _("Throughline: choose a new password"), CONFIRM: _("Throughline: confirm your address")}
    return subjects.get(letter) or _("Throughline: your sign-in was changed")


def _notice(letter: str) -> str:
    """What has happened, in a sentence."""
    return {
        "password_changed": _("The password was changed."),
        "authenticator_added": _("An authenticator app was set up."),
        "authenticator_removed": _("The authenticator app was removed."),
        "passkey_added": _("A passkey was added."),
        "passkey_removed": _("A passkey was removed."),
        "recovery_codes_made": _("New recovery codes were made; the old ones do not work any more."),
    }.get(letter, "")
