"""Taking back an answer to “is this still yours?”: what was noted before stands again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journeys import events
from journeys.commands.behalf import attesting
from journeys.commands.settling import AT_ONCE, settle_ownership
from journeys.models import Ownership, Touchpoint
from journeys.queries.attesting import answer_of, answers_of_press, last_answers
from journeys.queries.scope import Scope
from journeys.rules.claims import Place, may_attest
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.activity.models import Event, Undoing
from workspace.errors import Refusal, RuleBroken, StaleWrite
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of
from workspace.organisation.rules.standing import Standing


def take_back(event: Event, actor: Person) -> str:
    """Undo an answer, with those of the same press: some ten statements, whether it is one answer or hundreds.

    Answers of the press that were given anew since, or are no longer the actor's to give, stay. Raises what stands
    against it where none can be taken back: NotAllowed, StaleWrite, RuleBroken.
    """
    press = event.data.get("press")
    given = [event] if press is None else list(answers_of_press(press, actor.pk))
    places = {one.subject_id for one in given if one.subject_id is not None}
    db.lock_rows(Touchpoint, sorted(places))
    about = Ownership.objects.select_related("touchpoint", "department").order_by()
    rows = about.in_bulk([one.data["ownership"] for one in given if "ownership" in one.data])
    standing, stays = standing_of(actor), list[Refusal]()
    back: list[tuple[Event, Ownership]] = []
    for one in given:
        try:
            back.append((one, _standing_still(one, rows, standing)))
        except Refusal as refusal:
            stays.append(refusal)
    if not back:
        raise stays[0]
    _write_back(back, standing, actor)
    together = [Undoing(event=one, at=clock.now()) for one, _row in back if one.pk != event.pk]
    Undoing.objects.bulk_create(together, batch_size=AT_ONCE)
    return _said([row for _event, row in back], stays)


def _standing_still(event: Event, rows: Mapping[int, Ownership], standing: Standing) -> Ownership:
    """The ownership, as the answer has left it."""
    row = rows.get(event.data.get("ownership", 0))
    if row is None:
        raise RuleBroken(_("What it was before is not known."), next_step=_("Answer it anew."))
    name = row.touchpoint.name
    if row.held_until is not None:
        raise StaleWrite(
            _("%(name)s has another owner by now, or none.") % {"name": name},
            next_step=_("The answer was about an ownership that has ended."),
        )
    may_attest(standing, _place(row), person_id=row.person_id).or_not_allowed()
    if answer_of(row) != event.data["new"]:
        said = last_answers([row.touchpoint_id]).get(row.touchpoint_id)
        raise StaleWrite(
            _("%(by)s has answered about %(name)s since.")
            % {"by": said.by if said and said.by else _("Somebody"), "name": name},
            next_step=_("Look at it, and answer it anew if you still see it otherwise."),
        )
    return row


def _place(row: Ownership) -> Place:
    unit = row.touchpoint.business_unit_id
    return Place(unit, "", row.department_id, row.department.name, row.department.unit_id, retired=False)


def _write_back(back: Sequence[tuple[Event, Ownership]], standing: Standing, actor: Person) -> None:
    happenings = []
    for event, row in back:
        for name, time in event.data["old"].items():
            setattr(row, name, datetime.fromisoformat(time) if time else None)
        data: dict[str, object] = {"touchpoint": row.touchpoint_id, "department": row.department_id}
        data |= attesting(standing, _place(row), person_id=row.person_id)
        happenings.append(
            Happening(events.OWNERSHIP_ANSWER_TAKEN_BACK, (Touchpoint.NOUN, row.touchpoint_id), data, event.scope)
        )
    Ownership.objects.bulk_update([row for _event, row in back], ["attested_at", "disputed_at"], batch_size=AT_ONCE)
    scope = Scope.of(touchpoints=[row.touchpoint_id for _event, row in back])
    settled = [happening for piece in scope.in_pieces(AT_ONCE) for happening in settle_ownership(piece)]
    record(actor, *happenings, *settled)


def _said(rows: Sequence[Ownership], stays: Sequence[Refusal]) -> str:
    if len(rows) == 1 and not stays:
        return _("The answer about %(name)s is taken back.") % {"name": rows[0].touchpoint.name}
    told = ngettext("%(n)d answer is taken back.", "%(n)d answers are taken back.", len(rows)) % {"n": len(rows)}
    if stays:
        stay = ngettext("%(n)d stays: %(why)s", "%(n)d stay, the first because: %(why)s", len(stays))
        told = f"{told} {stay % {'n': len(stays), 'why': stays[0].reason}}"
    return told
