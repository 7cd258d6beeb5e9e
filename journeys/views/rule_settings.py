"""The page of the rules: what is flagged and why, from when on, and who has changed it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from journeys import commands
from journeys.forms import RuleSettingsForm
from journeys.limits import Limits
from journeys.queries.limits import limits_now
from journeys.queries.rule_list import RULES, Group, rule_groups
from journeys.queries.scans import awaited_scan
from journeys.rules.settings import Setting, may_set_rules
from journeys.views.pages import for_insiders
from workspace.activity.queries.history import history_of
from workspace.answers import done, page_or_part
from workspace.errors import RuleBroken, StaleWrite
from workspace.organisation.queries.people import standing_of
from workspace.organisation.requests import viewer

CHANGES_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One setting: its field for whoever may change it, its value for the others."""

    setting: Setting
    value: int | float
    field: BoundField | None

    @property
    def is_changed(self) -> bool:
        """Whether it is another value than the default."""
        return self.value != self.setting.default


@dataclass(frozen=True, slots=True)
class Shown:
    """A group with its switch and its settings, as the page shows it."""

    group: Group
    switch: BoundField | None
    lines: Sequence[Line]


@require_http_methods(["GET", "HEAD", "POST"])
def rule_settings(request: HttpRequest) -> HttpResponse:
    """Read by everybody inside, changed by administrators. At most 8 statements."""
    person = viewer(request)
    for_insiders(person)
    may_change = may_set_rules(standing_of(person))
    if request.method != "POST":
        limits = limits_now()
        return _page(request, limits, RuleSettingsForm(limits=limits) if may_change else None)
    may_change.or_not_allowed()
    form = RuleSettingsForm(request.POST, limits=limits_now())
    if not form.is_valid():
        return _page(request, limits_now(), form, status=422)
    try:
        changed = commands.set_rule_settings(form.changes(), seen=form.seen(), actor=person)
    except (RuleBroken, StaleWrite) as refusal:
        form.add_error(None, str(refusal))
        limits = limits_now()
        form.look_again(limits)
        return _page(request, limits, form, status=refusal.status)
    return done(request, _what_was_done(changed), back=reverse("journeys:rule_settings"))


def _what_was_done(changed: Sequence[str]) -> str:
    if not changed:
        return _("Nothing was changed.")
    saved = ngettext("%(n)d change was saved.", "%(n)d changes were saved.", len(changed)) % {"n": len(changed)}
    return _("%(saved)s A full scan now judges everything by it; flags open and close as it goes.") % {"saved": saved}


def _page(request: HttpRequest, limits: Limits, form: RuleSettingsForm | None, *, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "groups": _groups(limits, form),
        "scan": awaited_scan(),
        "entries": history_of({RULES[0]: [RULES[1]]}, limit=CHANGES_SHOWN),
    }
    return page_or_part(request, "journeys/rule_settings.html", context, parts={}, status=status)


def _groups(limits: Limits, form: RuleSettingsForm | None) -> list[Shown]:
    return [
        Shown(
            group,
            form[f"on_{group.code}"] if form and group.rule else None,
            [Line(setting, value, form[setting.key] if form else None) for setting, value in group.values],
        )
        for group in rule_groups(limits)
    ]
