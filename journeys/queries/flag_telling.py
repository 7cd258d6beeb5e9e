"""Flags in words, and who might own what they are about, for whoever has only their ids."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from journeys.models import Flag
from journeys.queries.directory import directory
from journeys.queries.explanations import explain
from journeys.queries.inbox import looking_for_owner, with_subjects
from journeys.queries.suggestions import Suggestion, suggest_owners
from journeys.queries.words import Explanation, words_for
from journeys.rules.flags import asks_for_owner


def explained(flag_ids: Collection[int]) -> Mapping[int, Explanation]:
    """What these flags say: at most 3 statements."""
    flags = list(with_subjects(Flag.objects.filter(pk__in=flag_ids)))
    words = words_for(flags, directory())
    return {flag.pk: explain(flag, words) for flag in flags}


def suggested_owners(flag_ids: Collection[int]) -> Mapping[int, list[Suggestion]]:
    """Who might own what these flags are about, where they look for an owner: at most 3 statements."""
    flags: Any = list(with_subjects(Flag.objects.filter(pk__in=flag_ids).unresolved()))
    looking = looking_for_owner(flags)
    near = suggest_owners(looking, directory()) if looking else {}
    return {
        flag.pk: [one for one in near.get(flag.touchpoint_id, []) if one.department.id != flag.owner_now]
        for flag in flags
        if asks_for_owner(flag.rule, flag.evidence)
    }
