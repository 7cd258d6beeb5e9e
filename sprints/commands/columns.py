"""The columns of a team's board."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from sprints import events
from sprints.commands.going_along import into_column, read_along
from sprints.commands.holding import (
    changed_data,
    check_base,
    check_known,
    hold,
    hold_open,
    lock_order,
    plain,
    save,
)
from sprints.models import Column, Story, Team
from sprints.queries.standing import working_standing
from sprints.rules.columns import (
    can_take_over,
    is_category,
    is_column_name,
    is_whole_order,
    is_wip_limit,
    keeps_both_ends,
)
from sprints.rules.moving import WORKING
from sprints.rules.working import may_run
from workspace import clock, db
from workspace.activity.commands.events import Happening, record
from workspace.errors import RuleBroken
from workspace.organisation.models import Person

FIELDS = ("name", "category", "wip_limit", "wip_blocks")


@db.command
def add_column(
    team: Team,
    *,
    name: str,
    category: str,
    wip_limit: int | None = None,
    wip_blocks: bool = False,
    actor: Person | None,
) -> Column:
    """Add a column at the right end of the board; `wip_limit` is in stories, None for no limit.

    Raises NotAllowed; RuleBroken for a wrong value or a name that is taken.
    """
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    fields: dict[str, Any] = {
        "name": name.strip(),
        "category": category,
        "wip_limit": wip_limit,
        "wip_blocks": wip_blocks,
    }
    _check(fields)
    hold_open(team)
    _check_free(team, fields["name"])
    last = team.columns.aggregate(last=Max("position"))["last"] or 0
    column = Column.objects.create(team=team, position=last + 1, **fields)
    data = {field: plain(value) for field, value in fields.items()}
    record(actor, Happening(events.COLUMN_ADDED, column, data, team.scope))
    return column


@db.command
def change_column(column: Column, *, base_version: int | None = None, actor: Person | None, **fields: Any) -> Column:
    """Change name, category, wip_limit (None: no limit) or wip_blocks. Of another category, its stories are so too.

    Raises NotAllowed; RuleBroken for a wrong value, a taken name, or when no column of to do or of done would be left;
    StaleWrite when one of the fields was changed after `base_version`; TypeError for an unknown field.
    """
    check_known("column", fields, FIELDS)
    may_run(working_standing(actor, column.team_id)).or_not_allowed()
    fields = {field: value.strip() if isinstance(value, str) else value for field, value in fields.items()}
    _check(fields)
    if "category" in fields:
        lock_order(column.team_id)
    team = hold_open(column.team)
    hold(column)
    check_base(column, fields, base_version)
    old = {field: getattr(column, field) for field in fields}
    changed = [field for field, value in fields.items() if old[field] != value]
    if not changed:
        return column
    if "name" in changed:
        _check_free(team, fields["name"], but=column.pk)
    for field in changed:
        setattr(column, field, fields[field])
    data = changed_data(old, column, changed)
    if "category" in changed:
        keeps_both_ends([*_categories(team, but=column), column.category]).or_rule_broken()
        stories = Story.objects.filter(column=column)
        data["stories"] = list(stories.present().order_by("rank").values_list("pk", flat=True))
        _progress(stories, column.category)
    save(column, *changed)
    record(actor, Happening(events.COLUMN_CHANGED, column, data, team.scope))
    return column


@db.command
def remove_column(column: Column, *, to: Column, actor: Person | None) -> None:
    """Remove a column; its stories, deleted ones too, go to the column `to`, by one statement whatever their number.

    Raises NotAllowed; RuleBroken when `to` is not of this board, or no column of to do or of done would be left.
    """
    may_run(working_standing(actor, column.team_id)).or_not_allowed()
    lock_order(column.team_id)
    team = hold_open(column.team)
    hold(column)
    is_of_team = to.team_id == column.team_id
    can_take_over(to.name, is_same=to.pk == column.pk, is_of_team=is_of_team).or_rule_broken()
    hold(to)
    keeps_both_ends(_categories(team, but=column)).or_rule_broken()
    column_id, stories = column.pk, Story.objects.filter(column=column)
    along = read_along(stories)
    _progress(stories, to.category, to=to)
    column.delete()
    data = {"what": column.name, "to": to.pk, "category": column.category, "count": len(along)}
    removed = Happening(events.COLUMN_REMOVED, (Column.NOUN, column_id), data, team.scope)
    record(actor, removed, *into_column(team.scope, along, old=column_id, new=to))


@db.command
def order_columns(team: Team, *, columns: Sequence[Column], actor: Person | None) -> list[Column]:
    """Order the columns from left to right. Raises NotAllowed; RuleBroken unless each is named once."""
    may_run(working_standing(actor, team.pk)).or_not_allowed()
    hold_open(team)
    present = {column.pk: column for column in team.columns.all()}
    order = [column.pk for column in columns]
    is_whole_order(order, list(present)).or_rule_broken()
    ordered = [present[pk] for pk in order]
    if order == list(present):
        return ordered
    for position, column in enumerate(ordered, start=1):
        column.position = position
    Column.objects.bulk_update(ordered, ["position"])
    record(actor, Happening(events.COLUMNS_ORDERED, team, {"old": list(present), "new": order}, team.scope))
    return ordered


def _check(fields: dict[str, Any]) -> None:
    if "name" in fields:
        is_column_name(fields["name"]).or_rule_broken()
    if "category" in fields:
        is_category(fields["category"]).or_rule_broken()
    if "wip_limit" in fields:
        is_wip_limit(fields["wip_limit"]).or_rule_broken()


def _check_free(team: Team, name: str, *, but: int | None = None) -> None:
    """Raise RuleBroken where another column of the team has this name, whatever the case of its letters."""
    for pk, taken in team.columns.order_by().values_list("pk", "name"):
        if pk != but and taken.casefold() == name.casefold():
            raise RuleBroken(
                _("This board has a column “%(name)s” already.") % {"name": taken},
                next_step=_("Choose another name."),
            )


def _categories(team: Team, *, but: Column) -> list[str]:
    """The categories of the team's columns without this one: 1 statement."""
    return list(team.columns.exclude(pk=but.pk).order_by().values_list("category", flat=True))


def _progress(stories: QuerySet[Story], category: str, *, to: Column | None = None) -> None:
    """Note what it means for stories to be in this category now, and in the column `to`: 1 statement."""
    now = clock.now()
    fields: dict[str, Any] = {} if to is None else {"column": to, "in_column_since": now}
    if category in WORKING:
        fields["started_at"] = Coalesce(F("started_at"), now)
    fields["done_at"] = Coalesce(F("done_at"), now) if category == Column.Category.DONE else None
    stories.update(**fields)
