"""The living style guide: every shared piece, with made-up content, in the shell that people work in."""

from datetime import timedelta

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from workspace import clock
from workspace.pages.ui.marks import CHANNELS, EMOTIONS, FLAG_STATES, SEVERITIES

SURFACES = ("paper", "surface", "sunken", "raised", "hover", "pressed", "hairline", "edge")
INKS = ("ink", "ink-soft", "ink-faint", "accent", "good-fill", "warn-fill", "bad-fill", "info-fill")
UNITS = (
    "Acquisition", "Brand and Content", "Customer Care", "Data Office", "Field Sales", "Loyalty",
    "Onboarding", "Payments", "Public Affairs", "Retail Stores", "Self-Service", "Trade Marketing",
)  # fmt: skip
ROWS = (
    ("Compare plans", "web", "Pricing", "Acquisition", 0, 1, "low"),
    ("Call about the first bill", "phone", None, "Customer Care", 2, -2, "critical"),
    ("Welcome letter", "mail", "Print and Post", "Onboarding", 6, 0, "medium"),
    ("Renew in the app", "app", "Subscriptions", "Self-Service", 10, 2, "low"),
)


class ExampleForm(forms.Form):
    """One of each kind of field."""

    name = forms.CharField(label=_("Name"), help_text=_("As customers would say it."), max_length=80)
    email = forms.EmailField(label=_("Email of the accountable person"))
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[("", _("Choose a channel")), *((code, text) for code, (text, _icon) in CHANNELS.items())],
    )
    review_on = forms.DateField(
        label=_("Review on"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    visibility = forms.ChoiceField(
        label=_("Visibility"),
        choices=[("frontstage", _("Frontstage")), ("backstage", _("Backstage"))],
        widget=forms.RadioSelect,
        initial="frontstage",
    )
    moment_of_truth = forms.BooleanField(
        label=_("Moment of truth"), required=False, help_text=_("The customer decides here whether to stay.")
    )


class ExampleFilter(forms.Form):
    """What a list could be filtered by."""

    q = forms.CharField(label=_("Search touchpoints"), required=False)
    severity = forms.ChoiceField(
        label=_("Severity"),
        required=False,
        choices=[("", _("Any")), *((code, words) for code, (words, *_) in SEVERITIES.items())],
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[("", _("Any")), *((code, text) for code, (text, _icon) in CHANNELS.items())],
    )
    unowned = forms.BooleanField(label=_("Unowned only"), required=False)


@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every shared piece; asks the database nothing beyond the person who looks."""
    now = clock.now()
    wrong = ExampleForm(
        {"name": "Call about the first bill", "email": "not-an-address", "channel": "phone"}, auto_id="wrong_%s"
    )
    wrong.is_valid()
    return render(
        request,
        "pages/style_guide.html",
        {
            "surfaces": SURFACES,
            "inks": INKS,
            "units": list(enumerate(UNITS)),
            "severities": list(SEVERITIES),
            "flag_states": list(FLAG_STATES),
            "emotions": list(EMOTIONS),
            "channels": list(CHANNELS),
            "rows": ROWS,
            "crumbs": [("Journeys", "#tabs"), ("Getting connected", "#tabs")],
            "form": ExampleForm(),
            "wrong": wrong,
            "filter_form": ExampleFilter(request.GET or {"severity": "high"}, auto_id="filter_%s"),
            "tabs": [
                {"label": "Touchpoints", "url": "#tabs", "current": True, "count": 42},
                {"label": "Handoffs", "url": "#handoffs", "count": 3},
                {"label": "History", "url": "#history"},
            ],
            "page": Paginator(range(1, 481), 25).page(7),
            "now": now,
            "moments": [now - timedelta(days=days) for days in (0, 1, 3, 40, 500)],
            "days": [clock.today() - timedelta(days=2), clock.today(), clock.today() + timedelta(days=5)],
            "events": [
                {"icon": "hand", "sentence": "Ada Okafor claimed this for Billing.", "at": now - timedelta(hours=2)},
                {"icon": "flag", "tone": "bad", "sentence": "Flag raised: nobody owns this touchpoint.",
                 "at": now - timedelta(days=2), "note": "Moment of truth, 18,400 contacts a year."},
                {"icon": "user-x", "tone": "warn", "sentence": "Jun Sato left the company.",
                 "at": now - timedelta(days=19)},
            ],
        },
    )  # fmt: skip
