"""What the lists of people and of tokens can be narrowed by, on pages and in the API."""

from __future__ import annotations

from typing import Any, TypeVar

import django_filters as filters
from django.db.models import Model, Q, QuerySet
from django.forms import HiddenInput
from django.utils.translation import gettext_lazy as _

from workspace import clock
from workspace.organisation.models import BusinessUnit, Department, DepartmentLead, Person, Token
from workspace.organisation.models.people import active_person
from workspace.organisation.models.tokens import TokenQuerySet

M = TypeVar("M", bound=Model)
HERE, GONE, LEAVING, ALL = "here", "gone", "leaving", "all"
STATES = ((LEAVING, _("Leaving")), (GONE, _("Gone or deactivated")), (ALL, _("Any")))
LEADS, HEADS = "leads", "heads"
OVER, REVOKED = "over", "revoked"
TOKEN_STATES = ((OVER, _("Past their end")), (REVOKED, _("Revoked")), (ALL, _("Any")))
RELATIONS = ((LEADS, _("Leads or deputises")), (HEADS, _("Heads a unit")))


def with_words(queryset: QuerySet[M], typed: str, *columns: str) -> QuerySet[M]:
    """The rows of which each of the words stands in one of the columns, in any case."""
    for word in typed.split():
        found = Q()
        for column in columns:
            found |= Q(**{f"{column}__icontains": word})
        queryset = queryset.filter(found)
    return queryset


class PersonFilter(filters.FilterSet):
    """People by words, unit, department, role, relation and state. Without a state, those who work here today."""

    q = filters.CharFilter(label=_("Name, address or title"), method="by_words")
    unit = filters.ChoiceFilter(
        label=_("Business unit"), field_name="department__unit", empty_label=_("Any"), choices=[]
    )
    department = filters.ChoiceFilter(label=_("Department"), empty_label=_("Any"), choices=[])
    role = filters.ChoiceFilter(
        label=_("Role"),
        choices=[(role.value, role.label.capitalize()) for role in Person.Role],
        empty_label=_("Any"),
    )
    relation = filters.ChoiceFilter(label=_("Who"), method="by_relation", choices=RELATIONS, empty_label=_("Everybody"))
    state = filters.ChoiceFilter(label=_("State"), method="by_state", choices=STATES, empty_label=_("Working here"))

    class Meta:
        model = Person
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Department.objects.select_related("unit").order_by("unit__name", "name")
        groups: dict[BusinessUnit, list[tuple[int, str]]] = {}
        for department in rows:
            groups.setdefault(department.unit, []).append((department.pk, department.name))
        self.form.fields["unit"].choices = [(unit.pk, unit.name) for unit in groups]
        self.form.fields["department"].choices = [(unit.name, choices) for unit, choices in groups.items()]

    def filter_queryset(self, queryset: QuerySet[Person]) -> QuerySet[Person]:
        """Narrow by the fields that hold a value; a state is always meant."""
        narrowed: QuerySet[Person] = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            narrowed = self.by_state(narrowed, "state", HERE)
        return narrowed

    def by_words(self, queryset: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """People whose name, address or title carries every one of these words."""
        return with_words(queryset, value, "name", "email", "job_title")

    def by_relation(self, queryset: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """People who lead a department, or head a unit."""
        if value == LEADS:
            return queryset.filter(pk__in=DepartmentLead.objects.order_by().values("person"))
        return queryset.filter(pk__in=BusinessUnit.objects.filter(head__isnull=False).order_by().values("head"))

    def by_state(self, queryset: QuerySet[Person], _name: str, value: str) -> QuerySet[Person]:
        """People who work here, will leave, are gone, or all of them."""
        here = active_person(clock.today())
        if value == LEAVING:
            return queryset.filter(here, left_on__isnull=False)
        if value == GONE:
            return queryset.exclude(here)
        return queryset if value == ALL else queryset.filter(here)


class TokenFilter(filters.FilterSet):
    """Tokens by words, person, scope and state. Without a state, those that are in force."""

    q = filters.CharFilter(label=_("Person or token"), method="by_words")
    scope = filters.ChoiceFilter(label=_("May"), choices=Token.Scope.choices, empty_label=_("Anything"))
    state = filters.ChoiceFilter(label=_("State"), method="by_state", choices=TOKEN_STATES, empty_label=_("In force"))
    person = filters.ModelChoiceFilter(queryset=Person.objects.order_by(), widget=HiddenInput)

    class Meta:
        model = Token
        fields: list[str] = []

    def filter_queryset(self, queryset: TokenQuerySet) -> TokenQuerySet:
        """Narrow by the fields that hold a value; a state is always meant."""
        narrowed: TokenQuerySet = super().filter_queryset(queryset)
        if not self.form.cleaned_data.get("state"):
            narrowed = narrowed.in_force(clock.now())
        return narrowed

    def by_words(self, queryset: QuerySet[Token], _name: str, value: str) -> QuerySet[Token]:
        """Tokens every one of whose words stands in their name, or in the name or address of whose they are."""
        return with_words(queryset, value, "name", "person__name", "person__email")

    def by_state(self, queryset: QuerySet[Token], _name: str, value: str) -> QuerySet[Token]:
        """Tokens that have ended, that were revoked, or all of them."""
        if value == OVER:
            return queryset.filter(revoked_at__isnull=True, ends_at__lte=clock.now())
        return queryset if value == ALL else queryset.filter(revoked_at__isnull=False)
