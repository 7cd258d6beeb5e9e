"""Nobody is asked who could not see what they are asked about, or who does not own it any more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from journeys import commands
from journeys.models import Flag
from tests.cast import Cast, deliver, scan
from workspace import clock
from workspace.organisation.models import DepartmentLead, Person

pytestmark = pytest.mark.django_db


def unattested(cast: Cast) -> Flag:
    return cast.flag("unattested", cast.shop_window)


def test_a_new_accountable_person_is_asked_instead_of_the_former_one(cast: Cast) -> None:
    with clock.at(clock.now() + timedelta(days=190)):
        scan()
        assert unattested(cast).asked == cast.shops_lead

        commands.set_accountable_person(cast.shop_window, person=cast.shops_deputy, actor=cast.shops_lead)
        deliver()

        assert unattested(cast).asked == cast.shops_deputy


def test_a_guest_who_still_leads_on_paper_is_not_asked(cast: Cast) -> None:
    Person.objects.filter(pk__in=[cast.shops_lead.pk, cast.shops_deputy.pk]).update(role=Person.Role.GUEST)
    assert DepartmentLead.objects.filter(department=cast.shops).exists()

    with clock.at(clock.now() + timedelta(days=190)):
        scan()

    flag = unattested(cast)
    assert flag.asked == cast.retail_head
    assert flag.asked_level == Flag.Level.HEAD
