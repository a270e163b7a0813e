"""Makes docs/images/: what fans see on each page, on a phone and on a desktop, in both languages.

`make screenshots` runs it. It starts a server of its own with throw-away data, sells the examples
and one concert that is still to open, and walks through the pages as a fan would.
"""

import base64
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from e2e.fans import ApiFan, continue_as_guest  # noqa: E402
from helpers.browser import launch_options  # noqa: E402
from helpers.server import Server  # noqa: E402

IMAGES = ROOT / "docs" / "images"
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
FOR_PICTURES = sorted((ROOT / "scripts" / "pictures").glob("*.toml"))
QUALITY = 62
KINDS = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "desktop": {"viewport": {"width": 1280, "height": 800}},
}
LANGUAGES = {
    "ko": {"locale": "ko-KR", "color_scheme": "light"},
    "en": {"locale": "en-GB", "color_scheme": "dark"},
}
SOON = """
id = "winter-festival"
title = "한겨울 밤의 페스티벌"
artist = "파란고래"
venue = "강변 홀, 서울"
currency = "KRW"
prequeue_opens_at = {joining}
sale_opens_at = {opening}
seat_limit = 4

[queue]
active_limit = 1
admit_per_minute = 60
entry_ttl_s = 600
absent_after_s = 600
queueing_method = "draw"

[[grades]]
name = "R"
price = 88000

[[sections]]
name = "앞"
grade = "R"
rows = ["A:1-20", "B:1-20"]

[[performances]]
id = "winter-festival-1"
starts_at = 2030-12-24T19:00:00+09:00
"""
BUSY = "club-night"
# Until posters, fonts and numbers are in their places; most pages never stop asking.
SETTLED_MS = 700
WAITING = 60
PAINTED = "() => performance.getEntriesByName('seat-map:painted').length > 0"


def main() -> None:
    """Replace every picture."""
    IMAGES.mkdir(exist_ok=True)
    for old in IMAGES.glob("*.webp"):
        old.unlink()
    with ExitStack() as stack:
        server = stack.enter_context(running_server())
        crowd(stack.enter_context(httpx.Client(base_url=server.url)), server.url)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(**launch_options())
        stack.callback(browser.close)
        for kind in KINDS:
            for language in LANGUAGES:
                walk(browser, server.url, kind, language)
    size = sum(path.stat().st_size for path in IMAGES.glob("*.webp"))
    print(f"{len(list(IMAGES.glob('*.webp')))} pictures, {size // 1024} KiB")  # noqa: T201


