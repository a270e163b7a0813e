"""Two operators at once, each at a node of their own; and a console whose node is killed."""

import re
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.conftest import POLITE, NewConcert, NewFan, Opener
from e2e.console import steps
from e2e.console.operators import client_of, sign_in
from helpers.proxies import nginx
from helpers.server import Server

# What an operator does is seen elsewhere within this, at the best of some tries: other tests and a
# browser share the processors.
SEEN_WITHIN_MS = 1_000
TRIES = 3
AGAIN_WITHIN_MS = 10_000
# One node, and another for when it does not answer.
BEFORE_BOTH = """
upstream nodes {{
    server 127.0.0.1:{first} max_fails=1 fail_timeout=60s;
    server 127.0.0.1:{second} backup;
}}
server {{
    listen LISTEN;
    location / {{
        proxy_pass http://nodes;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $http_host;
    }}
}}
"""
BUTTON, WAITING = "button", "dl.figures > div:first-child .value"
# Notes when an element first has a text, by the clock that all pages share.
WATCH = """([selector, text]) => {
  const isThere = () =>
    [...document.querySelectorAll(selector)].some((each) => each.innerText.trim() === text);
  window.seenAt = new Promise((done) => {
    const observer = new MutationObserver(() => {
      if (!isThere()) return;
      observer.disconnect();
      done(Date.now());
    });
    observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    setTimeout(() => done(null), 30000);
  });
}"""


@pytest.fixture(scope="module")
def second(kept_database_url: str, kept_valkey_url: str) -> Iterator[Server]:
    """Another node on the stores of `server`."""
    urls = {"YEMAE_DATABASE_URL": kept_database_url, "YEMAE_VALKEY_URL": kept_valkey_url}
    with tempfile.TemporaryDirectory(prefix="yemae-e2e-", ignore_cleanup_errors=True) as folder:
        made = Server(Path(folder), **POLITE, **urls)
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture
def other(second: Server) -> Server:
    """That node, running: a test before may have killed it."""
    if second.process is None or second.process.poll() is not None:
        second.start()
    return second


def at_the_line(page: Page, concert: str) -> Page:
    page.goto(f"/console/{concert}/line")
    expect(page.get_by_role("heading", name="The last hour")).to_be_visible()
    return page


def until_seen_ms(page: Page, since_ms: float) -> float:
    """How long after a moment the text that is watched for stood on the page."""
    seen_at: float | None = page.evaluate("() => window.seenAt")
    assert seen_at is not None, "it never came"
    return seen_at - since_ms


def test_what_one_does_at_a_node_is_on_the_other_ones_console_within_a_second(
    server: Server, other: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    ann = sign_in(open_page(locale="en-GB"), server.url, "operator")
    ben = sign_in(open_page(url=other.url, locale="en-GB"), other.url, "operator", name="Ben")
    at_the_line(ann, concert)
    at_the_line(ben, concert)
    took_ms = []
    for _ in range(TRIES):
        for move, other_way in (("Pause", "Resume"), ("Resume", "Pause")):
            ann.get_by_role("button", name=move, exact=True).click()
            ben.evaluate(WATCH, [BUTTON, other_way])
            pressed_at_ms = time.time() * 1_000
            ann.get_by_role("dialog").get_by_role("button", name=move, exact=True).click()
            took_ms.append(until_seen_ms(ben, pressed_at_ms))
            expect(ann.get_by_role("dialog")).to_have_count(0)
    assert min(took_ms) <= SEEN_WITHIN_MS, took_ms
    marks = ben.get_by_role("listitem").filter(has_text="ann")
    expect(marks).to_have_count(2 * TRIES)


def test_two_who_change_the_same_settings_take_nothing_from_each_other(
    server: Server, other: Server, open_page: Opener, new_concert: NewConcert
) -> None:
    concert = new_concert()
    ann = sign_in(open_page(locale="en-GB"), server.url, "operator")
    ben = sign_in(open_page(url=other.url, locale="en-GB"), other.url, "operator", name="Ben")
    at_the_line(ann, concert)
    at_the_line(ben, concert)

    def limit_first(route: Route) -> None:
        """Another limit, while the change of the rate is on its way."""
        if route.request.method == "PATCH":
            with client_of(other.url, "operator", name="ben") as api:
                path = f"/v1/admin/concerts/{concert}/queue"
                api.patch(path, json={"active_limit": 50}).raise_for_status()
        route.continue_()

    ann.route(re.compile(rf"/concerts/{concert}/queue$"), limit_first)
    steps.set_rate(ann, 900)
    for page in (ann, ben):
        expect(page.get_by_text("target 900")).to_be_visible()
        expect(page.get_by_text("limit 50", exact=True)).to_be_visible()
    ann.unroute_all()
    # The same setting: the later one holds, on both, and Ann sees who it was.
    steps.set_rate(ben, 700)
    expect(ann.get_by_text("target 700")).to_be_visible()
    expect(ann.get_by_label("Rate per minute")).to_have_value("700")
    expect(ann.get_by_role("listitem").filter(has_text="700")).to_contain_text("ben")
    # What she has set is gone, so there is nothing of hers to be taken back.
    ann.get_by_role("button", name="Undo").click()
    expect(ann.get_by_text("Another operator has changed it since")).to_be_visible()
    ben.get_by_role("button", name="Undo").click()
    expect(ann.get_by_text("target 900")).to_be_visible()
    expect(ann.get_by_text("limit 50", exact=True)).to_be_visible()


def test_a_console_whose_node_is_killed_goes_on_with_the_other_one(
    server: Server,
    other: Server,
    open_page: Opener,
    new_concert: NewConcert,
    api_fan: NewFan,
    tmp_path: Path,
) -> None:
    concert = new_concert(active_limit=1)
    first, later = api_fan(), api_fan()
    first.get_in(concert)
    api_fan().join(concert)
    config = BEFORE_BOTH.format(first=other.port, second=server.port)
    with nginx(tmp_path, config) as proxy:
        page = sign_in(open_page(url=proxy.url, locale="en-GB"), proxy.url, "operator")
        at_the_line(page, concert)
        steps.expect_line(page, waiting=1, inside=1)
        page.evaluate(WATCH, [WAITING, "2"])
        killed_at_ms = time.time() * 1_000
        other.end(signal.SIGKILL)
        # No figure goes away meanwhile.
        steps.expect_line(page, waiting=1, inside=1)
        later.join(concert)
        assert until_seen_ms(page, killed_at_ms) <= AGAIN_WITHIN_MS
        steps.expect_line(page, waiting=2, inside=1)
        expect(page.get_by_text("Connection lost, connecting again")).to_have_count(0)
        steps.steer(page, "Pause")
        expect(page.get_by_text("Paused", exact=True).first).to_be_visible()
