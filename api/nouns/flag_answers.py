"""What can be sent in answer to flags, one or several, and what comes back."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.kernel.bulk import ResultShape
from api.kernel.inputs import Input
from api.nouns.owning import reason_field
from workspace.organisation.models import Department


class Silence(Input):
    """Until when a flag is silent, and why. How long is too long, the rules of the organisation say."""

    until = serializers.DateField(help_text="On this day it is looked at again.")
    reason = reason_field(help_text="For whoever looks at it next.")


class AnswerOfSeveral(Input):
    """One of several flags."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    version = serializers.IntegerField(
        required=False, help_text="The version that you have seen; if it is another by now, it is not answered (412)."
    )


class SilenceOfSeveral(AnswerOfSeveral, Silence):
    """One of several flags, until when it is silent, and why."""


class OwnerOfSeveral(AnswerOfSeveral):
    """One of several flags, and the department that is to own its touchpoint."""

    department = serializers.PrimaryKeyRelatedField(queryset=Department.objects.all())
    reason = reason_field(is_required=False)


class AnsweredShape(ResultShape):
    """What came of one of the flags."""

    told = serializers.CharField(required=False, help_text="What was done, in words.")


class AnsweredsShape(serializers.Serializer[Any]):
    """What came of each flag, in the order of what was sent."""

    results = AnsweredShape(many=True)
