"""Settling the flags around a change: in the change's own transaction, and again right after its commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from journeys.commands.flagging import Source, apply_differences, asked_anew, kind_of
from journeys.limits import Limits
from journeys.models import Flag
from journeys.queries.catalogue import local_rules, ownership_rules
from journeys.queries.catalogue.base import Facts, ScanRule, facts_now
from journeys.queries.differences import CHANGED, DIFFERENCE, OPENED, differences
from journeys.queries.limits import limits_now
from journeys.queries.scope import Scope, touched_around, touched_itself
from workspace import db
from workspace.activity.commands.events import Happening, record

AT_ONCE = 250  # touchpoints per statement


def settle_ownership(scope: Scope, *, limits: Limits | None = None) -> list[Happening]:
    """Settle the ownership flags of what a command has changed, in its transaction; what to record of it.

    1 statement where nothing changes, 1 more per kind of change, 1 where flags are opened, and 1 where the command has
    not read the `limits` itself.
    """
    rules = [rule for rule in ownership_rules() if touched_itself(scope).get(rule.subject_kind)]
    return _settle(rules, touched_itself(scope), facts_now(limits)) if rules else []


@db.command
def settle_around(scope: Scope) -> None:
    """Judge every local rule around a change again, and record what that changes.

    Each rule is locked against a full scan of the same rule, so that a scan that read before this change cannot write
    after it: whatever the order, the last word is spoken here.
    """
    rules = local_rules()
    db.lock(*(f"journeys.rule.{rule.code}" for rule in rules))
    limits = limits_now()  # under the locks, so that a rule switched off meanwhile raises nothing behind its scan
    for piece in scope.in_pieces(AT_ONCE):
        record(None, *_settle(rules, touched_around(piece), facts_now(limits)))


def _settle(rules: Sequence[ScanRule], subjects: Mapping[str, Collection[int]], facts: Facts) -> list[Happening]:
    rules = [rule for rule in rules if subjects.get(rule.subject_kind)]
    if not rules:
        return []
    sql, params = differences(rules, facts, subjects)
    with connection.cursor() as cursor:
        rows = db.execute(cursor, sql, params).fetchall()
    if not rows:
        return []
    written = apply_differences(Source.of_rows(rows), frozenset(row[0] for row in rows), facts)
    return _happenings(rows if db.wrote_all(written, len(rows)) else _written(rows, facts), facts)


def _written(rows: Sequence[Sequence[Any]], facts: Facts) -> list[Sequence[Any]]:
    """The rows that were written here: a full scan had the others written first, and told of them."""
    rule, subject_id = DIFFERENCE.index("rule"), DIFFERENCE.index("subject_id")
    flags = Flag.objects.filter(rule__in={row[rule] for row in rows}, subject_id__in={row[subject_id] for row in rows})
    ours = set(flags.filter(Q(opened_at=facts.now) | Q(resolved_at=facts.now)).values_list("rule", "subject_id"))
    return [row for row in rows if row[0] == CHANGED or (row[rule], row[subject_id]) in ours]


def _happenings(rows: Sequence[Sequence[Any]], facts: Facts) -> list[Happening]:
    """One happening per change and rule, with the flags as its subjects."""
    at = {name: place for place, name in enumerate(DIFFERENCE)}
    opened = {(row[at["rule"]], row[at["subject_id"]]) for row in rows if row[at["change"]] == OPENED}
    new_ids = _ids_of(opened)
    grouped: dict[tuple[str, str], list[int]] = defaultdict(list)
    journeys: dict[tuple[str, str], set[int | None]] = defaultdict(set)
    for row in rows:
        change, rule = row[at["change"]], row[at["rule"]]
        flag_id = new_ids.get((rule, row[at["subject_id"]])) if change == OPENED else row[at["flag_id"]]
        if flag_id is not None:
            kind = kind_of(change, rule, facts)
            grouped[kind, rule].append(flag_id)
            journeys[kind, rule].add(row[at["journey_id"]])
    return [
        Happening(
            kind,
            data={"rule": rule, "count": len(flags), **asked_anew(kind, facts)},
            scope=_scope_of(journeys[kind, rule]),
            subjects=("flag", flags),
        )
        for (kind, rule), flags in grouped.items()
    ]


def _ids_of(subjects: Collection[tuple[str, int]]) -> dict[tuple[str, int], int]:
    if not subjects:
        return {}
    rules = {rule for rule, _subject in subjects}
    ids = {subject_id for _rule, subject_id in subjects}
    rows = Flag.objects.filter(rule__in=rules, subject_id__in=ids).values_list("rule", "subject_id", "id")
    return {(rule, subject_id): flag_id for rule, subject_id, flag_id in rows.order_by()}


def _scope_of(journeys: Collection[int | None]) -> str:
    """The topic of one journey, or of the whole organisation."""
    only = next(iter(journeys)) if len(journeys) == 1 else None
    return f"journey:{only}" if only else ""
