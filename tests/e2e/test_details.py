"""What the organiser says of a concert, on its page: in both languages, with a poster."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from e2e.conftest import CONCERT, DESKTOP, PHONE, Opener, put_on_sale
from helpers.pages import ROOT
from helpers.server import Server
from yemae.concerts.files.poster_file import read

KINDS = [
    {"locale": "ko-KR", "viewport": PHONE, "has_touch": True},
    {"locale": "en-GB", "viewport": DESKTOP, "color_scheme": "dark"},
]
SAID = {
    "ko-KR": ["첫눈이 오기 전에", "기타 한 대", "만 8세 이상", "100분", "예시길", "주최"],
    "en-GB": ["Before the First Snow", "one guitar", "8 and older", "100 minutes", "Yesi-gil"],
}
NAMES = ("title_en", "artist_en", "venue_en")
_numbers = itertools.count(1)


@pytest.fixture
def described_concert(server: Server, kept_database_url: str, tmp_path: Path) -> Iterator[str]:
    """A concert with the details and the English names of the example, and a poster."""
    name = f"details-{os.getpid()}-{next(_numbers)}"
    example = (ROOT / "examples" / "small-hall.toml").read_text(encoding="utf-8")
    text = CONCERT.format(
        id=name,
        active_limit=100,
        queue="",
        opening="sale_opens_at = 2026-01-01T11:00:00+09:00",
        starts_at="2030-05-03T20:00:00+09:00",
    )
    names = "".join(line for line in example.splitlines(True) if line.startswith(NAMES))
    text = names + text + example[example.index("[details]") :]
    image = tmp_path / "poster.png"
    Image.new("RGB", (600, 800), "navy").save(image)
    put_on_sale(server, text, name, read(image))
    yield name
    with psycopg.connect(kept_database_url) as session:
        session.execute("update performances set starts_at = now() where concert_id = %s", [name])


@pytest.mark.parametrize("kind", KINDS, ids=["korean-phone", "english-desktop"])
def test_the_page_says_what_the_organiser_says(
    described_concert: str,
    open_page: Opener,
    accessible: Callable[[Page], None],
    kind: dict[str, object],
) -> None:
    page = open_page(**kind)
    page.goto(f"/concerts/{described_concert}")
    for text in SAID[str(kind["locale"])]:
        expect(page.locator("main")).to_contain_text(text)
    expect(page.locator("main strong")).not_to_have_count(0)
    map_link = page.get_by_role("link", name="지도 보기" if kind is KINDS[0] else "Show map")
    assert map_link.get_attribute("href") == "https://maps.example.com/little-forest"
    image = page.locator("main img")
    expect(image).to_have_count(1)
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 600
    accessible(page)


def test_a_poster_that_does_not_come_leaves_the_drawing(
    described_concert: str, open_page: Opener
) -> None:
    page = open_page()
    page.route("**/poster?*", lambda route: route.fulfill(status=404))
    page.goto(f"/concerts/{described_concert}")
    expect(page.locator("main .poster svg")).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)
