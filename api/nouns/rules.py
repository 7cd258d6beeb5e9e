"""The rules by which a scan judges: what each means, and what administrators set about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from api.kernel.filters import check_parameters
from api.kernel.inputs import Input
from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Shape
from api.nouns.inside import InsideView
from api.nouns.levels import word_in, words_of
from journeys import commands
from journeys.models import Flag
from journeys.queries.limits import limits_now
from journeys.queries.rule_list import Group, rule_groups, speaking_by_rule, versions_of_keys
from journeys.rules.settings import OFF, Setting
from workspace import db

ALL_FLAGS = "all-flags"
"""What stands in the place of a code for what is about all flags."""
JUDGED = [
    ("at_once", "With each change of an owner, in its transaction."),
    ("after_change", "Right after each change."),
    ("full_scan", "By a full scan alone."),
]


class RuleSettingShape(serializers.Serializer[Any]):
    """A number that administrators set, with its bounds."""

    example = {
        "key": "overloaded_above",
        "title": "Touchpoints of a department",
        "help": "",
        "unit": "touchpoints",
        "value": 20,
        "default": 15,
        "minimum": 1,
        "maximum": 500,
        "step": 1,
    }

    key = serializers.CharField()
    title = serializers.CharField()
    help = serializers.CharField(allow_blank=True)
    value = serializers.FloatField(help_text="What holds now, in its unit.")
    default = serializers.FloatField(help_text="As Throughline comes.")
    unit = serializers.CharField()
    minimum = serializers.IntegerField()
    maximum = serializers.IntegerField()
    step = serializers.FloatField(help_text="1 for whole numbers, 0.1 for those with one decimal.")


class RuleShape(Shape):
    """A rule: what is flagged, why, how bad that is, and from when on. `all-flags` is what is about all of them."""

    example = {
        "code": "overloaded-owner",
        "title": "A department owns too much",
        "meaning": "A department owns more touchpoints than it can look after.",
        "subject_kind": "department",
    }

    code = serializers.CharField(help_text="As flags name it in `rule`; `all-flags` for what is about all of them.")
    title = serializers.CharField()
    meaning = serializers.CharField(help_text="What it means, in a sentence.")
    subject_kind = serializers.CharField(allow_null=True, help_text="What its flags are about.")
    severities = serializers.ListField(
        child=serializers.ChoiceField(choices=words_of(Flag.Severity)), help_text="Those that its flags can have."
    )
    judged = serializers.ChoiceField(choices=JUDGED, allow_null=True)
    asks_from = serializers.ChoiceField(
        choices=words_of(Flag.Level), allow_null=True, help_text="The lowest rung of the ladder that is asked."
    )
    is_on = serializers.BooleanField()
    speaking = serializers.IntegerField(help_text="Flags that ask for something now.")
    settings = RuleSettingShape(many=True)
    version = serializers.IntegerField(help_text="The event that changed it last; 0 while it is as it comes.")


class ChangedRule(Input):
    """What is to be set; what is not named stays."""

    example = {"settings": {"overloaded_above": 20}}

    is_on = serializers.BooleanField(required=False, help_text="Not for `all-flags`.")
    settings = serializers.DictField(
        child=serializers.FloatField(allow_null=True), required=False, help_text="Values by key; null is the default."
    )
    base_version = serializers.IntegerField(
        min_value=0,
        max_value=2**63 - 1,
        required=False,
        help_text="Instead of If-Match: other values may have been changed since.",
    )


class RulesView(InsideView):
    """The rules by which scans judge, with their settings. All are always there, so the list comes at once."""

    noun, plural = "rule", "rules"
    shape = RuleShape
    lookup_url_kwarg = "code"
    lookup_value_converter = "slug"
    orderings = {}
    is_paged = False
    takes = {"partial_update": ChangedRule}
    scopes = {"partial_update": "admin"}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List all rules in the order of the page, and at the end what is about all flags: 3 statements."""
        check_parameters(request.query_params, {"fields"})
        self.check_limits()
        return self.versioned({"items": self._cut(self._rows(rule_groups(limits_now()))), "next": None})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One rule; `all-flags` for what is about all of them."""
        return super().retrieve(request, *args, **kwargs)

    def partial_update(self, request: Request, code: str) -> Response:
        """Set its values, switch it off or on. What changes is judged by a full scan that is asked for at once.

        With `base_version` instead of If-Match, other values may have been changed meanwhile.
        """
        rule, given = self.one(), self.filled()
        changes = _changes_of(rule, given)
        base = given.get("base_version")
        self.unless_stale(
            rule,
            lambda: commands.set_rule_settings(changes, base_version=base, actor=self.person),
            is_required=base is None,
        )
        return self.answer(self.key_of(self.kwargs))

    def key_of(self, kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The code of the rule."""
        return {"code": kwargs["code"]}

    def one(self, key: Mapping[str, Any] | None = None) -> Group:
        """The rule that the address names, as it is set now: 1 statement. Raises Unknown."""
        self.check_limits()
        key = key if key is not None else self.key_of(self.kwargs)
        for group in rule_groups(limits_now()):
            if _code(group) == key["code"]:
                return group
        raise self.unknown(key)

    def answer(self, key: Mapping[str, Any], *, code: int = status.HTTP_200_OK) -> Response:
        """The rule as it stands, with its version. Raises Unknown."""
        rows = self._rows([self.one(key)])
        version = rows[0]["version"]
        return self.versioned(self._cut(rows)[0], version, code=code)

    def held(self, thing: Group) -> Group:
        """The rule as it stands: nobody else sets any until the transaction ends."""
        db.lock("journeys.rules")
        return self.one()

    def version_of(self, thing: Group) -> int:
        """The event that changed it last."""
        return _version(thing, versions_of_keys())

    def state_of(self, thing: Group) -> Any:
        """The rule as it goes on the wire, all of it."""
        return self._rows([self.one()])[0]

    def _rows(self, groups: Iterable[Group]) -> Sequence[dict[str, Any]]:
        speaking, versions = speaking_by_rule(), versions_of_keys()
        return [_told(group, speaking, _version(group, versions)) for group in groups]


