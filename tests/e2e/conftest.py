"""What browser tests share: one real server, one real Chromium, and a page that must not complain.

Every page fails its test when the browser reports an error, breaks the Content-Security-Policy, or
asks another host for anything.
"""

import asyncio
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal

import httpx
import msgspec
import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from e2e.fans import ApiFan, Rival
from helpers.browser import launch_options
from helpers.concerts import load_concert
from helpers.pages import ROOT
from helpers.phone_tickets import apple, google
from helpers.server import Server
from helpers.serving import until
from yemae.concerts.files.concert_file import parse
from yemae.concerts.posters import Poster

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# Nothing moves, so that what is looked at has its last colours.
USUAL = {
    "locale": "ko-KR",
    "timezone_id": "Asia/Seoul",
    "viewport": DESKTOP,
    "reduced_motion": "reduce",
}
WAIT_MS = 30_000
POLITE = {
    "YEMAE_WORKERS": "1",
    "YEMAE_POLL_AFTER_MAX_MS": "200",
    "YEMAE_CHALLENGE_COUNTER_MAX": "2000",
    "YEMAE_PHONE_TICKETS": apple() + google(),
}
# What a browser writes to its console for every answer of 4xx, although the page expects it.
EXPECTED = "Failed to load resource: the server responded with a status of"
# What it writes of every page that came by plain HTTP.
PLAIN = "The Cross-Origin-Opener-Policy header has been ignored"
# What it writes when a service worker takes over a page whose files were on their way.
PRELOADED = "A preload for "
LOST = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"
# What it writes of a stream whose node has ended in the middle of it.
CUT_OFF = "Failed to load resource: net::ERR_INCOMPLETE_CHUNKED_ENCODING"

CONCERT = """
id = "{id}"
title = "첫눈이 오기 전에"
artist = "서윤별"
venue = "작은숲 소극장, 서울"
currency = "KRW"
{opening}
seat_limit = 4
numbering = "{{seat}}"

[queue]
active_limit = {active_limit}
admit_per_minute = 60000
entry_ttl_s = 600
absent_after_s = 45
{queue}

[[grades]]
name = "R"
price = 66000

[[sections]]
name = "앞"
grade = "R"
rows = ["A:1-10"]

[[performances]]
id = "{id}-1"
starts_at = {starts_at}
"""

# Every wait ends as soon as what it waits for is there; a slow machine may take long.
expect.set_options(timeout=WAIT_MS)

NewConcert = Callable[..., str]
Opener = Callable[..., Page]
NewFan = Callable[[], ApiFan]
NewRival = Callable[[str], Rival]

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(kept_database_url: str, kept_valkey_url: str) -> Iterator[Server]:
    """A server for all browser tests of this process, in databases of its own on the stores that
    its other tests have anyway. Those empty Valkey, but never while a browser test runs."""
    urls = {"YEMAE_DATABASE_URL": kept_database_url, "YEMAE_VALKEY_URL": kept_valkey_url}
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        started = Server(Path(folder), **POLITE, **urls)
        started.start()
        try:
            yield started
        finally:
            started.stop()


@pytest.fixture
def new_concert(server: Server, kept_database_url: str) -> Iterator[NewConcert]:
    """Puts a concert of ten seats on sale; returns its id when the server knows it. One that asks
    for a proof of work does so until the test is over: new accounts take one meanwhile. The list of
    concerts has one page, so each is over with its test, and so are those named after it."""
    made: list[str] = []
    guarded: list[tuple[str, str]] = []

    def make(
        active_limit: int = 100,
        queue: str = "",
        opening: str = "",
        starts_at: str = "2030-05-03T20:00:00+09:00",
        more: str = "",
        *,
        seats: bool = True,
    ) -> str:
        name = f"e2e-{os.getpid()}-{next(_numbers)}"
        text = CONCERT.format(
            id=name,
            active_limit=active_limit,
            queue=queue,
            starts_at=starts_at,
            opening=opening or "sale_opens_at = 2026-01-01T11:00:00+09:00",
        )
        text += more
        if not seats:
            text = text.replace(text[text.index("[[sections]]") : text.index("[[perf")], "")
        put_on_sale(server, text, name)
        made.append(name)
        if "proof_of_work = true" in text:
            guarded.append((name, text.replace("proof_of_work = true", "")))
        return name

    yield make
    for name, text in guarded:
        put_on_sale(server, text, name)
    with psycopg.connect(kept_database_url) as session:
        session.execute(
            "update performances set starts_at = now() - key * interval '1 ms'"
            " where concert_id = any(%s) or concert_id like any(%s)",
            [made, [f"{name}-%" for name in made]],
        )
    if guarded:
        with httpx.Client(base_url=server.url) as client:
            until(lambda: not client.get("/v1/settings").json()["proof_of_work"], WAIT_MS / 1000)


