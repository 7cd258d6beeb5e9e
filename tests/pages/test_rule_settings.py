"""The page of the rules: read by everybody inside, changed by administrators, nothing typed is lost."""

from __future__ import annotations

import pytest

from journeys import commands
from journeys.queries.catalogue import rules
from journeys.queries.limits import limits_now
from journeys.rules.settings import SETTINGS
from tests.cast import Cast
from tests.pages.reading import text_of

pytestmark = pytest.mark.django_db

PAGE = "/settings/rules/"


def as_shown(**typed: str | None) -> dict[str, str]:
    """What a browser sends of the page, with these fields changed; None unticks a box."""
    limits = limits_now()
    sent: dict[str, str | None] = {}
    for rule in rules():
        is_on = rule.code not in limits.off
        sent[f"initial-on_{rule.code}"] = str(is_on)
        if is_on:
            sent[f"on_{rule.code}"] = "on"
    for setting in SETTINGS:
        sent[setting.key] = sent[f"initial-{setting.key}"] = str(setting.of(limits))
    return {name: value for name, value in (sent | typed).items() if value is not None}


def test_everybody_inside_reads_why_something_is_flagged(client, cast: Cast):
    client.force_login(cast.member)
    page = client.get(PAGE)
    text = text_of(page)
    assert "Ownership was not confirmed within its period" in text
    assert "180 days" in text
    assert "Administrators can change this." in text
    assert "<input" not in page.content.decode().partition("<h1")[2].partition("</main>")[0]


def test_says_what_a_new_patience_does_to_open_flags(client, cast: Cast):
    client.force_login(cast.administrator)
    assert "Open flags keep the day on which they are due; when they climb follows the new patience" in text_of(
        client.get("/settings/rules/")
    )


def test_an_administrator_sets_a_period_and_switches_a_rule_off(client, cast: Cast):
    client.force_login(cast.administrator)
    answer = client.post(PAGE, as_shown(attest_every_days="90", **{"on_siloed-unit": None}), follow=True)

    text = text_of(answer)
    assert "2 changes were saved. A full scan now judges everything by it" in text
    assert "A full scan was asked for" in text
    assert "set “ Confirm ownership every (days) ” from 180 to 90." in text
    assert "switched “ Siloed unit ” off." in text
    assert limits_now().attest_every_days == 90
    assert limits_now().off == {"siloed-unit"}


def test_an_empty_field_is_its_default(client, cast: Cast):
    commands.set_rule_settings({"attest_every_days": 90}, actor=cast.administrator)
    client.force_login(cast.administrator)
    client.post(PAGE, as_shown(attest_every_days=""))
    assert limits_now().attest_every_days == 180


@pytest.mark.parametrize("typed", ["-5", "nan", "1e999", "9" * 400, "3.7", "soon", "٣"])
def test_what_cannot_be_taken_stays_in_the_field_and_nothing_is_written(client, cast: Cast, typed):
    client.force_login(cast.administrator)
    answer = client.post(PAGE, as_shown(attest_every_days=typed, overloaded_above="20"))
    assert answer.status_code == 422
    html = answer.content.decode()
    assert f'value="{typed}"' in html
    assert 'value="20"' in html
    assert limits_now().attest_every_days == 180
    assert limits_now().overloaded_above == 15


def test_a_value_out_of_bounds_is_named_with_its_bounds(client, cast: Cast):
    client.force_login(cast.administrator)
    text = text_of(client.post(PAGE, as_shown(coverage_target="120")))
    assert "Target of coverage: 120 is not between 1 and 100 %." in text


def test_two_values_that_do_not_go_together_are_refused_on_the_page(client, cast: Cast):
    client.force_login(cast.administrator)
    answer = client.post(PAGE, as_shown(deny_claim_after_days="5"))
    assert answer.status_code == 422
    assert "A claim would be denied after 5 days" in text_of(answer)


def test_of_two_administrators_the_second_is_told_and_may_save_again(client, cast: Cast):
    client.force_login(cast.administrator)
    old_page = as_shown(overloaded_above="10", attest_every_days="60")
    commands.set_rule_settings({"overloaded_above": 20}, actor=cast.administrator)

    answer = client.post(PAGE, old_page)

    assert answer.status_code == 409
    assert "Somebody else has changed this in the meantime. It now stands at: Accountable for at most: 20." in text_of(
        answer
    )
    html = answer.content.decode()
    assert 'name="overloaded_above" value="10"' in html
    assert 'name="initial-overloaded_above" value="20"' in html
    assert limits_now().overloaded_above == 20

    again = client.post(PAGE, as_shown(overloaded_above="10", attest_every_days="60"))
    assert again.status_code == 302
    assert (limits_now().overloaded_above, limits_now().attest_every_days) == (10, 60)


def test_what_two_administrators_change_beside_each_other_is_kept(client, cast: Cast):
    client.force_login(cast.administrator)
    old_page = as_shown(attest_every_days="60")
    commands.set_rule_settings({"overloaded_above": 20}, actor=cast.administrator)
    assert client.post(PAGE, old_page).status_code == 302
    assert (limits_now().overloaded_above, limits_now().attest_every_days) == (20, 60)


def test_a_forged_page_changes_nothing_by_accident(client, cast: Cast):
    client.force_login(cast.administrator)
    forged = as_shown(**{"initial-attest_every_days": "soon", "initial-on_no-owner": "x", "gone": "1"})
    assert client.post(PAGE, forged).status_code in (302, 422)
    assert limits_now().attest_every_days == 180


def test_the_page_costs_at_most_eight_statements(client, cast: Cast, django_assert_max_num_queries):
    commands.set_rule_settings({s.key: s.default + 1 for s in SETTINGS if s.default + 1 <= s.maximum}, actor=None)
    client.force_login(cast.administrator)
    with django_assert_max_num_queries(9):
        client.get(PAGE)
