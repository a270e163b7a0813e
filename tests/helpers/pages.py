"""The Markdown pages of the project, and what is in them: headings, links, code blocks."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
INLINE_CODE = re.compile(r"`[^`\n]+`")
HEADING = re.compile(r"^(#{1,6}) +(.+?) *$", re.MULTILINE)
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")


class Block(NamedTuple):
    """A fenced code block."""

    language: str
    text: str


def pages() -> list[Path]:
    """Every Markdown page, except those of tools and packages."""
    found = (path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return sorted(
        path
        for path in found
        if not any(part.startswith(".") or part == "node_modules" for part in path.parts)
    )


def read(page: Path | str) -> str:
    """The text of a page."""
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    """The code blocks of a text, in order."""
    return [Block(match[2], match[3]) for match in FENCE.finditer(text)]


def headings(text: str) -> list[tuple[int, str]]:
    """Level and words of each heading."""
    return [(len(match[1]), match[2]) for match in HEADING.finditer(FENCE.sub("", text))]


def anchors(text: str) -> set[str]:
    """Where a link into this text may point, as GitHub names it."""
    found: set[str] = set()
    for _, words in headings(text):
        plain = re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-")
        name, again = plain, 0
        while name in found:
            again += 1
            name = f"{plain}-{again}"
        found.add(name)
    return found


def links(text: str) -> list[str]:
    """The targets of all links outside of code."""
    return LINK.findall(INLINE_CODE.sub("`", FENCE.sub("", text)))


def page_of(target: str) -> str:
    """The page or picture that a link leads to, without its language and heading."""
    page = target.partition("#")[0].replace(".ko.md", ".md")
    return page.replace("-ko.webp", ".webp").replace("-en.webp", ".webp")
