"""Markdown of operators as HTML for the fan's page, and as plain text. Pure.

Always holds: whatever the text, the HTML has these tags and no others: `p`, `br`, `h3` to `h6`,
`ul`, `ol` (with `start`), `li`, `strong`, `em`, `hr`, and `a` with an `href` of https, mailto or
tel. Everything else that looks like markup, HTML above all, is shown as the text that it is. Only
these rules of markdown-it are enabled, so there is nothing to filter out afterwards.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

RULES = (
    "autolink",
    "emphasis",
    "entity",
    "escape",
    "heading",
    "hr",
    "link",
    "list",
    "newline",
)
LINK = re.compile(r"(?:https://|mailto:|tel:)", re.IGNORECASE)
# What stands between words, without being one.
SPACES = {"softbreak", "hardbreak", "paragraph_close", "heading_close"}
# The page has h1 and h2 of its own above such a text.
HEADING_FIRST, HEADING_LAST = 3, 6


def _parser() -> MarkdownIt:
    # A line break of the author stays one.
    parser = MarkdownIt("zero", {"breaks": True}).enable(list(RULES))
    parser.validateLink = _is_allowed  # type: ignore[method-assign]
    return parser


def _is_allowed(url: str) -> bool:
    return LINK.match(url) is not None


PARSER = _parser()


def to_html(text: str) -> str:
    """The HTML of a text. The largest heading of a text is `h3`, the next smaller one `h4`."""
    tokens = PARSER.parse(text)
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    for token in _all(tokens):
        if token.type in {"heading_open", "heading_close"}:
            level = min(HEADING_FIRST + used.index(token.tag), HEADING_LAST)
            token.tag = f"h{level}"
        elif token.type == "link_open":
            # Without the title; and the fan's place in the queue stays open beside the new page.
            token.attrs = {
                "href": token.attrs["href"],
                "rel": "noopener noreferrer",
                "target": "_blank",
            }
    return str(PARSER.renderer.render(tokens, PARSER.options, {}))


def to_text(text: str) -> str:
    """The words of a text without its markup, on one line."""
    words = (
        token.content if token.type.startswith("text") else " " if token.type in SPACES else ""
        for token in _all(PARSER.parse(text))
    )
    return " ".join("".join(words).split())


def _all(tokens: Sequence[Token]) -> list[Token]:
    """These tokens and those inside them."""
    return [each for token in tokens for each in (token, *(token.children or ()))]
