"""Links lead somewhere, and both READMEs say the same."""

from pathlib import Path

import pytest

from helpers.pages import ROOT, anchors, blocks, headings, links, page_of, pages, read
from yemae.serve.announcement import TOP_UPS, ready_text

ENGLISH, KOREAN = read("README.md"), read("README.ko.md")


def dead(page: Path, target: str) -> bool:
    if "://" in target or target.startswith("mailto:"):
        return False
    path, _, anchor = target.partition("#")
    found = (ROOT / page).parent / path if path else ROOT / page
    if not found.exists() or ROOT not in [found.resolve(), *found.resolve().parents]:
        return True
    return bool(anchor) and anchor not in anchors(found.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [target for target in links(read(page)) if dead(page, target)] == []


def test_a_dead_link_is_found() -> None:
    page = Path("README.md")
    assert dead(page, "docs/nowhere.md")
    assert dead(page, "#nowhere")
    assert dead(page, "docs/flows.md#nowhere")
    assert not dead(page, "docs/flows.md#9-pay--결제")
    assert links("[one](a.md), `[two](b.md)`, [`three`](c.md#d)\n```\n[four](e.md)\n```\n") == [
        "a.md",
        "c.md#d",
    ]


def test_both_readmes_have_the_same_sections() -> None:
    assert [level for level, _ in headings(ENGLISH)] == [level for level, _ in headings(KOREAN)]


def test_both_readmes_have_the_same_code() -> None:
    assert blocks(ENGLISH) == blocks(KOREAN)


def test_both_readmes_lead_to_the_same_places() -> None:
    assert sorted(map(page_of, links(ENGLISH))) == sorted(map(page_of, links(KOREAN)))


@pytest.mark.parametrize("text", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_a_readme_has_one_story(text: str) -> None:
    before, _, after = text.partition("<!-- story -->\n")
    assert "<!-- story -->" not in before + after
    assert after.startswith("```bash\nURL=${YEMAE_URL:-http://127.0.0.1:${YEMAE_PORT:-8000}}\n")


@pytest.mark.parametrize("text", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_a_readme_shows_what_make_run_writes(text: str) -> None:
    url = "http://127.0.0.1:8000"
    data = "/home/you/.local/share/yemae  (private PostgreSQL, private Valkey)"
    assert blocks(text)[1].text.strip() == ready_text(url, url, data, TOP_UPS["free"]).strip()


@pytest.mark.parametrize("text", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_a_readme_begins_with_the_two_commands(text: str) -> None:
    assert [line.split("#")[0].strip() for line in blocks(text)[0].text.splitlines()] == [
        "make run",
        "make test",
    ]