@contextmanager
def running_server() -> Iterator[Server]:
    """A server that sells the examples, a concert that opens later, and one that is crowded."""
    with tempfile.TemporaryDirectory(prefix="yemae-pictures-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        now = datetime.now(UTC).replace(microsecond=0)
        joining, opening = now - timedelta(hours=1), now + timedelta(hours=2, minutes=14)
        soon = SOON.format(joining=joining.isoformat(), opening=opening.isoformat())
        busy = (
            soon.replace("winter-festival", BUSY)
            .replace("한겨울 밤의 페스티벌", "한여름 밤의 클럽 투어")
            .replace("파란고래", "NEON PARADE")
            .replace(f"prequeue_opens_at = {joining.isoformat()}\n", "")
            .replace(opening.isoformat(), joining.isoformat())
            .replace('queueing_method = "draw"', "")
        )
        files = [folder / "soon.toml", folder / "busy.toml"]
        files[0].write_text(soon, encoding="utf-8")
        files[1].write_text(busy, encoding="utf-8")
        loaded = (*EXAMPLES, *FOR_PICTURES, *files)
        options = [option for path in loaded for option in ("--load", str(path))]
        server = Server(folder, "--migrate", *options, YEMAE_WORKERS="1")
        server.start()
        try:
            yield server
        finally:
            server.stop()


def crowd(client: httpx.Client, url: str) -> None:
    """One fan inside, and many in line behind."""
    ApiFan(client, "first").get_in(BUSY)
    for number in range(WAITING):
        with httpx.Client(base_url=url) as other:
            ApiFan(other, f"fan-{number}").join(BUSY)


def walk(browser: Browser, url: str, kind: str, language: str) -> None:
    """Fans' ways through every page. The arena and the theatre have fans of their own, so that no
    page has the strip of what was begun for another picture."""
    options = {**KINDS[kind], **LANGUAGES[language], "reduced_motion": "reduce"}

    @contextmanager
    def fan() -> Iterator[Page]:
        context = browser.new_context(base_url=url, timezone_id="Asia/Seoul", **options)
        yield context.new_page()
        context.close()

    def picture(page: Page, name: str, selector: str) -> None:
        page.wait_for_selector(selector)
        page.wait_for_timeout(SETTLED_MS)
        save(page, IMAGES / f"{name}-{kind}-{language}.webp")

    with fan() as page:
        page.goto("/")
        picture(page, "concerts", "main ul a")
        page.goto("/concerts/theatre")
        picture(page, "concert", "main dl")
        page.goto(f"/concerts/{BUSY}/queue")
        picture(page, "sign-in", "form")
        continue_as_guest(page)
        picture(page, "waiting-room", ".position")
    with fan() as page:
        enter(page, "winter-festival")
        picture(page, "opening", "section time")
    with fan() as page:
        page.goto("/concerts/summer-nights")
        show(page, "main section.card table")
        picture(page, "month", "main table tbody button")
        show(page, ".details")
        picture(page, "details", ".details")
        page.get_by_role("link", name=re.compile("^(좌석 배치도 보기|See the seat map)$")).click()
        page.wait_for_function(PAINTED)
        picture(page, "map", "canvas")
    with fan() as page:
        enter(page, "summer-nights")
        open_seats(page)
        choose_standing(page)
        picture(page, "standing", "dialog")
    with fan() as page:
        enter(page, "arena")
        open_seats(page)
        picture(page, "arena", "canvas")
    with fan() as page:
        enter(page, "theatre")
        page.wait_for_url("**/dates")
        picture(page, "dates", "main ul a")
        buy(page, picture)


def enter(page: Page, concert: str) -> None:
    """Into a concert's line as a guest."""
    page.goto(f"/concerts/{concert}/queue")
    continue_as_guest(page)


def buy(page: Page, picture: Callable[[Page, str, str], None]) -> None:
    """From the dates to the tickets, and the fan's own pages."""
    open_seats(page)
    choose_two(page)
    page.locator(".tray select").first.select_option("youth")
    picture(page, "seats", "canvas")
    page.get_by_role("button", name=re.compile("^(2매 예매하기|Book 2 (seats|tickets))$")).click()
    picture(page, "review", ".actions")
    page.locator(".actions button").first.click()
    picture(page, "tickets", "article")
    page.goto("/wallet")
    picture(page, "wallet", "#history")
    page.goto("/orders")
    picture(page, "orders", "main ul a")


def open_seats(page: Page) -> None:
    """The seat map of the first date, painted."""
    page.wait_for_url("**/dates")
    page.locator("main ul a").first.click()
    page.wait_for_function(PAINTED)


def show(page: Page, selector: str) -> None:
    """Scroll something into the middle."""
    page.locator(selector).first.evaluate("it => it.scrollIntoView({block: 'center'})")


def choose_standing(page: Page) -> None:
    """Two tickets of the first area, one of them for a student."""
    page.get_by_role("button", name=re.compile("^(목록|List)$")).click()
    page.locator("main button[aria-expanded]").nth(1).click()
    more = page.get_by_role("button", name=re.compile("^(한 매 늘리기|One ticket more)$"))
    more.click()
    more.click()
    page.get_by_role("button", name=re.compile("^(배치도|Map)$")).click()
    page.locator(".tray .seat").click()
    page.get_by_role("dialog").get_by_role("combobox").last.select_option("student")


def choose_two(page: Page) -> None:
    """Two seats of the first section that is listed; then back to the map, nearer to them."""
    page.get_by_role("button", name=re.compile("^(목록|List)$")).click()
    page.get_by_role("button", name=re.compile("(남음|left)$")).first.click()
    free = page.locator("[role=checkbox][aria-disabled=false]")
    if not free.count():
        page.locator(".rowhead").nth(1).click()
    for _ in range(2):
        page.locator("[role=checkbox][aria-checked=false][aria-disabled=false]").nth(4).click()
    page.get_by_role("button", name=re.compile("^(배치도|Map)$")).click()
    page.wait_for_timeout(600)


def save(page: Page, path: Path) -> None:
    """What is in view, as WebP."""
    session = page.context.new_cdp_session(page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    path.write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    main()
