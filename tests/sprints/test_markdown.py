"""Markdown comes out as HTML that can do no harm, whatever was typed."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sprints.queries.markdown import ATTRIBUTES, TAGS, to_html
from sprints.queries.mentions import token_of
from tests.cast import Cast

NOBODY: dict[int, str] = {}


class Harm(HTMLParser):
    """Collects every tag, attribute and address that is not on the short list of what may come out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else {"class"} if tag == "span" else set())
        if tag not in TAGS:
            self.found.append(tag)
        for name, value in attrs:
            if name not in allowed:
                self.found.append(f"{tag} {name}={value!r}")
            scheme = re.match(r"[\s\x00-\x20]*([a-z][a-z0-9+.-]*):", value or "", re.IGNORECASE)
            if name == "href" and scheme and scheme[1].lower() not in ("http", "https", "mailto"):
                self.found.append(f"{tag} {name}={value!r}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"comment {data!r}")

    def handle_decl(self, decl: str) -> None:
        self.found.append(f"declaration {decl!r}")


def harm_in(html: str) -> list[str]:
    parser = Harm()
    parser.feed(html)
    parser.close()
    return parser.found


NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import 'https://evil.example/x.css'</style>",
    "<a href='https://x.example' onclick='alert(1)'>x</a>",
    "<!-- a comment --><!DOCTYPE html>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    "[x]: javascript:alert(1)\n\n[x]",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "![x](data:image/png;base64,AAAA)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "[![x](javascript:alert(1))](https://x.example)",
    '[x](https://x.example "\\" onmouseover=alert(1) \\"")',
    'https://x.example/"onmouseover=alert(1)',
    "`<script>alert(1)</script>`",
    "```html\n<script>alert(1)</script>\n```",
    '```"><script>alert(1)</script>\nx\n```',
    "    <script>alert(1)</script>",
    "|a|\n|-|\n|<script>alert(1)</script>|",
    "# <script>alert(1)</script>",
    "@[person:1]<script>",
    "\x00<script>alert(1)</script>",
]


@pytest.mark.parametrize("text", NASTY)
def test_nasty_input_comes_out_harmless(text: str):
    html = to_html(text, names=NOBODY)
    assert harm_in(html) == []
    assert "<script" not in html
    assert "<img" not in html


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*NASTY, "*", "_", "[", "](", ")", "`", "\n", ">", "- ", "<", "&lt;", '"', "'"])))
def test_so_do_all_of_them_together(pieces: list[str]):
    assert harm_in(to_html("".join(pieces), names=NOBODY)) == []


def test_the_search_for_harm_finds_it():
    assert len(harm_in("<script>1</script><p onclick=1><a href=' javascript:1'>x</a><!-- x -->")) == 4


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold**, *soft*, ~~gone~~", "<p><strong>bold</strong>, <em>soft</em>, <s>gone</s></p>"),
        ("# One\n\n##### Five", "<h3>One</h3>\n<h6>Five</h6>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. c", '<ol start="3">\n<li>c</li>\n</ol>'),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("", ""),
        ("  \n ", ""),
    ],
)
def test_what_people_write_is_shown(text: str, html: str):
    assert to_html(text, names=NOBODY).strip() == html


REL = 'rel="noopener noreferrer nofollow ugc"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](https://x.example/b)", f'<a href="https://x.example/b" {REL}>a</a>'),
        ("See https://x.example/a_(b).", f'See <a href="https://x.example/a_(b)" {REL}>https://x.example/a_(b)</a>.'),
        ("(https://x.example/a)", f'(<a href="https://x.example/a" {REL}>https://x.example/a</a>)'),
        ("[https://x.example](https://y.example)", f'<a href="https://y.example" {REL}>https://x.example</a>'),
        ("![plan](https://x.example/p.png)", f'<a href="https://x.example/p.png" {REL}>plan</a>'),
        ("[![plan](/p.png)](/page)", f'<a href="/page" {REL}>plan</a>'),
    ],
)
def test_links_and_pictures_lead_somewhere_and_load_nothing(text: str, html: str):
    assert to_html(text, names=NOBODY).strip() == f"<p>{html}</p>"


def test_a_table_has_cells_and_no_styles():
    html = to_html("|a|b|\n|:-|-:|\n|1|2|", names=NOBODY)
    assert "<th>a</th>" in html
    assert "style" not in html


def test_a_mention_is_shown_by_the_present_name_in_running_text_and_in_code():
    text = f"{token_of(3)}, `{token_of(3)}`, {token_of(4)}"
    html = to_html(text, names={3: "Mia <b> & Co"})
    assert '<span class="mention" data-person="3">@Mia &lt;b&gt; &amp; Co</span>' in html
    assert "<code>@Mia &lt;b&gt; &amp; Co</code>" in html
    assert "@somebody" in html
    assert "[person:" not in html


@pytest.mark.django_db
def test_names_are_looked_up_once_and_only_where_somebody_is_mentioned(cast: Cast, django_assert_num_queries: Any):
    with django_assert_num_queries(0):
        to_html("Nobody at all @ home")
    with django_assert_num_queries(1):
        html = to_html(f"{token_of(cast.member.pk)} and {token_of(cast.guest.pk)}" * 20)
    assert "@Mia Member" in html
    assert "@Gus Guest" in html


LONG = 50_000


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "[](", "*a **a ", "> ", "`", "~~a ", "&", "<", "@a ", "https://", "(", "\\", "[a]: /x\n", "|a", "* a\n",
     "<!--", "a_b__c", "[a](<b", "@[person:1]", "# ", "\n", "&#1", ")"],
)  # fmt: skip
def test_a_long_description_of_anything_comes_to_an_end(piece: str):
    html = to_html((piece * LONG)[:LONG], names={1: "Mia"})
    assert harm_in(html) == []
