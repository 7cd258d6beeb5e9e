"""The rules as people read and set them: what is flagged, why, and from when on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from journeys.limits import Limits
from journeys.models import Flag
from journeys.queries.catalogue import ScanRule, rules
from journeys.rules.settings import OFF, SETTINGS, Setting
from workspace.activity.models import Event

RULES = ("rules", 1)
"""The rules of the installation are one thing with one history."""


@dataclass(frozen=True, slots=True)
class Group:
    """A rule with its settings and their values; without a rule and a code, what is about all flags."""

    rule: ScanRule | None
    code: str
    title: str | Promise
    why: str | Promise
    is_on: bool
    values: Sequence[tuple[Setting, int | float]]

    @property
    def keys(self) -> Sequence[str]:
        """What the command calls that which can be set here."""
        own = [setting.key for setting, _value in self.values]
        return [f"{OFF}{self.code}", *own] if self.rule else own


def rule_groups(limits: Limits) -> list[Group]:
    """All rules in the order of the catalogue, and what is about all flags at the end."""

    def values(code: str) -> list[tuple[Setting, int | float]]:
        return [(setting, setting.of(limits)) for setting in SETTINGS if setting.rule == code]

    about_all = _("How long a flag may wait, and how long it may be silent.")
    return [
        *(
            Group(rule, rule.code, rule.title, rule.why, rule.code not in limits.off, values(rule.code))
            for rule in rules()
        ),
        Group(None, "", _("All flags"), about_all, True, values("")),
    ]


def speaking_by_rule() -> Mapping[str, int]:
    """How many flags of each rule ask for something now: 1 statement."""
    return dict(Flag.objects.speaking().order_by().values_list("rule").annotate(n=Count("pk")))


def versions_of_keys() -> Mapping[str, int]:
    """The event that last changed each key which was ever changed: 1 statement."""
    rows = _told().values_list("data__setting", "data__rule").annotate(newest=Max("pk"))
    return {setting or f"{OFF}{rule}": newest for setting, rule, newest in rows}


def values_at(version: int, keys: Collection[str]) -> dict[str, Any]:
    """What those of these keys that were changed after this event stood at before: 1 statement."""
    since = _told().filter(pk__gt=version).order_by("pk").values_list("data__setting", "data__rule", "data__old")
    found: dict[str, Any] = {}
    for setting, rule, old in since:
        key = setting or f"{OFF}{rule}"
        if key in keys:
            found.setdefault(key, old)
    return found


def _told() -> QuerySet[Event]:
    kind, pk = RULES
    return Event.objects.filter(subject_kind=kind, subject_id=pk).order_by()