def _code(group: Group) -> str:
    return group.code or ALL_FLAGS


def _version(group: Group, versions: Mapping[str, int]) -> int:
    return max((versions.get(key, 0) for key in group.keys), default=0)


def _told(group: Group, speaking: Mapping[str, int], version: int) -> dict[str, Any]:
    rule = group.rule
    word, rung = word_in(Flag.Severity), word_in(Flag.Level)
    return {
        "code": _code(group),
        "title": str(group.title),
        "meaning": str(group.why),
        "subject_kind": rule.subject_kind if rule else None,
        "severities": [word(level) for level in rule.severities] if rule else [],
        "judged": _judged(rule.local, rule.ownership) if rule else None,
        "asks_from": rung(rule.asks_from) if rule else None,
        "is_on": group.is_on,
        "speaking": speaking.get(group.code, 0) if rule else sum(speaking.values()),
        "settings": [_setting(setting, value) for setting, value in group.values],
        "version": version,
    }


def _judged(is_local: bool, is_ownership: bool) -> str:
    if not is_local:
        return "full_scan"
    return "at_once" if is_ownership else "after_change"


def _setting(setting: Setting, value: float) -> dict[str, Any]:
    return {
        "key": setting.key,
        "title": str(setting.label),
        "help": str(setting.help),
        "value": value,
        "default": setting.default,
        "unit": str(setting.unit),
        "minimum": setting.minimum,
        "maximum": setting.maximum,
        "step": 0.1 if setting.is_share else 1,
    }


def _changes_of(rule: Group, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, as the command takes it. Raises a problem for what is no setting of this rule."""
    known = [setting.key for setting, _value in rule.values]
    changes: dict[str, Any] = dict(given.get("settings", {}))
    if unknown := [key for key in changes if key not in known]:
        told = _("Known are: %(known)s.") % {"known": ", ".join(known) or "–"}
        reason = _("This is no setting of this rule.")
        raise not_valid(*(Wrong(f"settings.{key}", reason, changes[key], told) for key in unknown))
    if "is_on" in given and rule.rule is None:
        raise not_valid(
            Wrong(
                "is_on",
                _("What is about all flags is never off."),
                given["is_on"],
                _("Switch rules off one by one, each at its own address."),
            )
        )
    if "is_on" in given:
        changes[f"{OFF}{rule.code}"] = not given["is_on"]
    return changes
