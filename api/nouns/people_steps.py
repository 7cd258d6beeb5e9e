"""What is done with a person: a step each, because others feel it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.access import access_of
from api.kernel.filters import check_parameters
from api.kernel.inputs import taken_by
from api.kernel.problems import Wrong, not_valid
from api.kernel.views import ADMIN
from api.nouns.based import BasedView
from api.nouns.consequences import ConsequencesShape, told
from api.nouns.people_forms import (
    Erasure,
    Goodbye,
    InvitationShape,
    LeavingDate,
    NewAddress,
    NewDelegate,
    NewRole,
    PersonPlan,
)
from workspace.organisation import commands
from workspace.organisation.models import Person
from workspace.organisation.queries.consequences import of_leaving
from workspace.organisation.queries.invitations import invitation_state
from workspace.organisation.queries.people import standing_of
from workspace.organisation.registry import Leaving
from workspace.organisation.rules.people import may_administer

STEPS_OF_ADMINISTRATORS = (
    "email",
    "role",
    "leaving_date",
    "deactivate",
    "reactivate",
    "erase",
    "consequences",
)


class PersonSteps(BasedView):
    """The steps that are taken with a person, for the view of people."""

    scopes = dict.fromkeys(STEPS_OF_ADMINISTRATORS, ADMIN)
    takes = {
        "email": NewAddress,
        "role": NewRole,
        "delegate": NewDelegate,
        "leaving_date": LeavingDate,
        "deactivate": Goodbye,
        "erase": Erasure,
    }
    gives = {
        "consequences": ConsequencesShape,
        "invitation": InvitationShape,
        "invite_again": InvitationShape,
        "revoke_invitation": InvitationShape,
    }
    parameters = {"consequences": PersonPlan._declared_fields}

    def scope_of(self) -> str:
        """As always; to name the delegate of somebody else is for administrators."""
        pk = self.kwargs.get("pk")
        if self.action == "delegate" and pk is not None and pk != self.person.pk:
            return ADMIN
        return super().scope_of()

    @action(detail=True, methods=["post"])
    def email(self, request: Request, pk: int) -> Response:
        """Give them another address to sign in with. They are signed out everywhere, and an open invitation ends."""
        return self.step(self.one(), commands.change_email, "email")

    @action(detail=True, methods=["post"])
    def role(self, request: Request, pk: int) -> Response:
        """Give them another role. Whoever becomes a guest leads, heads and answers for nothing any more."""
        return self.step(self.one(), commands.set_role, "role")

    @action(detail=True, methods=["post"])
    def delegate(self, request: Request, pk: int) -> Response:
        """Name who stands in: one’s own delegate; with the scope `admin`, that of anybody."""
        return self.step(self.one(), commands.set_delegate, "delegate")

    @action(detail=True, methods=["post"], url_path="leaving-date")
    def leaving_date(self, request: Request, pk: int) -> Response:
        """Note the first day on which they are gone, or take the note back. Whoever takes over does so now."""

        def leave(person: Person, *, left_on: Any, actor: Person, **handed: Any) -> None:
            commands.see_off(
                person,
                lambda: commands.set_leaving_date(person, on=left_on, actor=actor),
                **handed,
                actor=actor,
            )

        return self.step(self.one(), leave, "left_on", "is_active")

    @action(detail=True, methods=["post"])
    def deactivate(self, request: Request, pk: int) -> Response:
        """Shut them out at once: sessions and tokens end. What nobody takes over is flagged."""

        def go(person: Person, *, actor: Person, **handed: Any) -> None:
            commands.see_off(person, lambda: commands.deactivate_person(person, actor=actor), **handed, actor=actor)

        return self.step(self.one(), go, "is_active")

    @action(detail=True, methods=["post"])
    def reactivate(self, request: Request, pk: int) -> Response:
        """Let them in again; their leaving date is gone. What went to others stays there."""
        return self.step(self.one(), commands.reactivate_person, "is_active", "left_on")

    @action(detail=True, methods=["post"])
    def erase(self, request: Request, pk: int) -> Response:
        """Take away for good all that says who a deactivated person was. What they did stays, without a name."""
        person, given = self.one(), self.filled()
        may_administer(standing_of(self.person)).or_not_allowed()
        if given["email"].strip().lower() != person.email:
            why = _("This is not the address of this person.")
            raise not_valid(Wrong("email", why, given["email"], _("Send the address that they have now.")))
        return self.changed(person, lambda: commands.erase_person(person, actor=self.person), is_required=False)

    @action(detail=True, methods=["get"])
    def consequences(self, request: Request, pk: int) -> Response:
        """What would come of it if they left, with somebody who takes over or nobody, or became a guest."""
        check_parameters(request.query_params, set(PersonPlan._declared_fields))
        person = self.one()
        may_administer(standing_of(self.person)).or_not_allowed()
        plan = taken_by(PersonPlan, request.query_params.dict(), self)
        is_leaving = plan["of"] == "leave"
        for name in ("to", "with_leads"):
            if name in plan and not is_leaving:
                raise not_valid(Wrong(name, _("This means nothing here."), request.query_params[name]))
        how = Leaving(plan.get("to"), keeps=is_leaving, with_leads=plan.get("with_leads", False))
        return self.versioned(told(of_leaving(person, how)), person.version)

    @action(detail=True, methods=["get"])
    def invitation(self, request: Request, pk: int) -> Response:
        """How their invitation stands."""
        return self._invitation(self.one())

    @action(detail=True, methods=["post"], url_path="invite-again")
    def invite_again(self, request: Request, pk: int) -> Response:
        """Mail them a new link; an earlier one works no more. For people who are no guests: scope `admin`."""
        person = self._to_invite()
        self.unless_stale(person, lambda: commands.invite_again(person, actor=self.person), is_required=False)
        return self._invitation(person)

    @action(detail=True, methods=["post"], url_path="revoke-invitation")
    def revoke_invitation(self, request: Request, pk: int) -> Response:
        """Take the invitation back: its link works no more. For people who are no guests: scope `admin`."""
        person = self._to_invite()
        self.unless_stale(person, lambda: commands.revoke_invitation(person, actor=self.person), is_required=False)
        return self._invitation(person)

    def _to_invite(self) -> Person:
        """The person, where the token reaches far enough for their role. The command says whether they may."""
        person: Person = self.one()
        self.filled()
        if self.person.is_staff and not person.is_guest:
            access_of(self.request).check_reaches(ADMIN)
        return person

    def _invitation(self, person: Person) -> Response:
        stands = invitation_state(person, standing_of(self.person))
        latest = stands.invitation if stands else None
        return self.versioned(
            {
                "state": stands.state if stands else "not-needed",
                "invited_by": latest.invited_by_id if latest else None,
                "invited_at": latest.invited_at if latest else None,
                "ends_at": latest.ends_at if latest else None,
                "may_invite": bool(stands and stands.may_invite),
                "is_mailed": settings.EMAIL is not None,
            }
        )
