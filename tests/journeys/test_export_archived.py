"""Archived journeys in a file: brought along when asked for, and harmless where they are archived already."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import call_command

from journeys import commands
from journeys.models import Journey
from tests.cast import Cast, grow

pytestmark = pytest.mark.django_db


def test_a_file_with_archived_journeys_changes_nothing_where_it_comes_from(cast: Cast, tmp_path: Path) -> None:
    (other,) = grow(cast, by=1, stages=1, touchpoints=1)
    commands.archive_journey(other, actor=cast.administrator)
    file, told = tmp_path / "everything.csv", io.StringIO()
    call_command("export_csv", "journeys", str(file), archived=True)
    call_command("import_csv", "journeys", str(file), stdout=told)
    assert "14 rows = 0 added + 0 changed + 14 unchanged + 0 rejected" in told.getvalue()
    assert Journey.objects.get(pk=other.pk).archived_at is not None
