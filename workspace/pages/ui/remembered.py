"""Pieces that are the same wherever they stand: rendered once for the same values, then taken from memory.

A page of fifty flags shows a severity fifty times and a unit a hundred times; rendering them was most of its price.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

KEPT = 8192


def remembered(
    template: str, *, also: Callable[[], Hashable] = lambda: None
) -> Callable[[Callable[..., dict[str, object]]], Callable[..., SafeString]]:
    """Make a tag of a function that returns the context of `template`; to be registered as a simple tag.

    What it shows depends on the language, its arguments and `also()`, and on nothing else: no context, no request.
    """

    def decorate(context_of: Callable[..., dict[str, object]]) -> Callable[..., SafeString]:
        # The arguments as they are stand beside the key, which keeps values apart that are equal and mean different
        # things: 1 and True, and text that is markup and the same text that is not.
        @lru_cache(maxsize=KEPT)
        def rendered(_key: Hashable, args: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> SafeString:
            return render_to_string(template, context_of(*args, **dict(named)))

        @wraps(context_of)
        def tag(*args: Any, **kwargs: Any) -> SafeString:
            if settings.DEBUG:  # a template that is being worked on shows at once
                return render_to_string(template, context_of(*args, **kwargs))
            named = tuple(sorted(kwargs.items()))
            kinds = (*map(type, args), *(type(value) for _name, value in named))
            return rendered((get_language(), also(), kinds), args, named)

        return tag

    return decorate
