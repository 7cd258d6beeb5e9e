"""The statement of a rule around a change: made once a day, and the same as one that is made anew."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from journeys.limits import LIMITS
from journeys.models import Touchpoint
from journeys.queries.catalogue import local_rules, rules
from journeys.queries.catalogue.base import Facts, ScanRule
from journeys.queries.differences import findings_of
from tests.cast import Cast, grow
from workspace import clock, db

EACH = pytest.mark.parametrize("rule", local_rules(), ids=lambda rule: rule.code)


def yielded(sql: str, params: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        return sorted(db.execute(cursor, sql, params).fetchall(), key=repr)


@pytest.mark.django_db
@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_is_the_same_all_day(rule: ScanRule) -> None:
    """Otherwise the statement that was made in the morning would answer for the morning in the evening."""
    today = clock.today()
    morning = datetime.combine(today, time(0, 1), clock.now().tzinfo)
    asked = [rule.breaches(Facts(moment, today)) for moment in (morning, morning + timedelta(hours=23))]
    made = {db.compiled(breaches) if isinstance(breaches, QuerySet) else breaches for breaches in asked}
    assert len(made) == 1


@EACH
def test_finds_of_few_and_of_many_what_it_finds_of_all(cast: Cast, rule: ScanRule) -> None:
    grow(cast, by=2)
    facts = Facts(clock.now(), clock.today())
    everything = yielded(*findings_of([rule], facts))
    subjects = sorted({row[3] for row in everything} | set(Touchpoint.objects.values_list("pk", flat=True)))
    for asked in (subjects, [*subjects, *range(10**6, 10**6 + db.FEW)]):
        assert yielded(*findings_of([rule], facts, {rule.subject_kind: asked})) == everything
    half = subjects[::2]
    some = [row for row in everything if row[3] in half]
    assert yielded(*findings_of([rule], facts, {rule.subject_kind: half})) == some
    assert not yielded(*findings_of([rule], facts, {rule.subject_kind: [10**6]}))


def test_follows_what_is_set_and_another_day(cast: Cast) -> None:
    rules = [rule for rule in local_rules() if rule.code == "unattested"]
    everyone = {"touchpoint": list(Touchpoint.objects.values_list("pk", flat=True))}
    facts = Facts(clock.now(), clock.today())
    assert not yielded(*findings_of(rules, facts, everyone))
    later = clock.now() + timedelta(days=LIMITS.attest_every_days + 1)
    assert yielded(*findings_of(rules, Facts(later, later.date()), everyone))
    assert not yielded(*findings_of(rules, facts, everyone))
