"""What can be sent to add, invite and change people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from api.kernel.inputs import Input
from api.nouns.based import Based
from workspace.organisation.models import Department, Person

ROLES = Person.Role.choices
LONGEST = 150
"""So many characters of a name or job title."""


def _home(**more: Any) -> serializers.PrimaryKeyRelatedField[Department]:
    return serializers.PrimaryKeyRelatedField(
        queryset=Department.objects.all(), allow_null=True, help_text="Home department.", **more
    )


def _somebody(help_text: str, **more: Any) -> serializers.PrimaryKeyRelatedField[Person]:
    return serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), help_text=help_text, **more)


def _time_zone(**more: Any) -> serializers.CharField:
    about = "Such as Europe/Berlin. Empty: that of the installation."
    return serializers.CharField(max_length=64, allow_blank=True, help_text=about, **more)


class NewGuest(Input):
    """A guest who is to come in."""

    example = {"name": "Olga Online"}

    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(max_length=LONGEST)
    job_title = serializers.CharField(max_length=LONGEST, allow_blank=True, default="")
    department = _home(default=None)
    time_zone = _time_zone(default="")


class NewPerson(NewGuest):
    """A person who is to be here."""

    example = {"name": "Olga Online", "role": "member"}

    role = serializers.ChoiceField(choices=ROLES, default=Person.Role.MEMBER)
    invite = serializers.BooleanField(
        default=False, help_text="Mail them a link by which they choose a password; otherwise they cannot sign in yet."
    )


class ChangedPerson(Based):
    """What can be changed of a person without a step of its own."""

    example = {"name": "Olga Online"}

    name = serializers.CharField(max_length=LONGEST, required=False)
    job_title = serializers.CharField(max_length=LONGEST, allow_blank=True, required=False)
    department = _home(required=False)
    time_zone = _time_zone(required=False)


class NewAddress(Based):
    """Another address to sign in with."""

    email = serializers.EmailField(max_length=254)


class NewRole(Based):
    """What somebody is to the whole organisation."""

    example = {"role": "executive"}

    role = serializers.ChoiceField(choices=ROLES)


class NewDelegate(Based):
    """Who stands in for somebody."""

    delegate = _somebody("Null: nobody.", allow_null=True)


class Goodbye(Based):
    """Who takes over from somebody who goes."""

    to = _somebody("Who answers for what they answered for; null: nobody.", allow_null=True, default=None)
    with_leads = serializers.BooleanField(
        default=False, help_text="Whether they also lead the departments and head the units that the person did."
    )


class LeavingDate(Goodbye):
    """The first day on which somebody is gone."""

    left_on = serializers.DateField(allow_null=True, help_text="Null: they stay.")


class Erasure(Input):
    """The address of whoever is erased, once more: it cannot be undone."""

    email = serializers.CharField(max_length=254, help_text="Their e-mail address, to be sure.")


class PersonPlan(Input):
    """What is thought of doing with a person."""

    of = serializers.ChoiceField(
        choices=[
            ("leave", gettext_lazy("they leave, or are deactivated")),
            ("become-guest", gettext_lazy("they become a guest")),
        ],
        default="leave",
        help_text="That they leave, or are deactivated; or that they become a guest.",
    )
    to = _somebody("With `leave`: who takes over.", required=False)
    with_leads = serializers.BooleanField(
        required=False, help_text="With `to`: whether they also lead and head what the person did."
    )


class InvitationShape(serializers.Serializer[Any]):
    """How somebody’s invitation stands. Its link is mailed to them, and shown to no program."""

    state = serializers.ChoiceField(
        choices=[
            ("none", gettext_lazy("never invited")),
            ("waiting", gettext_lazy("the link can be used")),
            ("late", gettext_lazy("its time is over")),
            ("revoked", gettext_lazy("taken back")),
            ("not-needed", gettext_lazy("they have come in, or left")),
        ]
    )
    invited_by = serializers.IntegerField(allow_null=True, help_text="A person.")
    invited_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True, help_text="Until then the link can be used.")
    may_invite = serializers.BooleanField(help_text="Whether you may invite them again, or take it back.")
    is_mailed = serializers.BooleanField(
        help_text="Whether links are mailed here. Where no mail is set up, “Invite again” on the page of the person "
        "shows a new one."
    )
