"""Whoever says which version they looked at names one that there is: nothing is overwritten unseen."""

from collections.abc import Callable
from typing import Any

import pytest

from journeys import commands
from tests.cast import Cast
from workspace.activity.models import Event
from workspace.errors import StaleWrite

CHANGES: dict[str, tuple[str, Callable[..., Any], dict[str, Any]]] = {
    "touchpoint": ("till", commands.change_touchpoint, {"emotion": 2}),
    "stage": ("pay", commands.rename_stage, {"name": "Order"}),
    "journey": ("journey", commands.change_journey, {"description": "Beans."}),
}


@pytest.mark.parametrize(("name", "change", "fields"), CHANGES.values(), ids=CHANGES)
def test_a_version_that_nobody_was_shown_is_not_taken_for_the_present_one(
    cast: Cast, name: str, change: Callable[..., Any], fields: dict[str, Any]
) -> None:
    row = getattr(cast, name)
    row.refresh_from_db()
    before = Event.objects.count()
    for told in (row.version + 1, 10**30):
        with pytest.raises(StaleWrite) as refused:
            change(row, base_version=told, actor=cast.shops_lead, **fields)
        assert f"{row} is at version {row.version}; nobody was shown a version {told} of it." in refused.value.reason
        assert "Look at it as it is now" in refused.value.next_step
        assert refused.value.version == row.version
    kept = type(row).objects.get(pk=row.pk)
    assert (Event.objects.count(), kept.version) == (before, row.version)
    assert {field: getattr(kept, field) for field in fields} != fields


@pytest.mark.parametrize(("name", "change", "fields"), CHANGES.values(), ids=CHANGES)
def test_the_version_that_there_is_may_be_changed(
    cast: Cast, name: str, change: Callable[..., Any], fields: dict[str, Any]
) -> None:
    row = getattr(cast, name)
    row.refresh_from_db()
    changed = change(row, base_version=row.version, actor=cast.shops_lead, **fields)
    assert {field: getattr(changed, field) for field in fields} == fields
