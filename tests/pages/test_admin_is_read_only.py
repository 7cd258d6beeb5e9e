"""Django's admin is a window: administrators look, nobody writes, nobody else comes in."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from journeys.models import Journey, Touchpoint
from tests.cast import Cast, scan
from tests.pages.reading import text_of
from workspace.organisation.models import Person

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def name(model, page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_shows_every_model_and_writes_none(cast: Cast, client: Client, model) -> None:
    scan()
    client.force_login(cast.administrator)
    assert client.get(reverse(name(model, "changelist"))).status_code == 200
    assert client.get(reverse(name(model, "add"))).status_code == 403
    assert client.post(reverse(name(model, "add")), {"name": "x"}).status_code == 403
    one = model._default_manager.order_by().first()
    if one is not None:
        assert client.get(reverse(name(model, "change"), args=[one.pk])).status_code == 200
        assert client.post(reverse(name(model, "change"), args=[one.pk]), {"name": "x"}).status_code == 403
        assert client.post(reverse(name(model, "delete"), args=[one.pk]), {"post": "yes"}).status_code == 403


def test_offers_no_action_and_changes_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.administrator)
    data = {"action": "delete_selected", "_selected_action": [cast.till.pk], "post": "yes"}
    client.post(reverse("admin:journeys_touchpoint_changelist"), data)
    assert Touchpoint.objects.filter(pk=cast.till.pk).exists()
    client.post(reverse("admin:journeys_journey_change", args=[cast.journey.pk]), {"name": "Mine now"})
    assert Journey.objects.get(pk=cast.journey.pk).name == "Buying a coffee machine"


def test_shows_no_password_and_changes_none(cast: Cast, client: Client) -> None:
    cast.administrator.set_password("correct horse battery")
    cast.administrator.save()
    client.force_login(cast.administrator)
    page = client.get(reverse("admin:organisation_person_change", args=[cast.administrator.pk]))
    assert "md5" not in page.content.decode()
    before = Person.objects.get(pk=cast.administrator.pk).password
    data = {"old_password": "correct horse battery", "new_password1": "battery horse", "new_password2": "battery horse"}
    assert client.post("/admin/password_change/", data).status_code == 403
    assert Person.objects.get(pk=cast.administrator.pk).password == before


@pytest.mark.parametrize("who", ["executive", "service_head", "care_lead", "member"])
def test_lets_nobody_else_in(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))
    for address in ("/admin/", "/admin/journeys/flag/", f"/admin/organisation/person/{cast.member.pk}/change/"):
        answer = client.get(address)
        assert answer.status_code == 403
        assert "Only administrators look in here. Ask an administrator." in text_of(answer)


def test_guests_are_told_that_there_is_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.guest)
    known = ("/admin/", "/admin/journeys/flag/", "/admin/journeys/", "/admin/password_change/", "/admin/logout/")
    for address in (*known, f"/admin/organisation/person/{cast.member.pk}/change/", "/admin/nothing/here/"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert "administrator" not in text_of(answer).lower()


def test_sends_strangers_to_the_house_sign_in(cast: Cast, client: Client) -> None:
    for address in ("/admin/", "/admin/journeys/flag/"):
        assert client.get(address).headers["Location"] == f"/sign-in/?next={address}"
