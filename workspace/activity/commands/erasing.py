"""Forgetting words in what jobs and deliveries have noted: it is for operators, and no part of the log."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from workspace.activity.models import Delivery, Job

NOTED = ("args", "cursor", "result")
SAID = ("error", "note")
ASKED = ("args", "cursor")
"""What an unfinished job is worked on by."""

Replaced = Callable[[str], str]


def forget_words(words: Mapping[str, str]) -> None:
    """Replace these words and addresses, whatever the case of their letters, in jobs and the errors of deliveries.

    Whole words alone. Of what an unfinished job is worked on by, only values that are such an address are replaced.
    In the caller's transaction: 2 statements, and 1 for each row that holds one of them.
    """
    words = {word: instead for word, instead in words.items() if word}
    within, exactly = without_words(words), _exactly(words)
    for job in _jobs_with(words):
        is_unfinished = job.state in (Job.State.QUEUED, Job.State.RUNNING)
        changed = {}
        for field in (*NOTED, *SAID):
            value = getattr(job, field)
            without = _without(value, exactly if is_unfinished and field in ASKED else within)
            if without != value:
                changed[field] = without
        if "note" in changed:
            changed["note"] = changed["note"][: Job._meta.get_field("note").max_length]
        if changed:
            Job.objects.filter(pk=job.pk).update(**changed)
    failed = Q()
    for word in words:
        failed |= Q(error__icontains=word)
    for delivery in Delivery.objects.filter(failed):
        Delivery.objects.filter(pk=delivery.pk).update(error=_without(delivery.error, within))


def _jobs_with(words: Mapping[str, str]) -> Iterable[Job]:
    """The jobs that hold one of the words, locked: whoever works on one writes its cursor."""
    holding = Q()
    for word in words:
        for field in SAID:
            holding |= Q(**{f"{field}__icontains": word})
        for field in NOTED:
            holding |= Q(**{f"{field}_text__icontains": word})
            holding |= Q(**{f"{field}_text__icontains": json.dumps(word)[1:-1]})
    texts = {f"{field}_text": Cast(field, TextField()) for field in NOTED}
    return Job.objects.annotate(**texts).filter(holding).order_by("pk").select_for_update()


ADDRESS = r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*"


def without_words(words: Mapping[str, str]) -> Replaced:
    """Replaces whole words in a text: "Eva" is no part of "Evaluation", nor of somebody else's address."""
    addresses = {word.lower(): instead for word, instead in words.items() if "@" in word}
    names = {word.lower(): instead for word, instead in words.items() if "@" not in word}
    either = "|".join(rf"(?<!\w)(?<!\w-){re.escape(name)}(?!-?\w)" for name in names)
    pattern = re.compile(f"{ADDRESS}|{either}" if either else ADDRESS, re.IGNORECASE)
    instead_of = addresses | names

    def one(match: re.Match[str]) -> str:
        return instead_of.get(match[0].lower(), match[0])

    return lambda text: pattern.sub(one, text)


def _exactly(words: Mapping[str, str]) -> Replaced:
    """Replaces a text that is one of the addresses, and nothing else."""
    addresses = {word.lower(): instead for word, instead in words.items() if "@" in word}
    return lambda text: addresses.get(text.strip().lower(), text)


def _without(value: Any, replaced: Replaced) -> Any:
    """The value with every text in it replaced, however deep it stands."""
    match value:
        case str():
            return replaced(value)
        case list():
            return [_without(each, replaced) for each in value]
        case dict():
            return {key: _without(each, replaced) for key, each in value.items()}
    return value
