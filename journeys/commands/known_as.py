"""The id under which a touchpoint is known elsewhere: a file or a program names it so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError
from django.utils.translation import gettext as _

from journeys.models import Touchpoint
from journeys.queries.lasting_ids import own_mark, own_number
from workspace.errors import RuleBroken

LONGEST = 200


@contextmanager
def known_once(touchpoint: Touchpoint) -> Iterator[None]:
    """Save a touchpoint with another id inside. Raises RuleBroken for one that is taken, too long or means another.

    An empty id is none. At most 2 statements before.
    """
    wanted = touchpoint.external_id = touchpoint.external_id or None
    if wanted is None:
        yield
        return
    if len(wanted) > LONGEST:
        raise RuleBroken(
            _("This id has %(count)d characters, and %(most)d is the most.") % {"count": len(wanted), "most": LONGEST},
            next_step=_("Give a shorter one."),
        )
    other = Touchpoint.objects.filter(external_id=wanted).exclude(pk=touchpoint.pk or 0).first()
    if other is None and (number := own_number(own_mark(), wanted)) not in (None, touchpoint.pk):
        raise RuleBroken(
            _("“%(id)s” is what this installation calls its touchpoint %(number)d.")
            % {"id": wanted, "number": number or 0},
            next_step=_("Give another id."),
        )
    if other is not None:
        raise _taken(wanted, other.name)
    try:
        yield
    except IntegrityError as error:  # an import, or another program, has just written the same
        raise _taken(wanted, _("another touchpoint")) from error


def _taken(wanted: str, name: str) -> RuleBroken:
    return RuleBroken(
        _("“%(name)s” has the external id “%(id)s” already.") % {"name": name, "id": wanted},
        next_step=_("Change that touchpoint, or give another id."),
    )
