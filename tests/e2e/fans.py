"""What a fan does in the browser, as steps, and another fan who uses the API."""

import re
from collections.abc import Callable
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, expect

from helpers.server import SECRET_KEY
from helpers.serving import until
from yemae.accounts.access import Issuer

PATIENCE_S = 30.0


def continue_as_guest(page: Page) -> None:
    """Through the sign-in page without an account."""
    page.get_by_role("button", name=re.compile("비회원으로 예매하기|Continue as a guest")).click()


def enter(page: Page, concert: str) -> None:
    """From nothing to the dates of a concert that admits every fan."""
    page.goto(f"/concerts/{concert}/queue")
    continue_as_guest(page)
    page.wait_for_url(f"**/concerts/{concert}/dates")


def choose_seats(page: Page, *numbers: str, on_the_way: Callable[[], None] | None = None) -> None:
    """From the dates to the held order; `on_the_way` is called when the seats are chosen."""
    page.locator("main ul a").first.click()
    list_seats(page)
    for number in numbers:
        seat(page, number).click()
    page.get_by_role("button", name=re.compile("^(배치도|Map)$")).click()
    if on_the_way is not None:
        on_the_way()
    hold(page)
    page.wait_for_url("**/orders/*")


def list_seats(page: Page) -> None:
    """On the page of the seats: show the seats of the first section as a list."""
    page.get_by_role("button", name=re.compile("^(목록|List)$")).click()
    section = page.locator("main button[aria-expanded]").first
    if section.get_attribute("aria-expanded") == "false":
        section.click()


def seat(page: Page, number: str) -> Locator:
    """A seat of the list, such as "11" or, with its row, "B-11"."""
    *rows, last = number.split("-")
    korean, english = [f"{row}열 " for row in rows], [f"row {row}, " for row in rows]
    name = rf"{''.join(korean)}\b{last}번,|{''.join(english)}seat {last},"
    return page.get_by_role("checkbox", name=re.compile(name))


def hold(page: Page) -> None:
    """Ask for the seats that are chosen."""
    page.get_by_role(
        "button", name=re.compile(r"^(\d매 예매하기|Book \d (seats?|tickets?))$")
    ).click()


def position(page: Page) -> int:
    """Where the waiting room says that the fan stands."""
    shown = page.locator(".position")
    expect(shown).to_be_visible()
    return int(re.sub(r"\D", "", shown.inner_text()))


class ApiFan:
    """A fan without a browser."""

    def __init__(self, client: httpx.Client, name: str) -> None:
        self._client = client
        # As from a login of the operator's own, which has no limits of ours.
        token = Issuer(SECRET_KEY, ttl_s=3600).issue(name).text
        self._client.headers["Authorization"] = f"Bearer {token}"

    def join(self, concert: str) -> dict[str, Any]:
        """Join, and remember the place."""
        place: dict[str, Any] = self._client.post(f"/v1/concerts/{concert}/queue-tokens").json()
        self._client.headers["Queue-Token"] = place["queue_token"]
        return place

    def poll(self) -> dict[str, Any]:
        """Ask for the place."""
        place: dict[str, Any] = self._client.get("/v1/queue-tokens/me").json()
        return place

    def get_in(self, concert: str) -> None:
        """Join and poll until inside."""
        self.join(concert)
        until(lambda: self.poll()["state"] == "admitted", PATIENCE_S)

    def leave(self) -> None:
        """Give the place up, which lets the next one in."""
        self._client.delete("/v1/queue-tokens/me").raise_for_status()


class Rival(ApiFan):
    """A fan who is inside and always faster."""

    def __init__(self, client: httpx.Client, name: str, concert: str) -> None:
        super().__init__(client, name)
        self.concert = concert
        self.get_in(concert)
        client.headers["Entry-Token"] = self.poll()["entry_token"]

    def buy(self, *seats: str) -> None:
        """Take seats of the first date, and pay for them."""
        order = self.hold(*seats)
        key = {"Idempotency-Key": order["id"]}
        body = {"amount": order["total"]}
        self._client.post("/v1/wallet/top-ups", json=body, headers=key).raise_for_status()
        self._client.post(f"/v1/orders/{order['id']}/payment").raise_for_status()

    def hold(self, *seats: str) -> dict[str, Any]:
        """Take seats of the first date; the order."""
        dates = self._client.get(f"/v1/concerts/{self.concert}/performances").json()
        performance = dates["performances"][0]["id"]
        body = {"performance_id": performance, "seats": seats}
        answer = self._client.post("/v1/orders", json=body).raise_for_status()
        order: dict[str, Any] = answer.json()
        return order
