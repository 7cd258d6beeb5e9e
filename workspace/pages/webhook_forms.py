"""The forms of webhooks: what one tells, and why it is paused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workspace.activity import registry
from workspace.activity.kinds import all_kinds
from workspace.activity.models import Webhook
from workspace.activity.rules.webhooks import HOUSE
from workspace.editing import Edit

PLACE = re.compile(r"\{\w+\}")

Choices = Sequence[tuple[Any, Any]]


class GroupedBoxes(forms.CheckboxSelectMultiple):
    """Boxes in groups that unfold; those in which something is chosen are open."""

    template_name = "ui/grouped_boxes.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The groups, each with how many of it are chosen; those of which something is come first."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        groups = [
            {"label": label, "options": options, "chosen": sum(option["selected"] for option in options)}
            for label, options, _index in context["widget"]["optgroups"]
        ]
        context["groups"] = sorted(groups, key=lambda group: not group["chosen"])
        return context


class NewWebhookForm(forms.Form):
    """What a webhook is called, where it posts to, and what it tells."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("Which system it tells: “Data warehouse”.")
    )
    url = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=500,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=gettext_lazy("https://…, on the internet. Each event is posted there, signed."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it tells"),
        required=False,
        widget=GroupedBoxes,
        help_text=gettext_lazy("None chosen: everything that its owner may see."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Where it happens"),
        required=False,
        widget=GroupedBoxes,
        help_text=gettext_lazy("None chosen: everywhere."),
    )
    payload = forms.ChoiceField(
        label=gettext_lazy("How much it says"),
        widget=forms.RadioSelect,
        choices=[
            (Webhook.Payload.ID_ONLY, gettext_lazy("Ids alone: the receiver asks the API for the rest")),
            (Webhook.Payload.FULL, gettext_lazy("Also who did it, and the old and new values")),
        ],
        initial=Webhook.Payload.ID_ONLY,
    )

    def __init__(self, *args: Any, places: Mapping[str, Choices], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        initial: Mapping[str, Any] = kwargs.get("initial") or {}
        for name, groups in (("kinds", kinds_to_choose()), ("scopes", [*places.items()])):
            self.fields[name].choices = _with_held(groups, initial.get(name) or [])  # type: ignore[attr-defined]


class WebhookForm(Edit, NewWebhookForm):
    """What can be changed of a webhook."""


class PauseForm(forms.Form):
    """Why a webhook is paused."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Such as “The receiver moves until Monday”."),
    )


def kinds_to_choose() -> list[tuple[str, Choices]]:
    """The kinds of event, by area: first all of the area, then each with what it says."""
    areas: dict[str, list[tuple[str, Any]]] = {}
    for kind in all_kinds():
        area = kind.code.partition(".")[0]
        every = (f"{area}.*", format_html("<code>{}</code> {}", f"{area}.*", _("all of these")))
        says = PLACE.sub("…", str(kind.sentence)).replace("….", "…")
        areas.setdefault(area, [every]).append((kind.code, format_html("<code>{}</code> {}", kind.code, says)))
    named = {area: str(noun.label if (noun := registry.noun(area)) else area).capitalize() for area in areas}
    return [
        (format_html('{} <code class="faint">{}.*</code>', named[area], area), areas[area])
        for area in sorted(areas, key=lambda area: (named[area], area))
    ]


def places_to_choose(teams: Iterable[tuple[int, str]], journeys: Iterable[tuple[int, str]]) -> dict[str, Choices]:
    """The scopes that can be chosen: these teams and journeys, and what belongs to none."""
    groups: dict[str, Choices] = {
        _("Teams"): [(f"team:{pk}", name) for pk, name in teams],
        _("Journeys"): [(f"journey:{pk}", name) for pk, name in journeys],
        _("The house"): [(HOUSE, _("What belongs to no team and no journey"))],
    }
    return {label: choices for label, choices in groups.items() if choices}


def _with_held(groups: Iterable[tuple[str, Choices]], held: Iterable[str]) -> list[tuple[str, Choices]]:
    """The groups, and what is chosen already and stands in none of them: a change does not drop it."""
    listed = list(groups)
    known = {code for _label, choices in listed for code, _text in choices}
    others = [(code, code) for code in held if code not in known]
    return [*listed, (_("Others"), others)] if others else listed
