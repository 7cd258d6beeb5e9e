"""Who may ask for a full scan."""

import pytest

from journeys.commands import request_scan
from tests.cast import Cast
from workspace.activity.models import Job
from workspace.errors import NotAllowed

pytestmark = pytest.mark.django_db


def test_executives_and_administrators_ask_for_the_same_scan(cast: Cast):
    asked = request_scan(actor=cast.executive)

    assert request_scan(actor=cast.administrator) == asked
    assert asked.requested_by == cast.executive


@pytest.mark.parametrize("who", ["shops_lead", "retail_head", "member", "guest"])
def test_others_are_told_who_can(cast: Cast, who: str):
    before = Job.objects.count()

    with pytest.raises(NotAllowed, match="Executives and administrators can"):
        request_scan(actor=getattr(cast, who))

    assert Job.objects.count() == before
