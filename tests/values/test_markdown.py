"""Markdown of operators: what becomes HTML, and that nothing else does, whatever the text."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yemae.values.markdown import to_html, to_text

TAGS = {"p", "br", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "hr", "a"}
ATTRIBUTES = {"a": {"href", "rel", "target"}, "ol": {"start"}}
# Pieces that parsers of Markdown and of HTML take for more than text.
PIECES = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='https://a.b' onclick=x>",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java&#115;cript:alert(1))",
    "[a](data:text/html,x)",
    "[a](//a.b)",
    '[a](https://a.b/"onmouseover="x)',
    '[a](https://a.b "title")',
    "![a](https://a.b/c.png)",
    "<javascript:alert(1)>",
    "<https://a.b>",
    "[r]: javascript:x",
    "[r]",
    "&lt;script&gt;",
    "`code`",
    "```\n<b>\n```",
    "    <b>",
    "# ",
    "###### ",
    "* ",
    "3. ",
    "> ",
    "***",
    "**",
    "_",
    "\\",
    "\n",
    "\n\n",
    "<!--",
    "]]>",
    "<",
    ">",
    '"',
    "'",
    "&",
    "가",
]


class Reader(HTMLParser):
    """What a browser would make of some HTML: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.other: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """Note it."""
        self.other.append(data)

    def handle_decl(self, decl: str) -> None:
        """Note it."""
        self.other.append(decl)

    def handle_pi(self, data: str) -> None:
        """Note it."""
        self.other.append(data)

    def unknown_decl(self, data: str) -> None:
        """Note it."""
        self.other.append(data)


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=8)), max_size=30).map("".join))
def test_only_known_tags_with_safe_links_come_out_whatever_goes_in(text: str) -> None:
    read = Reader(to_html(text))
    assert read.other == []
    for tag, attributes in read.tags:
        assert tag in TAGS
        assert set(attributes) <= ATTRIBUTES.get(tag, set())
        if tag == "a":
            assert (attributes["href"] or "").lower().startswith(("https://", "mailto:", "tel:"))
            assert attributes["rel"] == "noopener noreferrer"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("하나\n둘", "<p>하나<br>\n둘</p>\n"),
        ("**bold** *soft*", "<p><strong>bold</strong> <em>soft</em></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("a\n\n---\n\nb", "<p>a</p>\n<hr>\n<p>b</p>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        (
            '[x](https://a.b "t")',
            '<p><a href="https://a.b" rel="noopener noreferrer" target="_blank">x</a></p>\n',
        ),
    ],
)
def test_a_text_becomes_this_html(text: str, html: str) -> None:
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**눈** *오는*\n밤", "눈 오는 밤"),
        ("# One\n\n- two\n- [three](https://example.com)\n\n1. four", "One two three four"),
        ("a &amp; b \\* c\n\n---\n\n<b>", "a & b * c <b>"),
        ("", ""),
    ],
)
def test_a_text_has_these_words(text: str, words: str) -> None:
    assert to_text(text) == words


def test_the_largest_heading_is_below_those_of_the_page() -> None:
    assert to_html("## A\n#### B\n## C") == "<h3>A</h3>\n<h4>B</h4>\n<h3>C</h3>\n"
    assert [
        tag for tag, _ in Reader(to_html("\n".join(f"{'#' * n} x" for n in range(1, 7)))).tags
    ] == [
        "h3",
        "h4",
        "h5",
        "h6",
        "h6",
        "h6",
    ]
