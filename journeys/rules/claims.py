"""Who may claim, what happens then, and who decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _

from workspace.organisation.rules.decisions import YES, Decision, no
from workspace.organisation.rules.standing import Standing


@dataclass(frozen=True, slots=True)
class Place:
    """What decides about ownership of a touchpoint: its unit, its present owner, and whether it can be owned at all."""

    unit_id: int
    unit_name: str
    owner_id: int | None
    owner_name: str
    owner_unit_id: int | None
    retired: bool
    is_called: bool = False
    """Whether the owner calls for another one: it has agreed beforehand to whoever takes the touchpoint."""

    @property
    def is_free(self) -> bool:
        """Whether no owner has to agree: there is none, or it calls for another."""
        return self.owner_id is None or self.is_called


@dataclass(frozen=True, slots=True)
class Candidate:
    """A department that might become the owner."""

    id: int
    name: str
    unit_id: int
    archived: bool


@dataclass(frozen=True, slots=True)
class Claimant:
    """Who asks by one claim: the department, and the person who made the claim for it."""

    department_id: int
    person_id: int

    def is_own_of(self, standing: Standing) -> bool:
        """Whether the claim is this person's own: made by them, or of their home or a department that they lead.

        What is the own of somebody for whom they stand in is theirs as well.
        """
        return self.person_id in standing.acts_as or standing.belongs_to(self.department_id)


def can_own(candidate: Candidate, place: Place) -> Decision:
    """An archived department owns nothing, and a retired touchpoint or archived journey is owned by nobody new."""
    if candidate.archived:
        return no(
            _("%(name)s is archived and cannot become owner.") % {"name": candidate.name},
            _("Choose a department that is open."),
        )
    if place.retired:
        return no(_("This touchpoint is retired."), _("Make it live or a draft again first."))
    if candidate.id == place.owner_id:
        return no(_("%(name)s owns this touchpoint already.") % {"name": candidate.name})
    return YES


def may_claim(standing: Standing, candidate: Candidate) -> Decision:
    """A department is spoken for by its leads and deputies, and by the head of its unit."""
    if standing.leads_department(candidate.id) or standing.heads_unit(candidate.unit_id):
        return YES
    return no(
        _("You do not lead %(name)s.") % {"name": candidate.name},
        _("A lead or deputy of %(name)s can claim it, or the head of its business unit.") % {"name": candidate.name},
    )


def is_owned_at_once(candidate: Candidate, place: Place) -> bool:
    """Whether a claim needs nobody's decision: no owner has to agree, and it lies in the department's own unit."""
    return place.is_free and candidate.unit_id == place.unit_id


def who_decides(place: Place, *, contested: bool) -> str:
    """Who decides a waiting claim, in words."""
    if contested:
        return _("an executive")
    if not place.is_free:
        return _("a lead of %(owner)s, or an executive") % {"owner": place.owner_name}
    return _("the head of %(unit)s, or an executive") % {"unit": place.unit_name}


def may_decide_claim(
    standing: Standing, place: Place, *, claimant: Claimant, waiting: Collection[Claimant]
) -> Decision:
    """The owner's lead decides; where no owner has to agree the head of its unit; where contested only executives.

    Nobody decides a claim that they have made, nor one of their own department: neither as their home nor as one that
    they lead. `waiting` are all claims that wait on the touchpoint: where one of them is their own, they decide none.
    """
    contested = len(waiting) > 1
    decider = who_decides(place, contested=contested)
    if standing.is_house:
        return YES
    if claimant.person_id in standing.acts_as:
        return no(_("Nobody decides a claim of their own."), _("It is decided by %(who)s.") % {"who": decider})
    if claimant.is_own_of(standing):
        return no(
            _("Nobody decides a claim of their own department."), _("It is decided by %(who)s.") % {"who": decider}
        )
    if any(rival.is_own_of(standing) for rival in waiting):
        return no(
            _("Nobody decides a claim that stands against one of their own department."),
            _("It is decided by %(who)s who belongs to none of the departments that claim it.") % {"who": decider},
        )
    if standing.is_executive:
        return YES
    if contested:
        return no(_("Several departments claim this touchpoint."), _("It is decided by an executive."))
    if standing.heads_unit(place.unit_id) if place.is_free else standing.leads_department(place.owner_id):
        return YES
    return no(_("You cannot decide this claim."), _("It is decided by %(who)s.") % {"who": decider})


def is_outside_approved(standing: Standing, candidate: Candidate, place: Place) -> bool:
    """Whether this person's word is enough for an owner from another unit: the unit's own head, or an executive."""
    if candidate.unit_id == place.unit_id or standing.is_house:
        return False
    return standing.heads_unit(place.unit_id) or standing.is_executive


def is_outside(place: Place) -> bool:
    """Whether the owner sits in another business unit than the touchpoint."""
    return place.owner_id is not None and place.owner_unit_id != place.unit_id


def may_approve_outside(standing: Standing, place: Place) -> Decision:
    """An owner from outside who is there already is approved as a claim is: by the unit's head, or an executive."""
    if standing.is_house or not (standing.heads_unit(place.unit_id) or standing.is_executive):
        return no(
            _("You cannot approve an owner from outside %(unit)s.") % {"unit": place.unit_name},
            _("The head of %(unit)s can, or an executive.") % {"unit": place.unit_name},
        )
    if standing.belongs_to(place.owner_id):
        return no(
            _("Nobody decides about their own department."),
            _("The head of %(unit)s can approve it, or an executive of another department.")
            % {"unit": place.unit_name},
        )
    return YES


