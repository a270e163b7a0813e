"""Tickets in flight mode: the page opens while the server is gone, the code is scanned, nothing but
files of the page was kept, a new version takes its place, and signing out leaves nothing."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from e2e.conftest import PHONE, POLITE, USUAL, WAIT_MS, NewConcert
from e2e.fans import choose_seats, enter
from e2e.scanner import scan
from helpers.server import Server
from yemae.settings import BUILT_PAGE

READY = "navigator.serviceWorker.ready.then((each) => each.active.state)"
UPDATED = "navigator.serviceWorker.ready.then(async (each) => { await each.update(); })"
CACHES = "caches.keys()"
KEPT = """async () => {
  const urls = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
  return urls;
}"""
WORKERS = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
IS_WAITING = "navigator.serviceWorker.ready.then((each) => each.waiting !== null)"


@pytest.fixture
def node(tmp_path: Path, kept_database_url: str, kept_valkey_url: str) -> Iterator[Server]:
    """A node of its own, that a test may stop, with a copy of the page that it may change."""
    shutil.copytree(BUILT_PAGE, tmp_path / "page")
    tmp_path.chmod(0o711)
    urls = {"YEMAE_DATABASE_URL": kept_database_url, "YEMAE_VALKEY_URL": kept_valkey_url}
    node = Server(tmp_path, **POLITE, **urls, YEMAE_PAGE_DIR=str(tmp_path / "page"))
    node.start()
    try:
        yield node
    finally:
        node.stop()


@pytest.fixture
def context(browser: Browser, node: Server) -> Iterator[BrowserContext]:
    """A phone's browser."""
    usual: dict[str, Any] = {**USUAL, "viewport": PHONE}
    context = browser.new_context(base_url=node.url, **usual)
    context.set_default_timeout(WAIT_MS)
    yield context
    context.close()


def bought(page: Page, concert: str) -> None:
    """A ticket for seat 3, from nothing."""
    enter(page, concert)
    choose_seats(page, "3")
    page.locator("form button[type=submit]").click()
    expect(page.get_by_role("article")).to_have_count(1)


def opens_without_a_server(context: BrowserContext, path: str) -> None:
    """A new tab shows the ticket, and a scanner reads it."""
    page = context.new_page()
    page.goto(path)
    expect(page.locator("main")).to_contain_text(re.compile("오프라인이에요.*저장한 티켓"))
    assert scan(page.get_by_role("article").locator("svg")).seat == "3"
    page.close()


def publish_another(page_folder: Path) -> None:
    """Another version of the page: the worker's text differs."""
    worker = page_folder / "sw.js"
    text = re.sub(r'VERSION = "\w+"', 'VERSION = "another"', worker.read_text())
    worker.write_text(text)
    for suffix in (".br", ".gz"):
        worker.with_name(worker.name + suffix).unlink()


def test_a_paid_ticket_opens_while_the_server_is_gone_and_until_the_fan_signs_out(
    node: Server, context: BrowserContext, new_concert: NewConcert
) -> None:
    page = context.new_page()
    page.goto("/")
    assert page.evaluate(WORKERS) == 0
    bought(page, new_concert())
    assert page.evaluate(READY) in {"activating", "activated"}
    kept = page.evaluate(KEPT)
    assert "/tickets" in kept
    assert all(path == "/tickets" or path.startswith("/assets/") for path in kept)
    before = page.evaluate(CACHES)
    node.stop()
    opens_without_a_server(context, "/tickets")

    publish_another(node.folder / "page")
    node.start()
    page.goto("/tickets")
    page.evaluate(UPDATED)
    page.wait_for_function(IS_WAITING)
    # The page of before goes on with what it is made of.
    assert set(before) < set(page.evaluate(CACHES))
    page.goto("about:blank")
    page.goto("/tickets")
    page.wait_for_function(f"{CACHES}.then((names) => names.join() === 'yemae-page-another')")
    node.stop()
    opens_without_a_server(context, "/tickets")

    node.start()
    page.goto("/tickets")
    page.get_by_role("button", name=re.compile("^내 계정")).click()
    page.get_by_role("button", name="로그아웃").click()
    page.get_by_role("dialog").get_by_role("button", name="로그아웃").click()
    page.wait_for_function(f"{WORKERS}.then((count) => count === 0)")
    assert page.evaluate(CACHES) == []
    assert page.evaluate("Object.keys(localStorage).filter((each) => /ticket/.test(each))") == []


def test_tickets_on_paper_have_no_buttons(context: BrowserContext, new_concert: NewConcert) -> None:
    page = context.new_page()
    bought(page, new_concert())
    page.goto("/tickets")
    expect(page.get_by_role("article")).to_have_count(1)
    page.emulate_media(media="print")
    expect(page.locator("main button:not(:has(svg)):visible")).to_have_count(0)
    expect(page.locator("header.bar, nav, footer").locator("visible=true")).to_have_count(0)
    assert scan(page.get_by_role("article").locator("svg")).seat == "3"
