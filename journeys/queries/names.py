"""Names and pages of the nouns of this app, for histories."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext as _

from journeys.models import (
    Claim,
    Crossing,
    Flag,
    Handoff,
    Journey,
    OwnershipCall,
    Persona,
    Scan,
    Stage,
    System,
    Touchpoint,
)
from journeys.queries.catalogue import find
from journeys.rules.settings import find_setting
from workspace.activity.registry import Named


def _touchpoint_url(pk: int) -> str:
    return reverse("journeys:touchpoint", args=[pk])


def name_touchpoints(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Names of touchpoints, by id."""
    rows = Touchpoint.objects.filter(pk__in=ids).values_list("pk", "name").order_by()
    return {pk: Named(name, _touchpoint_url(pk)) for pk, name in rows}


def name_journeys(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Names of journeys, by id."""
    rows = Journey.objects.filter(pk__in=ids).values_list("pk", "name").order_by()
    return {pk: Named(name, reverse("journeys:journey", args=[pk])) for pk, name in rows}


def name_plain(model: type[Model]) -> Any:
    """A function that names things of a model which have no page of their own."""

    def name_all(ids: Collection[Any]) -> Mapping[Any, Named]:
        rows = model._default_manager.filter(pk__in=ids).values_list("pk", "name").order_by()
        return {pk: Named(name) for pk, name in rows}

    return name_all


name_stages, name_systems, name_personas = name_plain(Stage), name_plain(System), name_plain(Persona)


def name_claims(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Claims as "department → touchpoint", by id."""
    rows = Claim.objects.filter(pk__in=ids).values_list("pk", "department__name", "touchpoint", "touchpoint__name")
    return {pk: Named(f"{dept} → {name}", _touchpoint_url(tp)) for pk, dept, tp, name in rows.order_by()}


def name_calls(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Ownership calls by their touchpoint, by id."""
    rows = OwnershipCall.objects.filter(pk__in=ids).values_list("pk", "touchpoint", "touchpoint__name").order_by()
    return {pk: Named(name, _touchpoint_url(touchpoint)) for pk, touchpoint, name in rows}


def name_crossings(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Crossings as "from → to", by id."""
    rows = Crossing.objects.filter(pk__in=ids).values_list("pk", "source__name", "target", "target__name").order_by()
    return {pk: Named(f"{source} → {name}", _touchpoint_url(tp)) for pk, source, tp, name in rows}


def name_handoffs(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Handoffs by their crossing."""
    fields = ("pk", "crossing__source__name", "crossing__target", "crossing__target__name")
    rows = Handoff.objects.filter(pk__in=ids).values_list(*fields).order_by()
    return {pk: Named(f"{source} → {name}", _touchpoint_url(tp)) for pk, source, tp, name in rows}


def name_flags(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Flags by the title of their rule and their touchpoint."""
    rows = Flag.objects.filter(pk__in=ids).values_list("pk", "rule", "touchpoint__name").order_by()
    url = reverse("journeys:flags")
    return {
        pk: Named(f"“{title_of(rule)}” · {name}" if name else f"“{title_of(rule)}”", f"{url}?flag={pk}")
        for pk, rule, name in rows
    }


def name_rules(codes: Collection[Any]) -> Mapping[Any, Named]:
    """Titles of scan rules, by code."""
    return {code: Named(title_of(code)) for code in codes}


def name_settings(keys: Collection[Any]) -> Mapping[Any, Named]:
    """Settings of rules by their label and unit, by key."""
    url = reverse("journeys:rule_settings")
    known = {key: find_setting(key) for key in keys}
    return {key: Named(f"{it.label} ({it.unit})" if it else key, url) for key, it in known.items()}


def name_scans(ids: Collection[Any]) -> Mapping[Any, Named]:
    """Scans by their day."""
    rows = Scan.objects.filter(pk__in=ids).values_list("pk", "on").order_by()
    return {pk: Named(_("scan of %(day)s") % {"day": on.isoformat()}) for pk, on in rows}


def title_of(code: str) -> str:
    """The title of a rule; its code where no such rule is known any more."""
    rule = find(code)
    return str(rule.title) if rule else code