def may_give_up(standing: Standing, place: Place) -> Decision:
    """Ownership is given up by the owner's leads, the head of the owner's unit, or an executive."""
    if standing.is_executive or speaks_for_owner(standing, place):
        return YES
    return no(
        _("You do not lead %(owner)s.") % {"owner": place.owner_name},
        _("A lead of %(owner)s can do it, the head of its unit, or an executive.") % {"owner": place.owner_name},
    )


def speaks_for_owner(standing: Standing, place: Place) -> bool:
    """Whether the person leads the owning department, or heads its unit."""
    return standing.leads_department(place.owner_id) or standing.heads_unit(place.owner_unit_id)


def may_release(standing: Standing, place: Place, *, own_units: Collection[int]) -> Decision:
    """Released by whoever may give it up, but not by an executive whose own department could then take it at once.

    `own_units`: units of the person's own departments; they matter only where they do not speak for the owner.
    """
    given_up = may_give_up(standing, place)
    if not given_up or standing.is_house or speaks_for_owner(standing, place) or place.unit_id not in own_units:
        return given_up
    return no(
        _("Nobody decides about their own department, which could take this touchpoint at once."),
        _("A lead of %(owner)s can release it, the head of its unit, or another executive.")
        % {"owner": place.owner_name},
    )


def may_assign(standing: Standing, candidate: Candidate, place: Place) -> Decision:
    """An unowned touchpoint is assigned within a unit by its head, across units by an executive."""
    if standing.is_executive:
        return _not_to_their_own(standing, candidate, place)
    if candidate.unit_id == place.unit_id and standing.heads_unit(place.unit_id):
        return YES
    return no(
        _("You cannot assign this touchpoint to %(name)s.") % {"name": candidate.name},
        _("The head of %(unit)s assigns it within the unit, an executive to any department.")
        % {"unit": place.unit_name},
    )


def _not_to_their_own(standing: Standing, candidate: Candidate, place: Place) -> Decision:
    """What a department would have to claim, an executive of that department does not give to it either."""
    if standing.is_house or is_owned_at_once(candidate, place) or not standing.belongs_to(candidate.id):
        return YES
    return no(
        _("Nobody decides about their own department."),
        _("Claim the touchpoint for %(name)s; it is decided by %(who)s.")
        % {"name": candidate.name, "who": who_decides(place, contested=False)},
    )


def may_transfer(standing: Standing, candidate: Candidate, place: Place) -> Decision:
    """Nobody is given work behind their back: who transfers speaks for both departments, or is an executive."""
    gives = speaks_for_owner(standing, place)
    takes = standing.leads_department(candidate.id) or standing.heads_unit(candidate.unit_id)
    if gives and takes:
        return YES
    if standing.is_executive:
        return _not_to_their_own(standing, candidate, place)
    if gives:
        return no(
            _("%(name)s has not agreed to take this touchpoint.") % {"name": candidate.name},
            _("Ask a lead of %(name)s to claim it, then approve the claim.") % {"name": candidate.name},
        )
    return no(
        _("You do not lead %(owner)s.") % {"owner": place.owner_name},
        _("Claim the touchpoint; %(who)s decides.") % {"who": who_decides(place, contested=False)},
    )


def may_attest(standing: Standing, place: Place, *, person_id: int | None) -> Decision:
    """Whether it is still theirs is answered by the accountable person or the owner's leads."""
    if standing.is_house or (standing.active and person_id is not None and standing.person_id == person_id):
        return YES
    if standing.leads_department(place.owner_id):
        return YES
    return no(
        _("You do not answer for %(owner)s.") % {"owner": place.owner_name},
        _("The accountable person or a lead of %(owner)s can confirm it.") % {"owner": place.owner_name},
    )
