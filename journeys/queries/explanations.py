"""A flag in human words."""

from __future__ import annotations

from django.utils.html import format_html

from journeys.models import Flag
from journeys.queries.catalogue import find
from journeys.queries.tellers import teller_of
from journeys.queries.words import Explanation, Words, named


def explain(flag: Flag, words: Words) -> Explanation:
    """The flag in words. Its touchpoint (with stage), crossing (with both ends) and journey have been read with it."""
    rule = find(flag.rule)
    title = str(rule.title) if rule else flag.rule
    teller = teller_of(flag.rule)
    if teller is None:
        about: object = named(flag.touchpoint) if flag.touchpoint else flag.journey or words.unit(flag.unit_id)
        return Explanation(title, format_html("{}: {}", about, rule.why if rule else flag.rule))
    sentence, facts = teller(flag, words)
    return Explanation(title, sentence, tuple(fact for fact in facts if fact))
