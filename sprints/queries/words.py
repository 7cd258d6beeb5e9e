"""Stories by the words that somebody types."""

from __future__ import annotations

import re

from django.db.models import Q, QuerySet

from sprints.models import Story
from sprints.rules.stories import fold

_CODE = re.compile(r"(?:[a-z][a-z0-9]*-)?(\d{1,9})")


def with_words(queryset: QuerySet[Story], typed: str, *, in_text: bool = False) -> QuerySet[Story]:
    """Stories whose title holds these words, or whose number is this; `in_text`: or whose description holds them."""
    folded = fold(typed.strip())
    code = _CODE.fullmatch(folded)
    titled, described = Q(), Q()
    for word in folded.split():
        titled &= Q(folded_title__contains=word)
        described &= Q(description__icontains=word)
    found = titled | described if in_text and folded else titled
    return queryset.filter(found | Q(number=int(code[1])) if code else found)
