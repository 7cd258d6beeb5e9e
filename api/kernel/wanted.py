"""What is wanted of a noun: some of its fields, and what is to be sent along with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext as _

from api.kernel.problems import Wrong, not_valid
from api.kernel.shapes import Shape, plan_of, rows_of
from api.kernel.views import ApiView

if TYPE_CHECKING:
    from api.kernel.nouns import NounView


class Included:
    """Things that are sent along with `include`: whose ids stand in `field`, read as `view` reads them."""

    def __init__(self, field: str, view: type[NounView]) -> None:
        self.field, self.view = field, view


class WantedView(ApiView):
    """A view whose answers can be cut to some fields, and can bring what they name."""

    shape: ClassVar[type[Shape]] = Shape
    includes: ClassVar[Mapping[str, Included]] = {}

    def fields_wanted(self) -> tuple[str, ...]:
        """The fields that are asked for, in the shape's order. Raises a problem for unknown ones."""
        names = self.shape.names()
        text = self.request.query_params.get("fields", "")
        if not text:
            return names
        asked = {name.strip() for name in text.split(",")}
        if unknown := asked - set(names):
            known = _("Known are: %(known)s.") % {"known": ", ".join(names)}
            raise not_valid(Wrong("fields", _("There is no such field."), ", ".join(sorted(unknown)), known))
        return tuple(name for name in names if name in asked)

    def included_wanted(self) -> Sequence[Included]:
        """What is to be sent along. Raises a problem for what cannot be."""
        text = self.request.query_params.get("include", "")
        asked = [name.strip() for name in text.split(",")] if text else []
        offered = self.includes_offered()
        if unknown := [name for name in asked if name not in offered]:
            known = _("Known are: %(known)s.") % {"known": ", ".join(offered) or "–"}
            raise not_valid(Wrong("include", _("This cannot be included."), ", ".join(unknown), known))
        return [offered[name] for name in asked]

    def includes_offered(self) -> Mapping[str, Included]:
        """What this person can ask for along with it."""
        return self.includes

    def fields_read(self) -> tuple[str, ...]:
        """The fields that are asked for, and those that say what is to be sent along."""
        wanted = self.fields_wanted()
        return (*wanted, *dict.fromkeys(one.field for one in self.included_wanted() if one.field not in wanted))

    def _cut(self, items: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        """The items without what was read for something else."""
        wanted = self.fields_wanted()
        if not items or len(items[0]) == len(wanted):
            return items
        return [{name: item[name] for name in wanted} for item in items]

    def along(self, items: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What `include` asks for, each once, by noun and id: 1 statement for each noun, and 1 for each part of it."""
        wanted: dict[type[NounView], set[int]] = {}
        for included in self.included_wanted():
            ids = {pk for item in items for pk in _ids(item[included.field])}
            wanted.setdefault(included.view, set()).update(ids)
        if not wanted:
            return {}
        found: dict[str, dict[int, Any]] = {}
        for kind, ids in wanted.items():
            view = kind(request=self.request, kwargs={}, action="list", format_kwarg=None)
            plan = plan_of(view.shape, view.shape.names())
            rows = rows_of(view.get_queryset().filter(pk__in=ids), plan, self.person) if ids else []
            found[view.plural] = {row["id"]: row for row in rows}
        return {"included": found}


def _ids(value: Any) -> list[int]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
