"""Every kind of event and every scan rule says what it means, in the design's words and order."""

import re
import string

import pytest
from django.utils.functional import Promise

from journeys.queries.catalogue import ScanRule, local_rules, ownership_rules, rules
from workspace.activity import kinds, registry
from workspace.activity.kinds import Kind

IN_THE_ORDER_OF_THE_DESIGN = (
    "no-owner", "unknown-owner", "inactive-owner", "closed-department", "outside-unit", "contested", "claim-overdue",
    "unattested", "overloaded-owner", "boundary-gap", "unaccepted-handoff", "stage-gap", "siloed-unit",
    "coverage-drop", "neglected", "blind-spot", "no-technology-owner",
)  # fmt: skip
OF_STORIES = {"neglected", "blind-spot"}  # the sprints app adds them to the catalogue

# Places that a sentence may have without being a reference to something.
FACTS = {
    "actor", "subject", "count", "fields", "reason", "until", "old", "new", "on", "rows", "added", "changed", "what",
    "subjects", "role",
}  # fmt: skip


def places(kind: Kind) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(str(kind.sentence)) if name}


@pytest.mark.parametrize("kind", kinds.all_kinds(), ids=lambda kind: kind.code)
def test_every_kind_of_event_has_a_sentence_whose_places_are_known(kind: Kind) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z_]+)+", kind.code)
    assert isinstance(kind.sentence, Promise), "the sentence can be translated"
    assert str(kind.sentence).endswith((".", "}"))
    assert places(kind) <= FACTS | set(kind.refs)
    assert "." not in "".join(places(kind)), "a place is a plain name"


@pytest.mark.parametrize("kind", kinds.all_kinds(), ids=lambda kind: kind.code)
def test_every_reference_is_to_a_noun_that_can_be_named(kind: Kind) -> None:
    nouns = {noun.code for noun in registry.nouns()}
    assert set(kind.refs.values()) <= nouns


def test_the_rules_stand_in_the_order_of_the_design() -> None:
    known = [code for code in IN_THE_ORDER_OF_THE_DESIGN if code not in OF_STORIES]
    assert [rule.code for rule in rules() if rule.code not in OF_STORIES] == known


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_every_rule_says_what_it_is_and_why_it_matters(rule: ScanRule) -> None:
    assert isinstance(rule.title, Promise)
    assert isinstance(rule.why, Promise)
    assert str(rule.title)
    assert str(rule.why).endswith(".")
    assert len(rule.code) <= 32
    assert rule.subject_kind in {noun.code for noun in registry.nouns()}


def test_rules_of_ownership_are_local_and_look_at_what_a_command_names_itself() -> None:
    assert {rule.code for rule in ownership_rules()} <= {rule.code for rule in local_rules()}
    assert {rule.subject_kind for rule in ownership_rules()} == {"touchpoint", "claim"}
