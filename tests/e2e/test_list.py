"""The list of concerts says what can be bought, and goes on saying what is so."""

from typing import Literal

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.conftest import NewConcert, NewRival, Opener
from e2e.fans import PATIENCE_S
from helpers.server import SECRET_KEY, Server
from helpers.serving import until
from yemae.accounts.access import Issuer


def state(page: Page, concert: str) -> Locator:
    """What the list says of a concert."""
    return page.locator(f'a[href="/concerts/{concert}"] .state')


def steer(server: Server, concert: str, action: Literal["pause", "drain", "resume"]) -> None:
    """As an operator."""
    token = Issuer(SECRET_KEY, ttl_s=60).issue("op", "operator").text
    url = f"{server.url}/v1/admin/concerts/{concert}/queue/{action}"
    httpx.post(url, headers={"Authorization": f"Bearer {token}"}).raise_for_status()


def wait_until_counted(server: Server, concert: str) -> None:
    """The seats that are sold are counted every two seconds."""
    path = f"/v1/concerts/{concert}/queue"
    with httpx.Client(base_url=server.url) as client:
        until(lambda: client.get(path).json()["state"] == "sold_out", PATIENCE_S)


def test_the_list_says_of_each_concert_what_its_page_says(
    new_concert: NewConcert, new_rival: NewRival, open_page: Opener, server: Server
) -> None:
    on_sale, soon = new_concert(), new_concert(opening="sale_opens_at = 2029-05-03T20:00:00+09:00")
    paused, drained = new_concert(), new_concert()
    rejecting = new_concert(queue='queueing_method = "reject"')
    sold_out = new_concert()
    steer(server, paused, "pause")
    steer(server, drained, "drain")
    for seats in (("1", "2", "3", "4"), ("5", "6", "7", "8"), ("9", "10")):
        new_rival(sold_out).buy(*seats)
    wait_until_counted(server, sold_out)
    page = open_page()
    page.goto("/")
    expect(state(page, on_sale)).to_have_text("예매 중")
    expect(state(page, soon)).to_contain_text("뒤 시작")
    expect(state(page, paused)).to_have_text("잠시 멈춤")
    expect(state(page, drained)).to_have_text("대기 마감")
    expect(state(page, rejecting)).to_have_text("대기 마감")
    expect(state(page, sold_out)).to_have_text("매진")


@pytest.mark.parametrize("how", ["after 30 s", "when the fan looks again"])
def test_what_an_operator_changes_is_seen_on_the_list(
    new_concert: NewConcert, open_page: Opener, server: Server, how: str
) -> None:
    concert = new_concert()
    page = open_page()
    page.clock.install()
    page.goto("/")
    expect(state(page, concert)).to_have_text("예매 중")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    steer(server, concert, "pause")
    if how == "after 30 s":
        page.clock.fast_forward(31_000)
    else:
        hide(page, "hidden")
        page.clock.fast_forward(31_000)
        page.clock.run_for(100)
        assert asked == [], "a page that is not looked at asks for nothing"
        hide(page, "visible")
    expect(state(page, concert)).to_have_text("잠시 멈춤")
    assert len([url for url in asked if "/queue" in url]) == 0, "one call for the whole list"


def hide(page: Page, visibility: str) -> None:
    """As if the fan looked at another tab, or at this one again."""
    page.evaluate(
        """(state) => {
          Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        visibility,
    )
