"""Editing a journey by forms, as everybody can without script: its stages, its touchpoints, and itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from journeys import commands
from journeys.models import Journey, Stage, Touchpoint
from tests.cast import Cast, grow
from tests.pages.reading import statements, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(cast: Cast, client: Client) -> Client:
    """A browser of somebody who builds journeys."""
    client.force_login(cast.shops_lead)
    return client


def filled(client: Client, path: str) -> dict[str, Any]:
    """What the form at this address would send as it stands."""
    form = client.get(path).context["form"]
    sent = {}
    for field in form:
        for name, value in ((field.html_name, field.value()), (f"initial-{field.html_name}", field.initial)):
            if name.startswith("initial-") and not field.field.show_hidden_initial:
                continue
            value = field.field.prepare_value(value)
            if value not in (None, False):
                sent[name] = getattr(value, "pk", value)
    return sent


def stages(cast: Cast) -> list[str]:
    return list(cast.journey.stages.present().order_by("position").values_list("name", flat=True))


def test_a_journey_is_made_and_leads_to_its_map(cast: Cast, lead: Client) -> None:
    sent = {"name": "Returning it", "state": "future", "accountable": "eve@example.com"}
    answer = lead.post("/journeys/add/", sent, follow=True)
    made = Journey.objects.get(name="Returning it")
    assert answer.request["PATH_INFO"] == made.get_absolute_url()
    assert "The journey “Returning it” is made. Add its first stage." in text_of(answer)
    assert (made.state, made.accountable) == ("future", cast.executive)
    refused = lead.post("/journeys/add/", {"name": " ", "state": "current"})
    assert refused.status_code == 422
    for nobody in ("lena@example.com", "gus@example.com"):  # who has left, and a guest, who could then share it
        gone = lead.post("/journeys/add/", {"name": "X", "state": "current", "accountable": nobody})
        assert (gone.status_code, Journey.objects.filter(name="X").exists()) == (422, False), nobody
        path = f"/journeys/{made.pk}/edit/"
        assert lead.post(path, filled(lead, path) | {"accountable": nobody}).status_code == 422, nobody


def test_a_journey_is_changed_archived_with_a_preview_and_opened_again(cast: Cast, lead: Client) -> None:
    path = f"/journeys/{cast.journey.pk}/"
    lead.post(f"{path}edit/", filled(lead, f"{path}edit/") | {"description": "From shop to cup."})
    cast.journey.refresh_from_db()
    assert (cast.journey.description, cast.journey.accountable) == ("From shop to cup.", cast.executive)
    assert "Archive this journey…" in text_of(lead.get(f"{path}edit/"))
    preview = text_of(lead.get(f"{path}archive/"))
    assert "Customers do not take this way any more." in preview
    assert "It concerns 6 live touchpoints, " in preview
    assert "0 waiting claims, 0 handoffs, 0 guests who see it." in preview
    lead.post(f"{path}archive/")
    cast.journey.refresh_from_db()
    assert cast.journey.archived_at is not None
    assert lead.post(f"{path}archive/").status_code == 422, "once is enough"
    assert lead.post(f"{path}stages/add/", {"name": "Return"}).status_code == 422
    lead.post(f"{path}restore/")
    cast.journey.refresh_from_db()
    assert cast.journey.archived_at is None


def test_a_stage_is_added_named_moved_and_removed(cast: Cast, lead: Client) -> None:
    lead.post(f"/journeys/{cast.journey.pk}/stages/add/", {"name": "Return"})
    stage = Stage.objects.get(name="Return")
    lead.post(f"/stages/{stage.pk}/edit/", {"name": "Bring back"})
    lead.post(f"/stages/{stage.pk}/move/", {"place": cast.choose.pk})
    assert stages(cast) == ["Notice", "Bring back", "Choose", "Pay", "Use"]
    answer = lead.post(f"/stages/{stage.pk}/remove/", follow=True)
    assert "The stage “Bring back” is removed." in text_of(answer)
    assert stages(cast) == ["Notice", "Choose", "Pay", "Use"]
    assert lead.get(f"/stages/{stage.pk}/edit/").status_code == 404


@pytest.mark.parametrize(
    ("name", "status", "told"), [("", 422, "required"), ("choose", 422, "has a stage “Choose” already")]
)
def test_a_stage_needs_a_name_of_its_own(cast: Cast, lead: Client, name: str, status: int, told: str) -> None:
    answer = lead.post(f"/stages/{cast.pay.pk}/edit/", {"name": name})
    assert (answer.status_code, told in text_of(answer)) == (status, True)


def test_a_stage_with_touchpoints_stays(cast: Cast, lead: Client) -> None:
    answer = lead.post(f"/stages/{cast.pay.pk}/remove/")
    assert answer.status_code == 422
    assert "“Pay” still holds 2 touchpoints, such as Till." in text_of(answer)


def test_a_stage_of_another_journey_is_no_place(cast: Cast, lead: Client) -> None:
    (other,) = grow(cast, by=1)
    foreign = other.stages.first()
    assert foreign is not None
    assert lead.post(f"/stages/{cast.pay.pk}/move/", {"place": foreign.pk}).status_code == 422
    answer = lead.post(f"/touchpoints/{cast.till.pk}/place/", {"place": f"{foreign.pk}:end"})
    assert answer.status_code == 422
    assert f"The place “{foreign.pk}:end” is not there any more." in text_of(answer)
    for wrong in ("", "x", "1:2:3", f"{cast.pay.pk}:before:99999", f"{cast.pay.pk}:after:x"):
        assert lead.post(f"/touchpoints/{cast.till.pk}/place/", {"place": wrong}).status_code == 422, wrong


def test_a_touchpoint_is_added_where_the_map_says(cast: Cast, lead: Client) -> None:
    path = f"/journeys/{cast.journey.pk}/touchpoints/add/?stage={cast.pay.pk}&lanes=unit&lane={cast.service.pk}"
    sent = filled(lead, path)
    assert (sent["place"], str(sent["business_unit"])) == (f"{cast.pay.pk}:end", str(cast.service.pk))
    sent |= {"name": "Coupon", "place": f"{cast.pay.pk}:before:{cast.receipt.pk}", "emotion": "-1", "volume": "12"}
    lead.post(path, sent)
    coupon = Touchpoint.objects.get(name="Coupon")
    assert (coupon.stage, coupon.emotion, coupon.volume) == (cast.pay, -1, 12)
    assert cast.crossing(cast.till, coupon).active
    assert cast.crossing(coupon, cast.receipt).active


def test_a_touchpoint_is_added_at_any_place_that_a_card_can_be_dropped_at(cast: Cast, lead: Client) -> None:
    path = f"/journeys/{cast.journey.pk}/touchpoints/add/"
    sent = filled(lead, path) | {"business_unit": cast.service.pk}
    answer = lead.post(path, sent | {"name": "Coupon", "place": f"{cast.pay.pk}:after:{cast.till.pk}"})
    assert answer.status_code == 302
    coupon = Touchpoint.objects.get(name="Coupon")
    assert cast.crossing(cast.till, coupon).active
    assert cast.crossing(coupon, cast.receipt).active


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"emotion": "7"}, "Emotion 7 is out of range. It goes from −2 to +2."),
        ({"name": "  "}, "This field is required."),
        ({"volume": "-1"}, "greater than or equal to 0"),
        ({"lifecycle": "gone"}, "gone is not one of the available choices"),
    ],
)
def test_wrong_values_are_told_and_what_was_typed_stays(
    cast: Cast, lead: Client, wrong: dict[str, str], told: str
) -> None:
    path = f"/touchpoints/{cast.till.pk}/edit/"
    answer = lead.post(path, filled(lead, path) | {"channel": "kiosk"} | wrong)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "kiosk" in answer.content.decode()
    assert Touchpoint.objects.get(pk=cast.till.pk).version == cast.till.version


def test_only_what_was_changed_here_is_written(cast: Cast, lead: Client) -> None:
    path = f"/touchpoints/{cast.till.pk}/edit/"
    sent = filled(lead, path)
    commands.change_touchpoint(cast.till, emotion=-1, actor=cast.executive)
    lead.post(path, sent | {"name": "Tills"})
    merged = Touchpoint.objects.get(pk=cast.till.pk)
    assert (merged.name, merged.emotion) == ("Tills", -1)


def test_what_somebody_else_changed_is_told_and_may_then_be_sent_again(cast: Cast, lead: Client) -> None:
    path = f"/touchpoints/{cast.till.pk}/edit/"
    sent = filled(lead, path) | {"emotion": "2"}
    commands.change_touchpoint(cast.till, emotion=-1, actor=cast.executive)
    stale = lead.post(path, sent)
    assert stale.status_code == 409
    assert "Eve Executive changed “Till” in the meantime: Emotion is “−1” now." in text_of(stale)
    lead.post(path, sent | {"base_version": stale.context["form"]["base_version"].value()})
    assert Touchpoint.objects.get(pk=cast.till.pk).emotion == 2


@pytest.mark.parametrize("told", ["99", "9" * 30])
def test_a_version_that_nobody_was_shown_comes_back_with_what_was_typed(cast: Cast, lead: Client, told: str) -> None:
    path = f"/touchpoints/{cast.till.pk}/edit/"
    commands.change_touchpoint(cast.till, emotion=-1, actor=cast.executive)
    stale = lead.post(path, filled(lead, path) | {"emotion": "2", "base_version": told})
    assert stale.status_code == 409
    assert f"nobody was shown a version {told} of it" in text_of(stale)
    assert Touchpoint.objects.get(pk=cast.till.pk).emotion == -1
    form = stale.context["form"]
    assert form["emotion"].value() == "2"
    lead.post(path, filled(lead, path) | {"emotion": "2", "base_version": form["base_version"].value()})
    assert Touchpoint.objects.get(pk=cast.till.pk).emotion == 2


def test_a_card_that_was_dropped_offers_the_way_back(cast: Cast, lead: Client) -> None:
    path = f"/touchpoints/{cast.till.pk}/place/"
    answer = lead.post(path, {"place": f"{cast.pay.pk}:after:{cast.receipt.pk}"}, headers={"HX-Request": "true"})
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["text"] == "“Till” is in Pay now."
    assert cast.crossing(cast.receipt, cast.till).active
    lead.post(toast["undo"])
    assert cast.crossing(cast.till, cast.receipt).active
    again = lead.post(path, {"place": f"{cast.pay.pk}:before:{cast.receipt.pk}"}, headers={"HX-Request": "true"})
    assert json.loads(again["HX-Trigger"])["toast"] == {"text": "Nothing was changed.", "tone": "good"}


def test_a_stage_that_was_dropped_offers_the_way_back(cast: Cast, lead: Client) -> None:
    path, dropped = f"/stages/{cast.pay.pk}/move/", {"HX-Request": "true", "HX-Target": f"stage-{cast.pay.pk}"}
    answer = lead.post(path, {"place": cast.notice.pk}, headers=dropped)
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert (toast["text"], stages(cast)) == ("The stage “Pay” is moved.", ["Pay", "Notice", "Choose", "Use"])
    lead.post(toast["undo"])
    assert stages(cast) == ["Notice", "Choose", "Pay", "Use"]
    (other,) = grow(cast, by=1)
    for nowhere in ("", "x", str(10**30), cast.pay.pk, other.stages.first().pk):  # type: ignore[union-attr]
        refused = lead.post(path, {"place": nowhere}, headers=dropped)
        assert (refused.status_code, stages(cast)) == (422, ["Notice", "Choose", "Pay", "Use"]), nowhere
    commands.archive_journey(cast.journey, actor=cast.executive)
    assert lead.post(path, {"place": cast.notice.pk}, headers=dropped).status_code == 422


def test_another_unit_is_not_for_every_builder(cast: Cast, lead: Client) -> None:
    path = f"/touchpoints/{cast.till.pk}/edit/"
    answer = lead.post(path, filled(lead, path) | {"business_unit": cast.retail.pk})
    assert answer.status_code == 403
    assert "You cannot move this touchpoint to another business unit." in answer.content.decode()


def test_forms_take_at_most_twelve_statements_however_large_the_journey_is(cast: Cast, lead: Client) -> None:
    small, large = grow(cast, by=1, stages=1, touchpoints=2)[0], grow(cast, by=1, stages=4, touchpoints=10)[0]

    def costs(journey: Journey) -> dict[str, int]:
        touchpoint = Touchpoint.objects.filter(stage__journey=journey).first()
        stage = journey.stages.first()
        assert touchpoint is not None
        assert stage is not None
        paths = {
            "edit": f"/touchpoints/{touchpoint.pk}/edit/",
            "place": f"/touchpoints/{touchpoint.pk}/place/",
            "add": f"/journeys/{journey.pk}/touchpoints/add/",
            "stage": f"/stages/{stage.pk}/edit/",
            "move": f"/stages/{stage.pk}/move/",
            "journey": f"/journeys/{journey.pk}/edit/",
            "archive": f"/journeys/{journey.pk}/archive/",
        }
        return {name: statements(lead, path) for name, path in paths.items()}

    assert costs(small) == costs(large)
    assert max(costs(large).values()) <= 12, costs(large)