def put_on_sale(server: Server, text: str, name: str, poster: Poster | None = None) -> None:
    """Write a concert, and wait until the server knows it. In a thread, because Playwright's own
    loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        wanted = msgspec.structs.replace(parse(text, f"{name}.toml"), poster=poster)
        pool.submit(lambda: asyncio.run(load_concert(server.settings, wanted))).result()
    with httpx.Client(base_url=server.url) as client:
        until(lambda: client.get(f"/v1/concerts/{name}").is_success, WAIT_MS / 1000)


@pytest.fixture
def api_fan(server: Server) -> Iterator[NewFan]:
    """Makes fans without a browser, each with an account of their own."""
    clients: list[httpx.Client] = []

    def make() -> ApiFan:
        clients.append(httpx.Client(base_url=server.url))
        return ApiFan(clients[-1], f"api-{os.getpid()}-{next(_numbers)}")

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def new_rival(server: Server) -> Iterator[NewRival]:
    """Lets another fan, who uses the API, into a concert."""
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=server.url) as client:

        def arrive(concert: str) -> Rival:
            name = f"rival-{os.getpid()}-{next(_numbers)}"
            return pool.submit(Rival, client, name, concert).result()

        yield arrive


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for browser tests in a row. Not for longer: while it runs, no async test can."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**launch_options())
        try:
            yield opened
        finally:
            opened.close()


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Opener]:
    """Opens a page in a context of its own, as another fan would; `like` shares one's context,
    `also` is another server that it may ask."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opener(
        like: Page | None = None, url: str = server.url, also: str | None = None, **options: Any
    ) -> Page:
        if like is not None:
            context = like.context
        else:
            kind: dict[str, Any] = {**USUAL, **options}
            context = browser.new_context(base_url=url, **kind)
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(WAIT_MS)
        page.set_default_navigation_timeout(WAIT_MS)
        listen(page, url, complaints, also)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert complaints == []


def listen(page: Page, url: str, complaints: list[str], also: str | None = None) -> None:
    """Collect what the browser complains of, and what it asks of others than the known."""
    known = (url, also) if also else (url,)
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on(
        "console",
        lambda line: (
            complaints.append(f"{line.type}: {line.text}")
            if line.type in ("error", "warning")
            and not line.text.startswith((EXPECTED, LOST, CUT_OFF, PLAIN, PRELOADED))
            else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((*known, "data:", "blob:"))
            # What a page of the other server asks for is its own business.
            or request.headers.get("referer", url).startswith(known[1:])
            else complaints.append(f"elsewhere: {request.url}")
        ),
    )


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core, as a script that can be run in a page."""
    return (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


# What axe-core finds that is serious. A page whose colours are on their way to others is looked at
# again; what is wrong stays wrong.
SERIOUS = """async (rules) => {
  const options = { resultTypes: ["violations"], ...(rules && { runOnly: rules }) };
  let serious = [];
  for (let round = 0; round < 10; round++) {
    serious = (await axe.run(document, options)).violations
      .filter(({ impact }) => impact === "serious" || impact === "critical");
    if (serious.every(({ id }) => id !== "color-contrast")) break;
    await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  }
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}"""


@pytest.fixture(scope="session")
def accessible(axe: str) -> Callable[[Page], None]:
    """Asserts that axe-core finds no serious problem on the page as it is, in light and dark."""

    def check(page: Page) -> None:
        page.evaluate(axe)
        is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        usual: Literal["light", "dark"] = "dark" if is_dark else "light"
        other: Literal["light", "dark"] = "light" if is_dark else "dark"
        assert page.evaluate(SERIOUS) == [], f"{page.url}, {usual}"
        # Nothing but colours is different then.
        page.emulate_media(color_scheme=other)
        try:
            assert page.evaluate(SERIOUS, ["color-contrast"]) == [], f"{page.url}, {other}"
        finally:
            page.emulate_media(color_scheme=usual)

    return check
