"""The services of a whole government: real names, real gaps. The files lie beside the repository, if anywhere."""

import shutil
from pathlib import Path

import pytest

from journeys.models import Flag, Ownership, Touchpoint
from tests.cast import scan
from tests.organisation.importing import counts
from workspace.organisation.commands.imports import import_file
from workspace.organisation.models import BusinessUnit, Department

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "canada-services-2019-20"


@pytest.mark.skipif(not DATA.is_dir(), reason="needs shared/data/canada-services-2019-20 beside the repository")
@pytest.mark.django_db
def test_every_touchpoint_is_owned_unknown_or_unowned_as_the_file_says(tmp_path: Path) -> None:
    for name in ("org.csv", "touchpoints.csv"):
        shutil.copyfile(DATA / name, tmp_path / name)
    assert counts(import_file("org", tmp_path / "org.csv")) == (861, 0, 0, 0)
    assert (BusinessUnit.objects.count(), Department.objects.count()) == (89, 860)
    first = import_file("touchpoints", tmp_path / "touchpoints.csv")
    assert counts(first) == (12900, 0, 0, 0)
    assert first.tally.went_well

    owned = Ownership.objects.current().accountable().count()
    unknown = Touchpoint.objects.exclude(unmatched_owner="").count()
    assert (owned, unknown, 12900 - owned - unknown) == (11423, 1448, 29)
    assert first.tally.notes["unknown-owner"]["count"] == 1448
    assert first.tally.notes["unknown-supporting"]["count"] == 749
    assert Ownership.objects.current().filter(kind="responsible").count() == 5299

    scan()
    raised = Flag.objects.unresolved()
    assert raised.filter(rule="unknown-owner").count() == 1448
    assert raised.filter(rule="no-owner").count() == 29

    assert counts(import_file("touchpoints", tmp_path / "touchpoints.csv")) == (0, 0, 12900, 0)
    assert counts(import_file("org", tmp_path / "org.csv")) == (0, 0, 861, 0)
