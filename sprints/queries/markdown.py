"""Markdown as people write it, as HTML that can do no harm.

What is written is never trusted: raw HTML is text (the parser knows none of it), images are links to where they lie (a
picture elsewhere would tell its owner who reads), and what comes out is cleaned by a second program that knows nothing
of the first. So the policy of the pages is the third wall, not the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from sprints.queries.mentions import KEPT, names_in
from workspace.kept import keep

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "span",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {"a": {"href", "title"}, "ol": {"start"}, "span": {"data-person"}}
SHORT = 2000
"""Characters: a longer text is kept as HTML for a day."""
REL = "noopener noreferrer nofollow ugc"

_ADDRESS = re.compile(r"https?://[^\s<>\"`]+", re.IGNORECASE)


def to_html(text: str, *, names: Mapping[int, str] | None = None) -> SafeString:
    """The text as HTML. `names` are those of mentioned people, as of `names_in`; without, 1 statement where there are.

    Headings begin at the third level, below those of the page. Whoever is not found among the names is "somebody".
    """
    if not text.strip():
        return SafeString("")
    known = names_in(text) if names is None else names
    if len(text) <= SHORT:
        return _made(text, known)
    # A table of a hundred columns takes seconds: whoever comes next does not wait for it.
    return SafeString(keep("markdown", f"{sorted(known.items())}{text}", lambda: _made(text, known)))


def _made(text: str, known: Mapping[int, str]) -> SafeString:
    made = _PARSER.render(text, {"names": known})
    return mark_safe(  # noqa: S308 - cleaned in this line
        nh3.clean(
            made,
            tags=TAGS,
            attributes=ATTRIBUTES,
            allowed_classes={"span": {"mention"}},
            url_schemes={"http", "https", "mailto"},
            link_rel=REL,
        )
    )


# --- What the house makes of the parser's tokens ----------------------------------------------------------------------


def _refine(state: StateCore) -> None:
    """Headings below the page's own; in running text images as links, bare addresses as links, names of people."""
    names = state.env.get("names", {})
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 2, 6)}"
        elif token.type in ("fence", "code_block"):
            token.content, token.info = _named(token.content, names), ""
        elif token.type == "inline" and token.children:
            token.children = _refined(token.children, names)


def _refined(tokens: Sequence[Token], names: Mapping[int, str]) -> list[Token]:
    out: list[Token] = []
    in_link = 0
    for token in tokens:
        in_link += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type == "image":
            alt = token.content or _("image")
            out += [_text(alt)] if in_link else _link(str(token.attrs.get("src", "")), alt)
        elif token.type == "text" and not in_link:
            out += _split(token.content, _ADDRESS, _as_link, lambda plain: _mentions(plain, names))
        elif token.type == "text":
            out += _mentions(token.content, names)
        else:
            if token.type == "code_inline":
                token.content = _named(token.content, names)
            out.append(token)
    return out


def _split(
    text: str,
    pattern: re.Pattern[str],
    found: Callable[[re.Match[str]], list[Token]],
    rest: Callable[[str], list[Token]],
) -> list[Token]:
    out: list[Token] = []
    done = 0
    for match in pattern.finditer(text):
        out += rest(text[done : match.start()]) + found(match)
        done = match.end()
    return out + rest(text[done:])


def _as_link(match: re.Match[str]) -> list[Token]:
    address = match[0].rstrip(".,;:!?'*_~")
    closing = min(len(address) - len(address.rstrip(")")), max(address.count(")") - address.count("("), 0))
    address = address[: len(address) - closing]  # the brackets around it are no part of it
    return [*_link(address, address), *([_text(match[0][len(address) :])] if len(address) < len(match[0]) else [])]


def _link(address: str, words: str) -> list[Token]:
    return [Token("link_open", "a", 1, attrs={"href": address}), _text(words), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _name(match: re.Match[str], names: Mapping[int, str]) -> str:
    return names.get(int(match[1]), _("somebody"))


def _named(text: str, names: Mapping[int, str]) -> str:
    return KEPT.sub(lambda match: f"@{_name(match, names)}", text)


def _mentions(text: str, names: Mapping[int, str]) -> list[Token]:
    def mention(match: re.Match[str]) -> list[Token]:
        return [Token("mention", "", 0, content=_name(match, names), meta={"person": int(match[1])})]

    return _split(text, KEPT, mention, lambda plain: [_text(plain)] if plain else [])


def _mention(_self: RendererHTML, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: Any) -> str:
    token = tokens[idx]
    return format_html('<span class="mention" data-person="{}">@{}</span>', token.meta["person"], token.content)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.push("refine", _refine)
    parser.add_render_rule("mention", _mention)
    return parser


_PARSER = _parser()
