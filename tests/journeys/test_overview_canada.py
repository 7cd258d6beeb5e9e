"""The overview of a whole government: 74 units, 1,231 journeys, 12,900 touchpoints, at the price of a small company."""

import shutil
from pathlib import Path

import pytest
from django.test import Client

from journeys.queries.overview.coverage import Share, figures
from journeys.queries.overview.crossings import pairs_of_units
from journeys.queries.overview.ties import Ties, ties_of_all
from tests.cast import scan
from tests.journeys.test_import_canada import DATA
from tests.pages.reading import statements, text_of
from workspace.organisation import commands as organisation
from workspace.organisation.commands.imports import import_file
from workspace.organisation.models import Person


@pytest.mark.skipif(not DATA.is_dir(), reason="needs shared/data/canada-services-2019-20 beside the repository")
@pytest.mark.django_db
@pytest.mark.usefixtures("fresh_cache")
def test_a_whole_government_costs_what_a_small_company_costs(tmp_path: Path, client: Client) -> None:
    for kind in ("org", "touchpoints"):
        shutil.copyfile(DATA / f"{kind}.csv", tmp_path / f"{kind}.csv")
        import_file(kind, tmp_path / f"{kind}.csv")
    scan()
    executive = organisation.create_person(
        "eve@example.com", name="Eve Executive", role=Person.Role.EXECUTIVE, actor=None
    )

    now, pairs = figures(), pairs_of_units()
    assert (now.whole, len(now.units), len(now.channels), now.stage_names) == (Share(12900, 11423), 74, 6, 7)
    assert {stage.name: stage.journeys for stage in now.stages}["Discovery"] == 1231
    assert ties_of_all(pairs) == Ties(internal=25389, external=0)

    client.force_login(executive, backend="workspace.organisation.backends.WorksHereBackend")
    assert statements(client, "/ownership/?rows=all&matrix=all") == 12
    page = text_of(client.get("/ownership/"))
    assert "88.5 %" in page
    assert "No crossing leads from one business unit into another: all 25,389 stay inside one of 74 units." in page
    assert "Unowned touchpoints 1,477" in page
