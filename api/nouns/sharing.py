"""With which guests something is shared, until when: alike for everything that can be shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.inputs import Input
from api.kernel.nouns import NounView
from api.kernel.problems import Wrong, not_valid
from workspace.organisation import commands
from workspace.organisation.models import Person, Share
from workspace.organisation.queries.people import standing_of
from workspace.organisation.queries.sharing import shares_of
from workspace.organisation.shareable import may_share

UNTIL = "The last day on which it is open to them."


class ShareShape(serializers.Serializer[Any]):
    """A guest who sees it."""

    example = {"name": "Paula Press", "email": "press@agency.example"}

    guest = serializers.IntegerField(source="guest_id")
    name = serializers.CharField(source="guest.name")
    email = serializers.EmailField(source="guest.email")
    until = serializers.DateField(source="last_day", help_text=UNTIL)
    shared_by = serializers.IntegerField(source="granted_by_id", allow_null=True)
    shared_at = serializers.DateTimeField(source="granted_at")


class SharesShape(serializers.Serializer[Any]):
    """The guests who see it, by name."""

    items = ShareShape(many=True)


class SharedUntil(Input):
    """With which guest, and until which day."""

    guest = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())
    until = serializers.DateField(help_text=UNTIL)


class SharedWith(Input):
    """With which guest it is shared."""

    guest = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())


class InvitedGuest(Input):
    """Somebody from outside who is to see it, and until which day."""

    example = {"name": "Paula Press", "email": "press@agency.example"}

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=150)
    until = serializers.DateField(help_text=UNTIL)


class SharingSteps(NounView):
    """How something is shared, for its view; `takes` and `gives` of that view are added here."""

    takes = {
        "share": SharedUntil,
        "change_share": SharedUntil,
        "unshare": SharedWith,
        "invite_guest": InvitedGuest,
    }
    gives = dict.fromkeys(("shares", "share", "change_share", "unshare", "invite_guest"), SharesShape)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.takes = {**SharingSteps.takes, **cls.takes}
        cls.gives = {**SharingSteps.gives, **cls.gives}

    @action(detail=True, methods=["get"])
    def shares(self, request: Request, pk: int) -> Response:
        """The guests who see it, for those who may share it."""
        return self._shares(self._shareable())

    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: int) -> Response:
        """Let a guest see it until the end of a day."""
        thing, given = self._shareable(), self.filled()
        return self._done(thing, lambda: commands.share(thing.NOUN, thing.pk, **given, actor=self.person))

    @action(detail=True, methods=["post"], url_path="change-share")
    def change_share(self, request: Request, pk: int) -> Response:
        """Let a guest see it until the end of another day."""
        thing, given = self._shareable(), self.filled()
        share = self._share(thing, given["guest"])
        return self._done(thing, lambda: commands.change_share(share, until=given["until"], actor=self.person))

    @action(detail=True, methods=["post"])
    def unshare(self, request: Request, pk: int) -> Response:
        """Close it to a guest, now."""
        thing, given = self._shareable(), self.filled()
        share = self._share(thing, given["guest"])
        return self._done(thing, lambda: commands.end_share(share, actor=self.person))

    @action(detail=True, methods=["post"], url_path="invite-guest")
    def invite_guest(self, request: Request, pk: int) -> Response:
        """Invite a new guest and share it with them, in one step. They are mailed a link, which stands in no answer."""
        thing, given = self._shareable(), self.filled()
        return self._done(thing, lambda: commands.invite_and_share(thing.NOUN, thing.pk, **given, actor=self.person))

    def _shareable(self) -> Any:
        """The thing, if the person may share it. Raises Unknown, for every guest as well, and NotAllowed."""
        self.check_limits()
        if self.person.is_guest:
            raise self.unknown(self.key_of(self.kwargs))
        thing = self.one()
        may_share(standing_of(self.person), thing.NOUN, thing.pk).or_not_allowed()
        return thing

    def _share(self, thing: Any, guest: Person) -> Share:
        for one in shares_of(thing.NOUN, thing.pk):
            if one.guest_id == guest.pk:
                return one
        raise not_valid(
            Wrong("guest", _("It is not shared with them."), guest.pk, _("Look at `shares/` for those who see it."))
        )

    def _done(self, thing: Any, act: Callable[[], object]) -> Response:
        """Do it, unless the caller has an older version of the thing, and answer with who sees it then."""
        self.unless_stale(thing, act, is_required=False)
        return self._shares(thing)

    def _shares(self, thing: Any) -> Response:
        return self.versioned({"items": ShareShape(shares_of(thing.NOUN, thing.pk), many=True).data})
