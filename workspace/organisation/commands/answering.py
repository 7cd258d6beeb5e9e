"""Answering a request once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from workspace import clock, db
from workspace.errors import StaleWrite
from workspace.organisation.models import AnsweredRequest, Person
from workspace.organisation.models.answered import KEPT

AT_ONCE = 1000  # rows per statement, each of which is a transaction of its own


class KeyInUse(StaleWrite):
    """The key was sent with another request before."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is kept. `is_again`: it was given before, and nothing was done now."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_again: bool = False


@db.command
def answer_once(person: Person, key: str, *, request: str, act: Callable[[], Kept]) -> Kept:
    """What `act` answers, or answered when this request was sent before, within 24 hours.

    What `act` does and that it was answered are one transaction: killed in the middle, neither is there, and the
    request can be sent again. While one is answered, another under the same key waits. `request` is a digest of it.

    Raises KeyInUse when the key was another request's; and what `act` raises, and then nothing is kept.
    """
    db.lock(f"organisation.answer.{person.pk}.{key}")
    held = AnsweredRequest.objects.filter(person=person, key=key).first()
    if held is not None and held.at > clock.now() - KEPT:
        if held.request != request:
            raise KeyInUse(
                _("The key “%(key)s” was sent with another request before.") % {"key": key},
                next_step=_("Make a new key for each request, and keep it for sending the same one again."),
            )
        return Kept(held.status, held.body, held.headers, is_again=True)
    answer = act()
    values = {"request": request, "status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    AnsweredRequest.objects.update_or_create(person=person, key=key, defaults=values | {"at": clock.now()})
    return answer


def forget_answers() -> None:
    """Delete the answers that are kept no longer: 1 statement where there are none."""
    before = clock.now() - KEPT
    while over := list(AnsweredRequest.objects.filter(at__lte=before).values_list("id", flat=True)[:AT_ONCE]):
        AnsweredRequest.objects.filter(id__in=over).delete()
