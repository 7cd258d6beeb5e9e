"""Setting the periods and targets of the rules, and switching rules off and on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from journeys import events
from journeys.commands.scanning import request_scan
from journeys.models import RuleSetting
from journeys.queries.catalogue import find
from journeys.queries.names import title_of
from journeys.queries.rule_list import RULES, values_at
from journeys.rules.settings import (
    OFF,
    Setting,
    find_setting,
    is_consistent,
    is_setting_allowed,
    limits_with,
    may_set_rules,
    plain,
)
from workspace import db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation.models import Person
from workspace.organisation.queries.people import standing_of


@db.command
def set_rule_settings(
    changes: Mapping[str, Any],
    *,
    seen: Mapping[str, Any] | None = None,
    base_version: int | None = None,
    actor: Person | None,
) -> list[str]:
    """Set these values, by key; None is the default. A rule is switched by `off.CODE`. Returns the keys that changed.

    `seen` are the values that the actor had before their eyes: one that is another by now is not overwritten, and
    nothing is written. `base_version`, the newest event that they knew of, says the same. One event per value; then a
    full scan is asked for, which judges everything by the new ones.

    Raises NotAllowed; RuleBroken for an unknown key and a value of the wrong kind or out of its bounds; StaleWrite.
    """
    may_set_rules(standing_of(actor)).or_not_allowed()
    wanted = {key: _checked(key, value) for key, value in changes.items()}
    db.lock("journeys.rules")
    rows = {row.key: row for row in RuleSetting.objects.order_by("key")}
    present = {key: rows[key].value if key in rows else _default(key) for key in wanted}
    changed = {key: value for key, value in wanted.items() if value != present[key]}
    before = {} if base_version is None else values_at(base_version, changed)
    _check_unseen(changed, present, before | dict(seen or {}))
    if not changed:
        return []
    stored = {key: row.value for key, row in rows.items()} | changed
    is_consistent(limits_with(stored)).or_rule_broken()
    for key, value in changed.items():
        _write(rows.get(key), key, value)
    noted = record(actor, *(_happening(key, present[key], value) for key, value in changed.items()))
    # A scan that runs already has judged some rules by the old values: this is one more, not the same.
    request_scan(key=f"rules-{noted[-1].pk}", actor=actor)
    return list(changed)


def _setting(key: str) -> Setting | None:
    """The setting, or None for the switch of a rule. Raises RuleBroken for any other key."""
    setting = find_setting(key)
    if setting is None and (not key.startswith(OFF) or find(key.removeprefix(OFF)) is None):
        raise RuleBroken(
            _("“%(key)s” is no setting of a rule.") % {"key": key[:80]}, next_step=_("See the page of the rules.")
        )
    return setting


def _default(key: str) -> Any:
    setting = _setting(key)
    return False if setting is None else setting.default


def _checked(key: str, value: Any) -> Any:
    """The value in its plain form. Raises RuleBroken."""
    setting = _setting(key)
    if value is None:
        return _default(key)
    if setting is not None:
        is_setting_allowed(setting, value).or_rule_broken()
        return plain(value)
    if not isinstance(value, bool):
        raise RuleBroken(
            _("“%(rule)s” is switched on or off; “%(value)s” is neither.")
            % {"rule": title_of(key.removeprefix(OFF)), "value": str(value)[:40]}
        )
    return value


def _check_unseen(changed: Mapping[str, Any], present: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Raise StaleWrite where somebody else has changed what is to be changed now."""
    overtaken = [key for key in changed if key in seen and _checked(key, seen[key]) != present[key]]
    if overtaken:
        told = "; ".join(f"{_label(key)}: {_word(present[key])}" for key in overtaken)
        raise StaleWrite(
            _("Somebody else has changed this in the meantime. It now stands at: %(told)s.") % {"told": told},
            next_step=_("Look at it again, and save once more if you still want to."),
        )


def _label(key: str) -> str:
    setting = find_setting(key)
    return str(setting.label) if setting else title_of(key.removeprefix(OFF))


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return _("off") if value else _("on")
    return str(value)


def _write(row: RuleSetting | None, key: str, value: Any) -> None:
    if value == _default(key):
        assert row is not None  # it was another value before
        row.delete()
    elif row is None:
        RuleSetting.objects.create(key=key, value=value)
    else:
        row.value, row.version = value, row.version + 1
        row.save(update_fields=["value", "version"])


def _happening(key: str, old: Any, new: Any) -> Happening:
    if find_setting(key) is not None:
        return Happening(events.RULE_CHANGED, RULES, {"setting": key, "old": old, "new": new})
    kind = events.RULE_SWITCHED_OFF if new else events.RULE_SWITCHED_ON
    return Happening(kind, RULES, {"rule": key.removeprefix(OFF), "old": old, "new": new})
