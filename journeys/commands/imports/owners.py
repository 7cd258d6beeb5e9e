"""Who owns what, as a file says it: the beginnings and ends of `commands.owning`, for a thousand rows at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.ending_calls import end_calls
from journeys.commands.imports.beginnings import Beginning, begin
from journeys.commands.imports.drafts import Placed
from journeys.commands.imports.supporting import Supporting
from journeys.commands.owning import without_address
from journeys.models import Claim, Handoff, Ownership, Touchpoint
from workspace import clock, db
from workspace.activity.commands.events import Happening
from workspace.organisation.commands.imports.kinds import Effects
from workspace.organisation.commands.imports.rows import Row
from workspace.organisation.queries.directory import Contact, DepartmentEntry, Directory, people_named

OWNER, EMAIL, SUPPORTING = "owner_department", "owner_email", "supporting_departments"
COLUMNS = frozenset({OWNER, EMAIL, SUPPORTING})


@dataclass(slots=True)
class Transition:
    """An ownership of a touchpoint that was there before ends, and perhaps another one begins."""

    touchpoint: Touchpoint
    old: Ownership | None
    new: Beginning | None
    unmatched_owner: str


class Owners:
    """The ownerships of the touchpoints that some rows name, and what changes in them."""

    def __init__(self, rows: Sequence[Row], held: Collection[Touchpoint], directory: Directory) -> None:
        self.directory = directory
        self.now = clock.now()
        emails = {row.get(EMAIL).lower() for row in rows} | {row.was(EMAIL).lower() for row in rows}
        self.people = people_named(emails)
        self.current: dict[int, Ownership] = {}
        responsible: dict[int, dict[int, Ownership]] = defaultdict(dict)
        if held:
            places = db.one_of("bigint", [touchpoint.pk for touchpoint in held])
            for ownership in Ownership.objects.current().filter(touchpoint_id__in=places).order_by():
                if ownership.kind == Ownership.Kind.ACCOUNTABLE:
                    self.current[ownership.touchpoint_id] = ownership
                elif ownership.kind == Ownership.Kind.RESPONSIBLE:
                    responsible[ownership.touchpoint_id][ownership.department_id] = ownership
        self.supporting = Supporting(directory, responsible, self.now)
        self.transitions: list[Transition] = []
        self.begun: list[Beginning] = []
        self.other_person: dict[int, tuple[Touchpoint, Ownership, int | None]] = {}

    def settle(self, row: Row, touchpoint: Placed, unit_id: int) -> bool:
        """Bring owner, person and supporters in line with what is new in the row; whether that changes anything."""
        owner = self._settle_owner(row, touchpoint, unit_id)
        person = self._settle_person(row, touchpoint, unit_id) if EMAIL in row.news and not owner else False
        return self.supporting.settle(row, touchpoint, unit_id) or owner or person

    def _current_of(self, touchpoint: Placed) -> Ownership | None:
        return self.current.get(touchpoint.pk) if isinstance(touchpoint, Touchpoint) else None

    # -- the accountable department

    def _settle_owner(self, row: Row, touchpoint: Placed, unit_id: int) -> bool:
        if OWNER not in row.news and OWNER not in row.waited:
            return False
        reference, current = row.get(OWNER), self._current_of(touchpoint)
        match = self.directory.match(reference, unit_id)
        if OWNER not in row.news and (current is not None or touchpoint.unmatched_owner != reference):
            return False  # somebody owns it, or took the reference away: that was decided here
        if reference and match is None:
            return self._keep_reference(row, touchpoint, unit_id, current)
        if match is not None and match.archived:
            row.refuse(OWNER, self._why_closed(match))
            row.keep_back(EMAIL)
            return False
        unmatched, touchpoint.unmatched_owner = touchpoint.unmatched_owner, ""
        if match is None:
            return self._take_back(row, touchpoint, unit_id, current) or bool(unmatched)
        if current is not None and current.department_id == match.id:
            return False
        person = self._person_for(row)
        new = Beginning(touchpoint, match.id, person.id if person else None, Ownership.Kind.ACCOUNTABLE.value)
        self.begun.append(new)
        if isinstance(touchpoint, Touchpoint):
            self.transitions.append(Transition(touchpoint, current, new, unmatched))
        return True

    def _keep_reference(self, row: Row, touchpoint: Placed, unit_id: int, current: Ownership | None) -> bool:
        """The owner is not known: whom the file had named before goes, and the reference waits."""
        if current is not None and not self._is_files_own(row, current, unit_id):
            return False
        ended = current is not None and self._take_back(row, touchpoint, unit_id, current)
        row.wait_for(OWNER, row.get(OWNER))
        row.note("unknown-owner", row.get(OWNER))
        changed = touchpoint.unmatched_owner != row.get(OWNER)
        touchpoint.unmatched_owner = row.get(OWNER)
        return changed or ended

    def _take_back(self, row: Row, touchpoint: Placed, unit_id: int, current: Ownership | None) -> bool:
        """End an ownership that the file itself had brought; one that was decided here stays."""
        if current is None or not self._is_files_own(row, current, unit_id):
            return False
        if isinstance(touchpoint, Touchpoint):
            self.transitions.append(Transition(touchpoint, current, None, ""))
        return True

    def _is_files_own(self, row: Row, current: Ownership, unit_id: int) -> bool:
        before = self.directory.match(row.was(OWNER), unit_id)
        return before is not None and before.id == current.department_id

    def _why_closed(self, department: DepartmentEntry) -> str:
        successor = self.directory.departments.get(department.successor_id or 0)
        closed = _("The department %(name)s is archived and cannot become owner.") % {"name": department.name}
        if successor is not None and not successor.archived:
            return closed + " " + _("Name its successor %(code)s.") % {"code": successor.code}
        return closed + " " + _("Name a department that is open.")

    # -- the accountable person

    def _person_for(self, row: Row) -> Contact | None:
        """The person whom the row names, if they can be accountable; the cell is refused otherwise."""
        if not row.get(EMAIL):
            return None
        person = self.people.get(row.get(EMAIL).lower())
        if person is None:
            row.refuse(EMAIL, _("Nobody here has this address. Import the people, then this file again."))
        elif not person.works_here:
            row.refuse(EMAIL, _("This person does not work here any more. Name somebody who is active."))
        elif person.is_guest:
            row.refuse(EMAIL, _("A guest cannot be accountable. Name somebody else."))
        else:
            return person
        return None

    def _settle_person(self, row: Row, touchpoint: Placed, unit_id: int) -> bool:
        """Another person for the owner that stays."""
        if EMAIL in row.kept_back or OWNER in row.waits:
            return False
        if row.get(EMAIL) and not row.get(OWNER):
            row.refuse(EMAIL, _("The row names a person but no owner. Fill owner_department."))
            return False
        match = self.directory.match(row.get(OWNER), unit_id)
        current = self._current_of(touchpoint)
        if current is None or match is None or current.department_id != match.id:
            return False  # another owner was decided on here; the person belongs to the file's
        if match.archived:
            row.refuse(EMAIL, self._why_closed(match))
            return False
        person = self._person_for(row)
        if person is None and row.get(EMAIL):
            return False
        was = self.people.get(row.was(EMAIL).lower())
        if person is None and (was is None or current.person_id != was.id):
            return False
        if (person.id if person else None) == current.person_id:
            return False
        if isinstance(touchpoint, Touchpoint):
            self.other_person[touchpoint.pk] = (touchpoint, current, current.person_id)
        current.person_id = person.id if person else None
        return True

    # -- writing

    def write(self, effects: Effects, journeys: dict[int, int], file: str) -> None:
        """Write what begins, ends and changes, and tell of it: at most 14 statements. Touchpoints have ids by now."""
        ended = [change.old.pk for change in self.transitions if change.old is not None]
        if ended:
            Ownership.objects.filter(pk__in=ended).update(held_until=self.now)
        self.supporting.write()
        begin(self.begun, self.now)
        if self.other_person:
            Ownership.objects.bulk_update([ownership for _t, ownership, _old in self.other_person.values()], ["person"])
        effects.happenings += [self._told(change, journeys, file) for change in self.transitions]
        effects.happenings += [
            Happening(
                events.ACCOUNTABLE_PERSON_SET,
                touchpoint,
                {"touchpoint": touchpoint.pk, "person": ownership.person_id, "old_person": old},
                f"journey:{journeys[touchpoint.pk]}",
            )
            for touchpoint, ownership, old in self.other_person.values()
        ]
        self._supersede_claims(effects, journeys)
        self._void_handoffs(effects, journeys)
        if self.transitions:
            winners = {it.touchpoint.pk: it.new.department_id if it.new else None for it in self.transitions}
            effects.happenings += end_calls(winners)

    def _told(self, change: Transition, journeys: dict[int, int], file: str) -> Happening:
        touchpoint, old, new = change.touchpoint, change.old, change.new
        data: dict[str, object] = {
            "touchpoint": touchpoint.pk,
            "old_person": old.person_id if old else None,
            "reason": _("The file %(file)s says so.") % {"file": file},
        }
        if new is None:
            kind = events.OWNERSHIP_RELEASED
            data["department"] = old.department_id if old else None
        else:
            kind = events.OWNERSHIP_STARTED if old is None else events.OWNERSHIP_TRANSFERRED
            data |= {
                "department": new.department_id,
                "old_department": old.department_id if old else None,
                "person": new.person_id,
                "unmatched_owner": without_address(change.unmatched_owner),
            }
        return Happening(kind, touchpoint, data, f"journey:{journeys[touchpoint.pk]}")

    def _supersede_claims(self, effects: Effects, journeys: dict[int, int]) -> None:
        winners = {change.touchpoint.pk: change.new.department_id for change in self.transitions if change.new}
        claims = list(Claim.objects.waiting().filter(touchpoint__in=winners).order_by("pk")) if winners else []
        if not claims:
            return
        Claim.objects.filter(pk__in=[claim.pk for claim in claims]).update(
            state=Claim.State.SUPERSEDED, decided_at=self.now, decision_reason=""
        )
        effects.happenings += [
            Happening(
                events.CLAIM_SUPERSEDED,
                claim,
                {
                    "touchpoint": claim.touchpoint_id,
                    "department": claim.department_id,
                    "winner": winners[claim.touchpoint_id],
                    "claimed_by": claim.claimed_by_id,
                },
                f"journey:{journeys[claim.touchpoint_id]}",
            )
            for claim in claims
        ]

    def _void_handoffs(self, effects: Effects, journeys: dict[int, int]) -> None:
        touched = {change.touchpoint.pk for change in self.transitions}
        if not touched:
            return
        standing = Handoff.objects.filter(
            Q(crossing__source__in=touched) | Q(crossing__target__in=touched),
            state__in=[Handoff.State.PROPOSED, Handoff.State.ACCEPTED],
        )
        rows = list(standing.order_by("pk").values_list("pk", "crossing__source", "crossing__target"))
        if not rows:
            return
        Handoff.objects.filter(pk__in=[row[0] for row in rows]).update(
            state=Handoff.State.VOID, ended_at=self.now, ended_reason=_("The owner changed.")
        )
        by_touchpoint: defaultdict[int, list[int]] = defaultdict(list)
        for handoff, source, target in rows:
            by_touchpoint[source if source in touched else target].append(handoff)
        effects.happenings += [
            Happening(
                events.HANDOFFS_VOIDED,
                None,
                {"touchpoint": touchpoint},
                f"journey:{journeys[touchpoint]}",
                subjects=("handoff", handoffs),
            )
            for touchpoint, handoffs in by_touchpoint.items()
        ]
