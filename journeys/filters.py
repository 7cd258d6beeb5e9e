"""What lists of this app can be narrowed by, on pages and in the API."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from journeys.models import Crossing, Flag, Journey, Touchpoint
from journeys.queries.catalogue import rules
from journeys.queries.directory import Directory, directory
from journeys.queries.inbox import UNOWNED, concerning
from journeys.queries.lists import journeys_named
from journeys.queries.overview.crossings import State
from workspace.organisation.rules.standing import Standing

NO_CHANNEL = "__none__"
"""What the address says for touchpoints without a channel; an empty parameter means any."""

SPEAKING, SILENCED, ALL = "speaking", "silenced", "all"
STATES = (
    (Flag.State.OPEN, _("Open")),
    (Flag.State.ACKNOWLEDGED, _("Acknowledged")),
    (SILENCED, _("Snoozed or waived")),
    (ALL, _("Any, closed ones too")),
)


NO_OWNER_AT_ALL = "unowned"
ME, MINE, DEPARTMENTS = "me", "mine", "departments"
ASKED = ((ME, _("Me")), (MINE, _("Me, my departments and units")), (DEPARTMENTS, _("My departments")))


def _rule_choices() -> list[tuple[str, Any]]:
    return [(NO_OWNER_AT_ALL, _("Without an owner, for any reason")), *((rule.code, rule.title) for rule in rules())]


class FlagFilter(filters.FilterSet):
    """Flags by rule, unit (either side), department, severity, state, who is asked, and words of their subject.

    Without a state, those that ask for something now: open and acknowledged. A value that is not among the choices
    is said beside its field and narrows nothing.
    """

    q = filters.CharFilter(label=_("Touchpoint or journey"), method="by_words")
    rule = filters.ChoiceFilter(label=_("Rule"), method="by_rule", choices=_rule_choices, empty_label=_("Any"))
    unit = filters.ChoiceFilter(label=_("Business unit"), method="by_unit", empty_label=_("Any"), choices=[])
    department = filters.ChoiceFilter(label=_("Department"), empty_label=_("Any"), choices=[])
    state = filters.ChoiceFilter(
        label=_("State"), method="by_state", choices=STATES, empty_label=_("Open or acknowledged")
    )
    asked = filters.ChoiceFilter(label=_("Asked"), method="by_asked", choices=ASKED, empty_label=_("Anybody"))
    severity = filters.ChoiceFilter(
        label=_("Severity"), choices=Flag.Severity.choices, empty_label=_("Any"), widget=forms.HiddenInput
    )

    class Meta:
        model = Flag
        fields: list[str] = []

    def __init__(self, *args: Any, standing: Standing, known: Directory | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing
        known = known or directory()
        units = [(unit.id, unit.name) for unit in known.units.values()]
        departments = known.by_unit(list(known.departments.values()))
        self.form.fields["unit"].choices = units
        self.form.fields["department"].choices = departments

    def filter_queryset(self, queryset: QuerySet[Flag]) -> QuerySet[Flag]:
        """Narrow by the fields that hold a value; a state is always meant."""
        narrowed: QuerySet[Flag] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            narrowed = self.by_state(narrowed, "state", SPEAKING)
        return narrowed

    def by_words(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags whose touchpoint, either end of a crossing, or journey carries these words."""
        named = Q()
        for field in ("touchpoint__name", "crossing__source__name", "crossing__target__name", "journey__name"):
            named |= Q(**{f"{field}__icontains": value.strip()})
        return queryset.filter(named)

    def by_unit(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags that concern the unit, on either side."""
        return queryset.filter(Q(unit=value) | Q(other_unit=value))

    def by_state(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags in a state, or in one of a family of states."""
        families: dict[str, list[str]] = {
            SPEAKING: [Flag.State.OPEN, Flag.State.ACKNOWLEDGED],
            SILENCED: [Flag.State.SNOOZED, Flag.State.WAIVED],
            ALL: Flag.State.values,
        }
        return queryset.filter(state__in=families.get(value, [value]))

    def by_rule(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags of a rule, or of every rule that says that nobody owns a touchpoint."""
        return queryset.filter(rule__in=UNOWNED) if value == NO_OWNER_AT_ALL else queryset.filter(rule=value)

    def by_asked(self, queryset: QuerySet[Flag], _name: str, value: str) -> QuerySet[Flag]:
        """Flags that ask the viewer, or an absent person for whom they stand in; also their departments and units.

        Or those of the departments that they lead; who leads none has their home department.
        """
        if value == MINE:
            return queryset.filter(concerning(self.standing))
        if value == DEPARTMENTS:
            return queryset.filter(department__in=self.standing.leads or {self.standing.department_id} - {None})
        return queryset.filter(asked__in=self.standing.acts_as)


class TouchpointFilter(filters.FilterSet):
    """Live touchpoints by name, business unit, stage, channel, journey, and whether somebody owns them.

    Stage and channel are taken as they are written: the numbers that lead here count exactly these.
    """

    q = filters.CharFilter(label=_("Touchpoint"), field_name="name", lookup_expr="icontains")
    unit = filters.ChoiceFilter(label=_("Business unit"), field_name="business_unit", empty_label=_("Any"), choices=[])
    owned = filters.ChoiceFilter(
        label=_("Owner"), method="by_owner", empty_label=_("Any"), choices=[("yes", _("Owned")), ("no", _("Unowned"))]
    )
    truth = filters.ChoiceFilter(
        label=_("Moment of truth"), field_name="moment_of_truth", empty_label=_("Any"), choices=[("True", _("Yes"))]
    )
    channel = filters.ChoiceFilter(label=_("Channel"), method="by_channel", empty_label=_("Any"), choices=[])
    stage = filters.ChoiceFilter(label=_("Stage"), field_name="stage__name", empty_label=_("Any"), choices=[])
    journey = filters.CharFilter(label=_("Journey or persona"), method="by_journey")

    class Meta:
        model = Touchpoint
        fields: list[str] = []

    def __init__(self, *args: Any, known: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.form.fields
        fields["unit"].choices = [(unit.id, unit.name) for unit in known.units.values()]
        for name in ("channel", "stage"):
            # There can be very many: offered is the one that the address names.
            asked = (self.data or {}).get(name, "").replace("\0", "")
            fields[name].choices = [(asked, _("None") if asked == NO_CHANNEL else asked)] if asked else []
            if not asked:
                fields[name].widget = forms.HiddenInput()

    def by_owner(self, queryset: QuerySet[Touchpoint], _name: str, value: str) -> QuerySet[Touchpoint]:
        """Touchpoints that somebody owns, or nobody."""
        owned: Any = queryset
        narrowed: QuerySet[Touchpoint] = owned.filter(owner_now__isnull=value == "no")
        return narrowed

    def by_channel(self, queryset: QuerySet[Touchpoint], _name: str, value: str) -> QuerySet[Touchpoint]:
        """Touchpoints of exactly this channel."""
        return queryset.filter(channel="" if value == NO_CHANNEL else value)

    def by_journey(self, queryset: QuerySet[Touchpoint], _name: str, value: str) -> QuerySet[Touchpoint]:
        """Touchpoints of the journeys whose name or persona holds these words."""
        return queryset.filter(stage__journey__in=journeys_named(Journey.objects.order_by(), value).values("pk"))


class CrossingFilter(filters.FilterSet):
    """Crossings by the units in which they begin and end, by either of them, and by how the two owners stand."""

    unit = filters.ChoiceFilter(label=_("Either end in"), method="by_unit", empty_label=_("Any"), choices=[])
    tie = filters.ChoiceFilter(
        label=_("Leads"),
        method="by_tie",
        empty_label=_("Anywhere"),
        choices=[("external", _("into another unit")), ("internal", _("inside one unit"))],
    )
    state = filters.ChoiceFilter(label=_("State"), choices=State.choices, widget=forms.HiddenInput)

    class Meta:
        model = Crossing
        fields: list[str] = []

    def __init__(self, *args: Any, known: Directory, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [(unit.id, unit.name) for unit in known.units.values()]
        ends = (("from", _("From"), "source__business_unit"), ("to", _("To"), "target__business_unit"))
        # `from` is a word of the language, so these two have no line of their own above.
        named = {
            name: filters.ChoiceFilter(label=label, field_name=field, empty_label=_("Any"), choices=[])
            for name, label, field in ends
        }
        for one in named.values():
            one.parent, one.model = self, Crossing
        # They come first on the page.
        others = dict(self.filters)
        self.filters.clear()
        self.filters.update(named | others)
        for name in ("from", "to", "unit"):
            self.form.fields[name].choices = units

    def by_unit(self, queryset: QuerySet[Crossing], _name: str, value: str) -> QuerySet[Crossing]:
        """Crossings that begin or end in the unit."""
        return queryset.filter(Q(source__business_unit=value) | Q(target__business_unit=value))

    def by_tie(self, queryset: QuerySet[Crossing], _name: str, value: str) -> QuerySet[Crossing]:
        """Crossings from unit to unit, or inside one."""
        inside = Q(source__business_unit=F("target__business_unit"))
        return queryset.filter(inside if value == "internal" else ~inside)
